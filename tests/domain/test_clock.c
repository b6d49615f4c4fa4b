/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the clocks of a complaint (product.md row C8): which row of a set of promises fits; what each step
 * starts, meets, rests and drops; that every threshold is told once, and after a long silence only the
 * highest; that a pause moves what resolves and nothing else. Steps go through complaint_apply, so the
 * records are such as there are.
 */
#include "server/domain/clock.h"

#include "common/clock.h"
#include "tests/check.h"

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define BEGIN INT64_C(1795395600000000) /* 2026-11-23T01:00Z, a Monday, 09:00 in Shanghai */

enum { KIND_COMPLAINT = 1, KIND_REPAIR = 2, KIND_REQUEST = 3, KIND_ENQUIRY = 4 };
enum { SUBKIND_EMERGENCY = 1, SUBKIND_DWELLING = 4, SUBKIND_PAID = 6 };
enum { CHANNEL_PHONE = 1, CHANNEL_AUTHORITY = 6 };

#define NOTHING \
	{ \
		TERM_NONE, 0 \
	}
#define MINUTES(n) \
	{ \
		TERM_MINUTES, (n) \
	}

static const struct promise promises[] = {
	{1, 1, KIND_REPAIR, SUBKIND_EMERGENCY, 0, 3, CALENDAR_24X7,
		{MINUTES(5), MINUTES(10), NOTHING, MINUTES(20), MINUTES(1440), MINUTES(240),
			MINUTES(1440)}},
	{1, 2, KIND_COMPLAINT, 0, 0, 1, CALENDAR_SERVICE_HOURS,
		{MINUTES(15), MINUTES(30), MINUTES(15), MINUTES(60), MINUTES(1440), MINUTES(2880),
			MINUTES(1440)}},
	{1, 3, KIND_REPAIR, SUBKIND_DWELLING, 0, 1, CALENDAR_SERVICE_HOURS,
		{MINUTES(15), MINUTES(30), MINUTES(15), {TERM_APPOINTMENT, 0}, MINUTES(1440), MINUTES(2880),
			MINUTES(2880)}},
	{1, 4, KIND_ENQUIRY, 0, 0, 1, CALENDAR_WORKING_DAYS,
		{MINUTES(15), MINUTES(30), NOTHING, NOTHING, MINUTES(1440), MINUTES(1440), NOTHING}},
	{1, 5, 0, 0, CHANNEL_AUTHORITY, 3, CALENDAR_SERVICE_HOURS,
		{MINUTES(15), MINUTES(30), MINUTES(15), MINUTES(60), MINUTES(1440), {TERM_DEADLINE, 1440},
			MINUTES(1440)}},
};

/* A service that is paid for: it is there, and done, when the appointment ends. */
static const struct promise paid = {1, 7, KIND_REQUEST, SUBKIND_PAID, 0, 1, CALENDAR_SERVICE_HOURS,
	{MINUTES(15), MINUTES(60), MINUTES(60), {TERM_APPOINTMENT, 0}, MINUTES(1440),
		{TERM_APPOINTMENT, 0}, MINUTES(1440)}};

static const struct zone shanghai = {1, {{0, 8 * 3600}}};
static const struct calendar calendar = {&shanghai, 510, 1230, NULL, 0, UINT64_C(1) << 26};

/* A complaint on its way. */
struct walk {
	struct clock_rules rules;
	struct complaint_record record;
	struct clock_card card;
};

static void walk_begin(struct walk *walk, int kind, int subkind, int channel, int64_t deadline_us)
{
	*walk = (struct walk){
		.rules = {promise_match(promises, COUNT(promises), kind, subkind, channel), &calendar},
		.record = {.kind = kind, .state = COMPLAINT_SUBMITTED}};
	assert(walk->rules.promise != NULL);
	clock_begin(&walk->card, &walk->rules, BEGIN, deadline_us, BEGIN);
}

/* The step's own words were set before. */
static void take(struct walk *walk, enum complaint_step step, int64_t after_us)
{
	enum complaint_state from = walk->record.state;
	const struct complaint_move *move = complaint_move(from, step);
	struct complaint_verdict verdict = {.move = move};

	assert(move != NULL);
	verdict.to = move->to == COMPLAINT_BEFORE ? walk->record.state_before : move->to;
	complaint_apply(&walk->record, &verdict, BEGIN + after_us);
	clock_step(&walk->card, &walk->rules, step, from, &walk->record, BEGIN + after_us);
}

static const struct clock *of(const struct walk *walk, enum clock_number number)
{
	return &walk->card.clocks[number - 1];
}

static int64_t due(const struct walk *walk, enum clock_number number)
{
	int64_t at_us =
		clock_threshold_us(&walk->card, &walk->rules, number, THRESHOLD_ESCALATE_OFFICER);

	return at_us == INT64_MAX ? INT64_MAX : at_us - BEGIN;
}

static void test_the_row_that_fits_best(void)
{
	static const struct {
		int kind, subkind, channel, row_no;
	} rows[] = {
		{KIND_REPAIR, SUBKIND_EMERGENCY, CHANNEL_PHONE, 1},
		{KIND_REPAIR, SUBKIND_DWELLING, CHANNEL_PHONE, 3}, {KIND_COMPLAINT, 0, CHANNEL_PHONE, 2},
		{KIND_COMPLAINT, SUBKIND_DWELLING, CHANNEL_PHONE, 2},
		{KIND_REPAIR, SUBKIND_EMERGENCY, CHANNEL_AUTHORITY, 5}, /* a channel before all */
		{KIND_REPAIR, 0, CHANNEL_PHONE, 0},                     /* none */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct promise *found = promise_match(
			promises, COUNT(promises), rows[i].kind, rows[i].subkind, rows[i].channel);

		CHECK_INT_EQ(found == NULL ? 0 : found->row_no, rows[i].row_no);
	}
}

static void test_a_visit_from_end_to_end(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_REPAIR, SUBKIND_DWELLING, CHANNEL_PHONE, 0);
	CHECK_INT_EQ(of(&walk, CLOCK_ACKNOWLEDGE)->met_us, BEGIN);
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ADVISE), DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), INT64_MAX);
	take(&walk, COMPLAINT_STEP_ACCEPT, 20 * MINUTE);
	CHECK_INT_EQ(of(&walk, CLOCK_ACCEPT)->met_us, BEGIN + 20 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), 35 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), INT64_MAX); /* nothing is booked */
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 20 * MINUTE + 2 * DAY);
	walk.record.window_from_us = BEGIN + 5 * HOUR;
	walk.record.window_to_us = BEGIN + 7 * HOUR;
	take(&walk, COMPLAINT_STEP_BOOK, 40 * MINUTE);
	CHECK(clock_is_late(&walk.card, CLOCK_BOOK, BEGIN + 40 * MINUTE));
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), 7 * HOUR);
	CHECK_INT_EQ(due(&walk, CLOCK_ADVISE), INT64_MAX); /* its scope was judged */
	walk.record.window_to_us = BEGIN + 9 * HOUR;
	take(&walk, COMPLAINT_STEP_BOOK, 2 * HOUR); /* at another time */
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), 9 * HOUR);
	take(&walk, COMPLAINT_STEP_DISPATCH, 3 * HOUR);
	take(&walk, COMPLAINT_STEP_ARRIVE, 9 * HOUR);
	CHECK(!clock_is_late(&walk.card, CLOCK_ARRIVE, BEGIN + 10 * HOUR));
	take(&walk, COMPLAINT_STEP_DONE, 10 * HOUR);
	take(&walk, COMPLAINT_STEP_SIGN, 10 * HOUR);
	take(&walk, COMPLAINT_STEP_VERIFY, 11 * HOUR);
	CHECK_INT_EQ(of(&walk, CLOCK_RESOLVE)->met_us, BEGIN + 11 * HOUR);
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), INT64_MAX); /* it is the owner's turn */
	walk.record.close_mode = CLOSE_OWNER;
	take(&walk, COMPLAINT_STEP_CONFIRM, DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_FOLLOW_UP), 3 * DAY);
	take(&walk, COMPLAINT_STEP_FOLLOW_UP, 2 * DAY);
	CHECK_INT_EQ(of(&walk, CLOCK_FOLLOW_UP)->met_us, BEGIN + 2 * DAY);
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), INT64_MAX);
}

static void test_reopened_it_begins_anew(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	take(&walk, COMPLAINT_STEP_ACCEPT, 0);
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), HOUR);
	take(&walk, COMPLAINT_STEP_ANSWER, 10 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), INT64_MAX); /* nobody need come */
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), INT64_MAX);
	take(&walk, COMPLAINT_STEP_SEND, 20 * MINUTE);
	take(&walk, COMPLAINT_STEP_REFUSE, 5 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 7 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), 5 * DAY + 15 * MINUTE);
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), BEGIN + 5 * DAY + 15 * MINUTE / 2);
}

static void test_what_is_out_of_scope(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	take(&walk, COMPLAINT_STEP_ACCEPT, MINUTE);
	take(&walk, COMPLAINT_STEP_ADVISE, 2 * HOUR);
	CHECK_INT_EQ(of(&walk, CLOCK_ADVISE)->met_us, BEGIN + 2 * HOUR);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), INT64_MAX);
	take(&walk, COMPLAINT_STEP_REPORT_UP, 3 * HOUR);
	take(&walk, COMPLAINT_STEP_OVERRULE, 5 * HOUR);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 5 * HOUR + 2 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), 5 * HOUR + 15 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ADVISE), INT64_MAX);
	CHECK_INT_EQ(of(&walk, CLOCK_ACCEPT)->met_us, BEGIN + MINUTE); /* once is enough */
}

/* Passed on, it is accepted once more, in the time that has been running. */
static void test_passed_on_it_counts_from_the_first_submission(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	take(&walk, COMPLAINT_STEP_PASS, 10 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
	take(&walk, COMPLAINT_STEP_ACCEPT, 20 * MINUTE);
	take(&walk, COMPLAINT_STEP_PASS, 25 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), INT64_MAX);
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), INT64_MAX);
	take(&walk, COMPLAINT_STEP_ACCEPT, 50 * MINUTE);
	CHECK(clock_is_late(&walk.card, CLOCK_ACCEPT, BEGIN + DAY));
}

static void suspend(struct walk *walk, int64_t from_us, int64_t to_us)
{
	walk->record.suspended_until_us = BEGIN + to_us;
	take(walk, COMPLAINT_STEP_SUSPEND, from_us);
}

static void test_a_pause_moves_what_resolves(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	take(&walk, COMPLAINT_STEP_ACCEPT, 0);
	suspend(&walk, HOUR, 3 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 5 * DAY - HOUR); /* should nobody resume it before */
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), INT64_MAX);
	take(&walk, COMPLAINT_STEP_RESUME, DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 3 * DAY - HOUR);
	CHECK_INT_EQ(due(&walk, CLOCK_BOOK), DAY + 15 * MINUTE); /* the visit begins anew */
	suspend(&walk, 2 * DAY, 3 * DAY);
	take(&walk, COMPLAINT_STEP_RESUME, 10 * DAY); /* the pause ended by itself a week ago */
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 4 * DAY - HOUR);
	take(&walk, COMPLAINT_STEP_ANSWER, 10 * DAY);
	take(&walk, COMPLAINT_STEP_SEND, 10 * DAY);
	CHECK(clock_is_late(&walk.card, CLOCK_RESOLVE, BEGIN + 10 * DAY));
}

static void test_a_pause_makes_nothing_late_be_in_time(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	take(&walk, COMPLAINT_STEP_ACCEPT, 0);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 2 * DAY);
	suspend(&walk, 3 * DAY, 9 * DAY); /* a day too late already */
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 2 * DAY);
	take(&walk, COMPLAINT_STEP_RESUME, 8 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 2 * DAY);
	CHECK(clock_is_late(&walk.card, CLOCK_RESOLVE, BEGIN + 8 * DAY));
	/* What was resolved too late, and waits for the owner in a pause, is no sooner either. */
	take(&walk, COMPLAINT_STEP_ANSWER, 8 * DAY);
	take(&walk, COMPLAINT_STEP_SEND, 8 * DAY);
	suspend(&walk, 8 * DAY, 20 * DAY);
	take(&walk, COMPLAINT_STEP_RESUME, 19 * DAY);
	CHECK_INT_EQ(clock_due_us(&walk.card, CLOCK_RESOLVE), BEGIN + 2 * DAY);
	CHECK(clock_is_late(&walk.card, CLOCK_RESOLVE, BEGIN + 19 * DAY));
}

static void test_acceptance_never_pauses(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	suspend(&walk, MINUTE, 3 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
	take(&walk, COMPLAINT_STEP_RESUME, DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
}

static void test_merged_it_rests_until_it_is_taken_out(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	take(&walk, COMPLAINT_STEP_ACCEPT, 0);
	take(&walk, COMPLAINT_STEP_MERGE, HOUR);
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), INT64_MAX);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), INT64_MAX);
	take(&walk, COMPLAINT_STEP_UNMERGE, 9 * DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 11 * DAY - HOUR);
}

static void test_ended_nothing_runs(void)
{
	static const enum complaint_step steps[] = {COMPLAINT_STEP_REJECT, COMPLAINT_STEP_WITHDRAW};

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct walk walk;

		walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
		take(&walk, steps[i], HOUR);
		CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), INT64_MAX);
		CHECK(!clock_is_late(&walk.card, CLOCK_ACCEPT, BEGIN + DAY));
	}
}

static void test_a_deadline_from_outside(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_AUTHORITY, BEGIN + 5 * DAY);
	take(&walk, COMPLAINT_STEP_ACCEPT, 0);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 4 * DAY);
	CHECK_INT_EQ(clock_threshold_us(&walk.card, &walk.rules, CLOCK_RESOLVE, THRESHOLD_WARN_HANDLER),
		BEGIN + 2 * DAY);
	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_AUTHORITY, 0);
	take(&walk, COMPLAINT_STEP_ACCEPT, 0);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), INT64_MAX); /* nobody said when */
}

static void check_alarms(struct walk *walk, int64_t after_us, const char *want)
{
	struct clock_alarm alarms[CLOCK_COUNT];
	size_t count = clock_fire(&walk->card, &walk->rules, BEGIN + after_us, alarms);
	char got[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		len += (size_t)snprintf(got + len, sizeof got - len, "%s%s:%d", i == 0 ? "" : " ",
			clock_name((int)alarms[i].number), clock_percents[alarms[i].threshold]);
	}
	CHECK_STR_EQ(str_of(got, len), want);
}

static void test_thresholds_are_told_once(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	check_alarms(&walk, 15 * MINUTE - 1, "");
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), BEGIN + 15 * MINUTE);
	check_alarms(&walk, 15 * MINUTE, "ACCEPT:50");
	check_alarms(&walk, 15 * MINUTE, "");
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), BEGIN + 24 * MINUTE);
	check_alarms(&walk, 24 * MINUTE, "ACCEPT:80");
	check_alarms(&walk, 30 * MINUTE, "ACCEPT:100");
	check_alarms(&walk, HOUR, "ACCEPT:200");
	check_alarms(&walk, 10 * HOUR, "");
	check_alarms(&walk, 3 * DAY, "ADVISE:200"); /* three at once: the highest */
	check_alarms(&walk, 9 * DAY, "");
	CHECK_INT_EQ(clock_next_us(&walk.card, &walk.rules), INT64_MAX);
}

static void test_warnings_count_service_hours(void)
{
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	clock_begin(&walk.card, &walk.rules, BEGIN + 11 * HOUR + 20 * MINUTE, 0, BEGIN); /* 20:20 */
	CHECK_INT_EQ(clock_threshold_us(&walk.card, &walk.rules, CLOCK_ACCEPT, THRESHOLD_WARN_HANDLER),
		BEGIN + 23 * HOUR + 35 * MINUTE); /* 08:35, five minutes into the day */
}

static void test_a_calendar_learned_of_later(void)
{
	struct calendar knowing = calendar;
	struct calendar_day holiday = {20780, true}; /* 2026-11-23 */
	struct walk walk;

	walk_begin(&walk, KIND_ENQUIRY, 0, CHANNEL_PHONE, 0);
	CHECK_INT_EQ(walk.card.provisional, 0);
	knowing.known_years = 0;
	walk.rules.calendar = &knowing;
	clock_begin(&walk.card, &walk.rules, BEGIN, 0, BEGIN);
	CHECK_INT_EQ(walk.card.provisional, 1U << (CLOCK_ACKNOWLEDGE - 1) | 1U << (CLOCK_ACCEPT - 1));
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
	knowing = calendar;
	knowing.days = &holiday;
	knowing.day_count = 1;
	CHECK(clock_reckon(&walk.card, &walk.rules));
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), DAY); /* half an hour after half past eight */
	CHECK_INT_EQ(walk.card.provisional, 0);
}

static void test_what_is_resolved_by_the_appointment(void)
{
	struct clock_alarm alarms[CLOCK_COUNT];
	struct walk walk;

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	walk.rules.promise = &paid;
	walk.record.kind = KIND_REQUEST;
	clock_begin(&walk.card, &walk.rules, BEGIN, 0, BEGIN);
	take(&walk, COMPLAINT_STEP_ACCEPT, 10 * MINUTE);
	CHECK(!clock_is_running(of(&walk, CLOCK_RESOLVE))); /* nobody knows until when */
	walk.record.window_from_us = BEGIN + 2 * HOUR;
	walk.record.window_to_us = BEGIN + 4 * HOUR;
	take(&walk, COMPLAINT_STEP_BOOK, 20 * MINUTE);
	CHECK_INT_EQ(of(&walk, CLOCK_ARRIVE)->from_us, BEGIN + 10 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), 4 * HOUR);
	CHECK_INT_EQ(of(&walk, CLOCK_RESOLVE)->from_us, BEGIN + 10 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 4 * HOUR);
	walk.record.window_to_us = BEGIN + 6 * HOUR; /* at another time */
	take(&walk, COMPLAINT_STEP_BOOK, 30 * MINUTE);
	CHECK_INT_EQ(due(&walk, CLOCK_RESOLVE), 6 * HOUR);
	CHECK_INT_EQ(of(&walk, CLOCK_RESOLVE)->from_us, BEGIN + 10 * MINUTE);
	CHECK_INT_EQ(clock_fire(&walk.card, &walk.rules, BEGIN + 6 * HOUR, alarms), 2);
}

/* Off, worked after all, off again: what was told stays told, and what was not is told when its time comes. */
static void test_a_calendar_that_changes(void)
{
	struct calendar changing = calendar;
	struct calendar_day holiday = {20780, true};
	struct clock_alarm alarms[CLOCK_COUNT];
	struct walk walk;

	walk_begin(&walk, KIND_ENQUIRY, 0, CHANNEL_PHONE, 0);
	walk.rules.calendar = &changing;
	CHECK(!clock_reckon(&walk.card, &walk.rules)); /* nothing has changed */
	CHECK_INT_EQ(clock_fire(&walk.card, &walk.rules, BEGIN + 16 * MINUTE, alarms), 1);
	changing.days = &holiday;
	changing.day_count = 1;
	CHECK(clock_reckon(&walk.card, &walk.rules));
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), DAY);
	CHECK_INT_EQ(due(&walk, CLOCK_ADVISE), DAY); /* counts every hour */
	CHECK_INT_EQ(clock_fire(&walk.card, &walk.rules, BEGIN + 11 * HOUR, alarms), 0);
	changing.day_count = 0;
	CHECK(clock_reckon(&walk.card, &walk.rules));
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 30 * MINUTE);
	CHECK_INT_EQ(clock_fire(&walk.card, &walk.rules, BEGIN + 25 * MINUTE, alarms), 1);
	CHECK_INT_EQ(alarms[0].threshold, THRESHOLD_WARN_LEADER); /* not the 50 % once more */
}

/* What was met is history, what has an end of its own does not hang on the calendar. */
static void test_other_hours_move_only_what_runs_in_them(void)
{
	struct calendar changing = calendar;
	struct walk walk;
	int64_t met_due_us;

	walk_begin(&walk, KIND_REPAIR, SUBKIND_DWELLING, CHANNEL_PHONE, 0);
	walk.rules.calendar = &changing;
	take(&walk, COMPLAINT_STEP_ACCEPT, 10 * MINUTE);
	walk.record.window_from_us = BEGIN + 2 * HOUR;
	walk.record.window_to_us = BEGIN + 4 * HOUR;
	take(&walk, COMPLAINT_STEP_BOOK, 20 * MINUTE);
	met_due_us = of(&walk, CLOCK_ACCEPT)->due_us;
	changing.open_min = 600; /* ten o'clock: an hour after it was submitted */
	CHECK(!clock_reckon(&walk.card, &walk.rules));
	CHECK_INT_EQ(of(&walk, CLOCK_ACCEPT)->due_us, met_due_us);
	CHECK_INT_EQ(due(&walk, CLOCK_ARRIVE), 4 * HOUR);

	walk_begin(&walk, KIND_COMPLAINT, 0, CHANNEL_PHONE, 0);
	walk.rules.calendar = &changing;
	CHECK(clock_reckon(&walk.card, &walk.rules));
	CHECK_INT_EQ(due(&walk, CLOCK_ACCEPT), 90 * MINUTE);
}

static const struct test tests[] = {
	{"the_row_that_fits_best", test_the_row_that_fits_best},
	{"a_visit_from_end_to_end", test_a_visit_from_end_to_end},
	{"reopened_it_begins_anew", test_reopened_it_begins_anew},
	{"what_is_out_of_scope", test_what_is_out_of_scope},
	{"passed_on_it_counts_from_the_first_submission",
		test_passed_on_it_counts_from_the_first_submission},
	{"a_pause_moves_what_resolves", test_a_pause_moves_what_resolves},
	{"a_pause_makes_nothing_late_be_in_time", test_a_pause_makes_nothing_late_be_in_time},
	{"acceptance_never_pauses", test_acceptance_never_pauses},
	{"merged_it_rests_until_it_is_taken_out", test_merged_it_rests_until_it_is_taken_out},
	{"ended_nothing_runs", test_ended_nothing_runs},
	{"a_deadline_from_outside", test_a_deadline_from_outside},
	{"thresholds_are_told_once", test_thresholds_are_told_once},
	{"warnings_count_service_hours", test_warnings_count_service_hours},
	{"a_calendar_learned_of_later", test_a_calendar_learned_of_later},
	{"what_is_resolved_by_the_appointment", test_what_is_resolved_by_the_appointment},
	{"a_calendar_that_changes", test_a_calendar_that_changes},
	{"other_hours_move_only_what_runs_in_them", test_other_hours_move_only_what_runs_in_them},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
