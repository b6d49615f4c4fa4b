/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the two halves of session.login: login.c finds out whether the password is right,
 * login_session.c makes the session, or counts the failure.
 */
#pragma once

#include <netinet/in.h>

#include "server/method/session/login_lane.h"
#include "server/principal.h"

/* The queries of the method, in their order. */
enum { QUERY_ACCOUNT, QUERY_DELAYS, QUERY_KNOWN_DEVICE, QUERY_IS_ADMINISTRATOR };

/* Between the functions of one login. */
struct login {
	char peer[INET6_ADDRSTRLEN];
	struct login_source source;
	bool is_local;
	struct str phc;      /* what the password is held against */
	struct str password; /* in the request's arena, as is all the thread touches */
	uint32_t hash_kib;
	bool is_right;     /* the thread's finding */
	struct str rehash; /* a newer PHC string, where the old parameters are outdated */
	uint8_t token[TOKEN_BYTES];
	uint8_t token_hash[TOKEN_BYTES];
};

struct uuid login_device(const struct request *r);
/* What was typed, in lower case; in the arena. */
struct str login_typed(struct request *r);

/* The method's decide and settle. */
enum err login_decide(struct request *r);
void login_settle(struct request *r);
