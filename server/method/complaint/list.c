/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.list: newest first, a page at a time, of what the person's grants reach in one community;
 * the area stands in the statement's WHERE. With a text, only what holds it.
 */
#include <string.h>

#include "server/domain/phone.h"
#include "server/domain/search.h"
#include "server/method/complaint/complaint_message.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/complaint/list_cursor.h"
#include "server/method/complaint/list_reach.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"

#define LIMIT_DEFAULT 50
#define STATES_MAX 32
#define GROUP_SIZE 100 /* a category's number is its group's and up to 99 */
#define DAY_LEN 8      /* of a number: YYYYMMDD-nnnn */

/* Lives in request.state. */
struct listing {
	struct list_reach *reach;
	bool is_cursor_bad;
	struct str words; /* normalised; empty: not searched for */
	struct str day;   /* of the number; empty: not asked for */
	int32_t day_no;
	char phone[PHONE_BYTES]; /* E.164; empty: not asked for */
};

static int digits(struct str text)
{
	int value = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || value > 100000000) {
			return -1;
		}
		value = value * 10 + (text.ptr[i] - '0');
	}
	return text.len == 0 ? -1 : value;
}

/* A day that there is, and a number of it: the database is not asked to read anything else as a date. */
static bool read_number(struct str number, struct listing *out)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, day_no;

	if (number.len < DAY_LEN + 2 || number.ptr[DAY_LEN] != '-') {
		return false;
	}
	year = digits(str_of(number.ptr, 4));
	month = digits(str_of(number.ptr + 4, 2));
	day = digits(str_of(number.ptr + 6, 2));
	day_no = digits(str_of(number.ptr + DAY_LEN + 1, number.len - DAY_LEN - 1));
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days[month - 1] ||
		(month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))) ||
		day_no < 1) {
		return false;
	}
	out->day = str_of(number.ptr, DAY_LEN);
	out->day_no = day_no;
	return true;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct listing *listing = arena_new(&r->arena, struct listing);

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	r->state = listing;
	if (listing == NULL) {
		return ERR_BUSY;
	}
	if ((in->text != NULL) + (in->phone != NULL) + (in->number != NULL) > 1) {
		return request_refuse(r, ERR_FIELD_INVALID, "text", "only one of text, phone and number");
	}
	listing->words = search_normalise(&r->arena, codec_str(in->text));
	if (in->text != NULL && listing->words.len == 0) {
		return request_refuse(r, ERR_FIELD_INVALID, "text", "characters that can be searched for");
	}
	if (in->phone != NULL && !phone_normalise(codec_str(in->phone), listing->phone)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "phone", "a telephone number, with its area code");
	}
	if (in->number != NULL && !read_number(codec_str(in->number), listing)) {
		return request_refuse(r, ERR_FIELD_INVALID, "number", "YYYYMMDD-nnnn");
	}
	return ERR_OK;
}

/* Behind the cursor's row; without one, from the end of time. */
static struct list_position position_of(struct request *r, const Pb__ComplaintList *in)
{
	struct list_position position = {.submitted_us = INT64_MAX};

	memset(position.complaint_id.bytes, 0xff, UUID_BYTES);
	if (in->has_cursor && !list_cursor_read(r, codec_span(true, in->cursor), &position)) {
		((struct listing *)r->state)->is_cursor_bad = true; /* may() says so */
	}
	return position;
}

static void add_states(struct query *query, const Pb__ComplaintList *in)
{
	int states[STATES_MAX];

	if (in->n_states == 0) {
		query_null(query);
		return;
	}
	assert(in->n_states <= STATES_MAX); /* field.def */
	for (size_t i = 0; i < in->n_states; i++) {
		states[i] = (int)in->states[i];
	}
	query_int2s(query, states, in->n_states);
}

/* A category, or with a group's number any of the group. */
static void add_category(struct query *query, const Pb__ComplaintList *in)
{
	int category = in->has_category ? (int)in->category : 0;

	if (category == 0) {
		query_null(query);
		query_null(query);
		return;
	}
	query_int2(query, category);
	query_int2(query, category % GROUP_SIZE == 0 ? category + GROUP_SIZE - 1 : category);
}

static struct uuid id_of(bool has, ProtobufCBinaryData id)
{
	return has ? uuid_from_span(codec_span(true, id)) : uuid_nil;
}

static void add_filter(struct request *r, struct query *query, const struct list_reach *reach)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct list_position position = position_of(r, in);

	list_reach_add(r, query, reach);
	query_bool(query, in->only_open);
	add_states(query, in);
	query_uuid_or_null(query, id_of(in->has_team_id, in->team_id));
	query_bool(query, in->only_queue);
	add_category(query, in);
	query_uuid_or_null(query, id_of(in->has_place_id, in->place_id));
	query_time(query, position.submitted_us);
	query_uuid(query, position.complaint_id);
	/* One more than asked for tells whether there is another page. */
	query_int4(query, (int32_t)(in->has_limit ? in->limit : LIMIT_DEFAULT) + 1);
}

static void load_words(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_search);
	struct search_pairs pairs = search_pairs_of(&r->arena, listing->words);

	add_filter(r, query, listing->reach);
	query_int8s(query, pairs.ptr, pairs.count);
	query_text(query, search_like(&r->arena, listing->words));
}

static void load_phone(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_by_phone);
	uint8_t index[SEAL_HASH_BYTES];

	add_filter(r, query, listing->reach);
	seal_phone_index(&r->server->seal, str_from_c(listing->phone), index);
	query_bytes(query, span_of(index, sizeof index));
}

static void load_number(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_by_number);

	add_filter(r, query, listing->reach);
	query_text(query, listing->day);
	query_int4(query, listing->day_no);
}

static void load(struct request *r)
{
	struct listing *listing = r->state;

	listing->reach = list_reach_of(r);
	if (listing->reach == NULL || r->arena.failed) {
		return;
	}
	if (listing->words.len > 0) {
		load_words(r, listing);
	} else if (listing->phone[0] != '\0') {
		load_phone(r, listing);
	} else if (listing->day.len > 0) {
		load_number(r, listing);
	} else {
		add_filter(r, request_query(r, STMT_complaint_list), listing->reach);
	}
}

/* Who may not see a telephone may not try one out either. */
static bool may_find_phones(const struct request *r)
{
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	return (roles & right_roles(RIGHT_COMPLAINT_HANDLE)) != 0;
}

static enum err may(struct request *r)
{
	const struct listing *listing = r->state;

	if (listing->is_cursor_bad) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
	}
	if (list_reach_is_empty(listing->reach)) {
		return ERR_NOT_FOUND;
	}
	return listing->phone[0] != '\0' && !may_find_phones(r) ? ERR_DENIED : ERR_OK;
}

static void add_cursor(struct request *r, Pb__ComplaintListReply *out)
{
	const struct query *rows = &r->queries[0];
	struct list_position last = {
		.submitted_us = complaint_row_submitted_us(rows, out->n_complaints - 1),
		.complaint_id = complaint_row_id(rows, out->n_complaints - 1),
	};

	out->cursor = codec_bytes(list_cursor_make(r, &last));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	const struct query *rows = &r->queries[0];
	size_t limit = in->has_limit ? in->limit : LIMIT_DEFAULT;
	Pb__ComplaintListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_complaints = list_page_rows(rows, limit);
	out->complaints =
		arena_alloc(&r->arena, size_max(out->n_complaints, 1) * sizeof *out->complaints);
	for (size_t i = 0; out->complaints != NULL && i < out->n_complaints; i++) {
		out->complaints[i] = complaint_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > out->n_complaints) {
		add_cursor(r, out);
	}
	return ERR_OK;
}

const struct method_impl impl_complaint_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
