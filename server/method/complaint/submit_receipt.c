/* SPDX-License-Identifier: Apache-2.0 */
#include "common/random.h"
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/method/complaint/submit.h"
#include "server/notice.h"
#include "server/outgoing.h"
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

static bool is_import(const struct submit *submit)
{
	return submit->in->channel == PB__COMPLAINT__CHANNEL__IMPORT;
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

	random_bytes(random, sizeof random);
	for (size_t i = 0; out != NULL && i < TOKEN_LEN; i++) {
		out[i] = letters[random[i] % 32];
	}
	return str_of(out, out == NULL ? 0 : TOKEN_LEN);
}

/* The database mints the number with the record: until then the token stands for it. */
static void make_receipt(
	struct request *r, const struct submit *submit, struct str token, struct receipt_bytes *out)
{
	const Pb__ComplaintSubmit *in = submit->in;
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

void submit_receipt_add(struct request *r, struct query *query, const struct submit *submit)
{
	struct receipt_code code = code_of(r, submit->around);
	struct str token = make_token(r);
	struct uuid outgoing_id = uuid_v7(request_now_us(r));
	struct receipt_bytes bytes;

	if (is_import(submit)) {
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
		r->writes_outgoing = true;
		query_uuid(query, outgoing_id);
		query_int2(query, OUTGOING_ACKNOWLEDGEMENT);
		query_bytes(query, sealed_message(r, submit, &code, outgoing_id));
	}
	query_text(query, token);
}
