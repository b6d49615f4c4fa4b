/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hash.h"

#include <stdio.h>
#include <string.h>

#include <argon2.h>

#include "common/random.h"
#include "server/request.h"
#include "server/server.h"

#define PASSES 3
#define LANES 1
#define SALT_BYTES 16
#define HASH_BYTES 32
#define PHC_BYTES 256

bool hash_has_room(const struct server *server)
{
	return server->counters.hashes_waiting < (uint64_t)server->config->hash_waiting_max;
}

static void start_next(struct server *server)
{
	struct list *node;

	if (server->hashes_running >= (size_t)server->config->hash_running_max) {
		return;
	}
	node = list_shift(&server->hashes_waiting);
	if (node == NULL) {
		return;
	}
	server->hashes_running++;
	server->counters.hashes_waiting--;
	request_start_work(container_of(node, struct request, node));
}

void hash_queue(struct server *server, struct request *r)
{
	list_append(&server->hashes_waiting, &r->node);
	server->counters.hashes_waiting++;
	start_next(server);
}

void hash_ended(struct server *server)
{
	assert(server->hashes_running > 0);
	server->hashes_running--;
	start_next(server);
}

struct str hash_password(struct arena *arena, struct str password, uint32_t kib)
{
	uint8_t salt[SALT_BYTES];
	char *phc = arena_alloc(arena, PHC_BYTES);

	random_bytes(salt, sizeof salt);
	if (phc == NULL || argon2id_hash_encoded(PASSES, kib, LANES, password.ptr, password.len, salt,
						   sizeof salt, HASH_BYTES, phc, PHC_BYTES) != ARGON2_OK) {
		return (struct str){NULL, 0};
	}
	return str_from_c(phc);
}

bool hash_verify(struct arena *arena, struct str phc, struct str password)
{
	char *text = arena_c_string(arena, phc);
	int result = text == NULL ? ARGON2_MEMORY_ALLOCATION_ERROR
	                          : argon2id_verify(text, password.ptr, password.len);

	arena->failed = arena->failed || result == ARGON2_MEMORY_ALLOCATION_ERROR;
	return result == ARGON2_OK;
}

struct str hash_of_nobody(struct arena *arena, uint32_t kib)
{
	/* 16 and 32 zero bytes: no password gives this hash but by a chance of 1 in 2^256. */
	return arena_printf(arena,
		"$argon2id$v=19$m=%u,t=%d,p=%d$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		kib, PASSES, LANES);
}

bool hash_is_old(struct str phc, uint32_t kib)
{
	char prefix[64];
	int len = snprintf(prefix, sizeof prefix, "$argon2id$v=19$m=%u,t=%d,p=%d$", kib, PASSES, LANES);

	return phc.len < (size_t)len || memcmp(phc.ptr, prefix, (size_t)len) != 0;
}
