/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the database itself holds within one row, whoever writes it: a good complaint and a good receipt,
 * and for each rule a change that breaks it and no other, which is refused by name.
 */
#include "tests/check.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define ID(n) "'00000000-0000-0000-0000-00000000000" #n "'"

static struct pg_database database;
static PGconn *super;

static const char *const good_rows[] = {
	"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel, "
	"urgency, state,"
	" body, submitted_at, changed_at) SELECT community_id, " ID(
		1) ", '2026-11-23', 1, 1, 1, 1, 1, 1,"
		   " '灯不亮', now(), now() FROM community ORDER BY community_id LIMIT 1",
	"INSERT INTO receipt (community_id, receipt_id, complaint_id, kind, language, code_hash, body, "
	"body_hash,"
	" text, issued_at) SELECT community_id, " ID(
		2) ", complaint_id, 1, 1, sha256('c'), 'b', sha256('b'), 't',"
		   " now() FROM complaint",
};

#define EVERY_EDGE \
	"UPDATE complaint SET state = 199, reporter = 3, lead = 4, merged_count = 7, rating = 5," \
	" follow_up_score = 1, archive_hash = sha256('a')"

/* Each is sound: what the others change, seen from the good side. */
static const char *const sound[] = {
	EVERY_EDGE,
	"UPDATE complaint SET window_from = now(), window_to = now() + interval '1 hour'",
	"UPDATE complaint SET state = 11, state_before = 2, suspended_until = now()",
	"UPDATE complaint SET state = 104, state_before = 2, master_id = complaint_id",
	"UPDATE receipt SET kind = 99, photo_hashes = sha256('1') || sha256('2')",
	"UPDATE receipt SET signed_at = now(), sign_method = 1",
};

static const char *const unsound[] = {
	"UPDATE complaint SET state = 0",
	"UPDATE complaint SET state = 200",
	"UPDATE complaint SET reporter = 0",
	"UPDATE complaint SET reporter = 4",
	"UPDATE complaint SET lead = 0",
	"UPDATE complaint SET lead = 5",
	"UPDATE complaint SET merged_count = -1",
	"UPDATE complaint SET rating = 0",
	"UPDATE complaint SET rating = 6",
	"UPDATE complaint SET follow_up_score = 0",
	"UPDATE complaint SET follow_up_score = 6",
	"UPDATE complaint SET archive_hash = 'short'",
	"UPDATE complaint SET window_from = now()",
	"UPDATE complaint SET window_to = now()",
	"UPDATE complaint SET window_from = now(), window_to = now()",
	"UPDATE complaint SET master_id = complaint_id",
	"UPDATE complaint SET state = 104, state_before = 2",
	"UPDATE complaint SET suspended_until = now()",
	"UPDATE complaint SET state = 11, state_before = 2",
	"UPDATE complaint SET state_before = 2",
	"UPDATE complaint SET state = 11, suspended_until = now()",
	"UPDATE complaint SET state = 104, master_id = complaint_id",
	"UPDATE receipt SET kind = 0",
	"UPDATE receipt SET kind = 100",
	"UPDATE receipt SET code_hash = 'short'",
	"UPDATE receipt SET body = 'another'",
	"UPDATE receipt SET body_hash = sha256('another')",
	"UPDATE receipt SET photo_hashes = '1'",
	"UPDATE receipt SET signed_at = now()",
	"UPDATE receipt SET sign_method = 1",
};

/* Does it, and takes it back; the name of the constraint that refused it, or "". */
static const char *refused_by(const char *sql)
{
	static char name[64];
	PGresult *result;

	(void)pg_run(super, "BEGIN");
	result = PQexec(super, sql);
	(void)snprintf(name, sizeof name, "%s",
		PQresultStatus(result) == PGRES_COMMAND_OK
			? ""
			: PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
	PQclear(result);
	(void)pg_run(super, "ROLLBACK");
	return name;
}

static void test_what_is_sound_is_taken(void)
{
	for (size_t i = 0; i < COUNT(sound); i++) {
		CHECK_STR_EQ(refused_by(sound[i]), "");
	}
}

static void test_what_is_not_is_refused(void)
{
	for (size_t i = 0; i < COUNT(unsound); i++) {
		bool is_receipt = strncmp(unsound[i], "UPDATE receipt", 14) == 0;

		CHECK_STR_EQ(refused_by(unsound[i]), is_receipt ? "receipt_sound" : "complaint_sound");
		if (check_failed()) {
			printf("# %s\n", unsound[i]);
			return;
		}
	}
}

static const struct test tests[] = {
	{"what_is_sound_is_taken", test_what_is_sound_is_taken},
	{"what_is_not_is_refused", test_what_is_not_is_refused},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_sound", &database);
	super = pg_connect(database.super);
	town_build(super);
	for (size_t i = 0; i < COUNT(good_rows); i++) {
		(void)pg_run(super, good_rows[i]);
	}
	failed = check_main(tests, COUNT(tests));
	PQfinish(super);
	return failed;
}
