/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what watch.open refuses: what it is not told, what is not the person's, teams of somebody who has none; and
 * from where a watch that comes back goes on, by a table of positions: to the event and the microsecond.
 */
#include "server.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define ERA INT64_C(3)
#define XMIN UINT64_C(900)

static void begin(struct bench *bench, struct access_grants grants)
{
	bench_begin(bench, METHOD_watch_open, grants);
	bench->conn.principal = &bench->principal;
	put_text(bench, "topic", "complaint");
	bench_row(bench, STMT_feed_start, ERA, XMIN);
}

static void community(struct bench *bench)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	bench_community(bench);
}

static void test_something_must_be_named(void)
{
	struct bench bench;

	begin(&bench, leader);
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_MISSING);
	CHECK_STR_EQ(bench.r.fault.field, "community_id");
	bench_end(&bench);
	begin(&bench, leader);
	community(&bench);
	put_number(&bench, "scope", PB__WATCH_OPEN__SCOPE__MINE);
	put_id(&bench, "team_id", TOWN_TEAM, 1);
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
	CHECK_STR_EQ(bench.r.fault.field, "scope");
	bench_end(&bench);
}

static enum err open_team(struct access_grants grants, uint32_t team)
{
	struct bench bench;
	enum err err;

	begin(&bench, grants);
	community(&bench);
	put_id(&bench, "team_id", TOWN_TEAM, team);
	bench_row(&bench, STMT_team_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, team), "东区");
	err = bench_ask(&bench);
	bench_end(&bench);
	return err;
}

static void test_a_team_is_watched_by_whom_it_is_in_reach(void)
{
	CHECK_INT_EQ(open_team(leader, 1), ERR_OK);
	CHECK_INT_EQ(open_team(leader, 2), ERR_NOT_FOUND);
	CHECK_INT_EQ(open_team(service, 2), ERR_OK);
}

static enum err open_scope(struct access_grants grants, int scope)
{
	struct bench bench;
	enum err err;

	begin(&bench, grants);
	put_number(&bench, "scope", scope);
	err = bench_ask(&bench);
	bench_end(&bench);
	return err;
}

static void test_only_who_has_a_team_watches_teams(void)
{
	CHECK_INT_EQ(open_scope(leader, PB__WATCH_OPEN__SCOPE__TEAMS), ERR_OK);
	CHECK_INT_EQ(open_scope(service, PB__WATCH_OPEN__SCOPE__TEAMS), ERR_NOT_FOUND);
	CHECK_INT_EQ(open_scope(service, PB__WATCH_OPEN__SCOPE__MINE), ERR_OK);
	CHECK_INT_EQ(open_scope(service, PB__WATCH_OPEN__SCOPE__ALL), ERR_OK);
}

static void test_where_it_goes_on(void)
{
	enum { MAX = 50, AGE_MS = 1000 };
	static const struct {
		const char *name;
		int64_t era, xid, count, first_us;
		int resume;
		bool has_other_rights;
	} rows[] = {
		{"nothing happened since", ERA, 899, 0, 0, PB__WATCH_OPEN_REPLY__RESUME__RESUMED},
		{"as much as may be", ERA, 100, MAX, TOWN_NOW - AGE_MS * US_PER_MS,
			PB__WATCH_OPEN_REPLY__RESUME__RESUMED},
		{"one more", ERA, 100, MAX + 1, TOWN_NOW, PB__WATCH_OPEN_REPLY__RESUME__TOO_OLD},
		{"a microsecond older", ERA, 100, 1, TOWN_NOW - AGE_MS * US_PER_MS - 1,
			PB__WATCH_OPEN_REPLY__RESUME__TOO_OLD},
		{"with other rights than then", ERA, 899, 0, 0, PB__WATCH_OPEN_REPLY__RESUME__TOO_OLD,
			true},
		{"not there yet", ERA, 900, 0, 0, PB__WATCH_OPEN_REPLY__RESUME__OTHER_HISTORY},
		{"of before the database was restored", ERA - 1, 100, 1, TOWN_NOW,
			PB__WATCH_OPEN_REPLY__RESUME__OTHER_HISTORY},
		{"of no era that was", ERA + 1, 1, 1, TOWN_NOW,
			PB__WATCH_OPEN_REPLY__RESUME__OTHER_HISTORY},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const Pb__WatchOpenReply *reply;
		bool is_resumed = rows[i].resume == PB__WATCH_OPEN_REPLY__RESUME__RESUMED;
		struct bench bench;

		begin(&bench, service);
		bench.config.replay_events_max = MAX;
		bench.config.replay_ms = AGE_MS;
		put_number(&bench, "scope", PB__WATCH_OPEN__SCOPE__ALL);
		put_number(&bench, "from.era", rows[i].era);
		put_number(&bench, "from.xid", rows[i].xid);
		put_number(&bench, "from.seq", INT64_MAX);
		bench_row(
			&bench, STMT_feed_behind, rows[i].first_us, rows[i].count, rows[i].has_other_rights);
		printf("# %s\n", rows[i].name);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const Pb__WatchOpenReply *)bench.r.reply;
		CHECK_INT_EQ(reply->resume, rows[i].resume);
		CHECK_INT_EQ(reply->position->xid, is_resumed ? rows[i].xid : (int64_t)XMIN - 1);
		CHECK_INT_EQ(reply->position->era, ERA);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"something_must_be_named", test_something_must_be_named},
	{"a_team_is_watched_by_whom_it_is_in_reach", test_a_team_is_watched_by_whom_it_is_in_reach},
	{"only_who_has_a_team_watches_teams", test_only_who_has_a_team_watches_teams},
	{"where_it_goes_on", test_where_it_goes_on},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
