/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/flight.h"

#include <stdio.h>

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/interrupt.h"
#include "client/admin/link.h"
#include "client/admin/progress.h"

#define TRIES_MAX 8
#define AGAIN_MAX 10 /* connections in a row that brought no answer */
#define ASK_BYTES_MAX ((size_t)64 * 1024)

/* One on its way. */
struct place {
	uint64_t id; /* of its call; 0: the place is free */
	size_t i;
	unsigned tries;
};

struct flight {
	struct app *app;
	const struct flight_plan *plan;
	struct place places[FLIGHT_MAX];
	size_t flying_count;
	size_t next;          /* the first that was never asked */
	unsigned again_count; /* connections made since the last answer */
	struct progress progress;
};

static enum err ask(struct flight *flight, struct place *place)
{
	struct client_ask client_ask = {.method = NULL};
	struct arena arena;
	enum err err;

	arena_init(&arena, ASK_BYTES_MAX);
	flight->plan->ask(flight->plan->context, place->i, &arena, &client_ask);
	assert(client_ask.method != NULL && !arena.failed);
	err = client_loop_submit(&flight->app->loop, &client_ask, &place->id);
	arena_fini(&arena);
	return err;
}

/* Fills the free places with what was not asked yet. */
static enum err fill(struct flight *flight)
{
	for (size_t i = 0; i < FLIGHT_MAX; i++) {
		struct place *place = &flight->places[i];
		enum err err;

		if (place->id != 0 || flight->next == flight->plan->count || interrupt_came()) {
			continue;
		}
		*place = (struct place){.i = flight->next};
		err = ask(flight, place);
		if (err != ERR_OK) {
			place->id = 0;
			return err;
		}
		flight->next++;
		flight->flying_count++;
	}
	return ERR_OK;
}

/* A new connection; everything that has no answer is asked again. Where that is lost at once, the caller comes back. */
static enum err again(struct flight *flight)
{
	enum err err;

	flight->again_count++;
	if (flight->again_count == AGAIN_MAX) {
		return fault_set_plain(&flight->app->fault, ERR_CONNECT);
	}
	err = link_again(flight->app, link_until_us(flight->app));
	for (size_t i = 0; err == ERR_OK && i < FLIGHT_MAX; i++) {
		if (flight->places[i].id != 0 && ask(flight, &flight->places[i]) != ERR_OK) {
			break;
		}
	}
	return err;
}

static struct place *find(struct flight *flight, uint64_t id)
{
	for (size_t i = 0; i < FLIGHT_MAX; i++) {
		if (flight->places[i].id == id) {
			return &flight->places[i];
		}
	}
	return NULL;
}

/* Asks once more where that may help; what else there is to say would be said of all of them. */
static enum err ask_again(struct flight *flight, struct place *place, struct client_result *result)
{
	enum err err;

	place->tries++;
	if (place->tries == TRIES_MAX || !link_may_repeat(result) ||
		!link_pause(link_until_us(flight->app),
			result->has_retry_after ? result->retry_after_ms : 100U << place->tries)) {
		return link_refuse(flight->app, result);
	}
	err = ask(flight, place);
	if (err != ERR_OK && link_is_alive(flight->app)) {
		return fault_set_plain(&flight->app->fault, err);
	}
	return ERR_OK; /* or again() asks it anew */
}

/* Is this said of who asks, or of the moment, and not of the one request? */
static bool is_of_all(enum err err)
{
	return err == ERR_UNAUTHENTICATED || err == ERR_SESSION_ENDED || err == ERR_METHOD_UNKNOWN ||
	       err == ERR_REPLY_MALFORMED || err_row(err)->retry == ERR_RETRY_SAME;
}

/* One answer: ERR_OK (go on), or what ends it all. */
static enum err take(struct flight *flight, struct client_result *result)
{
	struct place *place = find(flight, result->id);

	if (result->kind != CLIENT_REPLY || place == NULL) {
		return ERR_OK;
	}
	if (result->err != ERR_OK && !link_is_alive(flight->app)) {
		return ERR_OK; /* again() asks it anew */
	}
	if (result->err != ERR_OK && is_of_all(result->err)) {
		return ask_again(flight, place, result);
	}
	flight->again_count = 0;
	flight->plan->land(flight->plan->context, place->i, result);
	place->id = 0;
	assert(flight->flying_count > 0);
	flight->flying_count--;
	return ERR_OK;
}

static bool is_over(const struct flight *flight)
{
	return flight->flying_count == 0 && (flight->next == flight->plan->count || interrupt_came());
}

static enum err run(struct flight *flight)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && !is_over(flight)) {
		struct client_result *result;

		if (!link_is_alive(flight->app)) {
			err = again(flight);
			continue;
		}
		err = fill(flight);
		if (err != ERR_OK) {
			err = link_is_alive(flight->app) ? fault_set_plain(&flight->app->fault, err) : ERR_OK;
			continue;
		}
		if (flight->flying_count == 0) {
			continue; /* interrupted before the first */
		}
		result = client_loop_next(&flight->app->loop, CLIENT_LOOP_FOREVER);
		if (result != NULL) {
			err = take(flight, result);
		}
		client_result_free(result);
		progress_show(&flight->progress, flight->next - flight->flying_count, flight->plan->count);
	}
	return err;
}

enum err flight_run(struct app *app, const struct flight_plan *plan)
{
	struct flight flight = {.app = app, .plan = plan};
	enum err err;

	progress_begin(&flight.progress, app);
	err = run(&flight);
	progress_end(&flight.progress);
	if (err == ERR_OK && flight.next < plan->count) {
		return fault_set_plain(&app->fault, ERR_CANCELLED);
	}
	return err;
}
