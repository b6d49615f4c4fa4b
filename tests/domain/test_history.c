/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what holds whatever people do: 10,000 histories of a complaint are played, each up to 60 steps
 * that random people ask for, some of whom may. After every step the invariants are checked from
 * outside the table. The seed is fixed, so a failure comes again; CHECK_SEED in the environment plays
 * others, and a failure prints the one that made it.
 */
#include "server/domain/complaint.h"

#include <stdlib.h>

#include "tests/check.h"

#define HISTORY_COUNT 10000
#define STEPS_MAX 60
#define GRANTS_MAX 8
#define NOW INT64_C(1790000000000000)

/* xorshift64*: Marsaglia 2003, Vigna 2016. Never 0. */
static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * UINT64_C(0x2545F4914F6CDD1D) >> 32) % below;
}

static bool one_in(uint64_t n)
{
	return draw(n) == 0;
}

struct matter {
	enum complaint_state state;
	uint32_t version;
	struct area area;
};

struct person {
	struct access_grant grants[GRANTS_MAX];
	size_t count;
};

/* Whom each step belongs to, once more and more coarsely than complaint.def. */
static bool role_may(enum role role, enum complaint_step step)
{
	switch (step) {
	case COMPLAINT_STEP_ACCEPT:
		return role == ROLE_LEADER || role == ROLE_OFFICER;
	case COMPLAINT_STEP_BOOK:
	case COMPLAINT_STEP_DISPATCH:
	case COMPLAINT_STEP_VERIFY:
		return role == ROLE_LEADER;
	case COMPLAINT_STEP_ARRIVE:
	case COMPLAINT_STEP_DONE:
		return role == ROLE_CREW_MEMBER;
	case COMPLAINT_STEP_CONFIRM:
		return role == ROLE_CUSTOMER_SERVICE;
	case COMPLAINT_STEP_SUBMIT:
		return false;
	}
	unreachable();
}

/* The one step that leads on from a state; SUBMIT, which never does, from the last. */
static enum complaint_step step_after(enum complaint_state state)
{
	return state == COMPLAINT_CLOSED ? COMPLAINT_STEP_SUBMIT
	                                 : (enum complaint_step)((int)state + 1);
}

static struct uuid draw_id(uint8_t kind)
{
	return (struct uuid){{kind, (uint8_t)(1 + draw(2))}};
}

static struct person draw_person(void)
{
	struct person person = {.count = draw(GRANTS_MAX + 1)};

	for (size_t i = 0; i < person.count; i++) {
		struct access_grant *grant = &person.grants[i];

		grant->role = (enum role)(1 + draw(6));
		grant->scope = role_row((int)grant->role)->scope;
		grant->community_id = draw_id(1);
		grant->team_id = draw_id(2);
		grant->crew_id = draw_id(3);
		grant->from_us = one_in(8) ? NOW + 1 : NOW;
		grant->to_us = one_in(8) ? NOW : NOW + 1;
	}
	return person;
}

/* Is there a grant in force that reaches the matter and may take the step? By hand, not by access.h. */
static bool person_may(
	const struct person *person, const struct matter *matter, enum complaint_step step)
{
	for (size_t i = 0; i < person->count; i++) {
		const struct access_grant *grant = &person->grants[i];
		bool same_community = uuid_equal(grant->community_id, matter->area.community_id);
		bool same_team = uuid_equal(grant->team_id, matter->area.team_id);
		bool reaches =
			grant->scope == SCOPE_COMPANY || (grant->scope == SCOPE_COMMUNITY && same_community) ||
			(grant->scope == SCOPE_TEAM && same_community && same_team) ||
			(grant->scope == SCOPE_CREW && uuid_equal(grant->crew_id, matter->area.crew_id));

		if (grant->from_us == NOW && grant->to_us == NOW + 1 && reaches &&
			role_may(grant->role, step)) {
			return true;
		}
	}
	return false;
}

static void check_step(struct matter *matter, const struct person *person)
{
	struct complaint_ask ask = {
		.state = matter->state,
		.version = matter->version,
		.version_expected = one_in(8) ? (uint32_t)draw(20) : matter->version,
		.step = one_in(3) ? (enum complaint_step)(1 + draw(8)) : step_after(matter->state),
		.reach =
			access_reach((struct access_grants){person->grants, person->count}, &matter->area, NOW),
		.given = one_in(8) ? (unsigned)draw(8) : 7,
	};
	const struct complaint_move *move = NULL;
	enum err err = complaint_decide(&ask, &move);

	if (err != ERR_OK) {
		CHECK(move == NULL); /* nothing to act on */
		CHECK(err == ERR_NOT_FOUND || err == ERR_CONFLICT || err == ERR_STEP_REFUSED ||
			  err == ERR_DENIED || err == ERR_FIELD_INVALID);
		/* Nobody is refused who had every right, and brought everything. */
		CHECK(ask.version_expected != matter->version || ask.given != 7 ||
			  ask.step != step_after(matter->state) || !person_may(person, matter, ask.step));
		return;
	}
	CHECK_INT_EQ(ask.version_expected, matter->version);
	CHECK(person_may(person, matter, ask.step));
	CHECK(complaint_is_open(matter->state));
	CHECK_INT_EQ(move->from, matter->state);
	CHECK_INT_EQ(ask.step, step_after(matter->state));
	CHECK(move->to > move->from); /* no way back yet */
	matter->state = move->to;
	matter->version++;
}

static void check_history(size_t *out_closed)
{
	struct matter matter = {
		.state = COMPLAINT_SUBMITTED,
		.version = 1,
		.area = {draw_id(1), draw_id(2), draw_id(3)},
	};
	size_t count = 1 + draw(STEPS_MAX);
	bool was_open = true;

	for (size_t i = 0; i < count; i++) {
		struct matter before = matter;
		struct person person = draw_person();

		check_step(&matter, &person);
		if (check_failed()) {
			return;
		}
		CHECK(was_open || matter.version == before.version); /* closed is final */
		CHECK(matter.version <= before.version + 1);
		CHECK_INT_EQ(matter.version != before.version, matter.state != before.state);
		/* As many versions as steps led here: nothing was left out. */
		CHECK_INT_EQ(matter.version,
			matter.state == COMPLAINT_CLOSED ? COMPLAINT_STATE_COUNT : (int)matter.state);
		was_open = complaint_is_open(matter.state);
	}
	*out_closed += !was_open;
}

static void test_histories_hold_the_invariants(void)
{
	const char *text = getenv("CHECK_SEED");
	uint64_t seed = text == NULL ? 20261123 : strtoull(text, NULL, 0);
	size_t closed_count = 0;

	for (size_t i = 0; i < HISTORY_COUNT; i++) {
		random_state = (seed + i) * UINT64_C(0x9E3779B97F4A7C15) | 1;
		check_history(&closed_count);
		if (check_failed()) {
			printf("# history %zu; again: CHECK_SEED=%llu\n", i, (unsigned long long)(seed + i));
			return;
		}
	}
	printf("# %zu of %d histories came to their close\n", closed_count, HISTORY_COUNT);
	CHECK(closed_count > 100); /* the dice reach the end, too */
}

static const struct test tests[] = {
	{"histories_hold_the_invariants", test_histories_hold_the_invariants},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
