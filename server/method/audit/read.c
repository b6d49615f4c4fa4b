/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.read: entries of the record as bytes, for whoever checks them elsewhere. That somebody begins to is recorded by
 * the statement that gives them the first page; the pages behind it carry our cursor. By the file lane, so that no
 * list or step waits behind a record that is read from end to end.
 */
#include "server/method/audit/audit_cursor.h"
#include "server/method/audit/audit_entry.h"
#include "server/method/message.h"
#include "server/principal.h"

#define READ_BYTES_MAX ((size_t)1024 * 1024)
#define PAGE_BYTES_MAX ((size_t)512 * 1024)
#define LIMIT_DEFAULT 200
#define LIMIT_WORDS 200 /* words may be long */

static enum err check(struct request *r)
{
	const Pb__AuditRead *in = (const Pb__AuditRead *)r->message;

	return in->has_seal_to && in->seal_to < (in->has_seal_from ? in->seal_from : 1)
	           ? request_refuse(r, ERR_FIELD_INVALID, "seal_to", "not before seal_from")
	           : ERR_OK;
}

static void load(struct request *r)
{
	const Pb__AuditRead *in = (const Pb__AuditRead *)r->message;

	query_int8(request_query(r, STMT_seal_last), in->has_seal_to ? in->seal_to : 0);
}

static enum err may(struct request *r)
{
	const Pb__AuditRead *in = (const Pb__AuditRead *)r->message;
	role_set roles = access_roles(r->principal->grants, request_now_us(r));

	if (in->purpose == PB__AUDIT__PURPOSE__READ_WORDS && (roles & ROLE_BIT(ROLE_AUDITOR)) == 0) {
		return request_refuse(r, ERR_DENIED, "purpose", "READ, EXPORT");
	}
	if (in->has_seal_to && in->seal_to > row_int8(&r->queries[0], 0, 0)) {
		return request_refuse(r, ERR_NOT_FOUND, "seal_to", "a seal that there is");
	}
	if (in->has_seal_from && in->seal_from > row_int8(&r->queries[0], 0, 0) + 1) {
		return request_refuse(r, ERR_NOT_FOUND, "seal_from", "a seal that there is, or the next");
	}
	if (in->has_cursor) {
		r->state = (void *)(uintptr_t)audit_cursor_read(r, codec_span(true, in->cursor));
	}
	return in->has_cursor && r->state == NULL
	           ? request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of the last page")
	           : ERR_OK;
}

/* A page behind one that was recorded within the hour. */
static bool is_recorded(const struct request *r)
{
	const struct audit_position *behind = r->state;

	return behind != NULL && request_now_us(r) - behind->recorded_us < AUDIT_RECORDED_US;
}

static size_t limit_of(const Pb__AuditRead *in)
{
	size_t limit = in->has_limit ? in->limit : LIMIT_DEFAULT;

	return in->purpose == PB__AUDIT__PURPOSE__READ_WORDS ? size_min(limit, LIMIT_WORDS) : limit;
}

static void add_bounds(
	struct query *query, const Pb__AuditRead *in, const struct audit_position *behind)
{
	query_int8(query, in->has_seal_from ? in->seal_from : 1);
	if (in->has_seal_to) {
		query_int8(query, in->seal_to);
	} else {
		query_null(query);
	}
	if (behind == NULL) {
		query_null(query);
		query_null(query);
		query_null(query);
	} else {
		query_int8(query, behind->place.era);
		query_xid(query, behind->place.xid);
		query_int8(query, behind->place.seq);
	}
}

static enum err decide(struct request *r)
{
	const Pb__AuditRead *in = (const Pb__AuditRead *)r->message;
	struct query *query = request_plain_effect(r, STMT_audit_read);
	struct area company = {uuid_nil, uuid_nil, uuid_nil};

	if (query == NULL || request_reply(r) == NULL) {
		return ERR_BUSY;
	}
	add_bounds(query, in, r->state);
	query_int4(query, (int32_t)limit_of(in) + 1); /* one more tells whether there are more */
	query_uuid_or_null(query, message_id(in->has_community_id, in->community_id));
	query_bool(query, in->purpose == PB__AUDIT__PURPOSE__READ_WORDS);
	query_bool(query, !is_recorded(r));
	query_uuid(query, r->principal->account_id);
	query_uuid(query, r->principal->device_id);
	query_uuid(query, request_grant(r, right_roles(RIGHT_AUDIT_READ), &company));
	query_time(query, request_now_us(r));
	query_int2(query, (int)in->purpose);
	return ERR_OK;
}

/* The statement's first row is no entry. */
static void fill(struct request *r)
{
	const Pb__AuditRead *in = (const Pb__AuditRead *)r->message;
	const struct query *rows = r->effect;
	Pb__AuditReadReply *out = (Pb__AuditReadReply *)r->reply;
	size_t count = size_min(query_rows(rows) - 1, limit_of(in));
	size_t bytes = 0;

	out->has_era_now = out->has_xid_end = true;
	out->era_now = record_row_place(rows, 0).seq;
	out->xid_end = record_row_place(rows, 0).xid;
	out->entries = arena_alloc(&r->arena, size_max(count, 1) * sizeof *out->entries);
	for (size_t i = 0; out->entries != NULL && i < count && bytes < PAGE_BYTES_MAX; i++) {
		Pb__AuditEntry *entry = audit_entry(&r->arena, rows, i + 1);

		if (entry == NULL) {
			return; /* the arena failed, and so does the request */
		}
		bytes +=
			entry->entry.len + entry->salt.len + (entry->body == NULL ? 0 : strlen(entry->body));
		out->entries[out->n_entries++] = entry;
	}
	if (out->n_entries > 0 && out->n_entries < query_rows(rows) - 1) {
		out->has_cursor = true;
		out->cursor = codec_bytes(audit_cursor_make(r, out->entries[out->n_entries - 1],
			is_recorded(r) ? ((const struct audit_position *)r->state)->recorded_us
						   : request_now_us(r)));
	}
}

const struct method_impl impl_audit_read = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
	.fill = fill,
	.file_bytes = READ_BYTES_MAX,
};
