/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a first start makes all that a server needs, that the next ones change nothing of it, and
 * that the first administrator is made once, of a password that came through a pipe. The tests of the
 * private PostgreSQL share one data directory, in the order below.
 */
#include "server/bootstrap.h"

#include <stdio.h>
#include <unistd.h>

#include "server/db/migrate.h"
#include "server/hash.h"
#include "tests/check.h"
#include "tests/server/pg.h"
#include "tests/server/scratch.h"

#define PASSWORD "correct horse 电池 staple"

static char dir[SCRATCH_PATH_MAX];
static struct log log_of_tests;

static void config_of_tests(struct config *out)
{
	config_init(out, dir);
	out->postgres_fsync = 0;
	out->hash_kib = 8;
}

/* A pipe that holds `text` and then ends; the reading end. */
static int pipe_with(const char *text)
{
	int ends[2];

	if (pipe(ends) != 0 || write(ends[1], text, strlen(text)) != (ssize_t)strlen(text)) {
		abort();
	}
	(void)close(ends[1]);
	return ends[0];
}

static enum err init_with(const char *admin, const char *input, struct bootstrap_fault *out_fault)
{
	struct config config;
	int fd = pipe_with(input);
	enum err err;

	*out_fault = (struct bootstrap_fault){""};
	config_of_tests(&config);
	err = bootstrap_init(&config, &log_of_tests, admin, fd, out_fault);
	(void)close(fd);
	return err;
}

/* What a query says while the private PostgreSQL runs. */
static void ask(const char *sql, char out[256])
{
	struct bootstrap_fault fault = {""};
	struct bootstrap bootstrap;
	struct config config;
	PGconn *pg;

	config_of_tests(&config);
	CHECK_INT_EQ(bootstrap_open(&bootstrap, &config, &log_of_tests, &fault), ERR_OK);
	pg = pg_connect(bootstrap.owner);
	(void)snprintf(out, 256, "%s", pg_run(pg, sql));
	PQfinish(pg);
	bootstrap_close(&bootstrap);
}

static void test_what_is_no_login_or_password_is_refused(void)
{
	static const struct {
		const char *login;
		const char *input;
		enum err err;
		const char *fault;
	} cases[] = {
		{"Admin", PASSWORD "\n", ERR_USAGE, "a login has"},
		{"", PASSWORD "\n", ERR_USAGE, "a login has"},
		{"ad min", PASSWORD "\n", ERR_USAGE, "a login has"},
		{"admin\xFF", PASSWORD "\n", ERR_USAGE, "a login has"},
		{"admin", "", ERR_INPUT, "8 to 128 characters"},
		{"admin", "short 7\n", ERR_INPUT, "8 to 128 characters"},
		{"admin", "no text \xFF\xFF\xFF\n", ERR_INPUT, "8 to 128 characters"},
	};
	char count[256] = "";

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bootstrap_fault fault;

		CHECK_INT_EQ(init_with(cases[i].login, cases[i].input, &fault), cases[i].err);
		CHECK(strstr(fault.text, cases[i].fault) != NULL);
	}
	ask("SELECT count(*) FROM account", count);
	CHECK_STR_EQ(count, "0");
}

static void test_line_that_never_ends_is_refused(void)
{
	struct bootstrap_fault fault;
	char input[4096];

	memset(input, 'x', sizeof(input) - 1);
	input[sizeof(input) - 1] = '\0';
	CHECK_INT_EQ(init_with("admin", input, &fault), ERR_INPUT);
	CHECK(strstr(fault.text, "xxx") == NULL);
}

/* Nobody need be made: the rest is, and an administrator can follow. */
static void test_without_a_login_nobody_is_made(void)
{
	struct bootstrap_fault fault;
	char count[256] = "";

	CHECK_INT_EQ(init_with(NULL, "", &fault), ERR_OK);
	ask("SELECT count(*) FROM account", count);
	CHECK_STR_EQ(count, "0");
}

static void test_administrator_is_made_of_one_line(void)
{
	struct bootstrap_fault fault = {""};
	struct config config;
	int fd = pipe_with(PASSWORD "\r\nrest");
	char rest[16] = "";
	char phc[256] = "";
	char facts[256] = "";
	struct arena arena;

	config_of_tests(&config);
	CHECK_INT_EQ(bootstrap_init(&config, &log_of_tests, "admin", fd, &fault), ERR_OK);
	CHECK_INT_EQ(read(fd, rest, sizeof(rest) - 1), 4);
	CHECK_STR_EQ(rest, "rest");
	(void)close(fd);
	ask("SELECT password FROM account WHERE login = 'admin' AND state = 1", phc);
	CHECK(strncmp(phc, "$argon2id$v=19$m=8,t=3,p=1$", 27) == 0);
	arena_init(&arena, 65536);
	CHECK(hash_verify(&arena, str_from_c(phc), STR(PASSWORD)));
	CHECK(!hash_verify(&arena, str_from_c(phc), STR(PASSWORD "\r")));
	arena_fini(&arena);
	ask("SELECT role || ' ' || scope || ' ' || (valid_to = 'infinity') || ' '"
		" || (granted_by = account_id) FROM access_grant",
		facts);
	CHECK_STR_EQ(facts, "1 1 true true");
	ask("SELECT string_agg(topic || '.' || step, ' ' ORDER BY topic) FROM event", facts);
	CHECK_STR_EQ(facts, "2.1 3.1");
	ask("SELECT epoch FROM rights_epoch", facts);
	CHECK_STR_EQ(facts, "2");
}

static void test_second_administrator_is_not_made_here(void)
{
	struct bootstrap_fault fault;
	char logins[256] = "";

	CHECK_INT_EQ(init_with("other", "", &fault), ERR_OK);
	ask("SELECT string_agg(login, ' ') FROM account", logins);
	CHECK_STR_EQ(logins, "admin");
}

static void test_open_gives_what_a_server_needs(void)
{
	struct bootstrap_fault fault = {""};
	struct bootstrap bootstrap;
	struct keys none = {{0}};
	struct config config;
	PGconn *pg;

	config_of_tests(&config);
	CHECK_INT_EQ(bootstrap_open(&bootstrap, &config, &log_of_tests, &fault), ERR_OK);
	CHECK_INT_EQ(bootstrap.schema, migration_count);
	CHECK(bootstrap.embedded.pid > 0);
	CHECK(memcmp(&bootstrap.keys, &none, sizeof(none)) != 0);
	CHECK_INT_EQ(chdir(dir), 0);
	CHECK_INT_EQ(access("tls/server.crt", R_OK), 0);
	pg = pg_connect(bootstrap.app);
	CHECK_STR_EQ(pg_run(pg, "SELECT current_user"), "guanjia_app");
	PQfinish(pg);
	bootstrap_close(&bootstrap);
	CHECK_INT_EQ(bootstrap.embedded.pid, 0);
	CHECK(memcmp(&bootstrap.keys, &none, sizeof(none)) == 0);
	bootstrap_close(&bootstrap);
	bootstrap_close(NULL);
}

/* A database of somebody else: checked at a start, migrated only on demand and as its owner. */
static void test_given_database_is_migrated_on_demand(void)
{
	struct bootstrap_fault fault = {""};
	struct pg_database database;
	struct bootstrap bootstrap;
	struct config config;
	int schema = 0;

	pg_database_make_empty("test_bootstrap_given", &database);
	config_of_tests(&config);
	config.database = database.app;
	CHECK_INT_EQ(bootstrap_open(&bootstrap, &config, &log_of_tests, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "run guanjiad migrate first") != NULL);
	CHECK_INT_EQ(bootstrap_migrate(&config, &log_of_tests, &schema, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "database_owner") != NULL);
	config.database_owner = database.owner;
	CHECK_INT_EQ(bootstrap_migrate(&config, &log_of_tests, &schema, &fault), ERR_OK);
	CHECK_INT_EQ(schema, migration_count);
	config.database_owner = "";
	CHECK_INT_EQ(bootstrap_open(&bootstrap, &config, &log_of_tests, &fault), ERR_OK);
	CHECK_INT_EQ(bootstrap.embedded.pid, 0);
	CHECK_STR_EQ(bootstrap.app, database.app);
	bootstrap_close(&bootstrap);
}

static void test_faults_come_through(void)
{
	struct bootstrap_fault fault = {""};
	struct bootstrap bootstrap;
	struct config config;

	config_of_tests(&config);
	config.postgres_bin = "/nowhere";
	CHECK_INT_EQ(bootstrap_open(&bootstrap, &config, &log_of_tests, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "install postgresql-15") != NULL);
	config_of_tests(&config);
	config.database = "host=/nowhere";
	CHECK_INT_EQ(bootstrap_open(&bootstrap, &config, &log_of_tests, &fault), ERR_TRY_LATER);
	CHECK(strstr(fault.text, "no connection to the database") != NULL);
}

static const struct test tests[] = {
	{"what_is_no_login_or_password_is_refused", test_what_is_no_login_or_password_is_refused},
	{"line_that_never_ends_is_refused", test_line_that_never_ends_is_refused},
	{"without_a_login_nobody_is_made", test_without_a_login_nobody_is_made},
	{"administrator_is_made_of_one_line", test_administrator_is_made_of_one_line},
	{"second_administrator_is_not_made_here", test_second_administrator_is_not_made_here},
	{"open_gives_what_a_server_needs", test_open_gives_what_a_server_needs},
	{"given_database_is_migrated_on_demand", test_given_database_is_migrated_on_demand},
	{"faults_come_through", test_faults_come_through},
};

int main(int argc, char **argv)
{
	int code;

	(void)argc;
	pg_require(argv);
	scratch_leave_root();
	scratch_dir(dir);
	log_init(&log_of_tests, -1, LOG_ERROR);
	code = check_main(tests, COUNT(tests));
	log_fini(&log_of_tests);
	return code;
}
