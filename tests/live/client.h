/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A person's connection to a live server, by the client library that people use: client_loop with a
 * login, kept as a token, so that a connection can be made anew without a password.
 */
#pragma once

#include "client/loop/client_loop.h"
#include "tests/live/server.h"

struct live_client {
	struct client_loop loop;
	const struct live_server *server;
	struct uuid device_id;
	uint8_t token[32];
	bool has_token;
	bool is_open;
	SSL_SESSION **session; /* of TLS, kept from one connection to the next; NULL: always anew */
};

/* Connects to where the server is now, with a device of its own; nobody is logged in. */
enum err live_client_open(struct live_client *client, const struct live_server *server) must_check;

/* LIVE_PASSWORD; keeps the token. */
enum err live_client_login(struct live_client *client, const char *login) must_check;

/* Connects anew, and resumes the session of its token. */
enum err live_client_again(struct live_client *client) must_check;

/* A second connection, of the same session. */
enum err live_client_beside(struct live_client *client, const struct live_client *other) must_check;

/* Says goodbye. May be called twice. */
void live_client_close(struct live_client *client);

/* All of it, asserted: open and login. */
void live_client_begin(
	struct live_client *client, const struct live_server *server, const char *login);

/*
 * One call, awaited.
 *
 *   request  its class decides the method where that is not ambiguous; NULL: no body
 *   key      of a WRITE; NULL: a new one
 *   returns  never NULL; live_result_free
 */
struct client_result *live_call(struct live_client *client, enum method method,
	const ProtobufCMessage *request, const struct uuid *key) must_check;

/* The error alone. */
enum err live_ask(struct live_client *client, enum method method, const ProtobufCMessage *request);

/*
 * Sends it, and does not wait; whatever has come so far is left for live_next.
 *
 *   deadline_ms  0: the method's own
 *   returns      the call's id
 */
uint64_t live_send(struct live_client *client, enum method method, const ProtobufCMessage *request,
	const struct uuid *key, uint32_t deadline_ms);

/* A turn of the loop: what was asked is written; what has come stays for live_next. */
void live_turn(struct live_client *client);

/* The next result of this kind, others are thrown away; NULL where none has come in so long. */
struct client_result *live_next(
	struct live_client *client, enum client_result_kind kind, uint32_t wait_ms) must_check;

/* A counter of server.status by its name in server/counter.def. */
uint64_t live_counter(struct live_client *client, const char *name);

/* The same, or a number of server.metrics by its name in server/metric.def. */
uint64_t live_metric(struct live_client *client, const char *name);

/* Whether server.status says that the database is there. */
bool live_is_database_up(struct live_client *client);

struct uuid live_key(void);
ProtobufCBinaryData live_bytes(const struct uuid *id); /* borrows */
