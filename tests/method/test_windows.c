/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.windows: who may ask; of the candidates those who fit the matter, by trade, team and
 * proof; nobody twice; in service hours, not before the time asked for, as long as the matter takes, as
 * many as are asked for; and that the person with the least to do is named.
 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/visit.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define HOUR STEP_HOUR
#define OPEN (TOWN_NOW - TOWN_NOW % HOUR) /* days of service, an hour from then */

static void begin(struct bench *bench, struct access_grants grants, int category, uint32_t crew)
{
	struct bench_complaint complaint = step_complaint(COMPLAINT_ACCEPTED);

	complaint.crew = crew;
	complaint.category = (uint32_t)category;
	bench_begin(bench, METHOD_complaint_windows, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	bench_complaint(bench, STMT_complaint_get, &complaint);
	bench_row(bench, STMT_visit_days, OPEN, OPEN + 12 * HOUR);
	bench_row(bench, STMT_visit_days, OPEN + 24 * HOUR, OPEN + 36 * HOUR);
}

static const Pb__ComplaintWindowsReply *reply_of(const struct bench *bench)
{
	return (const Pb__ComplaintWindowsReply *)bench->r.reply;
}

static void candidate(struct bench *bench, uint32_t account, bool is_of_team, const char *trades)
{
	bench_row(bench, STMT_visit_candidates, town_id(TOWN_ACCOUNT, account),
		account == 1 ? "王琳" : "马军", (int)is_of_team, trades);
}

/* Who of account 1, of the team, and account 2, of a crew with these trades, is proposed; 0: nobody. */
static void test_who_fits_the_matter(void)
{
	static const struct {
		const char *what;
		int category;
		const char *trades;
		uint32_t crew;  /* that has the complaint: then everybody who came fits */
		int proof;      /* kind that account 2 holds */
		uint32_t first; /* who is proposed first */
		size_t count;
	} rows[] = {
		{"plumbers for water", CATEGORY_WATER_LEAK, "1", 0, 0, 2, 1},
		{"a crew that does everything", CATEGORY_WATER_LEAK, "", 0, 0, 2, 1},
		{"no electricians for water", CATEGORY_WATER_LEAK, "2", 0, 0, 0, 0},
		{"the team where no trade is needed", CATEGORY_NOISE, "1", 0, 0, 1, 1},
		{"who was booked, whatever they can do", CATEGORY_WATER_LEAK, "2", 1, 0, 1, 2},
		{"lifts with the licence", CATEGORY_ELEVATOR_FAULT, "3", 0, QUALIFICATION_LIFT, 2, 1},
		{"lifts with another one", CATEGORY_ELEVATOR_FAULT, "3", 0, QUALIFICATION_ELECTRICIAN, 0,
			0},
		{"lifts without any", CATEGORY_ELEVATOR_FAULT, "3", 0, 0, 0, 0},
		{"booked without the licence is no way around it", CATEGORY_ELEVATOR_FAULT, "3", 1, 0, 0,
			0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const Pb__ComplaintWindowsReply *reply;
		struct bench bench;

		begin(&bench, leader, rows[i].category, rows[i].crew);
		candidate(&bench, 1, true, "");
		candidate(&bench, 2, false, rows[i].trades);
		if (rows[i].proof != 0) {
			bench_row(&bench, STMT_visit_proven, town_id(TOWN_ACCOUNT, 2), rows[i].proof,
				OPEN - 24 * HOUR, OPEN + 240 * HOUR);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = reply_of(&bench);
		CHECK_INT_EQ(reply->n_windows, rows[i].first == 0 ? 0 : 5);
		for (size_t k = 0; k < reply->n_windows; k++) {
			CHECK(uuid_equal(uuid_from_span(codec_span(true, reply->windows[k]->worker_id)),
				town_id(TOWN_ACCOUNT, rows[i].first)));
			CHECK_INT_EQ(reply->windows[k]->free_count, rows[i].count);
		}
		CHECK(bench.r.effect == NULL);
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", rows[i].what);
			return;
		}
	}
}

static void check_window(
	const struct bench *bench, size_t i, int64_t from_us, int64_t to_us, uint32_t account)
{
	const Pb__ComplaintWindowsReply *reply = reply_of(bench);

	CHECK(i < reply->n_windows);
	if (i < reply->n_windows) {
		CHECK_INT_EQ(reply->windows[i]->window->from_us, from_us);
		CHECK_INT_EQ(reply->windows[i]->window->to_us, to_us);
		CHECK(uuid_equal(uuid_from_span(codec_span(true, reply->windows[i]->worker_id)),
			town_id(TOWN_ACCOUNT, account)));
	}
}

/* Two plumbers; the first has two visits today, the second one, and neither is proposed into theirs. */
static void test_windows_lie_around_what_is_booked(void)
{
	const int64_t minutes_90 = HOUR + HOUR / 2;
	struct bench bench;

	begin(&bench, leader, CATEGORY_WATER_LEAK, 0);
	put_number(&bench, "count", 3);
	put_number(&bench, "from_us", OPEN + HOUR);
	candidate(&bench, 1, false, "1");
	candidate(&bench, 1, false, ""); /* of two crews: once is enough */
	candidate(&bench, 2, false, "1");
	bench_row(&bench, STMT_visit_busy, town_id(TOWN_ACCOUNT, 1), OPEN, OPEN + HOUR);
	bench_row(&bench, STMT_visit_busy, town_id(TOWN_ACCOUNT, 1), OPEN + 5 * HOUR, OPEN + 9 * HOUR);
	bench_row(&bench, STMT_visit_busy, town_id(TOWN_ACCOUNT, 2), OPEN + 2 * HOUR, OPEN + 5 * HOUR);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(reply_of(&bench)->n_windows, 3);
	check_window(&bench, 0, OPEN + HOUR, OPEN + HOUR + minutes_90, 1);
	check_window(&bench, 1, OPEN + HOUR + minutes_90, OPEN + 4 * HOUR, 1);
	check_window(&bench, 2, OPEN + 5 * HOUR, OPEN + 5 * HOUR + minutes_90, 2);
	CHECK_STR_EQ(reply_of(&bench)->windows[2]->worker_name, "马军");
	CHECK_INT_EQ(reply_of(&bench)->windows[0]->free_count, 1);
	bench_end(&bench);
}

/* Who asks for a time that is over is answered from now on. */
static void test_nothing_is_proposed_in_the_past(void)
{
	struct bench bench;

	begin(&bench, service, CATEGORY_WATER_LEAK, 0);
	put_number(&bench, "from_us", 1);
	candidate(&bench, 2, false, "1");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(reply_of(&bench)->n_windows > 0);
	CHECK(reply_of(&bench)->windows[0]->window->from_us >= TOWN_NOW);
	bench_end(&bench);
}

static void test_it_is_theirs_or_not_there(void)
{
	static const struct {
		const struct access_grants *who;
		enum err expected;
	} rows[] = {
		{&leader, ERR_OK},
		{&officer, ERR_OK},
		{&manager, ERR_OK},
		{&director, ERR_OK},
		{&service, ERR_OK},
		{&leader_elsewhere, ERR_NOT_FOUND},
		{&leader_of_team_2, ERR_NOT_FOUND},
		{&service_elsewhere, ERR_NOT_FOUND},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, *rows[i].who, CATEGORY_NOISE, 0);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"who_fits_the_matter", test_who_fits_the_matter},
	{"windows_lie_around_what_is_booked", test_windows_lie_around_what_is_booked},
	{"nothing_is_proposed_in_the_past", test_nothing_is_proposed_in_the_past},
	{"it_is_theirs_or_not_there", test_it_is_theirs_or_not_there},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
