/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_filter.h"

#include <string.h>

#include "server/domain/search.h"
#include "server/method/complaint/complaint_number.h"
#include "server/method/complaint/list_cursor.h"

#define STATES_MAX 32
#define GROUP_SIZE 100 /* a category's number is its group's and up to 99 */

enum err list_filter_check(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct listing *listing = arena_new(&r->arena, struct listing);

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	r->state = listing;
	if (listing == NULL) {
		return ERR_BUSY;
	}
	if ((in->text != NULL) + (in->phone != NULL) + (in->number != NULL) + in->has_due_before_us >
		1) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "text", "only one of text, phone, number and due_before_us");
	}
	listing->words = search_normalise(&r->arena, codec_str(in->text));
	if (in->text != NULL && listing->words.len == 0) {
		return request_refuse(r, ERR_FIELD_INVALID, "text", "characters that can be searched for");
	}
	if (in->phone != NULL && !phone_normalise(codec_str(in->phone), listing->phone)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "phone", "a telephone number, with its area code");
	}
	if (in->number != NULL &&
		!complaint_number_read(codec_str(in->number), &listing->day, &listing->day_no)) {
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

unsigned list_filter_flags(const struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;

	return (in->only_chased ? LIST_CHASED : 0U) | (in->only_repeats ? LIST_REPEATS : 0U) |
	       (in->only_collective || in->has_collective_id ? LIST_COLLECTIVE : 0U);
}

void list_filter_add(struct request *r, struct query *query)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct list_position position = position_of(r, in);

	list_reach_add(r, query, ((const struct listing *)r->state)->reach);
	query_bool(query, in->only_open);
	add_states(query, in);
	query_uuid_or_null(query, id_of(in->has_team_id, in->team_id));
	query_bool(query, in->only_queue);
	add_category(query, in);
	query_uuid_or_null(query, id_of(in->has_place_id, in->place_id));
	query_time(query, position.submitted_us);
	query_uuid(query, position.complaint_id);
	/* One more than asked for tells whether there is another page. */
	query_int4(query, (int32_t)(in->has_limit ? in->limit : LIST_LIMIT_DEFAULT) + 1);
	query_bool(query, in->waits_for_decision);
	query_number_or_null(query, (int)list_filter_flags(r));
	query_uuid_or_null(query, id_of(in->has_collective_id, in->collective_id));
}
