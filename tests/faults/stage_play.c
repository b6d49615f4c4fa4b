/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/stage_play.h"

#include <stdio.h>
#include <string.h>

#include "tests/live/walk.h"

#define AGAIN_MS 25 /* after a refusal of the moment: shorter than its hint, to be a nuisance */
#define CODE_MS \
	8000 /* after that nobody signs by it: a message whose server died comes much later */
#define DETAIL_BYTES 192

/* ---- what is heard -------------------------------------------------------------------------- */

static void describe(const struct stage_slot *slot, const char *how, char out[DETAIL_BYTES])
{
	const struct journey *journey = &slot->journey;

	(void)snprintf(out, DETAIL_BYTES, "slot %zu journey %llu (%s), %s by person %zu: %s",
		slot->shared.number, (unsigned long long)journey->record->ordinal, journey->record->number,
		journey->method->name, journey->person, how);
}

static void begin_next(struct stage_slot *slot)
{
	journey_begin(&slot->journey, &slot->shared);
	slot->ask_at_us = live_until(0);
	slot->code_until_us = 0;
}

static void count_acknowledged(struct stage *stage)
{
	stage_lock(stage);
	stage->acknowledged++;
	if (stage->acknowledged == stage->wanted) {
		(void)pthread_cond_broadcast(&stage->has_changed);
	}
	stage_unlock(stage);
}

static void take_acknowledgement(
	struct stage *stage, struct stage_slot *slot, const struct client_result *result)
{
	struct journey *journey = &slot->journey;
	char detail[DETAIL_BYTES];

	if (walk_reply_version(result) != journey->record->step_count + 1) {
		describe(slot, "another version", detail);
		stage_violate(stage, "the reply's version is not the step's", detail);
	}
	stage->ledger.repeated += result->is_repeat ? 1 : 0;
	count_acknowledged(stage);
	if (journey_acknowledge(journey, result)) {
		slot->ask_at_us = live_until(0);
		slot->code_until_us = 0;
	} else {
		begin_next(slot);
	}
}

static void take_refusal(struct stage *stage, struct stage_slot *slot, enum err err)
{
	char detail[DETAIL_BYTES];

	if (err_row(err)->retry == ERR_RETRY_SAME && err != ERR_INTERNAL) {
		stage->lost += err == ERR_CONNECT ? 1 : 0;
		slot->ask_at_us = live_until(err == ERR_CONNECT ? 0 : AGAIN_MS);
		return;
	}
	describe(slot, err_name(err), detail);
	stage_violate(stage, "refused what is right", detail);
	slot->journey.record->is_broken = true; /* what became of it is not known */
	begin_next(slot);
}

static void take_reply(
	struct stage *stage, struct stage_slot *slot, const struct client_result *result)
{
	const struct journey *journey = &slot->journey;
	struct ledger_line line = {
		.kind = LEDGER_ANSWER,
		.who = journey->person,
		.record = journey->record,
		.what = result->method->name,
		.key = journey->key,
		.version = journey->record->step_count + 1,
		.err = result->err,
		.is_repeat = result->is_repeat,
	};

	ledger_note(&stage->ledger, &line);
	if (result->err == ERR_OK) {
		take_acknowledgement(stage, slot, result);
	} else {
		take_refusal(stage, slot, result->err);
	}
}

static void on_result(struct caller *caller, const struct client_result *result)
{
	struct stage *stage = caller->hooks.user;

	if (result == NULL) {
		return; /* what is due is asked in the next turn */
	}
	for (size_t i = 0; i < STAGE_SLOTS; i++) {
		struct stage_slot *slot = &stage->slots[i];

		if (slot->ask_at_us == 0 && slot->journey.person == caller->number &&
			slot->call_id == result->id) {
			take_reply(stage, slot, result);
			return;
		}
	}
	stage_violate(stage, "answered, and not asked",
		result->method == NULL ? "an event" : result->method->name);
}

static void on_refused(struct caller *caller, enum err err)
{
	stage_violate(caller->hooks.user, "the session is not resumed", err_name(err));
}

/* ---- what is asked -------------------------------------------------------------------------- */

/* How it is signed is decided once: what is asked again must be the same bytes. */
static bool waits_for_code(struct stage *stage, struct stage_slot *slot, int64_t now_us)
{
	struct journey *journey = &slot->journey;
	char code[TOLD_CODE_BYTES];

	if (!journey->wants_code || journey->attempt_count > 0) {
		return false;
	}
	if (slot->code_until_us == 0) {
		slot->code_until_us = now_us + CODE_MS * US_PER_MS;
	}
	if (live_told_code(stage->told, journey->record->phone, "SERVICE_RECEIPT", code)) {
		journey_sign_by(journey, code);
		stage->by_code++;
	} else if (now_us < slot->code_until_us) {
		slot->ask_at_us = now_us + 2 * AGAIN_MS * US_PER_MS;
		return true;
	}
	journey->wants_code = false;
	return false;
}

static void ask(struct stage *stage, struct stage_slot *slot, bool is_stormy)
{
	struct journey *journey = &slot->journey;
	struct client_ask asked = journey_ask(journey);
	struct ledger_line line = {
		.kind = LEDGER_CALL,
		.who = journey->person,
		.record = journey->record,
		.what = journey->method->name,
		.key = journey->key,
		.version = journey->record->step_count + 1,
	};
	enum err err = caller_ask(&stage->callers[journey->person], &asked, &slot->call_id);

	if (err != ERR_OK) {
		slot->ask_at_us = live_until(AGAIN_MS);
		return;
	}
	if (is_stormy) {
		line.plan = journey_plan(journey);
	}
	if (line.plan.fault != PROXY_PASS) {
		proxy_arm(&stage->proxy, journey->person, &line.plan);
	}
	ledger_note(&stage->ledger, &line);
	journey->attempt_count++;
	slot->ask_at_us = 0;
}

void stage_play_turn(struct stage *stage, enum stage_mode mode, int64_t now_us)
{
	for (size_t i = 0; i < CAST_PEOPLE; i++) {
		caller_turn(&stage->callers[i], now_us);
	}
	if (mode == STAGE_LEAVE) {
		return;
	}
	for (size_t i = 0; i < STAGE_SLOTS; i++) {
		struct stage_slot *slot = &stage->slots[i];

		if (slot->ask_at_us == 0 || slot->ask_at_us > now_us ||
			(mode == STAGE_SETTLE && slot->journey.attempt_count == 0) ||
			waits_for_code(stage, slot, now_us)) {
			continue;
		}
		ask(stage, slot, mode == STAGE_PLAY);
	}
}

bool stage_play_is_quiet(const struct stage *stage)
{
	for (size_t i = 0; i < STAGE_SLOTS; i++) {
		if (stage->slots[i].journey.attempt_count > 0) {
			return false;
		}
	}
	return true;
}

void stage_play_complain(struct stage *stage)
{
	char detail[DETAIL_BYTES];

	for (size_t i = 0; i < STAGE_SLOTS; i++) {
		if (stage->slots[i].journey.attempt_count > 0) {
			describe(&stage->slots[i], "no answer", detail);
			stage_violate(stage, "it is never acknowledged", detail);
			stage->slots[i].journey.record->is_broken = true;
		}
	}
}

void stage_play_begin(struct stage *stage)
{
	for (size_t i = 0; i < CAST_PEOPLE; i++) {
		stage->callers[i] = (struct caller){
			.loop = &stage->loop,
			.context = stage->context,
			.token = stage->cast->people[i].token,
			.hooks = {on_result, on_refused, stage},
			.number = i,
			.port = proxy_port_of(&stage->proxy, i),
			.again_ms = STAGE_AGAIN_MS,
			.is_wanted = true,
		};
	}
}
