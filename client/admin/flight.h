/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many requests of one kind, several on their way at a time, each until it has its answer: a lost connection is made
 * again and what had no answer is asked again, with its key; what may go better later is asked later. Ctrl-C lets those
 * on their way land and asks nothing more (interrupt.h).
 */
#pragma once

#include "client/core/client.h"

struct app;

#define FLIGHT_MAX 16 /* without an answer at one time */

struct flight_plan {
	size_t count; /* requests, from 0 */
	/* What to ask: may be called again for one request, and says the same then. Memory lives until it was asked. */
	void (*ask)(void *context, size_t i, struct arena *arena, struct client_ask *out);
	/* Its answer: done, or refused for reasons of its own. Once each. */
	void (*land)(void *context, size_t i, const struct client_result *result);
	void *context;
};

/*
 * Runs until each has its answer.
 *
 *   returns  ERR_OK, also where some were refused | CANCELLED (Ctrl-C) | what would refuse all of them
 */
enum err flight_run(struct app *app, const struct flight_plan *plan) must_check;
