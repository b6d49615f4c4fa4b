/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what people's time and papers rest on, through the real lanes and a real PostgreSQL, in one batch
 * and on two writers, which stand for two servers: an appointment is moved or stays, absences and visits
 * keep out of each other, a person has no more orders than one may have, and nobody is sent on a
 * qualification that was ended in the same moment. Then what the reads say of it.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define COMMANDS_MAX 6
#define BATCH 32
#define HOUR (3600 * US_PER_S)

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

#define FULL(n, key_no, seen) \
	.stmt = STMT_complaint_step_full, .record = n, .key = key_no, .version = seen
#define VISIT(who, first_h, last_h, slot_no) \
	.worker = who, .from_h = first_h, .to_h = last_h, .slot = slot_no
/* From version 1, in its first slot; then from version 2, into another. */
#define FIRST(n, first_h, last_h) FULL(n, 10 + (n), 1), VISIT(2, first_h, last_h, 0x10 + (n))
#define MOVE(n, first_h, last_h) \
	FULL(n, 20 + (n), 2), .from = 2, VISIT(2, first_h, last_h, 0x20 + (n)), .frees = true
#define SEND(n, max) \
	FULL(n, 10 + (n), 1), VISIT(2, 2 * (n), 2 * (n) + 1, 0x10 + (n)), .orders_max = max
#define AWAY(n, first_h, last_h) \
	.stmt = STMT_absence_add, .record = n, .worker = 2, .from_h = first_h, .to_h = last_h
#define BACK(n, key_no, seen, at_h) \
	.stmt = STMT_absence_end, .record = n, .key = key_no, .version = seen, .to_h = at_h, \
	.slot = 0x71
#define ON(n) .writer = n

/* Complaints 1 to 5 are there, submitted; `before` was applied one by one. */
static const struct calendar_case {
	const char *what;
	struct command before[COMMANDS_MAX];
	struct command commands[COMMANDS_MAX];
	enum verdict verdicts[COMMANDS_MAX]; /* in any order: who of two comes first is open */
	int visits, absences;                /* rows of the calendar afterwards */
	const char *orders;                  /* numbers that person 2 has; NULL: not looked at */
} cases[] = {
	{"a visit is moved", {{FIRST(1, 1, 2)}}, {{MOVE(1, 5, 6)}}, {APPLIED}, 1, 0, ""},
	{"two want the same other hour, one batch", {{FIRST(1, 1, 2)}, {FIRST(2, 2, 3)}},
		{{MOVE(1, 5, 6)}, {MOVE(2, 5, 6)}}, {APPLIED, STALE}, 2, 0, ""},
	{"two want the same other hour, two servers", {{FIRST(1, 1, 2)}, {FIRST(2, 2, 3)}},
		{{MOVE(1, 5, 6)}, {MOVE(2, 5, 6), ON(1)}}, {APPLIED, STALE}, 2, 0, ""},
	/* Neither gives up its own before it has the other's: so both stay. */
	{"two want each other's", {{FIRST(1, 1, 2)}, {FIRST(2, 5, 6)}},
		{{MOVE(1, 5, 6)}, {MOVE(2, 1, 2), ON(1)}}, {STALE, STALE}, 2, 0, ""},
	{"one is moved from two servers", {{FIRST(1, 1, 2)}},
		{{MOVE(1, 5, 6)}, {FULL(1, 40, 2), .from = 2, VISIT(2, 7, 8, 0x41), .frees = true, ON(1)}},
		{APPLIED, STALE}, 1, 0, ""},

	{"away", {{0}}, {{AWAY(51, 1, 9)}}, {APPLIED}, 0, 1, ""},
	{"away twice at one time", {{0}}, {{AWAY(51, 1, 9)}, {AWAY(52, 8, 12), ON(1)}},
		{APPLIED, STALE}, 0, 1, ""},
	{"away, then away", {{0}}, {{AWAY(51, 1, 9)}, {AWAY(52, 9, 12), ON(1)}}, {APPLIED, APPLIED}, 0,
		2, ""},
	{"booked who is away", {{AWAY(51, 1, 9)}}, {{FIRST(1, 8, 10)}}, {STALE}, 0, 1, ""},
	{"booked behind it", {{AWAY(51, 1, 9)}}, {{FIRST(1, 9, 10)}}, {APPLIED}, 1, 1, ""},
	{"away who is booked", {{FIRST(1, 8, 10)}}, {{AWAY(51, 1, 9)}}, {STALE}, 1, 0, ""},
	{"booked and away in one moment", {{0}}, {{FIRST(1, 8, 10)}, {AWAY(51, 1, 9), ON(1)}},
		{APPLIED, STALE}, -1, -1, ""},
	{"moved into an absence", {{FIRST(1, 1, 2)}, {AWAY(51, 3, 9)}}, {{MOVE(1, 4, 5)}}, {STALE}, 1,
		1, ""},
	{"back early: what is left is free", {{AWAY(51, 1, 9)}, {BACK(51, 61, 1, 4)}},
		{{FIRST(1, 4, 6)}}, {APPLIED}, 1, 1, ""},
	{"back early: what is over stays", {{AWAY(51, 1, 9)}, {BACK(51, 61, 1, 4)}}, {{FIRST(1, 3, 6)}},
		{STALE}, 0, 1, ""},
	{"never went", {{AWAY(51, 1, 9)}, {BACK(51, 61, 1, 0)}}, {{FIRST(1, 1, 9)}}, {APPLIED}, 1, 0,
		""},
	{"never went, said twice", {{AWAY(51, 1, 9)}, {BACK(51, 61, 1, 0)}}, {{BACK(51, 62, 2, 0)}},
		{STALE}, 0, 0, ""},
	{"back in an old version", {{AWAY(51, 1, 9)}}, {{BACK(51, 61, 2, 4)}}, {STALE}, 0, 1, ""},
	{"back twice", {{AWAY(51, 1, 9)}, {BACK(51, 61, 1, 4)}}, {{BACK(51, 62, 2, 5)}}, {STALE}, 0, 1,
		""},

	{"an order", {{0}}, {{SEND(1, 2)}}, {APPLIED}, 1, 0, "1"},
	{"as many as there may be, one batch", {{0}}, {{SEND(1, 2)}, {SEND(2, 2)}, {SEND(3, 2)}},
		{APPLIED, APPLIED, STALE}, 2, 0, "1 2"},
	{"as many as there may be, two servers", {{0}},
		{{SEND(1, 2)}, {SEND(2, 2), ON(1)}, {SEND(3, 2)}, {SEND(4, 2), ON(1)}, {SEND(5, 2)}},
		{APPLIED, APPLIED, STALE, STALE, STALE}, 2, 0, "1 2"},
	{"the last one from two servers", {{SEND(1, 2)}}, {{SEND(2, 2)}, {SEND(3, 2), ON(1)}},
		{APPLIED, STALE}, 2, 0, "1 2"},
	{"what is booked is no order", {{FIRST(1, 2, 3)}, {FIRST(2, 4, 5)}}, {{SEND(3, 1)}}, {APPLIED},
		3, 0, "1"},
	{"an order that is booked already", {{FIRST(1, 2, 3)}},
		{{FULL(1, 41, 2), .from = 2, VISIT(2, 2, 3, 0x41), .frees = true, .orders_max = 1}},
		{APPLIED}, 1, 0, "1"},
	/* Given back by a step: the number is free again, and the lowest is given first. */
	{"one that is done makes room",
		{{SEND(1, 2)}, {SEND(2, 2)}, {FULL(1, 41, 2), .from = 2, .frees = true}}, {{SEND(3, 2)}},
		{APPLIED}, 2, 0, "1 2"},
	{"one of a full person is moved", {{SEND(1, 2)}, {SEND(2, 2)}},
		{{MOVE(1, 8, 9), .orders_max = 2}}, {APPLIED}, 2, 0, "2 3"},
	{"and nobody gets more by it", {{SEND(1, 2)}, {SEND(2, 2)}, {MOVE(1, 8, 9), .orders_max = 2}},
		{{SEND(3, 2)}}, {STALE}, 2, 0, "2 3"},
	{"fewer are allowed than there are", {{SEND(1, 3)}, {SEND(2, 3)}, {SEND(3, 3)}}, {{SEND(4, 2)}},
		{STALE}, 3, 0, "1 2 3"},
};

static enum verdict run(const struct command *command)
{
	enum verdict verdict;

	commands_run(&lanes, command, 1, &verdict);
	return verdict;
}

static void begin(void)
{
	struct command commands[5];
	enum verdict verdicts[COUNT(commands)];

	town_clear(super);
	for (uint32_t i = 0; i < COUNT(commands); i++) {
		commands[i] = (struct command){.stmt = STMT_complaint_submit, .record = i + 1};
	}
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	assert(town_count(super, "complaint") == 5);
}

static const char *orders_now(void)
{
	return pg_run(super, "SELECT coalesce(string_agg(order_no::text, ' ' ORDER BY order_no), '')"
						 " FROM busy WHERE right(account_id::text, 1) = '2'");
}

/* However it went: nobody is in two places, each complaint that moved on has one slot, and no more. */
static void check_calendar(void)
{
	CHECK_INT_EQ(town_count(super, "busy a JOIN busy b ON a.account_id = b.account_id"
								   " AND a.busy_id < b.busy_id"
								   " AND tstzrange(a.window_from, a.window_to)"
								   " && tstzrange(b.window_from, b.window_to)"),
		0);
	CHECK_INT_EQ(town_count(super, "(SELECT complaint_id FROM busy GROUP BY 1"
								   " HAVING count(*) > 1) AS many"),
		0);
	CHECK_INT_EQ(town_count(super, "complaint c WHERE c.worker_id IS NOT NULL AND NOT EXISTS"
								   " (SELECT FROM busy b WHERE b.complaint_id = c.complaint_id"
								   " AND b.window_from = c.window_from"
								   " AND b.window_to = c.window_to)"),
		0);
}

static void check_case(const struct calendar_case *one)
{
	enum verdict verdicts[COMMANDS_MAX] = {VERDICT_NONE};
	int balance[VERDICT_COUNT] = {0};
	size_t count = 0;

	begin();
	for (size_t i = 0; i < COMMANDS_MAX && one->before[i].record != 0; i++) {
		CHECK_INT_EQ(run(&one->before[i]), APPLIED);
	}
	while (count < COMMANDS_MAX && one->verdicts[count] != VERDICT_NONE) {
		count++;
	}
	commands_run(&lanes, one->commands, count, verdicts);
	for (size_t i = 0; i < count; i++) {
		balance[one->verdicts[i]]++;
		balance[verdicts[i]]--;
	}
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		CHECK_INT_EQ(balance[i], 0);
	}
	if (one->visits >= 0) {
		CHECK_INT_EQ(
			town_count(super, "busy WHERE community_id <> '00000000-0000-0000-0000-000000000000'"),
			one->visits);
		CHECK_INT_EQ(
			town_count(super, "busy WHERE community_id = '00000000-0000-0000-0000-000000000000'"),
			one->absences);
	}
	CHECK_STR_EQ(orders_now(), one->orders);
	check_calendar();
}

static void test_time_is_kept_once(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

/* --- qualifications --- */

#define ADD(n) .stmt = STMT_qualification_add, .record = n, .worker = 2
#define VERIFY(who, key_no, seen) \
	.stmt = STMT_qualification_verify, .record = 51, .key = key_no, .account = who, .version = seen
#define END(key_no, seen) \
	.stmt = STMT_qualification_end, .record = 51, .key = key_no, .version = seen
#define RELY(seen) FULL(1, 11, 1), VISIT(2, 1, 2, 0x11), .proof = 51, .proof_version = seen

static const struct proof_case {
	const char *what;
	struct command commands[COMMANDS_MAX];
	enum verdict verdicts[COMMANDS_MAX];
	bool is_open; /* which of them came first is open: both verdicts but the first may be swapped */
} proof_cases[] = {
	{"relied on", {{RELY(2)}}, {APPLIED}},
	{"relied on in an old version", {{RELY(1)}}, {STALE}},
	{"relied on when it had been ended", {{END(91, 2)}, {RELY(2)}}, {APPLIED, STALE}},
	{"one that is not there", {{FULL(1, 11, 1), .proof = 52, .proof_version = 1}}, {STALE}},
	{"verified twice", {{VERIFY(3, 99, 2)}}, {STALE}},
	{"ended twice", {{END(91, 2)}, {END(98, 3)}}, {APPLIED, STALE}},
	{"ended from two servers", {{END(91, 2)}, {END(98, 2), ON(1)}}, {APPLIED, STALE},
		.is_open = true},
};

static void check_proof_case(const struct proof_case *one)
{
	const struct command add = {ADD(51)};
	const struct command verify = {VERIFY(3, 81, 1)};
	enum verdict verdicts[2] = {VERDICT_NONE, VERDICT_NONE};
	size_t count = one->verdicts[1] == VERDICT_NONE ? 1 : 2;

	begin();
	CHECK(run(&add) == APPLIED && run(&verify) == APPLIED);
	if (one->is_open) {
		commands_run(&lanes, one->commands, count, verdicts);
		CHECK((verdicts[0] == APPLIED) != (verdicts[1] == APPLIED));
		return;
	}
	for (size_t i = 0; i < count; i++) {
		CHECK_INT_EQ(run(&one->commands[i]), one->verdicts[i]);
	}
}

static void test_nobody_is_sent_on_what_has_ended(void)
{
	for (size_t i = 0; i < COUNT(proof_cases); i++) {
		check_proof_case(&proof_cases[i]);
		if (check_failed()) {
			printf("# %s\n", proof_cases[i].what);
			return;
		}
	}
}

/* Ended and relied on in one moment: whoever comes first, nobody goes on what had been ended before. */
static void test_ended_and_relied_on_in_one_moment(void)
{
	const struct command commands[] = {{RELY(2)}, {END(91, 2), ON(1)}};
	const struct command add = {ADD(51)};
	const struct command verify = {VERIFY(3, 81, 1)};

	for (int i = 0; i < 20; i++) {
		enum verdict verdicts[2];

		begin();
		CHECK(run(&add) == APPLIED && run(&verify) == APPLIED);
		commands_run(&lanes, commands, COUNT(commands), verdicts);
		CHECK_INT_EQ(verdicts[1], APPLIED);
		CHECK(verdicts[0] == APPLIED || verdicts[0] == STALE);
		CHECK_INT_EQ(town_count(super, "complaint WHERE version = 2"), verdicts[0] == APPLIED);
	}
}

/* The table itself holds the two people apart. */
static void test_nobody_verifies_their_own(void)
{
	const struct command add = {ADD(51)};
	struct command verify = {VERIFY(3, 81, 1)};

	begin();
	CHECK_INT_EQ(run(&add), APPLIED);
	verify.account = 1; /* who added it */
	CHECK_INT_EQ(run(&verify), REFUSED);
	verify.account = 2; /* whose it is */
	CHECK_INT_EQ(run(&verify), REFUSED);
	verify.account = 3;
	CHECK_INT_EQ(run(&verify), APPLIED);
}

/* --- what the reads say --- */

static struct query *ask(struct job *job, enum stmt stmt, uint32_t worker, int from_h, int to_h)
{
	struct query *query;

	job_init(job);
	query = job_query(job, stmt);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_RECORD, 1));
	query_uuid_or_null(query, worker == 0 ? uuid_nil : town_id(TOWN_ACCOUNT, worker));
	query_uuid_or_null(query, worker == 0 ? town_id(TOWN_CREW, 1) : uuid_nil);
	query_time(query, TOWN_NOW + from_h * HOUR);
	query_time(query, TOWN_NOW + to_h * HOUR);
	query_bool(query, false);
	job_read(&lanes, job);
	lanes_settle(&lanes, job, 1);
	assert(job->errand.outcome == ERRAND_DONE);
	return query;
}

/*
 * Person 2, of crew 1, holds a lift licence from the first day to the last, counted from 2026-11-23, where
 * it is 19:20 now; person 1, of the crew too, holds none.
 */
static const struct hold_case {
	const char *what;
	const char *change; /* done to the database before */
	uint32_t worker;    /* 0: the crew */
	int from_h, to_h;
	bool holds;
} hold_cases[] = {
	{"today", "", 2, 1, 2, true},
	{"the last day", "", 2, 48, 49, true},
	{"to the last moment of it", "", 2, 52, 52 + 1, false}, /* 23:20 to 00:20 */
	{"the day after it", "", 2, 72, 73, false},
	{"at the appointment's time, not only today",
		"UPDATE qualification SET last_day = '2026-11-23'", 2, 24, 25, false},
	{"not yet", "UPDATE qualification SET from_day = '2026-11-24'", 2, 1, 2, false},
	{"then already", "UPDATE qualification SET from_day = '2026-11-24'", 2, 24, 25, true},
	{"seen by nobody else", "UPDATE qualification SET verified_by = NULL, verified_at = NULL", 2, 1,
		2, false},
	{"ended", "UPDATE qualification SET ended_at = now()", 2, 1, 2, false},
	{"somebody else's", "", 1, 1, 2, false},
	{"one of the crew", "", 0, 1, 2, true},
	{"one of the crew who is away then",
		"INSERT INTO busy SELECT '00000000-0000-0000-0000-000000000000', gen_random_uuid(),"
		" account_id, gen_random_uuid(), '2026-11-23 12:00Z', '2026-11-23 13:00Z'"
		" FROM qualification",
		0, 1, 2, false},
	{"one of the crew who is back by then",
		"INSERT INTO busy SELECT '00000000-0000-0000-0000-000000000000', gen_random_uuid(),"
		" account_id, gen_random_uuid(), '2026-11-23 11:00Z', '2026-11-23 12:20Z'"
		" FROM qualification",
		0, 1, 2, true},
	{"one who has left", "UPDATE account SET state = 2 WHERE login = 'ma.jun'", 0, 1, 2, false},
	{"one who is of the crew no more", "UPDATE access_grant SET valid_to = '2026-11-23 12:00Z'", 0,
		1, 2, false},
};

static void test_who_holds_what_when(void)
{
	for (size_t i = 0; i < COUNT(hold_cases); i++) {
		const struct hold_case *one = &hold_cases[i];
		struct query *query;
		struct job job;

		begin();
		(void)pg_run(super,
			"INSERT INTO qualification SELECT gen_random_uuid(), account_id, 3, 'T6501',"
			" '2026-11-01', '2026-11-25', 2, gen_random_uuid(), now(), gen_random_uuid(), now()"
			" FROM account WHERE login = 'ma.jun';"
			"INSERT INTO access_grant SELECT gen_random_uuid(), account_id, 6, 4, NULL, NULL,"
			" crew_id, '2026-01-01', 'infinity', 1, account_id, now() FROM account, crew");
		if (one->change[0] != '\0') {
			(void)pg_run(super, one->change);
		}
		query = ask(&job, STMT_visit_proofs, one->worker, one->from_h, one->to_h);
		CHECK_INT_EQ(query_rows(query), one->holds);
		if (one->holds) {
			CHECK_INT_EQ(row_int2(query, 0, 0), 3);
			CHECK_INT_EQ(row_int4(query, 0, 2), 2);
		}
		job_fini(&job);
		if (check_failed()) {
			printf("# %s\n", one->what);
			return;
		}
	}
}

static void test_what_is_said_of_a_persons_time(void)
{
	static const struct command commands[] = {{SEND(2, 8)}, {FIRST(3, 6, 7)}, {AWAY(51, 9, 12)}};
	static const struct {
		uint32_t worker;
		int from_h, to_h;
		bool is_taken, is_away;
		int orders;
	} rows[] = {
		{2, 4, 5, true, false, 1}, {2, 5, 6, false, false, 1}, {2, 5, 7, true, false, 1},
		{2, 9, 10, false, true, 1}, {2, 6, 10, true, true, 1}, {1, 4, 12, false, false, 0},
		{0, 4, 12, false, false, 0}, /* a crew: nobody's time */
	};

	begin();
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK_INT_EQ(run(&commands[i]), APPLIED);
	}
	(void)pg_run(super, "UPDATE crew SET orders_max = 5");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct job job;
		struct query *query =
			ask(&job, STMT_busy_others, rows[i].worker, rows[i].from_h, rows[i].to_h);

		CHECK_INT_EQ(query_rows(query), 1);
		CHECK_INT_EQ(row_bool(query, 0, 0), rows[i].is_taken);
		CHECK_INT_EQ(row_bool(query, 0, 1), rows[i].is_away);
		CHECK_INT_EQ(row_int8(query, 0, 2), rows[i].orders);
		CHECK_INT_EQ(row_int2(query, 0, 3), rows[i].worker == 0 ? 5 : 0);
		job_fini(&job);
	}
	(void)pg_run(super, "UPDATE crew SET orders_max = NULL");
}

static const struct test tests[] = {
	{"time_is_kept_once", test_time_is_kept_once},
	{"nobody_is_sent_on_what_has_ended", test_nobody_is_sent_on_what_has_ended},
	{"ended_and_relied_on_in_one_moment", test_ended_and_relied_on_in_one_moment},
	{"nobody_verifies_their_own", test_nobody_verifies_their_own},
	{"who_holds_what_when", test_who_holds_what_when},
	{"what_is_said_of_a_persons_time", test_what_is_said_of_a_persons_time},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_calendar", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
