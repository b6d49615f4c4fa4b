/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the times of a complaint at both sides of each of their edges: the 7 days after which a person decides,
 * the 15 in which the owner reopens and after which it is archived, appointments and suspensions.
 */
#include "server/domain/complaint.h"

#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define HOUR INT64_C(3600000000)
#define DAY (24 * HOUR)

/* Somebody who may, with everything but what the clock says. */
static struct complaint_ask ask_at(
	enum complaint_state state, enum complaint_step step, role_set reach)
{
	return (struct complaint_ask){
		.state = state,
		.version = 1,
		.version_expected = 1,
		.step = step,
		.lead = LEAD_LEADER,
		.has_officer = true,
		.now_us = NOW,
		.reach = reach,
		.given = NEED_BIT(NEED_REASON),
	};
}

static void check_decided(const struct complaint_ask *ask, enum complaint_need missing)
{
	struct complaint_verdict verdict;
	enum err err = complaint_decide(ask, &verdict);

	CHECK_INT_EQ(verdict.missing, missing);
	CHECK_INT_EQ(err, missing == NEED_COUNT ? ERR_OK : ERR_STEP_REFUSED);
}

static void test_a_person_decides_after_seven_days(void)
{
	static const struct {
		int64_t pending_us;
		bool has_waited;
	} rows[] = {
		{0, false}, /* never asked, though long ago */
		{NOW - 7 * DAY + 1, false}, {NOW - 7 * DAY, true}, {NOW - 70 * DAY, true}, {NOW, false},
		{NOW + DAY, false}, /* another server's clock is ahead */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct complaint_ask ask =
			ask_at(COMPLAINT_PENDING_CONFIRMATION, COMPLAINT_STEP_DECIDE, ROLE_BIT(ROLE_OFFICER));

		ask.pending_us = rows[i].pending_us;
		check_decided(&ask, rows[i].has_waited ? NEED_COUNT : NEED_WAITED);
		if (check_failed()) {
			return;
		}
	}
}

/* The week alone is not enough: a server that was away makes up for the last reminder first. */
static void test_nobody_decides_before_the_last_reminder(void)
{
	static const struct {
		int64_t pending_us, remind_us;
		bool may;
	} rows[] = {
		{NOW - 7 * DAY, 0, true}, {NOW - 7 * DAY, NOW, false}, /* due, and not sent yet */
		{NOW - 7 * DAY, NOW + 1, false},                       /* put off to the morning */
		{NOW - 70 * DAY, NOW - DAY, false}, {NOW - 70 * DAY, 0, true},
		{NOW - 6 * DAY, 0, false}, /* no reminders at all are no week */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct complaint_ask ask =
			ask_at(COMPLAINT_PENDING_CONFIRMATION, COMPLAINT_STEP_DECIDE, ROLE_BIT(ROLE_OFFICER));

		ask.pending_us = rows[i].pending_us;
		ask.remind_us = rows[i].remind_us;
		check_decided(&ask, rows[i].may ? NEED_COUNT : NEED_WAITED);
		/* The clock itself never, however long ago. */
		ask.reach = 0;
		ask.is_system = true;
		CHECK_INT_EQ(complaint_decide(&ask, &(struct complaint_verdict){0}), ERR_DENIED);
		if (check_failed()) {
			return;
		}
	}
}

static void test_the_owner_reopens_within_fifteen_days(void)
{
	static const struct {
		int64_t ended_us;
		bool is_recent;
	} rows[] = {
		{NOW, true},
		{NOW - 15 * DAY, true},
		{NOW - 15 * DAY - 1, false},
		{0, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum complaint_need missing = rows[i].is_recent ? NEED_COUNT : NEED_RECENT;
		struct complaint_ask call =
			ask_at(COMPLAINT_CLOSED, COMPLAINT_STEP_REOPEN, ROLE_BIT(ROLE_CUSTOMER_SERVICE));
		struct complaint_ask owner = ask_at(COMPLAINT_CLOSED, COMPLAINT_STEP_REOPEN, 0);
		struct complaint_ask score = call;
		struct complaint_ask inspector =
			ask_at(COMPLAINT_CLOSED, COMPLAINT_STEP_REOPEN, ROLE_BIT(ROLE_INSPECTOR));

		owner.is_owner = true;
		score.given |= NEED_BIT(NEED_SCORE);
		call.ended_us = owner.ended_us = score.ended_us = inspector.ended_us = rows[i].ended_us;
		check_decided(&call, missing);
		check_decided(&owner, missing);
		check_decided(&score, NEED_COUNT); /* a bad score at the follow-up */
		check_decided(&inspector, NEED_COUNT);
		if (check_failed()) {
			return;
		}
	}
}

static void test_it_is_archived_when_settled(void)
{
	static const struct {
		int64_t ended_us;
		bool wants_follow_up, is_followed_up, is_settled;
	} rows[] = {
		{NOW - 15 * DAY - 1, true, true, true},
		{NOW - 15 * DAY - 1, false, false, true},
		{NOW - 15 * DAY - 1, false, true, true},
		{NOW - 15 * DAY - 1, true, false, false},
		{NOW - 15 * DAY, true, true, false}, /* the owner may still reopen it */
		{NOW - 15 * DAY, false, false, false},
		{NOW + DAY, false, false, false},
		{0, false, false, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct complaint_ask ask =
			ask_at(i % 2 == 0 ? COMPLAINT_CLOSED : COMPLAINT_CLOSED_OUT_OF_SCOPE,
				COMPLAINT_STEP_ARCHIVE, 0);

		ask.is_system = true;
		ask.ended_us = rows[i].ended_us;
		ask.wants_follow_up = rows[i].wants_follow_up;
		ask.is_followed_up = rows[i].is_followed_up;
		check_decided(&ask, rows[i].is_settled ? NEED_COUNT : NEED_SETTLED);
		if (check_failed()) {
			return;
		}
	}
}

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

static void test_pause_ends_within_ninety_days(void)
{
	static const struct {
		int64_t until_us;
		bool is_good;
	} rows[] = {
		{NOW + 1, true},
		{NOW + DAY, true},
		{NOW + 90 * DAY, true},
		{NOW + 90 * DAY + 1, false},
		{NOW, false},
		{NOW - 1, false},
		{0, false},
		{INT64_MAX, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(complaint_pause_is_good(rows[i].until_us, NOW), rows[i].is_good);
	}
}

static const struct test tests[] = {
	{"a_person_decides_after_seven_days", test_a_person_decides_after_seven_days},
	{"nobody_decides_before_the_last_reminder", test_nobody_decides_before_the_last_reminder},
	{"the_owner_reopens_within_fifteen_days", test_the_owner_reopens_within_fifteen_days},
	{"it_is_archived_when_settled", test_it_is_archived_when_settled},
	{"window_is_in_order_not_over_and_near", test_window_is_in_order_not_over_and_near},
	{"pause_ends_within_ninety_days", test_pause_ends_within_ninety_days},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
