/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client and a far end with a network in memory between them, and a clock that stands still until a
 * test moves it.
 *
 *     pair_open(&pair)               TLS and both hellos are done, CLIENT_OPENED was taken
 *     pair_ask(&pair, METHOD_…)      asks and carries; the far end has heard it
 *     pair_carry(&pair)              both ways, until both are silent
 *     pair_close(&pair)
 */
#pragma once

#include "client/core/client.h"
#include "tests/client/far_end.h"

struct pair {
	struct client client;
	struct far_end far_end;
	struct instant now;
	size_t piece_bytes; /* how the network cuts what it carries */
};

/* Certificates and contexts, once a program. */
void pair_prepare(void);
void pair_clean_up(void);
SSL_CTX *pair_server_context(void);
SSL_CTX *pair_client_context(void);
const char *pair_ca_path(void);

/* Both ends, of which neither has heard anything. */
void pair_begin(struct pair *pair);
/* pair_begin, TLS and hellos, allowing so many calls at once. */
void pair_open(struct pair *pair, uint32_t in_flight_max);
void pair_close(struct pair *pair);

void pair_carry(struct pair *pair);
void pair_pass(struct pair *pair, int64_t ms);

/* Asks with an empty message; returns the id. Asserts that it was not refused. */
uint64_t pair_ask(struct pair *pair, enum method method);

/* The next result's err, kind and id; the result is freed. kind is -1 where there is none. */
struct pair_result {
	int kind;
	uint64_t id;
	enum err err;
};

struct pair_result pair_poll(struct pair *pair);
