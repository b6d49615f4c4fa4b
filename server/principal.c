/* SPDX-License-Identifier: Apache-2.0 */
#include "server/principal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/sha256.h"

#define PRINCIPAL_BYTES_MAX ((size_t)1024 * 1024) /* some thousands of grants */

void principal_load(struct query *session, struct query *grants, struct arena *arena,
	const uint8_t token_hash[TOKEN_BYTES])
{
	query_init(session, STMT_principal_get, arena);
	query_bytes(session, span_of(token_hash, TOKEN_BYTES));
	query_init(grants, STMT_principal_grants, arena);
	query_bytes(grants, span_of(token_hash, TOKEN_BYTES));
}

struct access_grant principal_grant_row(const struct query *query, size_t row)
{
	return (struct access_grant){
		.grant_id = row_uuid(query, row, 0),
		.role = (enum role)row_int2(query, row, 2),
		.scope = (enum scope)row_int2(query, row, 3),
		.community_id = row_uuid(query, row, 4),
		.team_id = row_uuid(query, row, 5),
		.crew_id = row_uuid(query, row, 6),
		.from_us = row_time(query, row, 7),
		.to_us = row_time(query, row, 8),
		.version = (uint32_t)row_int4(query, row, 9),
	};
}

static bool is_alive(const struct query *session, int64_t now_us, int64_t idle_ms)
{
	return query_rows(session) == 1 && !row_bool(session, 0, 9) && row_int2(session, 0, 6) == 1 &&
	       now_us < row_time(session, 0, 3) &&
	       now_us - row_time(session, 0, 2) <= idle_ms * US_PER_MS;
}

/* A newer server on this schema may know roles that we do not: they give nothing here. */
static bool is_usable(const struct access_grant *grant, role_set roles)
{
	const struct role_row *row = role_row((int)grant->role);

	return row != NULL && row->scope == grant->scope && (ROLE_BIT(row->role) & roles) != 0;
}

static struct access_grants copy_grants(
	struct arena *arena, const struct query *query, role_set roles)
{
	size_t count = query_rows(query);
	struct access_grant *rows = arena_alloc(arena, size_max(count, 1) * sizeof *rows);
	size_t kept = 0;

	for (size_t i = 0; rows != NULL && i < count; i++) {
		rows[kept] = principal_grant_row(query, i);
		kept += is_usable(&rows[kept], roles);
	}
	return (struct access_grants){rows, kept};
}

/* What the arena has to hold, and no more: every idle connection keeps it. */
static size_t arena_bytes(const struct query *session, const struct query *grants)
{
	size_t piece_bytes = _Alignof(max_align_t); /* what a piece is rounded up by, at most */
	size_t grant_bytes = size_max(query_rows(grants), 1) * sizeof(struct access_grant);
	size_t name_bytes = row_text(session, 0, 4).len + row_text(session, 0, 5).len;

	return size_min(grant_bytes + name_bytes + 3 * piece_bytes, PRINCIPAL_BYTES_MAX);
}

enum err principal_new(const struct query *session, const struct query *grants,
	const uint8_t token_hash[TOKEN_BYTES], const struct principal_terms *terms,
	struct principal **out)
{
	struct principal *one;

	if (!is_alive(session, terms->now_us, terms->idle_ms)) {
		return ERR_SESSION_ENDED;
	}
	one = calloc(1, sizeof *one);
	if (one == NULL) {
		return ERR_BUSY;
	}
	arena_init(&one->arena, arena_bytes(session, grants));
	one->ref_count = 1;
	memcpy(one->token_hash, token_hash, TOKEN_BYTES);
	one->account_id = row_uuid(session, 0, 0);
	one->device_id = row_uuid(session, 0, 1);
	one->seen_us = row_time(session, 0, 2);
	one->ends_us = row_time(session, 0, 3);
	one->login = arena_str(&one->arena, row_text(session, 0, 4));
	one->name = arena_str(&one->arena, row_text(session, 0, 5));
	one->account_version = (uint32_t)row_int4(session, 0, 7);
	one->epoch = (uint64_t)row_int8(session, 0, 8);
	one->grants = copy_grants(&one->arena, grants, terms->roles);
	if (one->arena.failed) {
		principal_unref(one);
		return ERR_BUSY;
	}
	*out = one;
	return ERR_OK;
}

struct principal *principal_begin(
	const struct principal_seed *seed, const uint8_t token_hash[TOKEN_BYTES])
{
	struct principal *one = calloc(1, sizeof *one);

	if (one == NULL) {
		return NULL;
	}
	arena_init(&one->arena, PRINCIPAL_BYTES_MAX);
	one->ref_count = 1;
	memcpy(one->token_hash, token_hash, TOKEN_BYTES);
	one->account_id = seed->account_id;
	one->device_id = seed->device_id;
	one->seen_us = seed->now_us;
	one->ends_us = seed->ends_us;
	return one;
}

void principal_ref(struct principal *principal)
{
	assert(principal->ref_count > 0);
	principal->ref_count++;
}

void principal_unref(struct principal *principal)
{
	if (principal == NULL) {
		return;
	}
	assert(principal->ref_count > 0);
	if (--principal->ref_count == 0) {
		arena_fini(&principal->arena);
		free(principal);
	}
}

void principal_token_hash(struct span token, uint8_t out[TOKEN_BYTES])
{
	static_assert(TOKEN_BYTES == SHA256_BYTES, "a token's hash is SHA-256");
	sha256(token, out);
}
