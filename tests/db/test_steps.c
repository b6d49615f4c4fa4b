/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint_step_full through the real lanes and a real PostgreSQL: what it leaves behind beside
 * the record comes with it or not at all. Appointments that overlap, one-time codes, masters of merged
 * complaints: in one batch and on two writers, which stand for two servers. Each case says what becomes
 * of its commands and what then stands in the tables.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define COMMANDS_MAX 4
#define BATCH 32
#define MERGED 104

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

#define SUBMIT .stmt = STMT_complaint_submit
#define FULL(n) FULL_AT(n, 10 + n, 1)
#define FULL_AT(n, key_no, seen) \
	.stmt = STMT_complaint_step_full, .record = n, .key = key_no, .version = seen
#define ALL_OF_IT \
	.outgoing = 21, .new_code = 22, .worker = 2, .from_h = 1, .to_h = 2, .slot = 23, \
	.receipt = 24, .material_count = 3, .words = "三点来"

/* Complaints 1, 2 and 3 are there before each of these begins, submitted, version 1. */
static const struct step_case {
	const char *what;
	struct command commands[COMMANDS_MAX];
	enum verdict verdicts[COMMANDS_MAX]; /* in any order: who of two comes first is open */
	/* steps done; slots, receipts, materials, codes, messages; their events, words, keys */
	const char *counts;
} step_cases[] = {
	{"all of it", {{FULL(1), ALL_OF_IT}}, {APPLIED}, "1; 1 1 3 1 1; 1 1 1"},
	{"the record alone", {{FULL(1)}}, {APPLIED}, "1; 0 0 0 0 0; 1 0 1"},
	{"an old version", {{FULL_AT(1, 11, 7), ALL_OF_IT}}, {STALE}, "0; 0 0 0 0 0; 0 0 0"},
	{"another state", {{FULL(1), ALL_OF_IT, .from = 2}}, {STALE}, "0; 0 0 0 0 0; 0 0 0"},
	{"not there", {{FULL(9), ALL_OF_IT}}, {STALE}, "0; 0 0 0 0 0; 0 0 0"},
	{"another community's", {{FULL(1), ALL_OF_IT, .community = 2}}, {STALE}, "0; 0 0 0 0 0; 0 0 0"},
	{"a key that another complaint's submit had", {{FULL_AT(1, 2, 1), ALL_OF_IT}}, {REPEAT},
		"0; 0 0 0 0 0; 0 0 0"},
	{"twice in one batch", {{FULL(1), ALL_OF_IT}, {FULL(1), ALL_OF_IT}}, {APPLIED, REPEAT},
		"1; 1 1 3 1 1; 1 1 1"},
	{"twice on two connections", {{FULL(1), ALL_OF_IT}, {FULL(1), ALL_OF_IT, .writer = 1}},
		{APPLIED, REPEAT}, "1; 1 1 3 1 1; 1 1 1"},
	{"a CHECK", {{FULL(1), ALL_OF_IT, .rating = 9}}, {REFUSED}, "0; 0 0 0 0 0; 0 0 0"},
	{"fifty materials", {{FULL(1), .receipt = 24, .material_count = 50}}, {APPLIED},
		"1; 0 1 50 0 0; 1 0 1"},

	{"one person at one time, one batch",
		{{FULL(1), ALL_OF_IT},
			{FULL(2), .worker = 2, .from_h = 1, .to_h = 2, .slot = 33, .outgoing = 31,
				.new_code = 32, .receipt = 34, .words = "也是三点"}},
		{APPLIED, STALE}, "1; 1 1 * 1 1; 1 1 1"},
	{"one person at one time, two connections",
		{{FULL(1), ALL_OF_IT},
			{FULL(2), .worker = 2, .from_h = 1, .to_h = 2, .slot = 33, .outgoing = 31,
				.new_code = 32, .receipt = 34, .words = "也是三点", .writer = 1}},
		{APPLIED, STALE}, "1; 1 1 * 1 1; 1 1 1"},
	{"an hour that overlaps by half",
		{{FULL(1), .worker = 2, .from_h = 1, .to_h = 3, .slot = 23},
			{FULL(2), .worker = 2, .from_h = 2, .to_h = 4, .slot = 33, .writer = 1}},
		{APPLIED, STALE}, "1; 1 0 0 0 0; 1 0 1"},
	{"one after the other",
		{{FULL(1), .worker = 2, .from_h = 1, .to_h = 2, .slot = 23},
			{FULL(2), .worker = 2, .from_h = 2, .to_h = 3, .slot = 33, .writer = 1}},
		{APPLIED, APPLIED}, "2; 2 0 0 0 0; 2 0 2"},
	{"two people at one time",
		{{FULL(1), .worker = 1, .from_h = 1, .to_h = 2, .slot = 23},
			{FULL(2), .worker = 2, .from_h = 1, .to_h = 2, .slot = 33, .writer = 1}},
		{APPLIED, APPLIED}, "2; 2 0 0 0 0; 2 0 2"},

	{"a merge", {{FULL(1), .to = MERGED, .master = 2, .master_version = 1}}, {APPLIED},
		"1; 0 0 0 0 0; 1 0 1"},
	{"into an old version", {{FULL(1), .to = MERGED, .master = 2, .master_version = 7}}, {STALE},
		"0; 0 0 0 0 0; 0 0 0"},
	{"into what is not there", {{FULL(1), .to = MERGED, .master = 9, .master_version = 1}}, {STALE},
		"0; 0 0 0 0 0; 0 0 0"},
	{"into each other, one batch",
		{{FULL(1), .to = MERGED, .master = 2, .master_version = 1},
			{FULL(2), .to = MERGED, .master = 1, .master_version = 1}},
		{APPLIED, STALE}, "1; 0 0 0 0 0; 1 0 1"},
	{"into each other, two connections",
		{{FULL(1), .to = MERGED, .master = 2, .master_version = 1},
			{FULL(2), .to = MERGED, .master = 1, .master_version = 1, .writer = 1}},
		{APPLIED, STALE}, "1; 0 0 0 0 0; 1 0 1"},
	{"in a circle of three",
		{{FULL(1), .to = MERGED, .master = 2, .master_version = 1},
			{FULL(2), .to = MERGED, .master = 3, .master_version = 1, .writer = 1},
			{FULL(3), .to = MERGED, .master = 1, .master_version = 1}},
		{APPLIED, STALE, STALE}, "1; 0 0 0 0 0; 1 0 1"},
	{"two into one", /* a master that others are merged into has its version still */
		{{FULL(1), .to = MERGED, .master = 3, .master_version = 1},
			{FULL(2), .to = MERGED, .master = 3, .master_version = 1, .writer = 1}},
		{APPLIED, APPLIED}, "2; 0 0 0 0 0; 2 0 2"},
	{"into one that has just moved on", /* a batch goes by record */
		{{FULL(2)}, {FULL(3), .to = MERGED, .master = 2, .master_version = 1}}, {APPLIED, STALE},
		"1; 0 0 0 0 0; 1 0 1"},
};

static const char *counts_now(void)
{
	return pg_run(super,
		"SELECT format('%s; %s %s %s %s %s; %s %s %s',"
		" (SELECT count(*) FROM complaint WHERE version > 1), (SELECT count(*) FROM busy),"
		" (SELECT count(*) FROM receipt), (SELECT count(*) FROM material),"
		" (SELECT count(*) FROM one_time_code), (SELECT count(*) FROM outgoing),"
		" (SELECT count(*) FROM event WHERE version > 1), (SELECT count(*) FROM event_text),"
		" (SELECT count(*) - 3 FROM applied))");
}

static void begin(void)
{
	static const struct command commands[] = {{SUBMIT, 1}, {SUBMIT, 2}, {SUBMIT, 3}};
	enum verdict verdicts[COUNT(commands)];

	town_clear(super);
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	assert(town_count(super, "complaint") == 3);
}

static enum verdict run(const struct command *command)
{
	enum verdict verdict;

	commands_run(&lanes, command, 1, &verdict);
	return verdict;
}

/* A star stands for whichever of two it was. */
static void check_counts(const char *expected)
{
	const char *now = counts_now();

	for (size_t i = 0; expected[i] != '\0'; i++) {
		if (expected[i] != '*' && expected[i] != now[i]) {
			CHECK_STR_EQ(now, expected);
		}
	}
}

/* Whatever left an event left the trace of its own command in it: none, and no other's. */
static const char *traces_of_others(void)
{
	static char sql[512];
	char one[UUID_TEXT_LEN + 1];
	char two[UUID_TEXT_LEN + 1];
	char three[UUID_TEXT_LEN + 1];

	uuid_format(command_trace(&(struct command){.record = 1}), one);
	uuid_format(command_trace(&(struct command){.record = 2}), two);
	uuid_format(command_trace(&(struct command){.record = 3}), three);
	(void)snprintf(sql, sizeof sql,
		"SELECT count(*) FROM event WHERE trace_id IS DISTINCT FROM"
		" (ARRAY['%s', '%s', '%s']::uuid[])[ascii(right(subject_id::text, 1)) - ascii('0')]",
		one, two, three);
	return pg_run(super, sql);
}

static void check_step_case(const struct step_case *one)
{
	enum verdict verdicts[COMMANDS_MAX] = {VERDICT_NONE};
	int balance[VERDICT_COUNT] = {0};
	size_t count = 0;

	while (count < COMMANDS_MAX && one->verdicts[count] != VERDICT_NONE) {
		count++;
	}
	begin();
	commands_run(&lanes, one->commands, count, verdicts);
	CHECK_STR_EQ(traces_of_others(), "0");
	for (size_t i = 0; i < count; i++) {
		balance[one->verdicts[i]]++;
		balance[verdicts[i]]--;
	}
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		CHECK_INT_EQ(balance[i], 0);
	}
	if (one->counts != NULL) {
		check_counts(one->counts);
	}
	/* However it went: nobody is booked twice, and no master is merged into what is merged into it. */
	CHECK_INT_EQ(town_count(super, "busy a JOIN busy b ON a.account_id = b.account_id"
								   " AND a.complaint_id < b.complaint_id"
								   " AND tstzrange(a.window_from, a.window_to)"
								   " && tstzrange(b.window_from, b.window_to)"),
		0);
	CHECK_INT_EQ(town_count(super, "complaint a JOIN complaint b ON a.master_id = b.complaint_id"
								   " AND b.master_id = a.complaint_id"),
		0);
}

static void test_a_step_does_all_of_it_or_nothing(void)
{
	for (size_t i = 0; i < COUNT(step_cases); i++) {
		check_step_case(&step_cases[i]);
		if (check_failed()) {
			printf("# %s: %s\n", step_cases[i].what, counts_now());
			return;
		}
	}
}

static void test_what_it_leaves_is_what_was_given(void)
{
	const struct command command = {FULL(1), ALL_OF_IT};

	begin();
	CHECK_INT_EQ(run(&command), APPLIED);
	CHECK_STR_EQ(pg_run(super, "SELECT string_agg(format('%s %s %s %s %s', line_no, name,"
							   " quantity_milli, unit, price_fen), '; ' ORDER BY line_no)"
							   " FROM material"),
		"1 水管 1 米 0; 2 水管 2 米 100; 3 水管 3 米 200");
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s %s %s %s', kind, language,"
							   " body_hash = sha256(body), text, length(photo_hashes), signed_at)"
							   " FROM receipt"),
		"3 1 t 签收单 64 ");
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s %s', purpose, tries_left, used_at,"
							   " expires_at - made_at) FROM one_time_code"),
		"1 5  01:00:00");
	/* The message goes below the receipt that came with it. */
	CHECK_STR_EQ(
		pg_run(super, "SELECT format('%s %s %s %s', o.kind, o.language, o.receipt_id ="
					  " r.receipt_id, o.next_try_at = o.made_at) FROM outgoing o, receipt r"),
		"4 1 t t");
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s', right(account_id::text, 1),"
							   " window_to - window_from, complaint_id = (SELECT complaint_id"
							   " FROM receipt)) FROM busy"),
		"2 01:00:00 t");
	CHECK_STR_EQ(
		pg_run(super, "SELECT format('%s>%s v%s %s %s', e.state_from, e.state_to,"
					  " e.version, t.body, e.receipt_id = (SELECT receipt_id FROM receipt))"
					  " FROM event e JOIN event_text t USING (community_id, seq)"),
		"1>2 v2 三点来 t");
	/* Minted is the receipt's id: its code is made of that. */
	CHECK_STR_EQ(pg_run(super, "SELECT a.minted = r.receipt_id::text FROM applied a, receipt r"
							   " WHERE a.minted NOT LIKE '2026%'"),
		"t");
}

/* Two receipts have two codes, over all complaints of a community. */
static void test_a_code_of_a_receipt_is_nobody_elses(void)
{
	const struct command first = {FULL(1), .receipt = 24};
	const struct command second = {FULL(2), .receipt = 24 + 256}; /* its code's hash is the same */

	begin();
	CHECK_INT_EQ(run(&first), APPLIED);
	CHECK_INT_EQ(run(&second), REFUSED);
	CHECK_STR_EQ(counts_now(), "1; 0 1 0 0 0; 1 0 1");
}

/* --- slots --- */

static const char *slots_now(void)
{
	return pg_run(super, "SELECT coalesce(string_agg(format('%s:%s', right(account_id::text, 1),"
						 " right(busy_id::text, 2)), ' ' ORDER BY busy_id), '-') FROM busy");
}

/* Complaint 1 has person 2 from +1 h to +3 h in slot 0x17; then it takes this step. */
static const struct slot_case {
	const char *what;
	struct command step;
	enum verdict verdict;
	const char *slots;
} slot_cases[] = {
	{"moved by an hour: its own slot is not in the way",
		{.worker = 2, .from_h = 2, .to_h = 4, .slot = 0x21, .frees = true}, APPLIED, "2:21"},
	{"given to somebody else", {.worker = 1, .from_h = 1, .to_h = 3, .slot = 0x21, .frees = true},
		APPLIED, "1:21"},
	{"given back", {.frees = true}, APPLIED, "-"},
	{"kept", {.worker = 2, .from_h = 1, .to_h = 3}, APPLIED, "2:17"},
	{"moved by somebody who saw an old version",
		{.worker = 2, .from_h = 2, .to_h = 4, .slot = 0x21, .frees = true, .version = 1}, STALE,
		"2:17"},
	{"moved to where another complaint is: it stays",
		{.worker = 2, .from_h = 5, .to_h = 7, .slot = 0x21, .frees = true}, STALE, "2:17"},
};

static void check_slot_case(const struct slot_case *one)
{
	const struct command first = {FULL(1), .worker = 2, .from_h = 1, .to_h = 3, .slot = 0x17};
	const struct command other = {FULL(2), .worker = 2, .from_h = 6, .to_h = 8, .slot = 0x31};
	struct command step = one->step;
	char slots[32];

	begin();
	CHECK(run(&first) == APPLIED && run(&other) == APPLIED);
	step.stmt = STMT_complaint_step_full;
	step.record = 1;
	step.key = 40;
	step.from = 2;
	step.version = step.version == 0 ? 2 : step.version;
	CHECK_INT_EQ(run(&step), one->verdict);
	/* The other's stays in every case. */
	(void)snprintf(slots, sizeof slots, "%s%s2:31", one->slots[0] == '-' ? "" : one->slots,
		one->slots[0] == '-' ? "" : " ");
	CHECK_STR_EQ(slots_now(), slots);
}

static void test_a_slot_is_taken_kept_or_given_back(void)
{
	for (size_t i = 0; i < COUNT(slot_cases); i++) {
		check_slot_case(&slot_cases[i]);
		if (check_failed()) {
			printf("# %s\n", slot_cases[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"a_step_does_all_of_it_or_nothing", test_a_step_does_all_of_it_or_nothing},
	{"what_it_leaves_is_what_was_given", test_what_it_leaves_is_what_was_given},
	{"a_code_of_a_receipt_is_nobody_elses", test_a_code_of_a_receipt_is_nobody_elses},
	{"a_slot_is_taken_kept_or_given_back", test_a_slot_is_taken_kept_or_given_back},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_steps", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
