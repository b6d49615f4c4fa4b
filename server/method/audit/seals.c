/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.seals: seals as the lines that they are copied to a file as, some at a time. They hold numbers and hashes
 * alone, so who reads them is not recorded.
 */
#include "audit.pb-c.h"
#include "server/db/record_row.h"
#include "server/request.h"
#include "server/server.h"

#define PAGE_ENTRIES 3000 /* about 200 KB */

static void load(struct request *r)
{
	const Pb__AuditSeals *in = (const Pb__AuditSeals *)r->message;
	struct query *query = request_query(r, STMT_seal_read);

	query_int8(query, in->has_after ? in->after : 0);
	query_int8(query, PAGE_ENTRIES);
	query_int8(request_query(r, STMT_seal_last), 0);
}

/* What cannot be a seal is shown as a line that is none: whoever checks sees that somebody was there. */
static char *line_of(struct request *r, size_t row, int64_t *out_number)
{
	struct record_seal seal;

	*out_number = row_int8(&r->queries[0], row, 0);
	if (!record_row_seal(&r->queries[0], row, &seal)) {
		return arena_c_string(
			&r->arena, arena_printf(&r->arena, "broken %lld", (long long)*out_number));
	}
	return arena_c_string(&r->arena, record_seal_line(&seal, &r->arena));
}

static enum err decide(struct request *r)
{
	size_t count = query_rows(&r->queries[0]);
	const struct record_key *key = r->server->seals.key;
	Pb__AuditSealsReply *out = request_reply(r);
	char *pem = arena_alloc(&r->arena, RECORD_KEY_PEM_MAX);
	int64_t number = INT64_MAX;

	if (out == NULL || pem == NULL) {
		return ERR_BUSY;
	}
	out->lines = arena_alloc(&r->arena, size_max(count, 1) * sizeof *out->lines);
	for (size_t i = 0; out->lines != NULL && i < count; i++) {
		out->lines[out->n_lines++] = line_of(r, i, &number);
	}
	out->has_has_more = true;
	out->has_more = count > 0 && number < row_int8(&r->queries[1], 0, 0);
	if (key != NULL && record_key_pem(key->public_key, pem)) {
		out->public_key = pem;
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_audit_seals = {
	.load = load,
	.may = may_always, /* numbers and hashes, of the whole company */
	.decide = decide,
};
