/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection of a run, and its session. Calls are tried again where that is safe: the same
 * bytes with the same key, until the time given by --timeout is over.
 *
 * Everything here leaves the reason of a failure in app->fault.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/err.h"

#include "proto/method.h"

struct app;
struct client_ask;
struct client_result;

#define LINK_TRY_MS 30000 /* how long calls are tried again where --timeout says nothing */

/* Connects, as nobody yet. Does nothing where it is connected. */
enum err link_open(struct app *app) must_check;

/* Connects, and resumes the profile's session, but for a guest. Does nothing where that was done. */
enum err link_resume(struct app *app) must_check;

/* The same on a new connection; waits until then for a server that comes back. */
enum err link_again(struct app *app, int64_t until_us) must_check;

void link_close(struct app *app);

/*
 * One call, awaited. link_call takes the key of --key where the method writes.
 *
 *   returns  a reply with ERR_OK, the caller's (client_result_free); NULL where it failed
 */
struct client_result *link_call(
	struct app *app, enum method method, const ProtobufCMessage *request) must_check;
struct client_result *link_ask(struct app *app, const struct client_ask *ask) must_check;

/* A result that is not ERR_OK becomes the run's fault; a session that has ended is forgotten. */
enum err link_refuse(struct app *app, struct client_result *result);

/* Whether the same again may go better: the err says so, and the method may be repeated. */
bool link_may_repeat(const struct client_result *result);

/* Whether the connection can carry another call. */
bool link_is_alive(const struct app *app);

/* When to give up what is begun now, mono_us: the end of --timeout, or LINK_TRY_MS from now. */
int64_t link_until_us(const struct app *app);

/* Sleeps so long; false, at once, where that would go beyond until_us. */
bool link_pause(int64_t until_us, uint32_t wait_ms);

/* "guanjia --profile NAME login", for hints. */
enum err link_hint_login(struct app *app);
