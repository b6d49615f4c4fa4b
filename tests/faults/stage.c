/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/stage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/faults/stage_play.h"

#define PULSE_MS 3
#define SETTLE_MS (2 * LIVE_WAIT_MS)
#define SHOWN_MAX 30
#define DAY_US (INT64_C(24) * 3600 * US_PER_S)
#define SLOT_US (INT64_C(14) * DAY_US) /* of the calendar: a slot has so much for itself */

void stage_lock(struct stage *stage)
{
	int failed = pthread_mutex_lock(&stage->lock);

	assert(failed == 0);
	(void)failed;
}

void stage_unlock(struct stage *stage)
{
	int failed = pthread_mutex_unlock(&stage->lock);

	assert(failed == 0);
	(void)failed;
}

void stage_violate(struct stage *stage, const char *what, const char *detail)
{
	stage_lock(stage);
	if (stage->violations++ < SHOWN_MAX) {
		printf("# violation: %s: %s\n", what, detail);
	}
	stage_unlock(stage);
}

static void on_violation(void *user, const char *what, const char *detail)
{
	stage_violate(user, what, detail);
}

/* ---- the thread ----------------------------------------------------------------------------- */

static void turn_watchers(struct stage *stage, int64_t now_us)
{
	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		watcher_turn(&stage->watchers[i], now_us);
	}
}

static bool do_all_agree(const struct stage *stage)
{
	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		if (!watcher_agrees(&stage->watchers[i])) {
			return false;
		}
	}
	return true;
}

/* Stands still when all is answered and known, or will not be. */
static void settle(struct stage *stage, int64_t now_us)
{
	bool is_quiet = stage_play_is_quiet(stage);

	if (!(is_quiet && do_all_agree(stage)) && now_us < stage->settle_until_us) {
		return;
	}
	if (!is_quiet) {
		stage_play_complain(stage);
	}
	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		if (!watcher_agrees(&stage->watchers[i])) {
			watcher_complain(&stage->watchers[i]);
		}
	}
	stage_lock(stage);
	stage->mode = STAGE_REST;
	(void)pthread_cond_broadcast(&stage->has_changed);
	while (stage->mode == STAGE_REST) {
		(void)pthread_cond_wait(&stage->has_changed, &stage->lock);
	}
	stage_unlock(stage);
	stage->settle_until_us = 0;
	proxy_calm(&stage->proxy, false);
}

/* Everybody hangs up; when all are gone, nothing is left in the loop. */
static void leave(struct stage *stage)
{
	bool are_gone = true;

	for (size_t i = 0; i < CAST_PEOPLE; i++) {
		stage->callers[i].is_wanted = false;
		are_gone = are_gone && caller_is_away(&stage->callers[i]);
	}
	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		stage->watchers[i].caller.is_wanted = false;
		are_gone = are_gone && caller_is_away(&stage->watchers[i].caller);
	}
	if (are_gone && !stage->is_leaving) {
		stage->is_leaving = true;
		proxy_close(&stage->proxy);
		uv_close((uv_handle_t *)&stage->pulse, NULL);
	}
}

/* What the director wants of this turn. */
static enum stage_mode take_orders(struct stage *stage)
{
	struct ledger_line line = {.kind = LEDGER_KILL};
	enum stage_mode mode;
	unsigned cuts;

	stage_lock(stage);
	mode = stage->mode;
	cuts = stage->cuts;
	stage->cuts = 0;
	line.what = stage->struck;
	stage->struck = NULL;
	stage_unlock(stage);
	if (cuts > 0) {
		proxy_cut_all(&stage->proxy);
	}
	if (line.what != NULL) {
		ledger_note(&stage->ledger, &line);
	}
	return mode;
}

static void on_pulse(uv_timer_t *pulse)
{
	struct stage *stage = pulse->data;
	enum stage_mode mode = take_orders(stage);
	int64_t now_us = live_until(0);

	if (mode == STAGE_SETTLE && stage->settle_until_us == 0) {
		stage->settle_until_us = now_us + SETTLE_MS * US_PER_MS;
		proxy_calm(&stage->proxy, true);
	}
	stage_play_turn(stage, mode, now_us);
	turn_watchers(stage, now_us);
	if (mode == STAGE_SETTLE) {
		settle(stage, now_us);
	} else if (mode == STAGE_LEAVE) {
		leave(stage);
	}
}

static void *run(void *argument)
{
	struct stage *stage = argument;
	int failed;

	(void)uv_run(&stage->loop, UV_RUN_DEFAULT); /* until every handle is closed */
	failed = uv_loop_close(&stage->loop);
	assert(failed == 0);
	(void)failed;
	return NULL;
}

/* ---- the director's ------------------------------------------------------------------------- */

static void prepare_watchers(struct stage *stage)
{
	/* Those who see everything in the community. */
	static const enum cast_part whose[STAGE_WATCHERS] = {
		CAST_MANAGER, CAST_DESK, CAST_MANAGER, CAST_DESK};

	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		struct watcher *watcher = &stage->watchers[i];
		size_t person = cast_first(whose[i]) + i / 2;

		watcher->ledger = &stage->ledger;
		watcher->cast = stage->cast;
		watcher->on_violation = on_violation;
		watcher->user = stage;
		watcher->caller.loop = &stage->loop;
		watcher->caller.context = stage->context;
		watcher->caller.token = stage->cast->people[person].token;
		watcher->caller.again_ms = STAGE_AGAIN_MS;
		watcher->caller.port = proxy_port_of(&stage->proxy, CAST_PEOPLE + i);
		watcher_begin(watcher, CAST_PEOPLE + i);
	}
}

static void prepare_slots(struct stage *stage)
{
	int64_t first_us = clock_now().utc_us + DAY_US;

	for (size_t i = 0; i < STAGE_SLOTS; i++) {
		stage->slots[i].shared = (struct journey_slot){
			.cast = stage->cast,
			.ledger = &stage->ledger,
			.seed = stage->seed,
			.number = i,
			.next_window_us = first_us + (int64_t)i * SLOT_US,
		};
		journey_begin(&stage->slots[i].journey, &stage->slots[i].shared);
		stage->slots[i].ask_at_us = live_until(0);
	}
}

void stage_begin(struct stage *stage)
{
	struct tls_files files = {.ca_path = stage->server->ca_path};
	const char *reason = NULL;
	int failed = uv_loop_init(&stage->loop);

	assert(failed == 0);
	(void)pthread_mutex_init(&stage->lock, NULL);
	(void)pthread_cond_init(&stage->has_changed, NULL);
	ledger_init(&stage->ledger);
	stage->context = tls_client_context(&files, &reason);
	assert(stage->context != NULL);
	proxy_open(
		&stage->proxy, &stage->loop, stage->server, CAST_PEOPLE + STAGE_WATCHERS, stage->seed);
	stage_play_begin(stage);
	prepare_watchers(stage);
	prepare_slots(stage);
	(void)uv_timer_init(&stage->loop, &stage->pulse);
	stage->pulse.data = stage;
	(void)uv_timer_start(&stage->pulse, on_pulse, 0, PULSE_MS);
	failed = pthread_create(&stage->thread, NULL, run, stage);
	assert(failed == 0);
}

bool stage_await(struct stage *stage, size_t more)
{
	struct timespec until;
	int failed = 0;
	bool has_come;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2 * LIVE_WAIT_MS / 1000;
	stage_lock(stage);
	stage->wanted = stage->acknowledged + more;
	while (stage->acknowledged < stage->wanted && failed == 0) {
		failed = pthread_cond_timedwait(&stage->has_changed, &stage->lock, &until);
	}
	has_come = stage->acknowledged >= stage->wanted;
	stage_unlock(stage);
	return has_come;
}

void stage_cut(struct stage *stage)
{
	stage_lock(stage);
	stage->cuts++;
	stage_unlock(stage);
}

void stage_note(struct stage *stage, const char *what)
{
	stage_lock(stage);
	stage->struck = what;
	stage_unlock(stage);
}

static void change_mode(struct stage *stage, enum stage_mode from, enum stage_mode to)
{
	stage_lock(stage);
	assert(stage->mode == from);
	stage->mode = to;
	(void)pthread_cond_broadcast(&stage->has_changed);
	stage_unlock(stage);
}

void stage_rest(struct stage *stage)
{
	change_mode(stage, STAGE_PLAY, STAGE_SETTLE);
	stage_lock(stage);
	while (stage->mode != STAGE_REST) {
		(void)pthread_cond_wait(&stage->has_changed, &stage->lock);
	}
	stage_unlock(stage);
}

void stage_play(struct stage *stage)
{
	stage->ledger.round++;
	change_mode(stage, STAGE_REST, STAGE_PLAY);
}

void stage_end(struct stage *stage)
{
	int failed;

	change_mode(stage, STAGE_REST, STAGE_LEAVE);
	failed = pthread_join(stage->thread, NULL);
	assert(failed == 0);
	(void)failed;
}

void stage_fini(struct stage *stage)
{
	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		watcher_fini(&stage->watchers[i]);
	}
	tls_context_free(stage->context);
	ledger_fini(&stage->ledger);
	(void)pthread_cond_destroy(&stage->has_changed);
	(void)pthread_mutex_destroy(&stage->lock);
}
