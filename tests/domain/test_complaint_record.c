/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a move makes of a complaint's record: a record with everything in it goes through every move, and
 * each field is held against a table of what that move may change; then the single cases: back from the side, a
 * second acceptance, the count of reopenings.
 */
#include "server/domain/complaint_record.h"

#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define DAY (INT64_C(24) * 3600000000)
#define LONG_AGO (NOW - 3 * DAY)

/* Fields that a move empties, sets to now, or raises by one. */
enum field {
	WINDOW = 1,
	ARRIVED = 2,
	WORK_DONE = 4, /* with its result */
	RECEIPT = 8,
	WORKERS = 16,
	ENDED = 32,
	PENDING = 64,      /* with the reminder that follows it */
	FOLLOWED_UP = 128, /* with its score */
	CLOSE = 256,       /* mode, rating, answer */
	ACCEPTED = 512,
	COUNT_UP = 1024,
	BEFORE = 2048, /* takes the state it was in */
	VISIT = WINDOW | ARRIVED | WORK_DONE | RECEIPT,
};

static struct complaint_record full(enum complaint_state state)
{
	return (struct complaint_record){
		.complaint_id = {{1}},
		.number = STR("20260921-0007"),
		.version = 9,
		.kind = 2,
		.urgency = 3,
		.reporter = 2,
		.language = 1,
		.lead = LEAD_OFFICER,
		.place_id = {{2}},
		.place_kind = 3,
		.respondent_id = {{3}},
		.state = state,
		.team_id = {{4}},
		.crew_id = {{5}},
		.worker_id = {{6}},
		.window_from_us = LONG_AGO,
		.window_to_us = LONG_AGO + 1,
		.arrived_us = LONG_AGO + 2,
		.work_done_us = LONG_AGO + 3,
		.result = STR("换了阀门"),
		.ended_us = complaint_is_open(state) ? 0 : LONG_AGO + 4,
		.rating = 4,
		.accepted_us = LONG_AGO + 5,
		.pending_us = LONG_AGO + 6,
		.remind_us = state == COMPLAINT_PENDING_CONFIRMATION ? LONG_AGO + 8 : 0,
		.advice = STR("请找供热公司"),
		.answer = STR("周五修好"),
		.close_mode = CLOSE_CALL,
		.follow_up_score = 5,
		.followed_up_us = LONG_AGO + 7,
		.receipt_id = {{8}},
		.reopened_count = 2,
	};
}

/* What the table says is gone, or new: the rest must be as it was, byte by byte. */
static void change(struct complaint_record *record, unsigned gone, unsigned now)
{
	if ((gone & WINDOW) != 0) {
		record->window_from_us = record->window_to_us = 0;
	}
	if ((gone & WORKERS) != 0) {
		record->crew_id = record->worker_id = uuid_nil;
	}
	if ((gone & FOLLOWED_UP) != 0) {
		record->followed_up_us = record->follow_up_score = 0;
	}
	if ((gone & CLOSE) != 0) {
		record->close_mode = record->rating = 0;
		record->answer = STR("");
	}
	if ((gone & WORK_DONE) != 0) {
		record->result = STR("");
	}
	record->receipt_id = (gone & RECEIPT) != 0 ? uuid_nil : record->receipt_id;
	record->arrived_us = (gone & ARRIVED) != 0 ? 0 : record->arrived_us;
	record->work_done_us = (gone & WORK_DONE) != 0 ? 0 : record->work_done_us;
	record->ended_us = (gone & ENDED) != 0 ? 0 : record->ended_us;
	record->pending_us = (gone & PENDING) != 0 ? 0 : record->pending_us;
	record->accepted_us = (gone & ACCEPTED) != 0 ? 0 : record->accepted_us;
	record->ended_us = (now & ENDED) != 0 ? NOW : record->ended_us;
	record->pending_us = (now & PENDING) != 0 ? NOW : record->pending_us;
	record->remind_us = (now & PENDING) != 0 ? NOW + DAY : record->remind_us;
	record->reopened_count += (now & COUNT_UP) != 0;
	record->state_before = (now & BEFORE) != 0 ? record->state : record->state_before;
}

static void check_same(
	const struct complaint_record *actual, const struct complaint_record *expected)
{
	CHECK_INT_EQ(actual->state, expected->state);
	CHECK_INT_EQ(actual->state_before, expected->state_before);
	CHECK_INT_EQ(actual->suspend_reason, expected->suspend_reason);
	CHECK_INT_EQ(actual->suspended_until_us, expected->suspended_until_us);
	CHECK(uuid_equal(actual->master_id, expected->master_id));
	CHECK(uuid_equal(actual->team_id, expected->team_id));
	CHECK(uuid_equal(actual->crew_id, expected->crew_id));
	CHECK(uuid_equal(actual->worker_id, expected->worker_id));
	CHECK(uuid_equal(actual->receipt_id, expected->receipt_id));
	CHECK_INT_EQ(actual->window_from_us, expected->window_from_us);
	CHECK_INT_EQ(actual->window_to_us, expected->window_to_us);
	CHECK_INT_EQ(actual->arrived_us, expected->arrived_us);
	CHECK_INT_EQ(actual->work_done_us, expected->work_done_us);
	CHECK_INT_EQ(actual->ended_us, expected->ended_us);
	CHECK_INT_EQ(actual->accepted_us, expected->accepted_us);
	CHECK_INT_EQ(actual->pending_us, expected->pending_us);
	CHECK_INT_EQ(actual->remind_us, expected->remind_us);
	CHECK_INT_EQ(actual->followed_up_us, expected->followed_up_us);
	CHECK_INT_EQ(actual->follow_up_score, expected->follow_up_score);
	CHECK_INT_EQ(actual->close_mode, expected->close_mode);
	CHECK_INT_EQ(actual->rating, expected->rating);
	CHECK_INT_EQ(actual->reopened_count, expected->reopened_count);
	CHECK_INT_EQ(actual->version, expected->version); /* raised by the statement */
	CHECK_INT_EQ(actual->lead, expected->lead);
	CHECK(uuid_equal(actual->respondent_id, expected->respondent_id));
	CHECK(uuid_equal(actual->complaint_id, expected->complaint_id));
	CHECK(uuid_equal(actual->place_id, expected->place_id));
	CHECK_STR_EQ(actual->number, expected->number);
	CHECK_STR_EQ(actual->result, expected->result);
	CHECK_STR_EQ(actual->advice, expected->advice);
	CHECK_STR_EQ(actual->answer, expected->answer);
	CHECK(actual->kind == expected->kind && actual->urgency == expected->urgency &&
		  actual->reporter == expected->reporter && actual->language == expected->language &&
		  actual->place_kind == expected->place_kind);
}

static void apply(struct complaint_record *record, enum complaint_step step)
{
	struct complaint_verdict verdict = {.move = complaint_move(record->state, step)};

	assert(verdict.move != NULL);
	verdict.to = verdict.move->to == COMPLAINT_BEFORE ? record->state_before
	             : verdict.move->to == COMPLAINT_SAME ? record->state
	                                                  : verdict.move->to;
	complaint_apply(record, &verdict, NOW);
}

/* --- every move, over a record that has everything --- */

static const struct {
	enum complaint_state from;
	enum complaint_step step;
	enum complaint_state to;
	unsigned gone, now;
} rows[] = {
#define ROW(from, step, to, gone, now) \
	{ \
		COMPLAINT_##from, COMPLAINT_STEP_##step, COMPLAINT_##to, gone, now \
	}
	/* clang-format off */
	ROW(SUBMITTED,            ACCEPT,    ACCEPTED,             0, 0),
	ROW(SUBMITTED,            PASS,      SUBMITTED,            VISIT | WORKERS | ACCEPTED, 0),
	ROW(ACCEPTED,             PASS,      SUBMITTED,            VISIT | WORKERS | ACCEPTED, 0),
	ROW(REOPENED,             PASS,      SUBMITTED,            VISIT | WORKERS | ACCEPTED, 0),
	ROW(SUBMITTED,            REJECT,    REJECTED_INVALID,     0, ENDED),
	ROW(SUBMITTED,            CLASSIFY,  SUBMITTED,            0, 0), /* what it is about is the method's */
	ROW(ACCEPTED,             CLASSIFY,  ACCEPTED,             0, 0),
	ROW(SCHEDULED,            CLASSIFY,  SCHEDULED,            0, 0),
	ROW(REOPENED,             CLASSIFY,  REOPENED,             0, 0),
	ROW(ACCEPTED,             ADVISE,    ADVISED,              0, 0),
	ROW(ADVISED,              REPORT_UP, REPORTED_UP,          0, 0),
	ROW(REPORTED_UP,          AGREE,     CLOSED_OUT_OF_SCOPE,  0, ENDED),
	ROW(REPORTED_UP,          OVERRULE,  ACCEPTED,             0, 0),
	ROW(ACCEPTED,             ANSWER,    ANSWERED,             0, 0),
	ROW(REOPENED,             ANSWER,    ANSWERED,             0, 0),
	ROW(ANSWERED,             SEND,      PENDING_CONFIRMATION, 0, PENDING),
	ROW(ACCEPTED,             BOOK,      SCHEDULED,            0, 0),
	ROW(REOPENED,             BOOK,      SCHEDULED,            0, 0),
	ROW(SCHEDULED,            BOOK,      SCHEDULED,            0, 0),
	ROW(SCHEDULED,            DISPATCH,  DISPATCHED,           0, 0),
	ROW(ACCEPTED,             DISPATCH,  DISPATCHED,           0, 0),
	ROW(DISPATCHED,           ARRIVE,    ON_SITE,              0, 0),
	ROW(DISPATCHED,           RETURN,    SCHEDULED,            VISIT, 0),
	ROW(ON_SITE,              RETURN,    SCHEDULED,            VISIT, 0),
	ROW(DISPATCHED,           REASSIGN,  DISPATCHED,           ARRIVED | WORK_DONE | RECEIPT, 0),
	ROW(ON_SITE,              REASSIGN,  DISPATCHED,           ARRIVED | WORK_DONE | RECEIPT, 0),
	ROW(ON_SITE,              DONE,      ON_SITE,              0, 0),
	ROW(ON_SITE,              CODE,      ON_SITE,              0, 0),
	ROW(ON_SITE,              SIGN,      WORK_DONE,            0, 0),
	ROW(WORK_DONE,            VERIFY,    PENDING_CONFIRMATION, 0, PENDING),
	ROW(WORK_DONE,            SEND_BACK, SCHEDULED,            VISIT, 0),
	ROW(PENDING_CONFIRMATION, CONFIRM,   CLOSED,               0, ENDED),
	ROW(PENDING_CONFIRMATION, REFUSE,    REOPENED,
		VISIT | WORKERS | PENDING | FOLLOWED_UP | CLOSE, COUNT_UP),
	ROW(PENDING_CONFIRMATION, DECIDE,    CLOSED,               0, ENDED),
	ROW(PENDING_CONFIRMATION, REMIND,    PENDING_CONFIRMATION, 0, 0), /* when next is the plan's to say */
	ROW(CLOSED,               REOPEN,    REOPENED,
		VISIT | WORKERS | ENDED | PENDING | FOLLOWED_UP | CLOSE, COUNT_UP),
	ROW(CLOSED,               FOLLOW_UP, CLOSED,               0, 0),
	ROW(CLOSED_OUT_OF_SCOPE,  FOLLOW_UP, CLOSED_OUT_OF_SCOPE,  0, 0),
	ROW(CLOSED,               ARCHIVE,   ARCHIVED,             0, 0), /* it has ended long ago */
	ROW(CLOSED_OUT_OF_SCOPE,  ARCHIVE,   ARCHIVED,             0, 0),
	/* Somebody's time was kept: it is given back. Elsewhere the window is history. */
	ROW(ACCEPTED,             SUSPEND,   SUSPENDED,            0, BEFORE),
	ROW(SCHEDULED,            SUSPEND,   SUSPENDED,            WINDOW, BEFORE),
	ROW(DISPATCHED,           SUSPEND,   SUSPENDED,            WINDOW, BEFORE),
	ROW(ON_SITE,              SUSPEND,   SUSPENDED,            WINDOW, BEFORE),
	ROW(WORK_DONE,            SUSPEND,   SUSPENDED,            0, BEFORE),
	ROW(SUBMITTED,            MERGE,     MERGED,               0, BEFORE | ENDED),
	ROW(SCHEDULED,            MERGE,     MERGED,               WINDOW, BEFORE | ENDED),
	ROW(DISPATCHED,           MERGE,     MERGED,               WINDOW, BEFORE | ENDED),
	ROW(ON_SITE,              MERGE,     MERGED,               WINDOW, BEFORE | ENDED),
	ROW(PENDING_CONFIRMATION, MERGE,     MERGED,               0, BEFORE | ENDED),
	ROW(DISPATCHED,           WITHDRAW,  WITHDRAWN,            0, ENDED),
	ROW(REOPENED,             WITHDRAW,  WITHDRAWN,            0, ENDED),
	ROW(SCHEDULED,            SPLIT,     SCHEDULED,            0, 0),
	ROW(PENDING_CONFIRMATION, CHASE,     PENDING_CONFIRMATION, 0, 0),
	ROW(SCHEDULED,            REPEAT,    SCHEDULED,            0, 0),
	ROW(CLOSED,               REPEAT,    CLOSED,               0, 0),
	ROW(CLOSED_OUT_OF_SCOPE,  REPEAT,    CLOSED_OUT_OF_SCOPE,  0, 0),
/* clang-format on */
#undef ROW
};

static void test_each_move_changes_its_own_fields_and_no_others(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct complaint_record record = full(rows[i].from);
		struct complaint_record expected = record;

		change(&expected, rows[i].gone, rows[i].now);
		expected.state = rows[i].to;
		/* Nobody is reminded of what does not wait for them. */
		expected.remind_us = rows[i].to == COMPLAINT_PENDING_CONFIRMATION ? expected.remind_us : 0;
		apply(&record, rows[i].step);
		check_same(&record, &expected);
		if (check_failed()) {
			printf("# %s %s\n", complaint_state_name((int)rows[i].from),
				complaint_step_name((int)rows[i].step));
			return;
		}
	}
}

/* A row of complaint.def without a row above is one whose effect nobody thought about. */
static void test_every_move_of_the_table_has_a_row(void)
{
	for (size_t i = 0; i < complaint_move_count; i++) {
		const struct complaint_move *move = &complaint_moves[i];
		bool has_row = move->from == COMPLAINT_SUSPENDED || move->from == COMPLAINT_MERGED;

		for (size_t k = 0; k < COUNT(rows); k++) {
			has_row = has_row || complaint_move(rows[k].from, rows[k].step) == move;
		}
		CHECK(has_row);
	}
}

/* --- to the side and back --- */

static void test_it_comes_back_as_it_was(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		for (int merges = 0; merges < 2; merges++) {
			struct complaint_record record = full(complaint_states[i]);
			struct complaint_record expected = record;

			if (!complaint_is_open(record.state) || record.state == COMPLAINT_SUSPENDED) {
				continue;
			}
			apply(&record, merges ? COMPLAINT_STEP_MERGE : COMPLAINT_STEP_SUSPEND);
			record.suspend_reason = merges ? 0 : 11;
			record.suspended_until_us = merges ? 0 : NOW + DAY;
			record.master_id.bytes[0] = merges ? 1 : 0;
			apply(&record, merges ? COMPLAINT_STEP_UNMERGE : COMPLAINT_STEP_RESUME);
			/* The owner, who could not answer meanwhile, has a week from now. */
			change(&expected, complaint_keeps_slot(expected.state) ? WINDOW : 0,
				expected.state == COMPLAINT_PENDING_CONFIRMATION ? PENDING : 0);
			check_same(
				&record, &expected); /* no side state left, not ended, nothing entered anew */
			if (check_failed()) {
				return;
			}
		}
	}
}

static void test_withdrawn_while_suspended_it_rests_no_longer(void)
{
	struct complaint_record record = full(COMPLAINT_ADVISED);

	apply(&record, COMPLAINT_STEP_SUSPEND);
	record.suspend_reason = 12;
	record.suspended_until_us = NOW + DAY;
	apply(&record, COMPLAINT_STEP_WITHDRAW);
	CHECK_INT_EQ(record.state, COMPLAINT_WITHDRAWN);
	CHECK_INT_EQ(record.state_before, 0);
	CHECK_INT_EQ(record.suspend_reason, 0);
	CHECK_INT_EQ(record.suspended_until_us, 0);
	CHECK_INT_EQ(record.ended_us, NOW);
}

/* --- first times --- */

static void test_accepted_and_arrived_are_the_first_time(void)
{
	struct complaint_record record = full(COMPLAINT_SUBMITTED);

	record.accepted_us = 0;
	apply(&record, COMPLAINT_STEP_ACCEPT);
	CHECK_INT_EQ(record.accepted_us, NOW);

	record = full(COMPLAINT_DISPATCHED);
	record.arrived_us = 0;
	apply(&record, COMPLAINT_STEP_ARRIVE);
	CHECK_INT_EQ(record.arrived_us, NOW);
	record.arrived_us = LONG_AGO;
	apply(&record, COMPLAINT_STEP_DONE);
	CHECK_INT_EQ(record.arrived_us, LONG_AGO);
}

static void test_reopenings_are_counted_up_to_what_the_column_holds(void)
{
	struct complaint_record record = full(COMPLAINT_CLOSED);

	record.reopened_count = 32766;
	apply(&record, COMPLAINT_STEP_REOPEN);
	CHECK_INT_EQ(record.reopened_count, 32767);
	record.state = COMPLAINT_CLOSED;
	apply(&record, COMPLAINT_STEP_REOPEN);
	CHECK_INT_EQ(record.reopened_count, 32767);
}

/* --- two questions --- */

static void test_slots_are_kept_from_the_appointment_to_the_signature(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		enum complaint_state state = complaint_states[i];

		CHECK_INT_EQ(complaint_keeps_slot(state), state >= 3 && state <= 5);
	}
}

static void test_complaints_are_followed_up_but_not_opinions_nor_history(void)
{
	static const bool wanted[] = {[1] = true, [2] = true, [3] = true, [7] = true, [8] = true};
	size_t unasked = 0;

	for (int kind = 1; kind < (int)COUNT(wanted); kind++) {
		for (int mode = 0; mode <= CLOSE_IMPORTED; mode++) {
			struct complaint_record record = {.kind = kind, .close_mode = mode};

			CHECK_INT_EQ(
				complaint_wants_follow_up(&record), wanted[kind] && mode != CLOSE_IMPORTED);
		}
		/* The list that the archive's statement is given says the same. */
		for (size_t i = 0; i < COMPLAINT_UNASKED_COUNT; i++) {
			unasked += complaint_unasked_kinds[i] == kind;
			CHECK(complaint_unasked_kinds[i] != kind || !wanted[kind]);
		}
	}
	CHECK_INT_EQ(unasked, 3);
}

static void test_only_what_waits_for_nobody_else_waits_for_a_decision(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		struct complaint_record record = full(complaint_states[i]);

		record.remind_us = NOW;
		CHECK(!complaint_waits_for_decision(&record));
		record.remind_us = 0;
		CHECK_INT_EQ(complaint_waits_for_decision(&record), complaint_states[i] == 7);
	}
}

/* Advised and sent are its answers; agreed, confirmed and decided its ends. */
static void test_owners_of_merged_ones_are_told_of_answers_and_ends(void)
{
	for (size_t i = 0; i < COMPLAINT_STEP_COUNT; i++) {
		enum complaint_step step = complaint_steps[i];

		CHECK_INT_EQ(complaint_tells_merged(step),
			step == 8 || step == 11 || step == 13 || step == 16 || step == 21);
	}
	/* Whatever leads to the end of what can be a master, without it having been none: those alone. */
	for (size_t i = 0; i < complaint_move_count; i++) {
		const struct complaint_move *move = &complaint_moves[i];
		bool is_end = move->to == COMPLAINT_CLOSED || move->to == COMPLAINT_CLOSED_OUT_OF_SCOPE;

		CHECK(!is_end || !complaint_is_open(move->from) || complaint_tells_merged(move->step));
	}
}

static const struct test tests[] = {
	{"only_what_waits_for_nobody_else_waits_for_a_decision",
		test_only_what_waits_for_nobody_else_waits_for_a_decision},
	{"owners_of_merged_ones_are_told_of_answers_and_ends",
		test_owners_of_merged_ones_are_told_of_answers_and_ends},
	{"each_move_changes_its_own_fields_and_no_others",
		test_each_move_changes_its_own_fields_and_no_others},
	{"every_move_of_the_table_has_a_row", test_every_move_of_the_table_has_a_row},
	{"it_comes_back_as_it_was", test_it_comes_back_as_it_was},
	{"withdrawn_while_suspended_it_rests_no_longer",
		test_withdrawn_while_suspended_it_rests_no_longer},
	{"accepted_and_arrived_are_the_first_time", test_accepted_and_arrived_are_the_first_time},
	{"reopenings_are_counted_up_to_what_the_column_holds",
		test_reopenings_are_counted_up_to_what_the_column_holds},
	{"slots_are_kept_from_the_appointment_to_the_signature",
		test_slots_are_kept_from_the_appointment_to_the_signature},
	{"complaints_are_followed_up_but_not_opinions_nor_history",
		test_complaints_are_followed_up_but_not_opinions_nor_history},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
