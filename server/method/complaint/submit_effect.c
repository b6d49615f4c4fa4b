/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/rand.h>

#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/search.h"
#include "server/method/complaint/submit.h"
#include "server/notice.h"
#include "server/outgoing.h"
#include "server/principal.h"
#include "server/receipt.h"
#include "server/receipt_code.h"
#include "server/server.h"

/* Columns of place_around. */
enum {
	COLUMN_COMMUNITY,
	COLUMN_SHORT_NO,
	COLUMN_CONTACT,
	COLUMN_PLACE_KIND,
	COLUMN_PLACE_CODE,
	COLUMN_PLACE_NAME,
	COLUMN_TEAM,
	COLUMN_NOW,
	COLUMN_ZONE,
};

static const Pb__ComplaintSubmit *message_of(const struct request *r)
{
	return (const Pb__ComplaintSubmit *)r->message;
}

static bool is_import(const struct request *r)
{
	return message_of(r)->channel == PB__COMPLAINT__CHANNEL__IMPORT;
}

static struct receipt_code code_of(const struct request *r, const struct query *around)
{
	struct receipt_code code;

	receipt_code_make(&r->server->seal, (uint32_t)row_int4(around, 0, COLUMN_SHORT_NO),
		r->community_id, r->key, &code);
	return code;
}

char *submit_receipt_code(struct request *r, const struct query *around)
{
	return arena_c_string(&r->arena, str_from_c(code_of(r, around).text));
}

/* As wide as a number. Random, so that nothing an owner says can hold it. */
#define TOKEN_LEN 13

static struct str make_token(struct request *r)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char *out = arena_alloc(&r->arena, TOKEN_LEN);
	uint8_t random[TOKEN_LEN];
	int done = RAND_bytes(random, sizeof random);

	assert(done == 1);
	for (size_t i = 0; out != NULL && i < TOKEN_LEN; i++) {
		out[i] = letters[random[i] % 32];
	}
	return str_of(out, out == NULL ? 0 : TOKEN_LEN);
}

/* The database mints the number with the record: until then the token stands for it. */
static void make_receipt(
	struct request *r, const struct submit *submit, struct str token, struct receipt_bytes *out)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	const struct query *around = submit->around;
	struct str name = row_text(around, 0, COLUMN_PLACE_NAME);
	bool is_english = submit->language == RECEIPT_EN;
	struct receipt receipt = {
		.kind = RECEIPT_ACKNOWLEDGEMENT,
		.language = (enum receipt_language)submit->language,
		.number = token,
		.community = row_text(around, 0, COLUMN_COMMUNITY),
		.place = name.len > 0 ? name : row_text(around, 0, COLUMN_PLACE_CODE),
		.issued = row_text(around, 0, COLUMN_NOW),
		.zone = row_text(around, 0, COLUMN_ZONE),
		.acknowledgement =
			{
				.complaint_kind = (int)in->kind,
				.category = str_from_c(
					is_english ? category_en(submit->category) : category_zh(submit->category)),
				.text = codec_str(in->text),
				.submitted = row_text(around, 0, COLUMN_NOW),
				.contact = row_text(around, 0, COLUMN_CONTACT),
			},
	};

	receipt_make(&r->arena, &receipt, out);
}

static struct str title_and_text(struct request *r)
{
	struct str title = codec_str(message_of(r)->title);
	struct str text = codec_str(message_of(r)->text);

	return arena_printf(&r->arena, "%.*s\n%.*s", STR_ARG(title), STR_ARG(text));
}

/* Any grant in the community will do: whoever hears it first submits it. */
static struct uuid granted_by(const struct request *r)
{
	const struct access_grant *grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));

	return grant == NULL ? uuid_nil : grant->grant_id;
}

static void add_number(struct query *query, bool has, int number)
{
	if (has) {
		query_int2(query, number);
	} else {
		query_null(query);
	}
}

static void add_bytes_or_null(struct query *query, struct span bytes)
{
	if (bytes.ptr == NULL) {
		query_null(query);
	} else {
		query_bytes(query, bytes);
	}
}

/* $10–$18 */
static void add_words(struct request *r, struct query *query, const struct submit *submit)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	struct str found_by = search_normalise(&r->arena, title_and_text(r));
	struct search_pairs pairs = search_pairs_of(&r->arena, found_by);

	query_int2(query, (int)in->kind);
	query_int2(query, (int)in->channel);
	query_int2(query, (int)(in->has_urgency ? in->urgency : PB__COMPLAINT__URGENCY__NORMAL));
	query_text_or_null(query, codec_str(in->title));
	query_text(query, codec_str(in->text));
	query_text(query, found_by);
	query_int8s(query, pairs.ptr, pairs.count);
	query_time(query, in->has_submitted_us ? in->submitted_us : request_now_us(r));
	query_uuid_or_null(query, submit->team_id);
}

/* $19–$30 */
static void add_intake(struct request *r, struct query *query, const struct submit *submit)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	bool is_closed = in->answer != NULL;

	query_uuid_or_null(
		query, in->has_place_id ? uuid_from_span(codec_span(true, in->place_id)) : uuid_nil);
	query_int2(query, (int)submit->category);
	query_bool(query, submit->is_suggested);
	add_number(query, in->has_subkind, (int)in->subkind);
	query_int2(query, submit->reporter);
	query_int2(query, submit->language);
	query_int2(query, (int)submit->lead);
	query_uuid_or_null(query,
		in->has_respondent_id ? uuid_from_span(codec_span(true, in->respondent_id)) : uuid_nil);
	query_int2(query, is_closed ? (int)COMPLAINT_CLOSED : (int)COMPLAINT_SUBMITTED);
	query_text_or_null(query, codec_str(in->answer));
	query_time_or_null(query, is_closed ? in->answered_us : 0);
	add_number(query, is_closed, PB__COMPLAINT__CLOSE_MODE__IMPORTED);
}

/* $31–$34 */
static void add_contact(struct request *r, struct query *query, const struct submit *submit)
{
	struct complaint_contact_sealed sealed;

	complaint_contact_seal(r, r->key, &submit->contact, &sealed);
	add_bytes_or_null(query, sealed.wrapped_key);
	add_bytes_or_null(query, sealed.name);
	add_bytes_or_null(query, sealed.phone);
	add_bytes_or_null(query, sealed.phone_index);
}

/* What the owner is sent below the receipt: its code. */
static struct span sealed_message(struct request *r, const struct submit *submit,
	const struct receipt_code *code, struct uuid outgoing_id)
{
	struct notice_facts facts = {.code = str_from_c(code->text)};
	struct outgoing_message message = {
		.to = submit->contact.phone,
		.text = notice_text(&r->arena, NOTICE_RECEIPT_CODE, submit->language, &facts),
	};

	return outgoing_seal(&r->arena, &r->server->seal, r->community_id, outgoing_id, &message);
}

/* $35–$43; history is told to nobody. */
static void add_receipt(struct request *r, struct query *query, const struct submit *submit)
{
	struct receipt_code code = code_of(r, submit->around);
	struct str token = make_token(r);
	struct uuid outgoing_id = uuid_v7(request_now_us(r));
	struct receipt_bytes bytes;

	if (is_import(r)) {
		for (int i = 0; i < 9; i++) {
			query_null(query);
		}
		return;
	}
	make_receipt(r, submit, token, &bytes);
	query_uuid(query, r->key);
	query_int2(query, RECEIPT_ACKNOWLEDGEMENT);
	query_bytes(query, span_of(code.hash, sizeof code.hash));
	query_text(query, str_of((const char *)bytes.json.ptr, bytes.json.len));
	query_text(query, bytes.text);
	if (submit->contact.phone.len == 0) {
		query_null(query);
		query_null(query);
		query_null(query);
	} else {
		query_uuid(query, outgoing_id);
		query_int2(query, OUTGOING_ACKNOWLEDGEMENT);
		query_bytes(query, sealed_message(r, submit, &code, outgoing_id));
	}
	query_text(query, token);
}

void submit_effect(struct request *r, const struct submit *submit)
{
	struct query *query = request_effect(r, STMT_complaint_submit, r->key, granted_by(r));

	if (query == NULL) {
		return;
	}
	add_words(r, query, submit);
	add_intake(r, query, submit);
	add_contact(r, query, submit);
	add_receipt(r, query, submit);
}
