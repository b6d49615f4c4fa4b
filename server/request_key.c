/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in work: the second arrival of a key waits until the first is answered, so that it finds the
 * answer in the table of applied keys. The guards in the database hold without this; it saves the race.
 * The hash by which that table knows a request again, and what becomes of one that it knows.
 */
#include <string.h>

#include "common/sha256.h"
#include "server/request_step.h"
#include "server/server.h"

/* A slot of the table of keys in work. Two keys in one slot only wait for each other. */
static uint64_t key_slot(const struct request *r)
{
	struct uuid account_id = request_account(r);
	uint64_t account = get_u64(account_id.bytes + 8);
	uint64_t key = get_u64(r->key.bytes) ^ get_u64(r->key.bytes + 8) * 0x9e3779b97f4a7c15u;

	return (account ^ key) | 1;
}

bool request_hold_key(struct request *r)
{
	uint64_t slot = key_slot(r);
	struct request *holder = id_map_get(&r->server->keys, slot);

	assert(r->key_slot == 0 || r->key_slot == slot);
	if (r->key_slot != 0 || (holder == NULL && id_map_put(&r->server->keys, slot, r))) {
		r->key_slot = slot;
		return true;
	}
	if (holder == NULL) {
		return true; /* the table is full: the guards in the database still hold */
	}
	r->is_waiting = true;
	list_append(&holder->followers, &r->node);
	return false;
}

void request_release_key(struct request *r)
{
	struct list *node;

	if (r->key_slot == 0) {
		return;
	}
	(void)id_map_remove(&r->server->keys, r->key_slot);
	r->key_slot = 0;
	while ((node = list_shift(&r->followers)) != NULL) {
		request_make_ready(container_of(node, struct request, node));
	}
}

/*
 * Keyed, since some requests hold a password: who has the database alone cannot try words against it.
 */
void request_hash(struct request *r)
{
	size_t name_len = strlen(r->row->name) + 1;
	uint8_t *bytes = arena_alloc(&r->arena, name_len + r->body.len);

	if (bytes == NULL) {
		return; /* the arena's flag ends the request before anything is asked of the database */
	}
	memcpy(bytes, r->row->name, name_len);
	if (r->body.len > 0) {
		memcpy(bytes + name_len, r->body.ptr, r->body.len);
	}
	sha256_hmac(span_of(r->server->request_key, sizeof r->server->request_key),
		span_of(bytes, name_len + r->body.len), r->hash);
}

/*
 * Nearly every key is new, and a command's own guard says so: it writes nothing where the key is there. So
 * a key is looked up only when there is anything else to be said than that the command was done: a refusal,
 * a guard that did not hold, an outcome that nobody knows. Where a thread or many waits come before the
 * decision it is looked up first, lest a repeat pays for them.
 */
bool request_looks_first(const struct request *r)
{
	return r->impl->work != NULL || r->impl->toil != NULL;
}

static void name_key(const struct request *r, struct query *applied)
{
	query_uuid(applied, r->community_id);
	query_uuid(applied, request_account(r));
	query_uuid(applied, r->key);
}

/* Behind the method's own: what another server did with the key in between is then seen as that. */
void request_ask_key(struct request *r)
{
	r->server->counters.keys_looked_up++;
	name_key(r, request_query(r, STMT_applied_get));
}

/* Its rows, after LOAD: the last query of a request that looks back. */
static const struct query *applied_of(const struct request *r)
{
	const struct query *last = &r->queries[r->query_count - 1];

	assert(r->looks_back && last->stmt == STMT_applied_get);
	return last;
}

bool request_key_is_used(const struct request *r)
{
	return query_rows(applied_of(r)) > 0;
}

bool request_is_applied(const struct request *r)
{
	const struct query *applied = applied_of(r);

	return query_rows(applied) > 0 &&
	       span_equal(row_bytes(applied, 0, 0), span_of(r->hash, sizeof r->hash));
}

/*
 * The answer as it was given, what the database minted then still to be put in. But what can be read
 * need not be safe: after a crash of PostgreSQL, or where somebody cancelled its wait, the row may stand
 * there and on no standby. So the answer goes out behind a commit of its own on the writing lane.
 */
enum err request_take_applied(struct request *r)
{
	struct query *confirm;

	r->is_repeat = true;
	r->reply_bytes = arena_span(&r->arena, row_bytes(applied_of(r), 0, 1));
	if (r->impl->mint != NULL) {
		r->reply = codec_unpack(r->row->reply, r->reply_bytes, &r->arena);
		if (r->reply == NULL) {
			return ERR_INTERNAL;
		}
	}
	confirm = request_plain_effect(r, STMT_applied_confirm);
	if (confirm == NULL) {
		return ERR_BUSY;
	}
	r->effect_key = (struct errand_key){r->community_id, uuid_nil};
	name_key(r, confirm);
	query_bytes(confirm, span_of(r->hash, sizeof r->hash));
	query_bytes(confirm, r->reply_bytes);
	if (r->arena.failed) {
		r->effect = NULL; /* over the request's memory: nothing is asked */
		return ERR_BUSY;
	}
	return ERR_OK;
}
