/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves "everything or nothing, and once" of the guarded statements, through the real lanes and a real
 * PostgreSQL: commands with the same key, with old versions, with each other's names, in one batch and
 * on two writers, which stand for two servers. Each case says what becomes of its commands and what then
 * stands in the tables.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define COMMANDS_MAX 4
#define BATCH 32

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

#define SUBMIT .stmt = STMT_complaint_submit
#define STEP .stmt = STMT_complaint_step
#define SPLIT .stmt = STMT_complaint_split
#define NOTE .stmt = STMT_complaint_note
#define CREW .stmt = STMT_crew_create
#define ADD .stmt = STMT_grant_add

/* Complaint 1 is there before each of these begins, submitted, version 1. */
static const struct key_case {
	const char *what;
	struct command commands[COMMANDS_MAX];
	enum verdict verdicts[COMMANDS_MAX]; /* in any order: who of two comes first is open */
	const char *counts; /* complaints, words to find, crews, grants; events, keys of them; epoch */
} key_cases[] = {
	{"a submit", {{SUBMIT, 2}}, {APPLIED}, "2 2 1 0; 2 2; 1"},
	{"the same key twice in one batch", {{SUBMIT, 2}, {SUBMIT, 2}}, {APPLIED, REPEAT},
		"2 2 1 0; 2 2; 1"},
	{"the same key on two connections", {{SUBMIT, 2}, {SUBMIT, 2, .writer = 1}}, {APPLIED, REPEAT},
		"2 2 1 0; 2 2; 1"},
	{"the same key with another body, one batch",
		{{SUBMIT, 2, .body = "漏水"}, {SUBMIT, 2, .body = "停水"}}, {APPLIED, REUSED},
		"2 2 1 0; 2 2; 1"},
	{"the same key with another body, two connections",
		{{SUBMIT, 2, .body = "漏水"}, {SUBMIT, 2, .body = "停水", .writer = 1}}, {APPLIED, REUSED},
		"2 2 1 0; 2 2; 1"},
	{"the same key for another record", {{SUBMIT, 2, .key = 9}, {SUBMIT, 3, .key = 9, .body = "b"}},
		{APPLIED, REUSED}, "2 2 1 0; 2 2; 1"},
	{"the same key of somebody else: the id is taken", {{SUBMIT, 2}, {SUBMIT, 2, .account = 2}},
		{APPLIED, STALE}, "2 2 1 0; 2 2; 1"},
	{"the same key in another community is another key", {{SUBMIT, 2}, {SUBMIT, 2, .community = 2}},
		{APPLIED, APPLIED}, "3 3 1 0; 3 3; 1"},
	{"an id that is there already", {{SUBMIT, 1, .key = 9}}, {STALE}, "1 1 1 0; 1 1; 1"},
	{"a community that is not there", {{SUBMIT, 2, .community = 7}}, {STALE}, "1 1 1 0; 1 1; 1"},

	{"a step", {{STEP, 1, .key = 9, .version = 1}}, {APPLIED}, "1 1 1 0; 2 2; 1"},
	{"one step twice in one batch",
		{{STEP, 1, .key = 9, .version = 1}, {STEP, 1, .key = 9, .version = 1}}, {APPLIED, REPEAT},
		"1 1 1 0; 2 2; 1"},
	{"one step twice on two connections",
		{{STEP, 1, .key = 9, .version = 1}, {STEP, 1, .key = 9, .version = 1, .writer = 1}},
		{APPLIED, REPEAT}, "1 1 1 0; 2 2; 1"},
	{"one key for two steps",
		{{STEP, 1, .key = 9, .version = 1},
			{STEP, 1, .key = 9, .version = 2, .from = 2, .body = "b"}},
		{APPLIED, REUSED}, "1 1 1 0; 2 2; 1"},
	{"two steps from one version in one batch",
		{{STEP, 1, .key = 8, .version = 1}, {STEP, 1, .key = 9, .version = 1}}, {APPLIED, STALE},
		"1 1 1 0; 2 2; 1"},
	{"two steps from one version on two connections",
		{{STEP, 1, .key = 8, .version = 1}, {STEP, 1, .key = 9, .version = 1, .writer = 1}},
		{APPLIED, STALE}, "1 1 1 0; 2 2; 1"},
	{"an old version", {{STEP, 1, .key = 9, .version = 7}}, {STALE}, "1 1 1 0; 1 1; 1"},
	{"another state", {{STEP, 1, .key = 9, .version = 1, .from = 2}}, {STALE}, "1 1 1 0; 1 1; 1"},
	{"another community's", {{STEP, 1, .key = 9, .version = 1, .community = 2}}, {STALE},
		"1 1 1 0; 1 1; 1"},
	{"a CHECK", {{STEP, 1, .key = 9, .version = 1, .rating = 9}}, {REFUSED}, "1 1 1 0; 1 1; 1"},

	{"a part", {{SPLIT, 2, .master = 1, .version = 1, .words = "两件事"}}, {APPLIED},
		"2 2 1 0; 3 2; 1"},
	{"one part twice on two connections",
		{{SPLIT, 2, .master = 1, .version = 1}, {SPLIT, 2, .master = 1, .version = 1, .writer = 1}},
		{APPLIED, REPEAT}, "2 2 1 0; 3 2; 1"},
	{"two parts from one version on two connections",
		{{SPLIT, 2, .master = 1, .version = 1}, {SPLIT, 3, .master = 1, .version = 1, .writer = 1}},
		{APPLIED, STALE}, "2 2 1 0; 3 2; 1"},
	{"a part of what has just moved on", /* a batch goes by record */
		{{STEP, 1, .key = 9, .version = 1}, {SPLIT, 2, .master = 1, .version = 1}},
		{APPLIED, STALE}, "1 1 1 0; 2 2; 1"},
	{"a part of what is not there", {{SPLIT, 2, .master = 7, .version = 1}}, {STALE},
		"1 1 1 0; 1 1; 1"},
	{"asked again", {{NOTE, 1, .key = 9, .version = 1, .words = "何时来"}}, {APPLIED},
		"1 1 1 0; 2 2; 1"},
	{"asked again twice on two connections",
		{{NOTE, 1, .key = 9, .version = 1}, {NOTE, 1, .key = 9, .version = 1, .writer = 1}},
		{APPLIED, REPEAT}, "1 1 1 0; 2 2; 1"},
	{"asked again by two from one version",
		{{NOTE, 1, .key = 8, .version = 1}, {NOTE, 1, .key = 9, .version = 1, .writer = 1}},
		{APPLIED, STALE}, "1 1 1 0; 2 2; 1"},

	{"a crew", {{CREW, 5, .name = "油漆组"}}, {APPLIED}, "1 1 2 0; 2 2; 1"},
	{"one crew twice in one batch", {{CREW, 5}, {CREW, 5}}, {APPLIED, REPEAT}, "1 1 2 0; 2 2; 1"},
	{"one crew twice on two connections", {{CREW, 5}, {CREW, 5, .writer = 1}}, {APPLIED, REPEAT},
		"1 1 2 0; 2 2; 1"},
	{"a name that is taken", {{CREW, 5, .name = "水电组"}}, {STALE}, "1 1 1 0; 1 1; 1"},
	{"one name for two in one batch", {{CREW, 5, .name = "木工组"}, {CREW, 6, .name = "木工组"}},
		{APPLIED, STALE}, "1 1 2 0; 2 2; 1"},
	{"one name for two on two connections",
		{{CREW, 5, .name = "木工组"}, {CREW, 6, .name = "木工组", .writer = 1}}, {APPLIED, STALE},
		"1 1 2 0; 2 2; 1"},

	{"a grant raises the epoch", {{ADD, 7}}, {APPLIED}, "1 1 1 1; 2 2; 2"},
	{"one grant twice in one batch", {{ADD, 7}, {ADD, 7}}, {APPLIED, REPEAT}, "1 1 1 1; 2 2; 2"},
	{"one grant twice on two connections", {{ADD, 7}, {ADD, 7, .writer = 1}}, {APPLIED, REPEAT},
		"1 1 1 1; 2 2; 2"},
	{"two grants in one batch", {{ADD, 7}, {ADD, 8, .role = 3}}, {APPLIED, APPLIED},
		"1 1 1 2; 3 3; 3"},
	{"the same role twice at one time", {{ADD, 7}, {ADD, 8}}, {APPLIED, STALE}, "1 1 1 1; 2 2; 2"},
};

static const char *counts_now(void)
{
	return pg_run(super, "SELECT format('%s %s %s %s; %s %s; %s', (SELECT count(*) FROM complaint),"
						 " (SELECT count(*) FROM complaint_search), (SELECT count(*) FROM crew),"
						 " (SELECT count(*) FROM access_grant), (SELECT count(*) FROM event),"
						 " (SELECT count(*) FROM applied), (SELECT epoch FROM rights_epoch))");
}

static void begin_with_complaint(uint32_t record)
{
	enum verdict verdict;

	town_clear(super);
	commands_run(&lanes, &(struct command){SUBMIT, record}, 1, &verdict);
	assert(verdict == APPLIED);
}

static void check_key_case(const struct key_case *one)
{
	enum verdict verdicts[COMMANDS_MAX] = {VERDICT_NONE};
	int balance[VERDICT_COUNT] = {0};
	size_t count = 0;

	while (count < COMMANDS_MAX && one->verdicts[count] != VERDICT_NONE) {
		count++;
	}
	begin_with_complaint(1);
	commands_run(&lanes, one->commands, count, verdicts);
	for (size_t i = 0; i < count; i++) {
		balance[one->verdicts[i]]++;
		balance[verdicts[i]]--;
	}
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		CHECK_INT_EQ(balance[i], 0);
	}
	CHECK_STR_EQ(counts_now(), one->counts);
}

static void test_a_command_takes_effect_once_or_not_at_all(void)
{
	for (size_t i = 0; i < COUNT(key_cases); i++) {
		check_key_case(&key_cases[i]);
		if (check_failed()) {
			printf("# %s\n", key_cases[i].what);
			return;
		}
	}
}

/* A server that was started again knows no more than the database does. */
static void test_another_server_answers_the_key_alike(void)
{
	const struct command commands[] = {{SUBMIT, 1}, {STEP, 1, .key = 9, .version = 1}, {CREW, 5}};
	enum verdict verdicts[3];
	struct lanes other;

	begin_with_complaint(1);
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	CHECK(verdicts[0] == REPEAT && verdicts[1] == APPLIED && verdicts[2] == APPLIED);
	lanes_open(&other, database.app, 1, BATCH);
	commands_run(&other, commands, COUNT(commands), verdicts);
	lanes_close(&other);
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK_INT_EQ(verdicts[i], REPEAT);
	}
	CHECK_STR_EQ(counts_now(), "1 1 2 0; 3 3; 1");
}

static void test_the_record_says_who_did_what(void)
{
	const struct command step = {STEP, 1, .key = 9, .account = 2, .version = 1};
	enum verdict verdict;

	begin_with_complaint(1);
	commands_run(&lanes, &step, 1, &verdict);
	CHECK_INT_EQ(verdict, APPLIED);
	CHECK_STR_EQ(
		pg_run(super,
			"SELECT string_agg(format('%s %s %s %s>%s v%s %s', topic, right(subject_id::text, 1),"
			" step, state_from, state_to, version, right(account_id::text, 1)), '; ' ORDER BY seq)"
			" FROM event"),
		"1 1 1 >1 v1 1; 1 1 2 1>2 v2 2");
	CHECK_STR_EQ(pg_run(super, "SELECT DISTINCT number FROM event"), "20261123-0001");
	CHECK_STR_EQ(
		pg_run(super, "SELECT minted FROM applied WHERE minted IS NOT NULL"), "20261123-0001");
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s', state, version, is_open) FROM complaint"),
		"2 2 t");
}

/* Both timelines, each with the other; the part begins where the whole stands, which goes on. */
static void test_a_part_and_what_it_comes_from_name_each_other(void)
{
	const struct command command = {SPLIT, 2, .master = 1, .version = 1, .words = "两件事"};
	enum verdict verdict;

	begin_with_complaint(1);
	commands_run(&lanes, &command, 1, &verdict);
	CHECK_INT_EQ(verdict, APPLIED);
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(format('%s %s %s>%s v%s %s %s %s',"
					  " right(subject_id::text, 1), step, state_from, state_to, version, number,"
					  " right(other_id::text, 1), t.body), '; ' ORDER BY subject_id, e.seq)"
					  " FROM event e LEFT JOIN event_text t USING (community_id, seq)"),
		"1 1 >1 v1 20261123-0001  ; 1 34 1>1 v2 20261123-0001 2 两件事;"
		" 2 1 >1 v1 20261123-0002 1 ");
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(format('%s v%s %s', day_no, version,"
					  " right(split_from::text, 1)), '; ' ORDER BY day_no) FROM complaint"),
		"1 v2 ; 2 v1 1");
}

/* --- numbers --- */

static void test_the_day_is_the_communitys_own(void)
{
	/* 2026-11-23T15:59:59.999999Z is the last moment of the 23rd in Shanghai. */
	const int64_t midnight = INT64_C(1795449600000000);
	const struct command commands[] = {
		{SUBMIT, 1, .submitted_us = midnight - 1},
		{SUBMIT, 2, .submitted_us = midnight},
		{SUBMIT, 3, .submitted_us = midnight - 1},
		{SUBMIT, 4, .submitted_us = midnight, .community = 2},
	};
	enum verdict verdicts[COUNT(commands)];

	town_clear(super);
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(minted, ' ' ORDER BY community_id, minted) FROM applied"),
		"20261123-0001 20261123-0002 20261124-0001 20261123-0001");
}

static void test_a_number_above_9999_is_longer_not_cut(void)
{
	const struct command command = {SUBMIT, 2};
	enum verdict verdict;

	begin_with_complaint(1);
	(void)pg_run(super, "UPDATE complaint SET day_no = 9999");
	commands_run(&lanes, &command, 1, &verdict);
	CHECK_STR_EQ(
		pg_run(super, "SELECT number FROM event ORDER BY seq DESC LIMIT 1"), "20261123-10000");
}

static void test_numbers_have_no_gap_over_two_writers(void)
{
	enum { EACH = 2 * BATCH + 5, ALL = 2 * EACH };
	static struct command commands[ALL];
	static enum verdict verdicts[ALL];

	town_clear(super);
	for (uint32_t i = 0; i < ALL; i++) {
		commands[i] = (struct command){SUBMIT, 100 + i, .writer = i % 2};
	}
	commands_run(&lanes, commands, ALL, verdicts);
	for (size_t i = 0; i < ALL; i++) {
		CHECK(verdicts[i] == APPLIED || verdicts[i] == REPEAT);
	}
	CHECK_INT_EQ(town_count(super, "complaint"), ALL);
	CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT day_no FROM complaint) AS d"), ALL);
	CHECK_INT_EQ(atoi(pg_run(super, "SELECT max(day_no) FROM complaint")), ALL);
	CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT minted FROM applied) AS m"), ALL);
	CHECK_INT_EQ(town_count(super, "event"), ALL);
}

/* --- batches --- */

/* Thirty good steps, one on an old version, and bad ones at these places of the sorted batch. */
static const struct batch_case {
	size_t culprits[2];
	size_t culprit_count;
	size_t stale;
} batch_cases[] = {
	{{0}, 1, 20},
	{{17}, 1, 3},
	{{BATCH - 1}, 1, 0},
	{{4, 5}, 2, 30},
	{{0, BATCH - 1}, 2, 16},
};

static void fill_batch(const struct batch_case *one, struct command *commands)
{
	for (uint32_t i = 0; i < BATCH; i++) {
		/* Handed in backwards: the batch is sorted by record. */
		struct command *command = &commands[BATCH - 1 - i];

		*command = (struct command){STEP, 100 + i, .key = 200 + i, .version = 1};
		command->version = i == one->stale ? 7 : 1;
		for (size_t k = 0; k < one->culprit_count; k++) {
			command->rating = i == one->culprits[k] ? 9 : command->rating;
		}
	}
}

/* Of those that go as one nobody knows who is to blame: the good ones are done, and take no number in vain. */
static void test_one_bad_submission_costs_the_others_nothing(void)
{
	static struct command commands[BATCH];
	static enum verdict verdicts[BATCH];
	uint64_t failed_count = lanes.writers.each[0].failed_count;
	size_t refused_count = 0;

	town_clear(super);
	for (uint32_t i = 0; i < BATCH; i++) {
		commands[i] = (struct command){SUBMIT, 100 + i};
	}
	commands[7].is_told = commands[19].is_told =
		true; /* of one text, so their codes are the same */
	commands_run(&lanes, commands, BATCH, verdicts);
	for (size_t i = 0; i < BATCH; i++) {
		CHECK_INT_EQ(verdicts[i], i == 19 ? REFUSED : APPLIED);
		refused_count += verdicts[i] == REFUSED;
	}
	CHECK_INT_EQ(refused_count, 1);
	CHECK_INT_EQ(
		lanes.writers.each[0].failed_count - failed_count, 2); /* all of them, then the one */
	CHECK_INT_EQ(town_count(super, "complaint"), BATCH - 1);
	CHECK_INT_EQ(town_count(super, "event"), BATCH - 1);
	CHECK_INT_EQ(town_count(super, "applied"), BATCH - 1);
	CHECK_INT_EQ(town_count(super, "receipt"), 1);
	CHECK_INT_EQ(atoi(pg_run(super, "SELECT max(day_no) FROM complaint")), BATCH - 1);
}

static void submit_batch(void)
{
	struct command commands[BATCH];
	enum verdict verdicts[BATCH];

	town_clear(super);
	for (uint32_t i = 0; i < BATCH; i++) {
		commands[i] = (struct command){SUBMIT, 100 + i};
	}
	commands_run(&lanes, commands, BATCH, verdicts);
	assert(town_count(super, "complaint") == BATCH);
}

static void check_batch_case(const struct batch_case *one)
{
	size_t good_count = BATCH - 1 - one->culprit_count;
	struct command commands[BATCH];
	struct job jobs[BATCH];
	uint64_t failed_count = lanes.writers.each[0].failed_count;
	uint64_t batch_count = lanes.writers.each[0].batch_count;
	size_t seen[3] = {0}; /* done, zero rows, refused */

	submit_batch();
	batch_count = lanes.writers.each[0].batch_count;
	fill_batch(one, commands);
	for (size_t i = 0; i < BATCH; i++) {
		job_init(&jobs[i]);
		command_job(&commands[i], &jobs[i]);
		job_write(&lanes, 0, &jobs[i]);
	}
	lanes_run(&lanes);
	for (size_t i = 0; i < BATCH; i++) {
		bool is_refused = jobs[i].errand.outcome == ERRAND_REFUSED;

		CHECK(is_refused || jobs[i].errand.outcome == ERRAND_DONE);
		CHECK_INT_EQ(is_refused, commands[i].rating != 0);
		CHECK(!is_refused || jobs[i].errand.err == ERR_CONFLICT);
		seen[is_refused ? 2 : query_rows(&jobs[i].queries[0]) == 0]++;
		job_fini(&jobs[i]);
	}
	CHECK(seen[0] == good_count && seen[1] == 1 && seen[2] == one->culprit_count);
	/* A failure of all as one, one a culprit, and then one transaction that held. */
	CHECK_INT_EQ(lanes.writers.each[0].failed_count - failed_count, 1 + one->culprit_count);
	CHECK_INT_EQ(lanes.writers.each[0].batch_count - batch_count, 1);
	CHECK_INT_EQ(town_count(super, "complaint WHERE state = 2 AND version = 2"), good_count);
	CHECK_INT_EQ(town_count(super, "event WHERE step = 2"), good_count);
	CHECK_INT_EQ(town_count(super, "applied"), BATCH + good_count);
	CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT xid FROM event WHERE step = 2) AS x"), 1);
}

static void test_a_culprit_is_refused_and_the_rest_commits_once(void)
{
	for (size_t i = 0; i < COUNT(batch_cases); i++) {
		check_batch_case(&batch_cases[i]);
		if (check_failed()) {
			printf("# batch %zu\n", i);
			return;
		}
	}
}

/* Deferred until the commit: no statement is to blame, and nothing of the batch stays. */
static void test_a_failure_at_commit_undoes_and_blames_nobody(void)
{
	const struct command commands[] = {
		{SUBMIT, 2}, {CREW, 5, .name = "油漆组"}, {CREW, 6, .name = "木工组"}};
	struct job jobs[COUNT(commands)];
	enum verdict verdicts[COUNT(commands)];

	begin_with_complaint(1);
	(void)pg_run(super,
		"ALTER TABLE crew ADD CONSTRAINT late FOREIGN KEY (name) REFERENCES community (name)"
		" DEFERRABLE INITIALLY DEFERRED NOT VALID");
	for (size_t i = 0; i < COUNT(commands); i++) {
		job_init(&jobs[i]);
		command_job(&commands[i], &jobs[i]);
		job_write(&lanes, 0, &jobs[i]);
	}
	lanes_run(&lanes);
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK_INT_EQ(jobs[i].errand.outcome, ERRAND_REDO);
		job_fini(&jobs[i]);
	}
	CHECK(lanes_logged(&lanes, "stmt=commit sqlstate=23503"));
	CHECK_STR_EQ(counts_now(), "1 1 1 0; 1 1; 1");
	(void)pg_run(super, "ALTER TABLE crew DROP CONSTRAINT late");
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK_INT_EQ(verdicts[i], APPLIED);
	}
	CHECK_STR_EQ(counts_now(), "2 2 3 0; 4 4; 1");
}

static const struct test tests[] = {
	{"a_command_takes_effect_once_or_not_at_all", test_a_command_takes_effect_once_or_not_at_all},
	{"another_server_answers_the_key_alike", test_another_server_answers_the_key_alike},
	{"the_record_says_who_did_what", test_the_record_says_who_did_what},
	{"a_part_and_what_it_comes_from_name_each_other",
		test_a_part_and_what_it_comes_from_name_each_other},
	{"the_day_is_the_communitys_own", test_the_day_is_the_communitys_own},
	{"a_number_above_9999_is_longer_not_cut", test_a_number_above_9999_is_longer_not_cut},
	{"one_bad_submission_costs_the_others_nothing",
		test_one_bad_submission_costs_the_others_nothing},
	{"numbers_have_no_gap_over_two_writers", test_numbers_have_no_gap_over_two_writers},
	{"a_culprit_is_refused_and_the_rest_commits_once",
		test_a_culprit_is_refused_and_the_rest_commits_once},
	{"a_failure_at_commit_undoes_and_blames_nobody",
		test_a_failure_at_commit_undoes_and_blames_nobody},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_guards", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
