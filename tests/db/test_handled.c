/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves, on a real PostgreSQL, who has had a hand in a complaint and so does not follow it up (service standards
 * §3.3), whatever they are today: its team and crew of that time to both edges, whoever was dispatched, whoever took
 * a step of it for those that handle; and nobody else: not the desk, not an inspector, not the team next door.
 */
#include "server/domain/complaint.h"
#include "tests/check.h"
#include "tests/db/town.h"
#include "tests/db/lanes.h"
#include "tests/server/pg.h"

#define BATCH 32

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* Complaint 1 of community 1, team 1, crew 1, of the 2nd to the 9th of November; account 2 asks. */
static void begin(void)
{
	town_clear(super);
	(void)pg_run(super,
		"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel,"
		" urgency, body, submitted_at, changed_at, team_id, crew_id, state, ended_at) SELECT"
		" 'a2000000-0000-0000-0000-000000000001', ('a5000000-0000-0000-0000-00000000000' || "
	    "n)::uuid,"
		" '2026-11-02', n, 3, 2, 1, 1, '路灯不亮', '2026-11-02', '2026-11-09',"
		" 'a3000000-0000-0000-0000-000000000001', 'a4000000-0000-0000-0000-000000000001', 100,"
		" '2026-11-09' FROM generate_series(1, 2) n;"
		"INSERT INTO team VALUES ('a2000000-0000-0000-0000-000000000001',"
		" 'a3000000-0000-0000-0000-000000000003', '三组', now()) ON CONFLICT DO NOTHING;"
		"INSERT INTO crew VALUES ('a4000000-0000-0000-0000-000000000002', '电梯组', now())"
		" ON CONFLICT DO NOTHING");
}

/* Is account 2 one of those who handled complaint 1? */
static bool has_handled(void)
{
	int roles[32];
	struct query *query;
	struct job job;
	size_t count = 0;
	bool found;

	for (int role = 1; role_row(role) != NULL; role++) {
		if ((complaint_handling_roles() & ROLE_BIT(role)) != 0) {
			roles[count++] = role;
		}
	}
	job_init(&job);
	query = job_query(&job, STMT_complaint_handled);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_RECORD, 1));
	query_uuid(query, town_id(TOWN_ACCOUNT, 2));
	query_int2s(query, roles, count);
	job_read(&lanes, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE && query_rows(query) == 1);
	found = row_bool(query, 0, 0);
	job_fini(&job);
	return found;
}

#define GRANT(account, role, scope, community, team, crew, from, to) \
	"INSERT INTO access_grant (grant_id, account_id, role, scope, community_id, team_id, crew_id," \
	" valid_from, valid_to, version, granted_by, created_at) VALUES" \
	" ('a5000000-0000-0000-0000-0000000000f1', 'a0000000-0000-0000-0000-00000000000" account \
	"', " role ", " scope ", " community ", " team ", " crew ", " from ", " to ", 1," \
	" 'a0000000-0000-0000-0000-000000000001', now());"
#define HERE "'a2000000-0000-0000-0000-000000000001'"
#define TEAM(n) "'a3000000-0000-0000-0000-00000000000" n "'"
#define CREW(n) "'a4000000-0000-0000-0000-00000000000" n "'"
#define OF_TEAM(role, from, to) GRANT("2", role, "3", HERE, TEAM("1"), "NULL", from, to)
#define OF_CREW(from, to) GRANT("2", "6", "4", "NULL", "NULL", CREW("1"), from, to)
/* A step taken by the grant f1. */
#define STEP(account, record, grant) \
	"INSERT INTO event (community_id, at, topic, subject_id, step, version, account_id, " \
	"device_id," \
	" grant_id) VALUES (" HERE ", '2026-11-03', 1, 'a5000000-0000-0000-0000-00000000000" record \
	"', 2, 2, 'a0000000-0000-0000-0000-00000000000" account \
	"', 'a1000000-0000-0000-0000-000000000001', 'a5000000-0000-0000-0000-0000000000" grant "');"

static const struct handled_case {
	const char *what;
	const char *sql;
	bool has_handled;
} cases[] = {
	{"nobody of it", "SELECT 1", false},
	{"a cleaner of its team", OF_TEAM("7", "'2026-01-01'", "'infinity'"), true},
	{"its leader of then, until it ended", OF_TEAM("4", "'2026-01-01'", "'2026-11-09'"), true},
	{"its leader, who left before it came", OF_TEAM("4", "'2026-01-01'", "'2026-11-02'"), false},
	{"a guard, who left a moment after it came",
		OF_TEAM("8", "'2026-01-01'", "'2026-11-02 00:00:00.000001+00'"), true},
	{"its officer, who came when it ended", OF_TEAM("3", "'2026-11-09'", "'infinity'"), true},
	{"its officer, who came later", OF_TEAM("3", "'2026-11-09 00:00:00.000001+00'", "'infinity'"),
		false},
	{"a leader of the team next door",
		GRANT("2", "4", "3", HERE, TEAM("3"), "NULL", "'2026-01-01'", "'infinity'"), false},
	{"its crew", OF_CREW("'2026-01-01'", "'infinity'"), true},
	/* Thirty days after the close a crew no longer sees it; it does not forget who served either. */
	{"its crew of then", OF_CREW("'2026-11-01'", "'2026-11-05'"), true},
	{"another crew", GRANT("2", "6", "4", "NULL", "NULL", CREW("2"), "'2026-01-01'", "'infinity'"),
		false},
	{"who was dispatched",
		"UPDATE complaint SET worker_id = 'a0000000-0000-0000-0000-000000000002'", true},
	{"another who was dispatched",
		"UPDATE complaint SET worker_id = 'a0000000-0000-0000-0000-000000000001'", false},
	{"who accepted it, for another team that had it before",
		GRANT("2", "4", "3", HERE, TEAM("3"), "NULL", "'2026-01-01'", "'infinity'")
			STEP("2", "1", "f1"),
		true},
	{"who led it as manager",
		GRANT("2", "2", "2", HERE, "NULL", "NULL", "'2026-01-01'", "'infinity'")
			STEP("2", "1", "f1"),
		true},
	{"who took it at the desk",
		GRANT("2", "5", "2", HERE, "NULL", "NULL", "'2026-01-01'", "'infinity'")
			STEP("2", "1", "f1"),
		false},
	{"an inspector who reopened it",
		GRANT("2", "9", "2", HERE, "NULL", "NULL", "'2026-01-01'", "'infinity'")
			STEP("2", "1", "f1"),
		false},
	{"who accepted another complaint",
		GRANT("2", "4", "3", HERE, TEAM("3"), "NULL", "'2026-01-01'", "'infinity'")
			STEP("2", "2", "f1"),
		false},
	{"somebody else accepted it",
		GRANT("1", "4", "3", HERE, TEAM("3"), "NULL", "'2026-01-01'", "'infinity'")
			STEP("1", "1", "f1"),
		false},
};

static void test_who_had_a_hand_in_it(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin();
		(void)pg_run(super, cases[i].sql);
		CHECK_INT_EQ(has_handled(), cases[i].has_handled);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"who_had_a_hand_in_it", test_who_had_a_hand_in_it},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_handled", &database);
	super = pg_connect(database.super);
	(void)pg_run(super, "SET timezone = 'UTC'");
	town_build(super);
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
