/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a complaint's flow is made of: the numbers of states and steps, what is asked for and in which
 * order, who leads, who is behind each word of the table, whom a complaint shows itself to, and the times.
 * The flow itself is in test_complaint_flow.c.
 */
#include "server/domain/complaint.h"

#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define HOUR INT64_C(3600000000)
#define DAY (24 * HOUR)

#define A ROLE_BIT(ROLE_ADMINISTRATOR)
#define M ROLE_BIT(ROLE_MANAGER)
#define O ROLE_BIT(ROLE_OFFICER)
#define L ROLE_BIT(ROLE_LEADER)
#define S ROLE_BIT(ROLE_CUSTOMER_SERVICE)
#define W ROLE_BIT(ROLE_CREW_MEMBER)
#define C ROLE_BIT(ROLE_CLEANER)
#define G ROLE_BIT(ROLE_GUARD)
#define I ROLE_BIT(ROLE_INSPECTOR)
#define D ROLE_BIT(ROLE_DIRECTOR)
#define EVERYBODY (A | M | O | L | S | W | C | G | I | D)

struct number_row {
	int number;
	const char *name;
};

static const struct number_row states[] = {
	{1, "SUBMITTED"},
	{2, "ACCEPTED"},
	{3, "SCHEDULED"},
	{4, "DISPATCHED"},
	{5, "ON_SITE"},
	{6, "WORK_DONE"},
	{7, "PENDING_CONFIRMATION"},
	{8, "ADVISED"},
	{9, "REPORTED_UP"},
	{10, "ANSWERED"},
	{11, "SUSPENDED"},
	{12, "REOPENED"},
	{100, "CLOSED"},
	{101, "CLOSED_OUT_OF_SCOPE"},
	{102, "REJECTED_INVALID"},
	{103, "WITHDRAWN"},
	{104, "MERGED"},
	{105, "ARCHIVED"},
};

static const struct number_row steps[] = {
	{1, "SUBMIT"},
	{2, "ACCEPT"},
	{3, "BOOK"},
	{4, "DISPATCH"},
	{5, "ARRIVE"},
	{6, "DONE"},
	{7, "VERIFY"},
	{8, "CONFIRM"},
	{9, "PASS"},
	{10, "REJECT"},
	{11, "ADVISE"},
	{12, "REPORT_UP"},
	{13, "AGREE"},
	{14, "OVERRULE"},
	{15, "ANSWER"},
	{16, "SEND"},
	{17, "RETURN"},
	{18, "SIGN"},
	{19, "SEND_BACK"},
	{20, "REFUSE"},
	{21, "DECIDE"},
	{22, "REOPEN"},
	{23, "FOLLOW_UP"},
	{24, "SUSPEND"},
	{25, "RESUME"},
	{26, "MERGE"},
	{27, "UNMERGE"},
	{28, "WITHDRAW"},
	{29, "ARCHIVE"},
	{30, "CODE"},
	{31, "REMIND"},
	{32, "REASSIGN"},
	{33, "CLASSIFY"},
	{34, "SPLIT"},
	{35, "CHASE"},
	{36, "COLLECTIVE"},
	{37, "REPEAT"},
	{38, "CLOCK"},
};

static void test_states_have_their_numbers_names_and_bands(void)
{
	size_t found = 0;

	CHECK_INT_EQ(COUNT(states), COMPLAINT_STATE_COUNT);
	for (size_t i = 0; i < COUNT(states); i++) {
		CHECK_INT_EQ(complaint_states[i], states[i].number);
		CHECK_STR_EQ(complaint_state_name(states[i].number), states[i].name);
		/* The database's generated column knows the band alone. */
		CHECK_INT_EQ(complaint_is_open(complaint_states[i]), states[i].number <= 99);
		CHECK(states[i].number >= 1 && states[i].number <= 199);
	}
	for (int number = -3; number <= 300; number++) {
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
	for (int number = -3; number <= 300; number++) {
		found += complaint_step_name(number) != NULL;
	}
	CHECK_INT_EQ(found, COUNT(steps));
}

/* What the complaint shows comes first, as the field that clients already know; then what comes with the step. */
static void test_needs_are_asked_for_in_this_order(void)
{
	static const struct {
		const char *name;
		enum err err;
		const char *field;
	} rows[] = {
		{"URGENT", ERR_STEP_REFUSED, "urgency"},
		{"OWNED", ERR_STEP_REFUSED, "team_id"},
		{"BOOKED", ERR_STEP_REFUSED, "window"},
		{"RECEIPT", ERR_STEP_REFUSED, "receipt_id"},
		{"PHONE", ERR_STEP_REFUSED, "contact"},
		{"QUIET", ERR_STEP_REFUSED, "one_time_code"},
		{"WAITED", ERR_STEP_REFUSED, "pending_us"},
		{"RECENT", ERR_STEP_REFUSED, "ended_us"},
		{"SETTLED", ERR_STEP_REFUSED, "ended_us"},
		{"DUE", ERR_STEP_REFUSED, "remind_us"},
		{"ASKED", ERR_STEP_REFUSED, "chased_us"},
		{"WINDOW", ERR_FIELD_INVALID, "window"},
		{"WORKER", ERR_FIELD_INVALID, "crew_id"},
		{"CONSENT", ERR_FIELD_INVALID, "has_entry_consent"},
		{"CAUSE", ERR_FIELD_INVALID, "reason"},
		{"RESULT", ERR_FIELD_INVALID, "result"},
		{"PHOTOS", ERR_FIELD_INVALID, "photos"},
		{"SIGNATURE", ERR_FIELD_INVALID, "sign_method"},
		{"OTHER", ERR_FIELD_INVALID, "worker_id"},
		{"TEAM", ERR_FIELD_INVALID, "team_id"},
		{"CATEGORY", ERR_FIELD_INVALID, "category"},
		{"ADVICE", ERR_FIELD_INVALID, "advice"},
		{"ANSWER", ERR_FIELD_INVALID, "answer"},
		{"REASON", ERR_FIELD_INVALID, "reason"},
		{"SCORE", ERR_FIELD_INVALID, "score"},
		{"PAUSE", ERR_FIELD_INVALID, "until_us"},
		{"BRIEF", ERR_DENIED, "until_us"},
		{"MASTER", ERR_FIELD_INVALID, "master_id"},
		{"MATTER", ERR_FIELD_INVALID, "text"},
		{"EARLIER", ERR_FIELD_INVALID, "repeat_of_id"},
	};

	CHECK_INT_EQ(COUNT(rows), NEED_COUNT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_STR_EQ(complaint_needs[i].name, rows[i].name);
		CHECK_INT_EQ(complaint_needs[i].err, rows[i].err);
		CHECK_STR_EQ(complaint_needs[i].field, rows[i].field);
		CHECK(strlen(complaint_needs[i].allowed) > 0);
	}
}

/* --- the table as a whole --- */

static bool is_in_table(enum complaint_state from, enum complaint_step step, bool of_any)
{
	for (size_t i = 0; i < complaint_move_count; i++) {
		if (complaint_moves[i].step == step &&
			complaint_moves[i].from == (of_any ? COMPLAINT_ANY_OPEN : from)) {
			return true;
		}
	}
	return false;
}

static void test_no_row_hides_another(void)
{
	for (size_t i = 0; i < complaint_move_count; i++) {
		for (size_t k = 0; k < i; k++) {
			CHECK(complaint_moves[i].from != complaint_moves[k].from ||
				  complaint_moves[i].step != complaint_moves[k].step);
		}
		CHECK(complaint_moves[i].who != 0);
		CHECK(complaint_moves[i].to != COMPLAINT_ANY_OPEN);
	}
}

static void test_rows_of_any_open_state_are_for_all_but_the_suspended(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		for (size_t k = 0; k < COMPLAINT_STEP_COUNT; k++) {
			enum complaint_state from = complaint_states[i];
			enum complaint_step step = complaint_steps[k];
			bool is_any = complaint_is_open(from) && from != COMPLAINT_SUSPENDED;
			bool follows =
				is_in_table(from, step, false) || (is_any && is_in_table(from, step, true));

			CHECK_INT_EQ(complaint_move(from, step) != NULL, follows);
		}
	}
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		CHECK(complaint_move(complaint_states[i], COMPLAINT_STEP_SUBMIT) == NULL);
	}
}

static void test_nothing_leaves_what_is_over(void)
{
	static const enum complaint_state over[] = {
		COMPLAINT_ARCHIVED, COMPLAINT_WITHDRAWN, COMPLAINT_REJECTED_INVALID};

	for (size_t i = 0; i < COUNT(over); i++) {
		for (size_t k = 0; k < COMPLAINT_STEP_COUNT; k++) {
			CHECK(complaint_move(over[i], complaint_steps[k]) == NULL);
		}
	}
}

/* A set of states, a bit each, by their place in complaint_states. */
static unsigned bit_of(enum complaint_state state)
{
	for (unsigned i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		if (complaint_states[i] == state) {
			return 1U << i;
		}
	}
	return 0;
}

/* Where moves lead from these states; to the side and back, or given up, does not count. */
static unsigned leads_to(unsigned reached)
{
	for (size_t round = 0; round < COMPLAINT_STATE_COUNT; round++) {
		for (size_t i = 0; i < complaint_move_count; i++) {
			if ((bit_of(complaint_moves[i].from) & reached) != 0) {
				reached |= bit_of(complaint_moves[i].to);
			}
		}
	}
	return reached;
}

static void test_every_open_state_can_still_come_to_an_end(void)
{
	unsigned closed = bit_of(COMPLAINT_CLOSED) | bit_of(COMPLAINT_CLOSED_OUT_OF_SCOPE);
	unsigned sides = bit_of(COMPLAINT_SUSPENDED) | bit_of(COMPLAINT_MERGED);
	unsigned all = (1U << COMPLAINT_STATE_COUNT) - 1;

	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		enum complaint_state state = complaint_states[i];

		if (complaint_is_open(state) && state != COMPLAINT_SUSPENDED) {
			CHECK((leads_to(bit_of(state)) & closed) != 0);
			CHECK_INT_EQ(complaint_move(state, COMPLAINT_STEP_WITHDRAW)->to, COMPLAINT_WITHDRAWN);
		}
	}
	CHECK_INT_EQ(complaint_move(COMPLAINT_SUSPENDED, COMPLAINT_STEP_RESUME)->to, COMPLAINT_BEFORE);
	CHECK_INT_EQ(complaint_move(COMPLAINT_MERGED, COMPLAINT_STEP_UNMERGE)->to, COMPLAINT_BEFORE);
	CHECK_INT_EQ(leads_to(bit_of(COMPLAINT_SUBMITTED)),
		all & ~sides & ~bit_of(COMPLAINT_WITHDRAWN)); /* no state is out of reach */
}

/* --- who leads --- */

static void test_it_is_led_one_level_above_whom_it_is_about(void)
{
	static const struct {
		role_set respondent;
		enum complaint_lead lead, lead_conduct;
	} rows[] = {
		{0, LEAD_LEADER, LEAD_OFFICER}, /* nobody named */
		{A, LEAD_LEADER, LEAD_OFFICER},
		{S, LEAD_LEADER, LEAD_OFFICER},
		{I, LEAD_LEADER, LEAD_OFFICER},
		{W, LEAD_LEADER, LEAD_OFFICER},
		{L, LEAD_OFFICER, LEAD_OFFICER},
		{C, LEAD_OFFICER, LEAD_OFFICER},
		{G, LEAD_OFFICER, LEAD_OFFICER},
		{O, LEAD_MANAGER, LEAD_MANAGER},
		{M, LEAD_DIRECTOR, LEAD_DIRECTOR},
		{D, LEAD_DIRECTOR, LEAD_DIRECTOR},
		/* The highest counts. */
		{L | O, LEAD_MANAGER, LEAD_MANAGER},
		{W | G, LEAD_OFFICER, LEAD_OFFICER},
		{C | O | M, LEAD_DIRECTOR, LEAD_DIRECTOR},
		{S | M, LEAD_DIRECTOR, LEAD_DIRECTOR},
		{L | D, LEAD_DIRECTOR, LEAD_DIRECTOR},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(complaint_lead_of(rows[i].respondent, false), rows[i].lead);
		CHECK_INT_EQ(complaint_lead_of(rows[i].respondent, true), rows[i].lead_conduct);
	}
}

/* Where there is an officer, by lead from the leader to the director; then where there is none. */
static void test_words_of_the_table_are_these_roles(void)
{
	static const struct {
		enum complaint_who who;
		role_set with_officer[4], without[4];
	} rows[] = {
		{WHO_LEAD, {L, O, M, D}, {L, M, M, D}},
		{WHO_OFFICER, {O, O, M, D}, {M, M, M, D}},
		{WHO_ABOVE, {O, M, D, D}, {M, D, D, D}},
		{WHO_MANAGER, {M, M, M, D}, {M, M, M, D}},
		{WHO_DESK, {S, S, S, S}, {S, S, S, S}},
		{WHO_INSPECTOR, {I, I, I, I}, {I, I, I, I}},
		{WHO_WORKER, {0}, {0}},
		{WHO_OWNER, {0}, {0}},
		{WHO_SYSTEM, {0}, {0}},
		{WHO_COUNT, {0}, {0}},
	};

	CHECK_INT_EQ(COUNT(rows), WHO_COUNT + 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int lead = LEAD_LEADER; lead <= LEAD_DIRECTOR; lead++) {
			CHECK_INT_EQ(complaint_who_roles(rows[i].who, (enum complaint_lead)lead, true),
				rows[i].with_officer[lead - 1]);
			CHECK_INT_EQ(complaint_who_roles(rows[i].who, (enum complaint_lead)lead, false),
				rows[i].without[lead - 1]);
		}
	}
}

static void test_it_shows_itself_to_nobody_below_whoever_leads(void)
{
	static const role_set shown[] = {
		[LEAD_LEADER] = M | O | L | S | W | C | G | I | D,
		[LEAD_OFFICER] = M | O | S | W | I | D,
		[LEAD_MANAGER] = M | S | W | I | D,
		[LEAD_DIRECTOR] = S | W | I | D,
	};

	for (int n = LEAD_LEADER; n <= LEAD_DIRECTOR; n++) {
		enum complaint_lead lead = (enum complaint_lead)n;

		CHECK_INT_EQ(complaint_reach(EVERYBODY, lead, false, false), shown[lead]);
		CHECK_INT_EQ(complaint_reach(EVERYBODY, lead, false, true), EVERYBODY & ~A);
		CHECK_INT_EQ(complaint_reach(EVERYBODY, lead, true, false), 0);
		CHECK_INT_EQ(complaint_reach(EVERYBODY, lead, true, true), 0);
		for (int role = 1; role <= 10; role++) {
			role_set bit = ROLE_BIT(role);

			CHECK_INT_EQ(complaint_reach(bit, lead, false, false), shown[lead] & bit);
			CHECK_INT_EQ(complaint_reach(bit, lead, false, true), bit & ~A);
		}
	}
}

static const struct test tests[] = {
	{"states_have_their_numbers_names_and_bands", test_states_have_their_numbers_names_and_bands},
	{"steps_have_their_numbers_and_names", test_steps_have_their_numbers_and_names},
	{"needs_are_asked_for_in_this_order", test_needs_are_asked_for_in_this_order},
	{"no_row_hides_another", test_no_row_hides_another},
	{"rows_of_any_open_state_are_for_all_but_the_suspended",
		test_rows_of_any_open_state_are_for_all_but_the_suspended},
	{"nothing_leaves_what_is_over", test_nothing_leaves_what_is_over},
	{"every_open_state_can_still_come_to_an_end", test_every_open_state_can_still_come_to_an_end},
	{"it_is_led_one_level_above_whom_it_is_about", test_it_is_led_one_level_above_whom_it_is_about},
	{"words_of_the_table_are_these_roles", test_words_of_the_table_are_these_roles},
	{"it_shows_itself_to_nobody_below_whoever_leads",
		test_it_shows_itself_to_nobody_below_whoever_leads},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
