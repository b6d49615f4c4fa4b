/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in work: the second arrival of a key waits until the first is answered, so that it finds the
 * answer in the table of applied keys. The guards in the database hold without this; it saves the race.
 * And the hash by which that table knows a request again.
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
