/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.begin: somebody takes complaints out of the system. Who, by which filter and with which columns is in the record
 * before there is anything to read; the password is asked for once more, since a screen may be left alone.
 */
#include "common/sha256.h"
#include "server/hash.h"
#include "server/method/complaint/list_inside.h"
#include "server/method/export/export_column.h"
#include "server/method/export/export_row.h"
#include "server/method/message.h"
#include "server/principal.h"

enum { QUERY_EXPORT, QUERY_ACCOUNT };
enum { ACCOUNT_PASSWORD = 3 }; /* column of account_get */

/* Lives in request.state. */
struct beginning {
	struct list_inside inside;
	struct span list; /* as it is stored */
	struct export_columns columns;
	struct str own_password;
	struct str own_phc;
	bool is_right;
};

/* None given: all; each counts once. */
static struct export_columns columns_of(const Pb__ExportBegin *in)
{
	bool is_asked[EXPORT_COLUMNS_MAX] = {false};
	struct export_columns all = export_columns_all();
	struct export_columns out = {.count = 0};

	for (size_t i = 0; i < in->n_columns; i++) { /* field.def bounds them */
		assert((unsigned)in->columns[i] < EXPORT_COLUMNS_MAX);
		is_asked[in->columns[i]] = true;
	}
	for (size_t i = 0; i < all.count; i++) {
		if (in->n_columns == 0 || is_asked[all.columns[i]]) {
			out.columns[out.count++] = all.columns[i];
		}
	}
	return out;
}

static enum err check(struct request *r)
{
	const Pb__ExportBegin *in = (const Pb__ExportBegin *)r->message;
	struct beginning *beginning = arena_new(&r->arena, struct beginning);

	r->community_id = message_id(true, in->community_id);
	r->state = beginning;
	r->arena.is_secret = true;
	if (beginning == NULL) {
		return ERR_BUSY;
	}
	beginning->own_password = codec_str(in->own_password);
	beginning->columns = columns_of(in);
	beginning->inside.list = in->list;
	return list_inside_keep(r, &beginning->inside, &beginning->list);
}

static void load(struct request *r)
{
	export_load(r, r->key);
	query_uuid(request_query(r, STMT_account_get), r->principal->account_id);
}

static enum err may(struct request *r)
{
	struct beginning *beginning = r->state;

	if (!export_is_here(r)) {
		return ERR_NOT_FOUND;
	}
	beginning->own_phc =
		arena_str(&r->arena, row_text(&r->queries[QUERY_ACCOUNT], 0, ACCOUNT_PASSWORD));
	return ERR_OK;
}

static void work(struct request *r)
{
	struct beginning *beginning = r->state;

	beginning->is_right = hash_verify(&r->arena, beginning->own_phc, beginning->own_password);
}

/* Of the filter, then the columns, a byte each. */
static void hash_what(struct request *r, const struct beginning *beginning, uint8_t *out)
{
	size_t len = beginning->list.len + beginning->columns.count;
	uint8_t *bytes = arena_alloc(&r->arena, len);

	if (bytes == NULL) {
		return; /* the arena's flag ends the request */
	}
	memcpy(bytes, beginning->list.ptr, beginning->list.len);
	for (size_t i = 0; i < beginning->columns.count; i++) {
		bytes[beginning->list.len + i] = (uint8_t)beginning->columns.columns[i];
	}
	sha256(span_of(bytes, len), out);
}

static enum err decide(struct request *r)
{
	const Pb__ExportBegin *in = (const Pb__ExportBegin *)r->message;
	const struct beginning *beginning = r->state;
	uint8_t hash[SHA256_BYTES] = {0};
	Pb__ExportBeginReply *out;
	struct query *query;

	if (!beginning->is_right) {
		return request_refuse(r, ERR_LOGIN_FAILED, "own_password", "your present password");
	}
	if (query_rows(&r->queries[QUERY_EXPORT]) > 0) {
		return ERR_ID_TAKEN;
	}
	request_reply_version(r, 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	out = (Pb__ExportBeginReply *)r->reply;
	out->has_export_id = true;
	out->export_id = codec_bytes(span_of(r->key.bytes, UUID_BYTES));
	hash_what(r, beginning, hash);
	query = request_effect(r, STMT_export_begin, r->key, export_granted_by(r));
	if (query != NULL) {
		query_bytes(query, beginning->list);
		query_int2s(query, beginning->columns.columns, beginning->columns.count);
		query_int2(query, (int)in->format);
		query_bytes(query, span_of(hash, sizeof hash));
	}
	return ERR_OK;
}

const struct method_impl impl_export_begin = {
	.check = check,
	.load = load,
	.may = may,
	.work = work,
	.decide = decide,
};
