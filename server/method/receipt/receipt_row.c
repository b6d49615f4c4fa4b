/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/receipt/receipt_row.h"

#include "server/method/row_message.h"
#include "server/receipt_code.h"
#include "server/server.h"

#define PHOTO_HASH_BYTES 32

/* RECEIPT_COLUMNS of stmt.def, in their order. */
enum {
	COLUMN_COMMUNITY_ID,
	COLUMN_RECEIPT_ID,
	COLUMN_COMPLAINT_ID,
	COLUMN_KIND,
	COLUMN_LANGUAGE,
	COLUMN_BODY,
	COLUMN_BODY_HASH,
	COLUMN_TEXT,
	COLUMN_ISSUED,
	COLUMN_SIGNED,
	COLUMN_SIGN_METHOD,
	COLUMN_SIGN_REASON,
	COLUMN_PHOTOS,
	COLUMN_SHORT_NO,
	COLUMN_SIGN_HASH,
};

static char *code_of(struct request *r, const struct row_source *from)
{
	struct receipt_code code;

	receipt_code_make(&r->server->seal, (uint32_t)row_int4(from->query, from->row, COLUMN_SHORT_NO),
		row_uuid(from->query, from->row, COLUMN_COMMUNITY_ID),
		row_uuid(from->query, from->row, COLUMN_RECEIPT_ID), &code);
	return arena_c_string(&r->arena, str_from_c(code.text));
}

/* Borrowed from the query, which lives as long as the request: a guest's memory is small. */
static ProtobufCBinaryData bytes_of(const struct row_source *from, int column)
{
	return codec_bytes(row_bytes(from->query, from->row, column));
}

static void set_photos(Pb__Receipt *out, const struct row_source *from)
{
	struct span all = row_bytes(from->query, from->row, COLUMN_PHOTOS);
	size_t count = all.len / PHOTO_HASH_BYTES;

	out->photos = arena_alloc(from->arena, size_max(count, 1) * sizeof *out->photos);
	for (size_t i = 0; out->photos != NULL && i < count; i++) {
		out->photos[i] = codec_bytes(span_of(all.ptr + i * PHOTO_HASH_BYTES, PHOTO_HASH_BYTES));
	}
	out->n_photos = out->photos == NULL ? 0 : count;
}

static void set_signature(Pb__Receipt *out, const struct row_source *from)
{
	row_set_time(from, COLUMN_SIGNED, &out->has_signed_us, &out->signed_us);
	out->has_sign_method = !row_is_null(from->query, from->row, COLUMN_SIGN_METHOD);
	out->sign_method =
		(Pb__Receipt__SignMethod)row_int2(from->query, from->row, COLUMN_SIGN_METHOD);
	out->sign_reason = row_borrow_text(from, COLUMN_SIGN_REASON);
	out->has_sign_hash = !row_is_null(from->query, from->row, COLUMN_SIGN_HASH);
	out->sign_hash = bytes_of(from, COLUMN_SIGN_HASH);
}

Pb__Receipt *receipt_row_message(
	struct request *r, const struct query *query, size_t row, bool with_code)
{
	struct row_source from = {&r->arena, query, row};
	Pb__Receipt *out = arena_new(&r->arena, Pb__Receipt);

	if (out == NULL) {
		return NULL;
	}
	pb__receipt__init(out);
	row_set_uuid(&from, COLUMN_COMMUNITY_ID, &out->has_community_id, &out->community_id);
	row_set_uuid(&from, COLUMN_RECEIPT_ID, &out->has_receipt_id, &out->receipt_id);
	row_set_uuid(&from, COLUMN_COMPLAINT_ID, &out->has_complaint_id, &out->complaint_id);
	out->has_kind = out->has_language = out->has_body = out->has_body_hash = true;
	out->kind = (Pb__Receipt__Kind)row_int2(query, row, COLUMN_KIND);
	out->language = (Pb__Complaint__Language)row_int2(query, row, COLUMN_LANGUAGE);
	out->body = bytes_of(&from, COLUMN_BODY);
	out->body_hash = bytes_of(&from, COLUMN_BODY_HASH);
	out->text = row_borrow_text(&from, COLUMN_TEXT);
	row_set_time(&from, COLUMN_ISSUED, &out->has_issued_us, &out->issued_us);
	set_signature(out, &from);
	set_photos(out, &from);
	out->code = with_code ? code_of(r, &from) : NULL;
	return out;
}

struct uuid receipt_row_complaint(const struct query *query, size_t row)
{
	return row_uuid(query, row, COLUMN_COMPLAINT_ID);
}

size_t receipt_row_bytes(const struct query *query, size_t row)
{
	return 512 /* all but these */ + row_bytes(query, row, COLUMN_BODY).len +
	       row_text(query, row, COLUMN_TEXT).len + row_text(query, row, COLUMN_SIGN_REASON).len +
	       row_bytes(query, row, COLUMN_PHOTOS).len * 2;
}
