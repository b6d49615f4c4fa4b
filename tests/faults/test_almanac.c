/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that two servers on one database reckon clocks again when holidays or service hours have changed (product.md
 * row C8): what one of them is told, the other goes by too; all that runs is gone through once it is known, also
 * when the server that was told is killed in the middle; no alarm is told twice. And that pauses add up, whichever of
 * them gives them at once. How: complaints on working days of a
 * year that nobody has loaded, more than a look takes, on both servers; then the year; then other hours, and kill -9.
 */
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "complaint.pb-c.h"
#include "promise.pb-c.h"
#include "common/clock.h"
#include "tests/check.h"
#include "tests/live/cluster.h"
#include "tests/live/wait.h"
#include "tests/live/walk.h"
#include "tests/server/pg.h"

#define COMPLAINTS 250 /* two portions of a hundred, and one that ends the walk */
#define LOOK_AGAIN_MS 20
#define DAY_S (24 * 3600)

static struct live_cluster cluster;
static struct live_server here;
static struct live_server there;
static struct live_site site;
static struct live_account account;
static struct live_client admin;
static PGconn *super;

static void prepare(void)
{
	const char *sets[] = {cluster.app_set, cluster.owner_set, NULL};

	live_cluster_init(&cluster, false);
	live_server_init(&here, sets);
	live_server_init(&there, sets);
	live_server_share_key(&there, &here);
	if (!live_server_start(&here) || !live_server_start(&there)) {
		abort();
	}
	live_client_begin(&admin, &here, LIVE_ADMIN);
	live_site_make(&admin, &site);
	live_account_make(&admin, &site, "zhengming", LIVE_WALKER, &account);
	super = pg_connect(cluster.super);
	/* Every clock on working days; as if a set had been approved. */
	(void)pg_run(super, "UPDATE promise SET calendar = 3;"
						" UPDATE clock_turn SET almanac = almanac + 1, turn = turn + 1");
}

/* Until the statement says so. */
static bool comes_true(const char *sql)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	while (strcmp(pg_run(super, sql), "t") != 0) {
		if (live_left_ms(until_us) == 0) {
			printf("# %s\n", sql);
			return false;
		}
		(void)poll(NULL, 0, LOOK_AGAIN_MS); /* nothing tells us; the wait above has an end */
	}
	return true;
}

static bool are_reckoned(void)
{
	return comes_true("SELECT reckoned = almanac FROM clock_turn");
}

static void submit_all(void)
{
	const struct live_server *servers[] = {&here, &there};

	for (size_t k = 0; k < 2; k++) {
		struct live_client client;

		live_client_begin(&client, servers[k], account.login);
		for (int i = 0; i < COMPLAINTS / 2; i++) {
			struct client_result *result;
			struct client_ask ask;
			struct walk walk;

			walk_begin(&walk, &site);
			ask = walk_ask(&walk);
			result = client_loop_call(&client.loop, &ask);
			CHECK_INT_EQ(result->err, ERR_OK);
			client_result_free(result);
		}
		live_client_close(&client);
	}
}

/* So many days from now, in Shanghai: 20261127. */
static uint32_t day_in(int days)
{
	time_t at = time(NULL) + 8 * 3600 + (time_t)days * DAY_S;
	struct tm parts;

	gmtime_r(&at, &parts);
	return (uint32_t)((parts.tm_year + 1900) * 10000 + (parts.tm_mon + 1) * 100 + parts.tm_mday);
}

static enum err load_year(struct live_client *client, uint32_t year, uint32_t day)
{
	Pb__HolidayLoad request = PB__HOLIDAY_LOAD__INIT;
	Pb__Holiday off = PB__HOLIDAY__INIT;
	Pb__Holiday *days[] = {&off};

	off.has_day = off.has_is_off = true;
	off.day = day;
	off.is_off = true;
	off.name = (char *)"测试";
	request.has_year = true;
	request.year = year;
	request.days = days;
	request.n_days = 1;
	return live_ask(client, METHOD_holiday_load, &request.base);
}

static void test_a_year_that_one_is_told_both_go_by(void)
{
	uint32_t today = day_in(0);
	uint32_t year = today / 10000;
	struct live_client other;

	CHECK(are_reckoned());
	submit_all();
	CHECK(comes_true("SELECT count(*) = 250 FROM complaint_clock WHERE provisional <> 0"));
	live_client_begin(&other, &there, LIVE_ADMIN);
	CHECK_INT_EQ(load_year(&admin, year, today), ERR_OK);
	CHECK_INT_EQ(load_year(&other, year + 1, (year + 1) * 10000 + 101), ERR_OK);
	CHECK_INT_EQ(load_year(&other, year + 1, (year + 1) * 10000 + 101), ERR_CONFLICT);
	live_client_close(&other);
	CHECK(are_reckoned());
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM complaint_clock WHERE provisional <> 0"), "0");
	/* Today is off: whatever was due is due on a later day, or was told before. */
	CHECK_STR_EQ(
		pg_run(super, "SELECT count(*) FROM complaint_clock WHERE from_at[2] IS NOT NULL AND"
					  " (due_at[2] AT TIME ZONE 'Asia/Shanghai')::date <="
					  " (from_at[2] AT TIME ZONE 'Asia/Shanghai')::date AND met_at[2] IS NULL"
					  " AND (from_at[2] AT TIME ZONE 'Asia/Shanghai')::date IN"
					  " (SELECT day FROM holiday)"),
		"0");
}

/* Which of the two has begun, nobody can say; the one that is left ends it. */
static void test_a_walk_that_a_kill_cuts_short_is_ended(void)
{
	Pb__CommunityHours request = PB__COMMUNITY_HOURS__INIT;

	request.has_community_id = request.has_version = true;
	request.has_open_min = request.has_close_min = true;
	request.community_id = live_bytes(&site.community_id);
	request.close_min = 1440;
	for (request.version = 1; request.version <= 3; request.version++) {
		request.open_min = 60 * request.version;
		CHECK_INT_EQ(live_ask(&admin, METHOD_community_hours, &request.base), ERR_OK);
		live_server_kill(&here);
		CHECK(are_reckoned());
		CHECK(live_server_start(&here));
		CHECK_INT_EQ(live_client_again(&admin), ERR_OK);
	}
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM complaint_clock WHERE provisional <> 0"), "0");
	/* Off today: due half an hour after three, when service opens by now. */
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM complaint_clock"
							   " WHERE (due_at[2] AT TIME ZONE 'Asia/Shanghai')::time <> '03:30'"
							   " AND (from_at[2] AT TIME ZONE 'Asia/Shanghai')::date IN"
							   " (SELECT day FROM holiday)"),
		"0");
}

/* --- pauses --- */

static enum err outcome(struct live_client *client)
{
	struct client_result *result = live_next(client, CLIENT_REPLY, LIVE_WAIT_MS);
	enum err err;

	assert(result != NULL);
	err = result->err;
	client_result_free(result);
	return err;
}

/* Both servers are asked before either has answered. */
static void suspend_on_both(struct live_client clients[2], const struct walk *walk,
	uint32_t version, int64_t pause_us, enum err errs[2])
{
	Pb__ComplaintSuspend request = PB__COMPLAINT_SUSPEND__INIT;

	request.has_community_id = request.has_complaint_id = request.has_version = true;
	request.has_reason = request.has_until_us = true;
	request.community_id = live_bytes(&site.community_id);
	request.complaint_id = live_bytes(&walk->complaint_id);
	request.version = version;
	request.reason = PB__COMPLAINT__REASON__WAITING_PARTS;
	request.until_us = clock_now().utc_us + pause_us;
	for (size_t i = 0; i < 2; i++) {
		(void)live_send(&clients[i], METHOD_complaint_suspend, &request.base, NULL, 0);
		live_turn(&clients[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		errs[i] = outcome(&clients[i]);
	}
}

/*
 * Four days are given once, whoever asks first; another four would be eight in all, on either server; three are
 * seven, but for the moment in which it really rested.
 */
static void test_pauses_add_up_whoever_gives_them(void)
{
	const int64_t day_us = INT64_C(1000000) * DAY_S;
	Pb__ComplaintResume resume = PB__COMPLAINT_RESUME__INIT;
	struct live_client clients[2];
	struct client_result *result;
	struct client_ask ask;
	struct walk walk;
	enum err errs[2];

	live_client_begin(&clients[0], &here, account.login);
	live_client_begin(&clients[1], &there, account.login);
	walk_begin(&walk, &site);
	ask = walk_ask(&walk);
	result = client_loop_call(&clients[0].loop, &ask);
	CHECK_INT_EQ(result->err, ERR_OK);
	client_result_free(result);
	suspend_on_both(clients, &walk, 1, 8 * day_us, errs);
	CHECK(errs[0] == ERR_DENIED && errs[1] == ERR_DENIED);
	suspend_on_both(clients, &walk, 1, 4 * day_us, errs);
	CHECK((errs[0] == ERR_OK) != (errs[1] == ERR_OK));
	CHECK(errs[0] == ERR_CONFLICT || errs[1] == ERR_CONFLICT);
	(void)pg_run(super,
		"UPDATE event SET at = at - interval '4 days', until = until - interval '4 days'"
		" WHERE step = 24");
	resume.has_community_id = resume.has_complaint_id = resume.has_version = true;
	resume.community_id = live_bytes(&site.community_id);
	resume.complaint_id = live_bytes(&walk.complaint_id);
	resume.version = 2;
	CHECK_INT_EQ(live_ask(&clients[1], METHOD_complaint_resume, &resume.base), ERR_OK);
	suspend_on_both(clients, &walk, 3, 4 * day_us, errs);
	CHECK(errs[0] == ERR_DENIED && errs[1] == ERR_DENIED);
	suspend_on_both(clients, &walk, 3, 3 * day_us - 60 * INT64_C(1000000), errs);
	CHECK((errs[0] == ERR_OK) != (errs[1] == ERR_OK));
	live_client_close(&clients[0]);
	live_client_close(&clients[1]);
}

static void test_no_alarm_was_told_twice(void)
{
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM (SELECT FROM event WHERE step = 38"
							   " GROUP BY subject_id, clock, percent HAVING count(*) > 1) twice"),
		"0");
	CHECK(comes_true("SELECT count(*) = 251 FROM complaint_clock"));
}

static void test_both_end_well(void)
{
	live_client_close(&admin);
	CHECK_INT_EQ(live_server_stop(&here), 0);
	CHECK_INT_EQ(live_server_stop(&there), 0);
	CHECK(live_server_is_sound(&here));
	CHECK(live_server_is_sound(&there));
	live_server_fini(&here);
	live_server_fini(&there);
	PQfinish(super);
	live_cluster_fini(&cluster);
}

static const struct test tests[] = {
	{"a_year_that_one_is_told_both_go_by", test_a_year_that_one_is_told_both_go_by},
	{"a_walk_that_a_kill_cuts_short_is_ended", test_a_walk_that_a_kill_cuts_short_is_ended},
	{"pauses_add_up_whoever_gives_them", test_pauses_add_up_whoever_gives_them},
	{"no_alarm_was_told_twice", test_no_alarm_was_told_twice},
	{"both_end_well", test_both_end_well},
};

int main(void)
{
	live_begin();
	prepare();
	return check_main(tests, COUNT(tests));
}
