/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is asking: the account, device, session and grants behind a connection, as they were at one
 * rights_epoch. Immutable once made but for seen_us, shared by reference count, replaced when the epoch
 * has risen.
 */
#pragma once

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "server/db/query.h"
#include "server/domain/access.h"

#define TOKEN_BYTES 32

struct principal {
	size_t ref_count;
	struct arena arena; /* holds what the members point at */
	uint8_t token_hash[TOKEN_BYTES];
	struct uuid account_id;
	struct uuid device_id;
	struct str login;
	struct str name;
	uint32_t account_version;
	int64_t seen_us; /* UTC, of the session, as stored */
	int64_t ends_us;
	uint64_t epoch;
	struct access_grants grants;
};

/* The two queries whose rows a principal is made of. */
void principal_load(struct query *session, struct query *grants, struct arena *arena,
	const uint8_t token_hash[TOKEN_BYTES]);

/*
 * Makes one of their rows. ERR_SESSION_ENDED: no such session, ended, revoked, too old, silent too
 * long, or the person left. *out has one reference.
 */
struct principal_terms {
	int64_t now_us;
	int64_t idle_ms;
	role_set roles; /* grants of others are left out: an administrator's, from another machine */
};

enum err principal_new(const struct query *session, const struct query *grants,
	const uint8_t token_hash[TOKEN_BYTES], const struct principal_terms *terms,
	struct principal **out);

/*
 * A session that was opened just now; its grants are read with the next request: the epoch is 0.
 * NULL where memory is out.
 */
struct principal_seed {
	struct uuid account_id;
	struct uuid device_id;
	int64_t now_us;
	int64_t ends_us;
};

struct principal *principal_begin(
	const struct principal_seed *seed, const uint8_t token_hash[TOKEN_BYTES]);

void principal_ref(struct principal *principal);
void principal_unref(struct principal *principal); /* NULL is fine */

/* Reads one row of principal_grants, grant_get or grant_list. */
struct access_grant principal_grant_row(const struct query *query, size_t row);

/* SHA-256 of a token: what the database knows of it. */
void principal_token_hash(struct span token, uint8_t out[TOKEN_BYTES]);
