/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a wrong parameter, or asking for a column as what it is not, ends the program in its first
 * test instead of sending wrong bytes: each mistake is made in a child, which must abort.
 */
#include "server/db/query.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

#define PLENTY (1024 * 1024)

static struct arena bug_arena;

static struct query bug_query(enum stmt stmt)
{
	struct query query;

	arena_init(&bug_arena, PLENTY);
	query_init(&query, stmt, &bug_arena);
	return query;
}

static void add_a_wrong_type(void)
{
	struct query query = bug_query(STMT_account_get);

	query_text(&query, STR("wang.lin"));
}

static void add_one_too_many(void)
{
	struct query query = bug_query(STMT_account_get);

	query_uuid(&query, uuid_nil);
	query_uuid(&query, uuid_nil);
}

static void add_a_null_too_many(void)
{
	struct query query = bug_query(STMT_epoch_get);

	query_null(&query);
}

static void add_a_short_out_of_range(void)
{
	struct query query = bug_query(STMT_login_holds_role);

	query_text(&query, STR("wang.lin"));
	query_int2(&query, INT16_MAX + 1);
}

static struct query two_numbers(void)
{
	struct query query = {.stmt = STMT_epoch_get};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[] = {
		{.name = (char *)"a", .format = 1, .typid = 20, .typlen = 8, .atttypmod = -1},
		{.name = (char *)"b", .format = 1, .typid = 23, .typlen = 4, .atttypmod = -1},
	};
	char bytes[8] = {0};
	bool made = PQsetResultAttrs(result, 2, attributes) != 0 &&
	            PQsetvalue(result, 0, 0, bytes, 8) != 0 && PQsetvalue(result, 0, 1, bytes, 4) != 0;

	made = made && query_take(&query, result);
	assert(made);
	return query;
}

static void read_a_column_of_another_type(void)
{
	struct query query = two_numbers();

	(void)row_int8(&query, 0, 1);
}

static void read_a_column_that_is_not_there(void)
{
	struct query query = two_numbers();

	(void)row_int8(&query, 0, 2);
}

static void read_a_row_that_is_not_there(void)
{
	struct query query = two_numbers();

	(void)row_int8(&query, 1, 0);
}

/* Whether the program would end there by an assertion. */
static bool ends(void (*bug)(void))
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	assert(child >= 0);
	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY);

		(void)dup2(nowhere, STDERR_FILENO);
		bug();
		_exit(0);
	}
	(void)waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_bugs_end_the_program(void)
{
	CHECK(ends(add_a_wrong_type));
	CHECK(ends(add_one_too_many));
	CHECK(ends(add_a_null_too_many));
	CHECK(ends(add_a_short_out_of_range));
	CHECK(ends(read_a_column_of_another_type));
	CHECK(ends(read_a_column_that_is_not_there));
	CHECK(ends(read_a_row_that_is_not_there));
}

static const struct test tests[] = {
	{"bugs_end_the_program", test_bugs_end_the_program},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
