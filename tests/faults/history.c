/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/history.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/faults/audit.h"
#include "tests/faults/stage.h"

#define STEPS_MIN 4 /* acknowledged between two blows */
#define STEPS_SPAN 60
#define MOMENT_US_MAX 6000
#define BLOWS_MAX 3
#define CUT_ODDS 5 /* one blow in so many cuts the clients' connections instead */
#define PATH_BYTES 128

/* The moment itself is the fault, and it is drawn: nothing is waited for here. */
static void let_pass(uint64_t us)
{
	const struct timespec time = {.tv_nsec = (long)(us * 1000)};

	(void)ppoll(NULL, 0, &time, NULL);
}

/* False, and a violation, where nothing goes on any more. */
static bool await(struct stage *stage, size_t more, const char *after)
{
	bool goes_on = stage_await(stage, more);

	if (!goes_on) {
		stage_violate(stage, "nothing is acknowledged any more after", after);
	}
	return goes_on;
}

static bool strike(
	struct stage *stage, struct venue *venue, struct dice *dice, struct history_sum *sum)
{
	bool is_cut = dice_once_in(dice, CUT_ODDS);
	enum venue_blow blow = venue_draw(venue, dice);
	uint64_t number = dice_below(dice, UINT32_MAX);
	int64_t begin_us;
	int64_t took_ms;

	let_pass(dice_below(dice, MOMENT_US_MAX));
	if (is_cut) {
		stage_note(stage, "every connection");
		stage_cut(stage);
		sum->cuts++;
		return await(stage, 1, "a cut");
	}
	stage_note(stage, venue_blow_names[blow]);
	if (!venue_strike(venue, blow, number)) {
		stage_violate(stage, "the server does not come back", venue_blow_names[blow]);
		return false;
	}
	sum->kills++;
	begin_us = live_until(0);
	if (!await(stage, 1, venue_blow_names[blow])) {
		return false;
	}
	took_ms = (live_until(0) - begin_us) / US_PER_MS;
	sum->slowest_recovery_ms =
		took_ms > sum->slowest_recovery_ms ? took_ms : sum->slowest_recovery_ms;
	return true;
}

static bool play_round(
	struct stage *stage, struct venue *venue, struct dice *dice, struct history_sum *sum)
{
	uint64_t blows = 1 + dice_below(dice, BLOWS_MAX);
	bool goes_on = true;

	for (uint64_t i = 0; i < blows && goes_on; i++) {
		goes_on = await(stage, STEPS_MIN + dice_below(dice, STEPS_SPAN), "a while") &&
		          strike(stage, venue, dice, sum);
	}
	stage_rest(stage);
	if (goes_on) {
		audit_round(stage, venue);
	}
	sum->rounds++;
	return goes_on;
}

/* Where the reader finds what was asked and answered. */
static void leave_history(const struct stage *stage, const struct venue *venue)
{
	char path[PATH_BYTES];

	if (stage->violations == 0) {
		return;
	}
	(void)snprintf(path, sizeof(path), "/tmp/guanjia-history-%llu-%s.txt",
		(unsigned long long)stage->seed, venue_kind_names[venue->kind]);
	if (ledger_write(&stage->ledger, path)) {
		printf("# every call and answer: %s\n", path);
	}
}

/* A long run is heard of before its end. */
static void say(const struct stage *stage, const struct venue *venue)
{
	printf("# %s: %u rounds, acknowledged %zu, violations %zu, slowest restart %lld ms; killed:",
		venue_kind_names[venue->kind], stage->ledger.round + 1, stage->acknowledged,
		stage->violations, (long long)venue->slowest_start_ms);
	for (int blow = 0; blow < BLOW_COUNT; blow++) {
		printf(" %s %zu%s", venue_blow_names[blow], venue->blows[blow],
			blow + 1 < BLOW_COUNT ? "," : "\n");
	}
}

static void add_up(const struct stage *stage, const struct venue *venue, struct history_sum *sum)
{
	sum->acknowledged += stage->acknowledged;
	sum->violations += stage->violations;
	sum->lost += stage->lost;
	sum->repeated += stage->ledger.repeated;
	sum->by_code += stage->by_code;
	for (size_t i = 0; i < STAGE_WATCHERS; i++) {
		sum->pushes += stage->watchers[i].push_count;
		sum->reloads += stage->watchers[i].reload_count;
	}
	for (int fault = 0; fault < PROXY_FAULT_COUNT; fault++) {
		sum->faults[fault] += stage->proxy.counts[fault];
	}
	sum->slowest_start_ms = venue->slowest_start_ms > sum->slowest_start_ms
	                            ? venue->slowest_start_ms
	                            : sum->slowest_start_ms;
}

/* Whether everything is still there at its end. */
static bool play(const struct history_plan *plan, struct stage *stage, struct venue *venue,
	struct history_sum *sum)
{
	struct dice_stream stream = {plan->seed, UINT32_MAX, (uint64_t)plan->kind};
	struct dice dice = dice_of(&stream);
	int64_t until_us = live_until(plan->play_ms);
	unsigned round = 0;
	bool goes_on = true;

	while (goes_on && (plan->rounds == 0 || round < plan->rounds) &&
		   (plan->play_ms == 0 || live_left_ms(until_us) > 0)) {
		if (round > 0) {
			stage_play(stage);
		}
		goes_on = play_round(stage, venue, &dice, sum);
		round++;
	}
	if (round == 0) {
		stage_rest(stage);
	}
	return goes_on;
}

void history_play(const struct history_plan *plan, struct history_sum *sum)
{
	struct venue *venue = calloc(1, sizeof(*venue));
	struct stage *stage = calloc(1, sizeof(*stage));
	struct cast *cast = calloc(1, sizeof(*cast));
	bool goes_on;

	assert(venue != NULL && stage != NULL && cast != NULL);
	venue_begin(venue, plan->kind);
	cast_make(cast, &venue->server);
	stage->server = &venue->server;
	stage->told = &venue->told;
	stage->cast = cast;
	stage->seed = plan->seed;
	stage_begin(stage);
	goes_on = play(plan, stage, venue, sum);
	if (goes_on) {
		audit_told(stage, venue);
	}
	stage_end(stage);
	if (goes_on && !venue_end(venue)) {
		stage_violate(stage, "the server does not end well", venue_kind_names[plan->kind]);
	}
	leave_history(stage, venue);
	add_up(stage, venue, sum);
	say(stage, venue);
	stage_fini(stage);
	free(cast);
	free(stage);
	free(venue);
}
