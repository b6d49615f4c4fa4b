/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of a request and their driver: the only place that knows about waiting. request.h is what
 * everybody else needs.
 */
#pragma once

#include "server/request.h"

/* From a lane, a thread or a key's holder: the tick runs it on. */
void request_make_ready(struct request *r);

/* The connection it came by; NULL where that is gone or closing. */
struct conn *request_conn(const struct request *r);

/* To another step that the table allows; to REPLY with an error. Both return NEXT_MORE. */
enum next request_go(struct request *r, enum step to);
enum next request_fail(struct request *r, enum err err);

/* Hands the queries to the reading lane; the step is run again when their rows are there. */
enum next request_read(struct request *r);
/* How that ended. */
enum err request_errand_err(const struct request *r);
/* Gives the rows back, and begins anew with no query. */
void request_clear(struct request *r);

/* For measurements: "decide". */
const char *request_step_name(enum step step);

/* request_identify.c */
enum next request_step_identify(struct request *r);

/* request_work.c */
enum next request_step_work(struct request *r);

/* request_key.c. What `applied` compares: of method and body. */
void request_hash(struct request *r);
/* True where the key is ours to work on; else the request waits behind the one that has it. */
bool request_hold_key(struct request *r);
/* Those who waited behind it run on. */
void request_release_key(struct request *r);
/* Is the key looked up before anything is decided? Else only where there is more to say than "done". */
bool request_looks_first(const struct request *r);
/* One more query, the last: what the key did. The others are of a request that has asked. */
void request_ask_key(struct request *r);
bool request_key_is_used(const struct request *r);
/* … by the same request of the same account. */
bool request_is_applied(const struct request *r);
/* Answers as it did then, behind a commit of its own. */
enum err request_take_applied(struct request *r);
