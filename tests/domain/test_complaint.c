/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the complaint's flow: it is written down a second time below, as the company tells it, and
 * every state × step × role × (own area, other area, expired grant) × version × what came with the step
 * is decided and held against it. That covers the order of refusals too, since the expected one is the
 * first of them that applies.
 */
#include "server/domain/complaint.h"

#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define HOUR INT64_C(3600000000)
#define DAY (24 * HOUR)
#define VERSION 7
#define ROLE_FIRST 1
#define ROLE_LAST 6

static const struct flow_row {
	enum complaint_state from;
	enum complaint_step step;
	enum complaint_state to;
	enum role roles[2]; /* who may; 0: nobody else */
	unsigned needs;
} flow[] = {
	{COMPLAINT_SUBMITTED, COMPLAINT_STEP_ACCEPT, COMPLAINT_ACCEPTED, {ROLE_LEADER, ROLE_OFFICER},
		0},
	{COMPLAINT_ACCEPTED, COMPLAINT_STEP_BOOK, COMPLAINT_SCHEDULED, {ROLE_LEADER}, NEEDS_WINDOW},
	{COMPLAINT_SCHEDULED, COMPLAINT_STEP_DISPATCH, COMPLAINT_DISPATCHED, {ROLE_LEADER}, NEEDS_CREW},
	{COMPLAINT_DISPATCHED, COMPLAINT_STEP_ARRIVE, COMPLAINT_ON_SITE, {ROLE_CREW_MEMBER}, 0},
	{COMPLAINT_ON_SITE, COMPLAINT_STEP_DONE, COMPLAINT_WORK_DONE, {ROLE_CREW_MEMBER}, NEEDS_RESULT},
	{COMPLAINT_WORK_DONE, COMPLAINT_STEP_VERIFY, COMPLAINT_PENDING_CONFIRMATION, {ROLE_LEADER}, 0},
	{COMPLAINT_PENDING_CONFIRMATION, COMPLAINT_STEP_CONFIRM, COMPLAINT_CLOSED,
		{ROLE_CUSTOMER_SERVICE}, 0},
};

static const struct {
	int number;
	const char *name;
	bool is_open;
} states[] = {
	{1, "SUBMITTED", true},
	{2, "ACCEPTED", true},
	{3, "SCHEDULED", true},
	{4, "DISPATCHED", true},
	{5, "ON_SITE", true},
	{6, "WORK_DONE", true},
	{7, "PENDING_CONFIRMATION", true},
	{100, "CLOSED", false},
};

static const struct {
	int number;
	const char *name;
} steps[] = {
	{1, "SUBMIT"},
	{2, "ACCEPT"},
	{3, "BOOK"},
	{4, "DISPATCH"},
	{5, "ARRIVE"},
	{6, "DONE"},
	{7, "VERIFY"},
	{8, "CONFIRM"},
};

static void test_states_have_their_numbers_names_and_bands(void)
{
	size_t found = 0;

	CHECK_INT_EQ(COUNT(states), COMPLAINT_STATE_COUNT);
	for (size_t i = 0; i < COUNT(states); i++) {
		CHECK_INT_EQ(complaint_states[i], states[i].number);
		CHECK_STR_EQ(complaint_state_name(states[i].number), states[i].name);
		CHECK_INT_EQ(complaint_is_open(complaint_states[i]), states[i].is_open);
		/* The database's generated column knows the band alone. */
		CHECK_INT_EQ(complaint_is_open(complaint_states[i]), states[i].number <= 99);
		CHECK(states[i].number >= 1 && states[i].number <= 199);
	}
	for (int number = -2; number <= 300; number++) {
		found += complaint_state_name(number) != NULL;
	}
	CHECK_INT_EQ(found, COUNT(states));
}

static void test_steps_have_their_numbers_and_names(void)
{
	size_t found = 0;

	CHECK_INT_EQ(COUNT(steps), COMPLAINT_STEP_COUNT);
	for (size_t i = 0; i < COUNT(steps); i++) {
		CHECK_INT_EQ(complaint_steps[i], steps[i].number);
		CHECK_STR_EQ(complaint_step_name(steps[i].number), steps[i].name);
	}
	for (int number = -2; number <= 300; number++) {
		found += complaint_step_name(number) != NULL;
	}
	CHECK_INT_EQ(found, COUNT(steps));
}

/* --- the walk --- */

enum situation { OWN_AREA, OTHER_AREA, EXPIRED, SITUATION_COUNT };

struct cell {
	enum complaint_state state;
	enum complaint_step step;
	enum role role;
	enum situation situation;
	bool is_current; /* the client saw the present version */
	unsigned given;
};

static const struct area area = {
	.community_id = {{1}},
	.team_id = {{2}},
	.crew_id = {{3}},
};

/* One grant of the role, as the situation has it. */
static struct access_grant grant_of(const struct cell *cell)
{
	struct uuid elsewhere = {{9}};
	bool is_own = cell->situation != OTHER_AREA;
	enum scope scope = role_row((int)cell->role)->scope;

	return (struct access_grant){
		.role = cell->role,
		.scope = scope,
		.community_id = is_own || scope == SCOPE_TEAM ? area.community_id : elsewhere,
		.team_id = is_own ? area.team_id : elsewhere,
		.crew_id = is_own ? area.crew_id : elsewhere,
		.from_us = NOW - DAY,
		.to_us = cell->situation == EXPIRED ? NOW : NOW + 1,
	};
}

static const struct flow_row *flow_row_of(enum complaint_state from, enum complaint_step step)
{
	for (size_t i = 0; i < COUNT(flow); i++) {
		if (flow[i].from == from && flow[i].step == step) {
			return &flow[i];
		}
	}
	return NULL;
}

static enum err expected_of(const struct cell *cell)
{
	const struct flow_row *row = flow_row_of(cell->state, cell->step);
	/* The whole company is an administrator's area: there is no other. */
	bool is_elsewhere = cell->situation == OTHER_AREA && cell->role != ROLE_ADMINISTRATOR;

	if (is_elsewhere || cell->situation == EXPIRED) {
		return ERR_NOT_FOUND;
	}
	if (!cell->is_current) {
		return ERR_CONFLICT;
	}
	if (row == NULL) {
		return ERR_STEP_REFUSED;
	}
	if (cell->role != row->roles[0] && cell->role != row->roles[1]) {
		return ERR_DENIED;
	}
	return (row->needs & cell->given) == row->needs ? ERR_OK : ERR_FIELD_INVALID;
}

static void check_cell(const struct cell *cell)
{
	struct access_grant grant = grant_of(cell);
	static const struct complaint_move untouched;
	const struct complaint_move *move = &untouched;
	struct complaint_ask ask = {
		.state = cell->state,
		.version = VERSION,
		.version_expected = cell->is_current ? VERSION : VERSION - 1,
		.step = cell->step,
		.reach = access_reach((struct access_grants){&grant, 1}, &area, NOW),
		.given = cell->given,
	};
	enum err err = complaint_decide(&ask, &move);

	if (err != expected_of(cell)) {
		printf("# state %s step %s role %s situation %d current %d given %u\n",
			complaint_state_name((int)cell->state), complaint_step_name((int)cell->step),
			role_row((int)cell->role)->name, (int)cell->situation, cell->is_current, cell->given);
	}
	CHECK_INT_EQ(err, expected_of(cell));
	if (err == ERR_OK) {
		CHECK_INT_EQ(move->from, cell->state);
		CHECK_INT_EQ(move->step, cell->step);
		CHECK_INT_EQ(move->to, flow_row_of(cell->state, cell->step)->to);
	} else {
		CHECK(move == &untouched);
	}
}

/* The n-th cell of the product of all that can differ. */
static struct cell cell_of(size_t n)
{
	struct cell cell;

	cell.given = (unsigned)(n % 8);
	n /= 8;
	cell.is_current = n % 2 == 0;
	n /= 2;
	cell.situation = (enum situation)(n % SITUATION_COUNT);
	n /= SITUATION_COUNT;
	cell.role = (enum role)(ROLE_FIRST + n % ROLE_LAST);
	n /= ROLE_LAST;
	cell.step = (enum complaint_step)steps[n % COUNT(steps)].number;
	n /= COUNT(steps);
	assert(n < COUNT(states));
	cell.state = (enum complaint_state)states[n].number;
	return cell;
}

static void test_every_state_step_role_and_situation(void)
{
	const size_t count = COUNT(states) * COUNT(steps) * ROLE_LAST * SITUATION_COUNT * 2 * 8;
	size_t allowed_count = 0;

	for (size_t n = 0; n < count; n++) {
		struct cell cell = cell_of(n);

		check_cell(&cell);
		if (check_failed()) {
			return;
		}
		allowed_count += expected_of(&cell) == ERR_OK;
	}
	CHECK_INT_EQ(count, 18432);
	/* Five pairs of step and role need nothing (8 ways to give it), three need one thing (4 ways). */
	CHECK_INT_EQ(allowed_count, 5 * 8 + 3 * 4);
}

static void test_moves_are_the_flow_and_nothing_else(void)
{
	size_t found = 0;

	CHECK_INT_EQ(complaint_move_count, COUNT(flow));
	for (size_t i = 0; i < COUNT(states); i++) {
		for (size_t k = 0; k < COUNT(steps); k++) {
			enum complaint_state from = (enum complaint_state)states[i].number;
			enum complaint_step step = (enum complaint_step)steps[k].number;

			found += complaint_move(from, step) != NULL;
			CHECK_INT_EQ(complaint_move(from, step) != NULL, flow_row_of(from, step) != NULL);
		}
	}
	CHECK_INT_EQ(found, COUNT(flow)); /* no second row hides behind a first */
	for (size_t k = 0; k < COUNT(steps); k++) {
		CHECK(complaint_move(COMPLAINT_CLOSED, (enum complaint_step)steps[k].number) == NULL);
	}
}

/* A person with several roles: one of them that may is enough, whatever the others are. */
static void test_one_role_that_may_is_enough(void)
{
	for (size_t i = 0; i < COUNT(flow); i++) {
		for (role_set reach = 1; reach < 1U << (ROLE_LAST + 1); reach++) {
			struct complaint_ask ask = {.state = flow[i].from,
				.version = 1,
				.version_expected = 1,
				.step = flow[i].step,
				.reach = reach,
				.given = flow[i].needs};
			const struct complaint_move *move = NULL;
			role_set may = ROLE_BIT(flow[i].roles[0]);

			may |= flow[i].roles[1] == 0 ? 0 : ROLE_BIT(flow[i].roles[1]);
			CHECK_INT_EQ(complaint_decide(&ask, &move), (reach & may) != 0 ? ERR_OK : ERR_DENIED);
		}
	}
}

/* --- the appointment --- */

static void test_window_is_in_order_not_over_and_near(void)
{
	static const struct {
		int64_t from_us, to_us;
		bool is_good;
	} rows[] = {
		{NOW + HOUR, NOW + 2 * HOUR, true},
		{NOW, NOW + 1, true},
		{NOW + HOUR, NOW + HOUR, false}, /* empty */
		{NOW + HOUR, NOW + HOUR - 1, false},
		{NOW + 2 * HOUR, NOW + HOUR, false},
		{NOW + HOUR, NOW + HOUR + DAY, true}, /* a day long */
		{NOW + HOUR, NOW + HOUR + DAY + 1, false},
		{NOW - HOUR, NOW + 1, true}, /* has begun */
		{NOW - HOUR, NOW, false},    /* is over */
		{NOW - 2 * HOUR, NOW - HOUR, false},
		{NOW + 366 * DAY, NOW + 366 * DAY + HOUR, true},
		{NOW + 366 * DAY + 1, NOW + 366 * DAY + HOUR, false},
		{0, NOW, false},
		{0, INT64_MAX, false},
		{INT64_MAX - 1, INT64_MAX, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(
			complaint_window_is_good(rows[i].from_us, rows[i].to_us, NOW), rows[i].is_good);
	}
}

static const struct test tests[] = {
	{"states_have_their_numbers_names_and_bands", test_states_have_their_numbers_names_and_bands},
	{"steps_have_their_numbers_and_names", test_steps_have_their_numbers_and_names},
	{"every_state_step_role_and_situation", test_every_state_step_role_and_situation},
	{"moves_are_the_flow_and_nothing_else", test_moves_are_the_flow_and_nothing_else},
	{"one_role_that_may_is_enough", test_one_role_that_may_is_enough},
	{"window_is_in_order_not_over_and_near", test_window_is_in_order_not_over_and_near},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
