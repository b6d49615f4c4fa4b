/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the histories under fault that they can be played again and that they leave nothing out: the same seed
 * gives the same journeys, step by step with person, words and fault, another seed gives others; and every step that
 * needs no clock is drawn, each by its own kind of person, and meets every fault of the network.
 */
#include "tests/check.h"

#include "complaint.pb-c.h"
#include "tests/faults/journey.h"

#define JOURNEYS 400

/* What is compared of one drawn step. */
struct drawn {
	enum complaint_step step;
	size_t person;
	size_t team;
	struct proxy_plan plan;
	size_t body_bytes;
	uint32_t deadline_ms;
};

struct draws {
	struct drawn rows[JOURNEYS * LEDGER_STEPS_MAX];
	size_t count;
};

static struct cast cast;
static struct draws draws;
static struct draws others;

/* The answer that a server would give; only what a journey reads. */
static bool acknowledge(struct journey *journey)
{
	Pb__ComplaintSubmitReply submitted = PB__COMPLAINT_SUBMIT_REPLY__INIT;
	Pb__ComplaintDoneReply done = PB__COMPLAINT_DONE_REPLY__INIT;
	struct client_result result = {.kind = CLIENT_REPLY, .method = journey->method};

	submitted.number = (char *)(uintptr_t) "20261127-0001";
	done.has_is_code_sent = done.is_code_sent = journey->record->phone[0] != '\0';
	result.message = journey->step == COMPLAINT_STEP_SUBMIT ? &submitted.base : &done.base;
	return journey_acknowledge(journey, &result);
}

static void draw_all(uint64_t seed, struct draws *out)
{
	struct ledger ledger;
	struct journey_slot slot = {.cast = &cast, .ledger = &ledger, .seed = seed, .number = 3};
	struct journey journey;

	ledger_init(&ledger);
	slot.next_window_us = 1;
	out->count = 0;
	for (size_t i = 0; i < JOURNEYS; i++) {
		journey_begin(&journey, &slot);
		do {
			struct drawn *row = &out->rows[out->count++];

			*row = (struct drawn){journey.step, journey.person, journey.team,
				journey_plan(&journey), journey.body_bytes, journey.deadline_ms};
		} while (acknowledge(&journey));
	}
	CHECK_INT_EQ(ledger.acknowledged, out->count);
	ledger_fini(&ledger);
}

static bool are_equal(const struct drawn *a, const struct drawn *b)
{
	return a->step == b->step && a->person == b->person && a->team == b->team &&
	       a->plan.fault == b->plan.fault && a->plan.bytes == b->plan.bytes &&
	       a->plan.pause_ms == b->plan.pause_ms && a->plan.is_reset == b->plan.is_reset &&
	       a->body_bytes == b->body_bytes && a->deadline_ms == b->deadline_ms;
}

static void test_same_seed_draws_the_same(void)
{
	draw_all(7, &draws);
	draw_all(7, &others);
	CHECK_INT_EQ(draws.count, others.count);
	for (size_t i = 0; i < draws.count; i++) {
		CHECK(are_equal(&draws.rows[i], &others.rows[i]));
	}
}

static void test_other_seed_draws_others(void)
{
	size_t equal = 0;
	size_t i = 0;

	draw_all(7, &draws);
	draw_all(8, &others);
	for (; i < draws.count && i < others.count; i++) {
		equal += are_equal(&draws.rows[i], &others.rows[i]) ? 1 : 0;
	}
	CHECK(equal < i / 10);
}

static void test_every_step_is_drawn(void)
{
	bool is_drawn[COMPLAINT_STEP_NUMBERS] = {false};

	draw_all(7, &draws);
	for (size_t i = 0; i < draws.count; i++) {
		is_drawn[draws.rows[i].step] = true;
	}
	for (size_t i = 0; i < COMPLAINT_STEP_COUNT; i++) {
		enum complaint_step step = complaint_steps[i];
		bool needs_clock = step == COMPLAINT_STEP_DECIDE || step == COMPLAINT_STEP_ARCHIVE ||
		                   step == COMPLAINT_STEP_CODE || step == COMPLAINT_STEP_REMIND ||
		                   step >= COMPLAINT_STEP_SPLIT;

		if (is_drawn[step] == needs_clock) {
			printf("# %s\n", complaint_step_name((int)step));
		}
		CHECK(is_drawn[step] != needs_clock);
	}
}

static void test_every_person_asks_every_fault_comes(void)
{
	size_t asked[CAST_PEOPLE] = {0};
	size_t faults[PROXY_FAULT_COUNT] = {0};

	draw_all(7, &draws);
	for (size_t i = 0; i < draws.count; i++) {
		asked[draws.rows[i].person]++;
		faults[draws.rows[i].plan.fault]++;
	}
	for (size_t i = 0; i < CAST_PEOPLE; i++) {
		CHECK(asked[i] > 0);
	}
	for (size_t i = 0; i < PROXY_FAULT_COUNT; i++) {
		CHECK(faults[i] > 0);
	}
}

static const struct test tests[] = {
	{"same_seed_draws_the_same", test_same_seed_draws_the_same},
	{"other_seed_draws_others", test_other_seed_draws_others},
	{"every_step_is_drawn", test_every_step_is_drawn},
	{"every_person_asks_every_fault_comes", test_every_person_asks_every_fault_comes},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
