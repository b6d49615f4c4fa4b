/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with guanjiad as people run it that owners who were forgotten for a week, and those of merged complaints, are
 * told once: by two servers on one database that begin in the same moment, and by one that is killed in the midst of it
 * and started again; and that in the night nobody is. The community's zone is chosen so that it is day, or night, there.
 */
#include "tests/check.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "tests/db/owners.h"
#include "tests/db/town.h"
#include "tests/faults/mailroom.h"

#define OWNERS 100
#define MERGED 70
#define BREATH_MS 10

#define COMMUNITY "'a2000000-0000-0000-0000-000000000001'::uuid"
#define RECORD(n) "('a5000000-0000-0000-0000-' || lpad(to_hex(" n "), 12, '0'))::uuid"

static const char *const sets[] = {"outgoing=none", NULL};

static struct mailroom room;
static struct owners owners;

/* A zone whose clocks show about this hour now. POSIX counts the other way round. */
static void set_hour(int hour)
{
	int ahead = (hour - (int)(time(NULL) / 3600 % 24) + 24 + 11) % 24 - 11;

	(void)mail_ask(&room, town_text("UPDATE community SET time_zone = 'Etc/GMT%+d'", -ahead));
}

/* OWNERS who have waited for 8 days without a reminder; MERGED of a master that was closed just now. */
static void put_owners(const struct seal *seal)
{
	owners.super = room.super;
	owners.server.seal = *seal;
	town_clear(room.super);
	(void)mail_ask(&room,
		town_text("INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, "
	              "channel,"
				  " urgency, body, submitted_at, changed_at, team_id, state, pending_at, remind_at,"
				  " state_before, master_id, merged_count, ended_at) SELECT " COMMUNITY ", " RECORD(
					  "n") ", '2026-11-01', n, 3, 2, 1, 1, '停水', now(), now(),"
						   " 'a3000000-0000-0000-0000-000000000001', CASE WHEN n = 1000 THEN 100 "
	                       "WHEN n > %d THEN 104"
						   " ELSE 7 END, CASE WHEN n <= %d THEN now() - interval '8 days' END,"
						   " CASE WHEN n <= %d THEN now() - interval '7 days' END,"
						   " CASE WHEN n > %d AND n < 1000 THEN 2 END,"
						   " CASE WHEN n > %d AND n < 1000 THEN " RECORD(
							   "1000") " END,"
									   " CASE WHEN n = 1000 THEN %d ELSE 0 END, CASE WHEN n > %d "
	                                   "THEN now() END"
									   " FROM (SELECT generate_series(1, %d) AS n UNION ALL SELECT "
	                                   "1000) m;"
									   "INSERT INTO merged_notice (community_id, complaint_id, "
	                                   "version, step, due_at)"
									   " VALUES (" COMMUNITY ", " RECORD("1000") ", 3, 8, now())",
			OWNERS, OWNERS, OWNERS, OWNERS, OWNERS, MERGED, OWNERS, OWNERS + MERGED));
	for (uint32_t n = 1; n <= OWNERS + MERGED; n++) {
		owners_add(&owners, 1, n, MAIL_PHONE);
	}
}

static bool await(const char *condition)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char sql[2048];

	(void)snprintf(sql, sizeof sql, "SELECT %s", condition);
	while (strcmp(mail_ask(&room, sql), "t") != 0) {
		if (live_left_ms(until_us) == 0) {
			printf("# not in time: %s\n", sql);
			return false;
		}
		(void)poll(NULL, 0, BREATH_MS);
	}
	return true;
}

static bool await_all(void)
{
	return await(town_text("(SELECT count(*) FROM outgoing) >= %d AND NOT EXISTS (SELECT FROM"
						   " complaint WHERE remind_at IS NOT NULL)"
						   " AND NOT EXISTS (SELECT FROM merged_notice)",
		OWNERS + MERGED));
}

/* Each message, event and version once. */
static void check_once(void)
{
	CHECK_INT_EQ(town_count(room.super, "outgoing WHERE kind = 17"), OWNERS);
	CHECK_INT_EQ(town_count(room.super, "outgoing WHERE kind = 10"), MERGED);
	CHECK_INT_EQ(town_count(room.super, "outgoing"), OWNERS + MERGED);
	CHECK_INT_EQ(
		town_count(room.super, "(SELECT DISTINCT complaint_id FROM outgoing) o"), OWNERS + MERGED);
	CHECK_INT_EQ(
		town_count(room.super, "event WHERE step = 31 AND score = 7 AND version = 4"), OWNERS);
	CHECK_INT_EQ(town_count(room.super, "event WHERE step = 31"), OWNERS);
	CHECK_INT_EQ(town_count(room.super, "complaint WHERE version = 4 AND state = 7"), OWNERS);
}

static void test_two_servers_tell_each_once(void)
{
	static struct mail_server here, there;

	mail_server_init(&here, &room, sets);
	mail_server_init(&there, &room, sets);
	live_server_share_key(&there.server, &here.server);
	set_hour(14);
	put_owners(&here.seal);
	CHECK(live_server_start(&here.server));
	CHECK(live_server_start(&there.server));
	CHECK(await_all());
	CHECK_INT_EQ(live_server_stop(&here.server), 0);
	CHECK_INT_EQ(live_server_stop(&there.server), 0);
	check_once();
	CHECK(live_server_log_count(&here.server, "owners.") +
			  live_server_log_count(&there.server, "owners.") >=
		  7); /* portions of 32 */
	CHECK_INT_EQ(live_server_log_count(&here.server, MAIL_PHONE), 0);
	CHECK_INT_EQ(live_server_log_count(&there.server, MAIL_PHONE), 0);
	CHECK(live_server_is_sound(&here.server) && live_server_is_sound(&there.server));
	live_server_fini(&here.server);
	live_server_fini(&there.server);
}

static void test_a_server_that_is_killed_tells_each_once(void)
{
	static struct mail_server server;

	mail_server_init(&server, &room, sets);
	set_hour(14);
	put_owners(&server.seal);
	for (int round = 0; round < 3; round++) {
		CHECK(live_server_start(&server.server));
		CHECK(await(town_text("(SELECT count(*) FROM outgoing) > %d", 40 * round)));
		live_server_kill(&server.server);
	}
	CHECK(live_server_start(&server.server));
	CHECK(await_all());
	CHECK_INT_EQ(live_server_stop(&server.server), 0);
	check_once();
	live_server_fini(&server.server);
}

static void test_in_the_night_nobody_is_told(void)
{
	static struct mail_server server;

	mail_server_init(&server, &room, sets);
	set_hour(2);
	put_owners(&server.seal);
	CHECK(live_server_start(&server.server));
	CHECK(await("NOT EXISTS (SELECT FROM complaint WHERE remind_at <= now()) AND"
				" NOT EXISTS (SELECT FROM merged_notice WHERE due_at <= now())"));
	CHECK_INT_EQ(live_server_stop(&server.server), 0);
	CHECK_INT_EQ(town_count(room.super, "outgoing") + town_count(room.super, "event"), 0);
	CHECK_INT_EQ(town_count(room.super, "complaint WHERE remind_at IS NOT NULL AND version = 3"
										" AND date_part('hour', remind_at AT TIME ZONE (SELECT"
										" time_zone FROM community LIMIT 1)) = 9"),
		OWNERS);
	live_server_fini(&server.server);
}

static const struct test tests[] = {
	{"two_servers_tell_each_once", test_two_servers_tell_each_once},
	{"a_server_that_is_killed_tells_each_once", test_a_server_that_is_killed_tells_each_once},
	{"in_the_night_nobody_is_told", test_in_the_night_nobody_is_told},
};

int main(void)
{
	int failed;

	live_begin();
	mailroom_begin(&room);
	town_build(room.super);
	owners_init(&owners, room.super);
	failed = check_main(tests, COUNT(tests));
	owners_fini(&owners);
	mailroom_end(&room);
	return failed;
}
