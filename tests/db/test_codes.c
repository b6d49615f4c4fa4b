/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what goes to owners where the database has its part in it: a one-time code is good once, until
 * it expires or has been tried too often; a signature stands on the receipt it is for; and the number
 * that is minted with a complaint stands in its acknowledgement, in text, body and hash.
 */
#include <openssl/sha.h>
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define CODE 51
#define RECEIPT 52

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

#define SUBMIT .stmt = STMT_complaint_submit
#define FULL .stmt = STMT_complaint_step_full, .record = 1
#define SIGN(key_no, seen) \
	FULL, .key = key_no, .version = seen, .from = 2, .receipt = RECEIPT, .sign_method = 1

static enum verdict run(const struct command *command)
{
	enum verdict verdict;

	commands_run(&lanes, command, 1, &verdict);
	return verdict;
}

/* Complaint 1 has a receipt to sign and code 51, good until in an hour, at version 2; 2 has neither. */
static void begin(void)
{
	const struct command commands[] = {{SUBMIT, 1}, {SUBMIT, 2}};
	const struct command step = {
		FULL, .key = 11, .version = 1, .new_code = CODE, .receipt = RECEIPT};

	town_clear(super);
	for (size_t i = 0; i < COUNT(commands); i++) {
		enum verdict verdict = run(&commands[i]);

		assert(verdict == APPLIED);
	}
	if (run(&step) != APPLIED) {
		abort();
	}
}

static const char *code_now(void)
{
	return pg_run(super, "SELECT format('%s %s', tries_left, CASE WHEN used_at IS NULL THEN 'good'"
						 " ELSE 'used' END) FROM one_time_code");
}

static const char *signature_now(void)
{
	return pg_run(super, "SELECT coalesce(sign_method::text, '-') FROM receipt");
}

/* --- used --- */

static const struct use_case {
	const char *what;
	const char *before; /* done to the code */
	struct command commands[2];
	enum verdict verdicts[2];
	const char *code, *signature;
} use_cases[] = {
	{"the right one", "", {{SIGN(60, 2), .used_code = CODE, .used_hash = CODE}}, {APPLIED},
		"4 used", "1"},
	{"another hash", "", {{SIGN(60, 2), .used_code = CODE, .used_hash = 1}}, {STALE}, "5 good",
		"-"},
	{"another code", "", {{SIGN(60, 2), .used_code = 53, .used_hash = CODE}}, {STALE}, "5 good",
		"-"},
	{"used already", "UPDATE one_time_code SET used_at = made_at",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE}}, {STALE}, "5 used", "-"},
	{"no tries left", "UPDATE one_time_code SET tries_left = 0",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE}}, {STALE}, "0 good", "-"},
	{"the last try", "UPDATE one_time_code SET tries_left = 1",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE}}, {APPLIED}, "0 used", "1"},
	{"expired just now", "UPDATE one_time_code SET expires_at = made_at",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE}}, {STALE}, "5 good", "-"},
	{"good for a moment yet",
		"UPDATE one_time_code SET expires_at = made_at + interval '1 microsecond'",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE}}, {APPLIED}, "4 used", "1"},
	{"with an old version: the code stays good", "",
		{{SIGN(60, 1), .used_code = CODE, .used_hash = CODE}}, {STALE}, "5 good", "-"},
	{"twice in one batch", "",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE},
			{SIGN(61, 2), .used_code = CODE, .used_hash = CODE}},
		{APPLIED, STALE}, "4 used", "1"},
	{"twice on two connections", "",
		{{SIGN(60, 2), .used_code = CODE, .used_hash = CODE},
			{SIGN(61, 2), .used_code = CODE, .used_hash = CODE, .writer = 1}},
		{APPLIED, STALE}, "4 used", "1"},
};

static void check_use_case(const struct use_case *one)
{
	enum verdict verdicts[2];
	size_t count = one->verdicts[1] == VERDICT_NONE ? 1 : 2;
	bool is_done = one->verdicts[0] == APPLIED;

	begin();
	if (one->before[0] != '\0') {
		(void)pg_run(super, one->before);
	}
	commands_run(&lanes, one->commands, count, verdicts);
	if (count == 2 && verdicts[1] == APPLIED) {
		verdicts[1] = verdicts[0];
		verdicts[0] = APPLIED;
	}
	for (size_t i = 0; i < count; i++) {
		CHECK_INT_EQ(verdicts[i], one->verdicts[i]);
	}
	CHECK_STR_EQ(code_now(), one->code);
	CHECK_STR_EQ(signature_now(), one->signature);
	CHECK_INT_EQ(town_count(super, "complaint WHERE version = 3"), is_done);
	CHECK_INT_EQ(town_count(super, "event WHERE version = 3"), is_done);
	CHECK_INT_EQ(town_count(super, "applied"), is_done ? 4 : 3);
	CHECK_INT_EQ(town_count(super, "receipt WHERE (signed_at IS NULL) = (sign_method IS NULL)"), 1);
}

static void test_a_code_is_good_once(void)
{
	for (size_t i = 0; i < COUNT(use_cases); i++) {
		check_use_case(&use_cases[i]);
		if (check_failed()) {
			printf("# %s\n", use_cases[i].what);
			return;
		}
	}
}

/* --- tried --- */

/* Returns the rows: one where it cost a try. */
static size_t fail(uint32_t code, const char *source)
{
	struct query *query;
	struct job job;
	size_t rows;

	job_init(&job);
	query = job_query(&job, STMT_code_failed);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_RECORD, code));
	query_text_or_null(query, source == NULL ? (struct str){NULL, 0} : str_from_c(source));
	query_time(query, TOWN_NOW);
	job_write(&lanes, 0, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	rows = query_rows(query);
	assert(rows == 0 || row_int4(query, 0, 0) == atoi(code_now()));
	job_fini(&job);
	return rows;
}

static void test_a_wrong_code_costs_a_try_until_none_is_left(void)
{
	static const char *const left[] = {"4 good", "3 good", "2 good", "1 good", "0 good"};

	begin();
	CHECK_INT_EQ(fail(53, NULL), 0); /* not there */
	for (size_t i = 0; i < COUNT(left); i++) {
		CHECK_INT_EQ(fail(CODE, NULL), 1);
		CHECK_STR_EQ(code_now(), left[i]);
	}
	CHECK_INT_EQ(fail(CODE, NULL), 0);
	CHECK_STR_EQ(code_now(), "0 good");
	CHECK_INT_EQ(town_count(super, "login_failure"), 0); /* staff answer with their name */
}

static void test_a_used_code_costs_nothing(void)
{
	begin();
	(void)pg_run(super, "UPDATE one_time_code SET used_at = made_at");
	CHECK_INT_EQ(fail(CODE, "192.0.2.7"), 0);
	CHECK_STR_EQ(code_now(), "5 used");
	CHECK_INT_EQ(town_count(super, "login_failure"), 0);
}

static void test_a_wrong_code_counts_against_its_source(void)
{
	begin();
	CHECK_INT_EQ(fail(CODE, "192.0.2.7"), 1);
	CHECK_INT_EQ(fail(CODE, "192.0.2.7"), 1);
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s', lane, failed_count, account_id ="
							   " '00000000-0000-0000-0000-000000000000') FROM login_failure"),
		"source 192.0.2.7 2 t");
}

/* --- acknowledgements --- */

/* The body that receipt.h would have made with the number, byte for byte. */
static void check_acknowledgement(const char *number, const char *text)
{
	struct arena arena;
	struct receipt_bytes bytes;
	char hash[2 * SHA256_DIGEST_LENGTH + 1];

	arena_init(&arena, 64 * 1024);
	command_receipt(&arena, str_from_c(number), str_from_c(text), &bytes);
	for (size_t i = 0; i < sizeof bytes.sha256; i++) {
		(void)snprintf(hash + 2 * i, 3, "%02x", bytes.sha256[i]);
	}
	CHECK_STR_EQ(pg_run(super, "SELECT convert_from(body, 'UTF8') FROM receipt"),
		str_of((const char *)bytes.json.ptr, bytes.json.len));
	CHECK_STR_EQ(pg_run(super, "SELECT text FROM receipt"), bytes.text);
	CHECK_STR_EQ(pg_run(super, "SELECT encode(body_hash, 'hex') FROM receipt"), hash);
	arena_fini(&arena);
}

static void test_the_number_stands_in_the_acknowledgement(void)
{
	const struct command command = {SUBMIT, 1, .is_told = true, .body = "电梯困人，请快来"};

	town_clear(super);
	CHECK_INT_EQ(run(&command), APPLIED);
	check_acknowledgement("20261123-0001", "电梯困人，请快来");
	CHECK_INT_EQ(
		town_count(super, "receipt WHERE text LIKE '%7KD2M0QX93ABZ%' OR convert_from(body, 'UTF8')"
						  " LIKE '%7KD2M0QX93ABZ%'"),
		0);
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s %s %s', kind, language, signed_at,"
							   " receipt_id = complaint_id, issued_at) FROM receipt"),
		"1 1  t 2026-11-23 11:20:00+00");
}

/* What an owner says may hold anything, a token but for a letter, too. */
static void test_words_that_look_like_a_number_stay(void)
{
	const struct command command = {
		SUBMIT, 1, .is_told = true, .body = "7KD2M0QX93AB 20261123-0009"};

	town_clear(super);
	CHECK_INT_EQ(run(&command), APPLIED);
	check_acknowledgement("20261123-0001", "7KD2M0QX93AB 20261123-0009");
}

static void test_a_number_of_five_digits_stands_in_it_too(void)
{
	const struct command commands[] = {{SUBMIT, 1}, {SUBMIT, 2, .is_told = true}};

	town_clear(super);
	CHECK_INT_EQ(run(&commands[0]), APPLIED);
	(void)pg_run(super, "UPDATE complaint SET day_no = 9999");
	CHECK_INT_EQ(run(&commands[1]), APPLIED);
	CHECK_STR_EQ(pg_run(super, "SELECT convert_from(body, 'UTF8')::json ->> 'number' FROM receipt"),
		"20261123-10000");
	CHECK_INT_EQ(town_count(super, "receipt WHERE convert_from(body, 'UTF8') LIKE '%' ||"
								   " encode(sha256(convert_to(text, 'UTF8')), 'hex') || '%'"),
		1);
}

static const char *told_now(void)
{
	return pg_run(super,
		"SELECT format('%s %s %s %s', (SELECT count(*) FROM complaint),"
		" (SELECT count(*) FROM complaint_contact), (SELECT count(*) FROM receipt),"
		" (SELECT count(*) FROM outgoing))");
}

static void test_contact_and_message_come_with_it_once(void)
{
	const struct command commands[] = {{SUBMIT, 1, .is_told = true},
		{SUBMIT, 1, .is_told = true, .writer = 1}, {SUBMIT, 1, .is_told = true, .key = 9}};
	enum verdict verdicts[2];

	town_clear(super);
	commands_run(&lanes, commands, 2, verdicts);
	CHECK(verdicts[0] != verdicts[1]);
	CHECK_STR_EQ(told_now(), "1 1 1 1");
	CHECK_INT_EQ(run(&commands[2]), STALE); /* the id is taken */
	CHECK_STR_EQ(told_now(), "1 1 1 1");
	CHECK_STR_EQ(
		pg_run(super, "SELECT format('%s %s', o.receipt_id = r.receipt_id, o.complaint_id ="
					  " r.complaint_id) FROM outgoing o, receipt r"),
		"t t");
}

static const struct test tests[] = {
	{"a_code_is_good_once", test_a_code_is_good_once},
	{"a_wrong_code_costs_a_try_until_none_is_left",
		test_a_wrong_code_costs_a_try_until_none_is_left},
	{"a_used_code_costs_nothing", test_a_used_code_costs_nothing},
	{"a_wrong_code_counts_against_its_source", test_a_wrong_code_counts_against_its_source},
	{"the_number_stands_in_the_acknowledgement", test_the_number_stands_in_the_acknowledgement},
	{"words_that_look_like_a_number_stay", test_words_that_look_like_a_number_stay},
	{"a_number_of_five_digits_stands_in_it_too", test_a_number_of_five_digits_stands_in_it_too},
	{"contact_and_message_come_with_it_once", test_contact_and_message_come_with_it_once},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_codes", &database);
	super = pg_connect(database.super);
	(void)pg_run(super, "SET timezone = 'UTC'");
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
