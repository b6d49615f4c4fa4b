/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that every row of config.def has its default, can be set from the file and from --set at its
 * borders and not beyond them, and that a fault names the place and never a text's value.
 */
#include "server/config.h"

#include "tests/check.h"
#include "tests/server/scratch.h"

static char dir[SCRATCH_PATH_MAX];

/* The file's text, one --set, and what comes of it. */
static enum err load(struct config *config, struct arena *arena, const char *file, const char *set,
	struct config_fault *out_fault)
{
	char path[SCRATCH_PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/guanjia.conf", dir);
	if (file == NULL) {
		(void)remove(path);
	} else {
		scratch_write(path, file);
	}
	arena_init(arena, (size_t)1024 * 1024);
	config_init(config, dir);
	return config_load(config, arena, &set, set == NULL ? 0 : 1, out_fault);
}

static void check_fault(const char *file, const char *set, const char *expected)
{
	struct config_fault fault = {""};
	struct config config;
	struct arena arena;
	enum err err = load(&config, &arena, file, set, &fault);

	arena_fini(&arena);
	CHECK_INT_EQ(err, ERR_CONFIG);
	CHECK_STR_EQ(fault.text, expected);
}

static void test_absent_file_leaves_defaults(void)
{
	struct config_fault fault = {"untouched"};
	struct config config;
	struct arena arena;

	CHECK_INT_EQ(load(&config, &arena, NULL, NULL, &fault), ERR_OK);
	CHECK_STR_EQ(fault.text, "untouched");
	CHECK_STR_EQ(config.dir, dir);
	CHECK_STR_EQ(config.listen, "127.0.0.1:7443");
	CHECK_STR_EQ(config.database, "");
	CHECK_INT_EQ(config.idle_ms, 60000);
	CHECK_INT_EQ(config.postgres_fsync, 1);
	CHECK_INT_EQ(config.hash_kib, 65536);
	arena_fini(&arena);
}

static void test_file_and_set_are_read(void)
{
	static const char file[] = "# a comment = 1\n"
							   "\n"
							   "  idle_ms = 1000\t\r\n"
							   "listen=[::]:7443\n"
							   "database = host=/run/a;b dbname=x # y\n"
							   "tls_names =  a.example , 管家.example";
	struct config_fault fault = {""};
	struct config config;
	struct arena arena;

	CHECK_INT_EQ(load(&config, &arena, file, "idle_ms=2000", &fault), ERR_OK);
	CHECK_INT_EQ(config.idle_ms, 2000); /* --set wins */
	CHECK_STR_EQ(config.listen, "[::]:7443");
	CHECK_STR_EQ(config.database, "host=/run/a;b dbname=x # y"); /* only lines are comments */
	CHECK_STR_EQ(config.tls_names, "a.example , 管家.example");
	arena_fini(&arena);
}

/* Each row by itself: a whole number at and beyond its borders, a text likewise. */
static void check_whole(const char *name, int64_t min, int64_t max, size_t offset)
{
	const int64_t good[] = {min, max};
	const int64_t bad[] = {min - 1, max + 1};

	for (size_t i = 0; i < 2; i++) {
		struct config_fault fault = {""};
		struct config config;
		struct arena arena;
		char set[64];

		(void)snprintf(set, sizeof(set), "%s=%" PRId64, name, good[i]);
		CHECK_INT_EQ(load(&config, &arena, NULL, set, &fault), ERR_OK);
		CHECK_INT_EQ(*(const int64_t *)(const void *)((const char *)&config + offset), good[i]);
		arena_fini(&arena);
		(void)snprintf(set, sizeof(set), "%s=%" PRId64, name, bad[i]);
		CHECK_INT_EQ(load(&config, &arena, NULL, set, &fault), ERR_CONFIG);
		CHECK(strstr(fault.text, name) != NULL);
		arena_fini(&arena);
	}
}

static void check_text(const char *name, int64_t min, int64_t max, size_t offset)
{
	static char set[8192];
	struct config_fault fault = {""};
	struct config config;
	struct arena arena;
	int len = snprintf(set, sizeof(set), "%s=", name);

	(void)offset;
	memset(set + len, 'x', (size_t)max + 1);
	set[len + max + 1] = '\0';
	CHECK_INT_EQ(load(&config, &arena, NULL, set, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, name) != NULL);
	CHECK(strstr(fault.text, "xxx") == NULL);
	arena_fini(&arena);
	if (min > 0) {
		set[len] = '\0';
		CHECK_INT_EQ(load(&config, &arena, NULL, set, &fault), ERR_CONFIG);
		arena_fini(&arena);
	}
}

static void test_every_row_holds_its_borders(void)
{
#define CHECK_ROW_WHOLE check_whole
#define CHECK_ROW_TEXT check_text
#define C(name, type, unit, value, min, max, when, text) \
	CHECK_ROW_##type(#name, min, max, offsetof(struct config, name)); \
	if (check_failed()) { \
		printf("#   setting " #name "\n"); \
		return; \
	}
#include "server/config.def"
#undef C
#undef CHECK_ROW_WHOLE
#undef CHECK_ROW_TEXT
}

static void test_faults_name_their_place(void)
{
	static const struct {
		const char *file;
		const char *set;
		const char *fault;
	} cases[] = {
		{"\nidle_ms = 5\n", NULL, "guanjia.conf line 2: idle_ms is 5, allowed 1000..3600000 ms"},
		{"idle_ms = many", NULL, "guanjia.conf line 1: idle_ms is no whole number"},
		{"idle_ms = 1000x", NULL, "guanjia.conf line 1: idle_ms is no whole number"},
		{"idle_ms = ", NULL, "guanjia.conf line 1: idle_ms is no whole number"},
		{"idle_ms = 99999999999999999999", NULL, "guanjia.conf line 1: idle_ms is no whole number"},
		{"idle_ms", NULL, "guanjia.conf line 1: not of the form name = value"},
		{"idle-ms = 1", NULL, "guanjia.conf line 1: there is no setting \"idle-ms\""},
		{"\x01 = 1", NULL, "guanjia.conf line 1: there is no setting \"\\x01\""},
		{"idle_ms=1000\nidle_ms=1000", NULL, "guanjia.conf line 2: idle_ms is set a second time"},
		{"listen = \xFF", NULL, "guanjia.conf line 1: listen is not UTF-8"},
		{NULL, "idle_ms=5", "command line: idle_ms is 5, allowed 1000..3600000 ms"},
		{NULL, "loops=0", "command line: loops is 0, allowed 1..64 count"},
		{NULL, "loops=65", "command line: loops is 65, allowed 1..64 count"},
		{NULL, "loops=two", "command line: loops is no whole number"},
		{NULL, "", "command line: not of the form name = value"},
		{NULL, "log_level=louds", "settings: log_level is none of debug, info, warn, error"},
		{NULL, "tls_key=/x",
			"settings: tls_certificate and tls_key are set together or not at all"},
		{NULL, "database_owner=x", "settings: database_owner without database"},
		{NULL, "proxy_from=proxy.example", "settings: proxy_from is no list of addresses"},
		{NULL, "outgoing=bin/send", "settings: outgoing is neither spool nor none nor a path from /"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_fault(cases[i].file, cases[i].set, cases[i].fault);
		if (check_failed()) {
			return;
		}
	}
}

static void test_a_password_is_never_repeated(void)
{
	struct config_fault fault = {""};
	struct config config;
	struct arena arena;

	CHECK_INT_EQ(load(&config, &arena, "databse = password=hunter2\n", NULL, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "hunter2") == NULL);
	arena_fini(&arena);
	CHECK_INT_EQ(
		load(&config, &arena, "database = password=hunter2\xFF", NULL, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "hunter2") == NULL);
	arena_fini(&arena);
}

static void test_file_too_large_is_refused(void)
{
	static char file[64 * 1024 + 2];

	memset(file, '\n', sizeof(file) - 1);
	check_fault(file, NULL, "guanjia.conf: larger than 65536 bytes");
}

static void test_memory_that_ends_is_a_fault(void)
{
	struct config_fault fault = {""};
	struct config config;
	struct arena arena;

	arena_init(&arena, 1024);
	config_init(&config, dir);
	CHECK_INT_EQ(config_load(&config, &arena, NULL, 0, &fault), ERR_CONFIG);
	CHECK_STR_EQ(fault.text, "guanjia.conf: out of memory");
	arena_fini(&arena);
}

static void test_reload_takes_only_reload_rows(void)
{
	struct config_fault fault = {""};
	struct config config;
	struct config next;
	struct arena arena;

	config_init(&config, dir);
	CHECK_INT_EQ(
		load(&next, &arena, "idle_ms = 1000\nlog_level = debug\nlisten = [::]:1\nreaders = 5\n",
			NULL, &fault),
		ERR_OK);
	CHECK_INT_EQ(config_reload(&config, &next), 2);
	CHECK_INT_EQ(config.idle_ms, 1000);
	CHECK_STR_EQ(config.log_level, "debug");
	CHECK_STR_EQ(config.listen, "127.0.0.1:7443");
	CHECK_INT_EQ(config.readers, 2);
	CHECK_INT_EQ(config_reload(&config, &config), 0);
	arena_fini(&arena);
}

static void test_print_shows_every_row(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	CHECK(out != NULL);
	config_print(out);
	CHECK_INT_EQ(fclose(out), 0);
#define C(name, type, unit, value, min, max, when, what) \
	CHECK(strstr(text, "\n" #name " ") != NULL); \
	CHECK(strstr(text, what) != NULL);
#include "server/config.def"
#undef C
	free(text);
}

static const struct test tests[] = {
	{"absent_file_leaves_defaults", test_absent_file_leaves_defaults},
	{"file_and_set_are_read", test_file_and_set_are_read},
	{"every_row_holds_its_borders", test_every_row_holds_its_borders},
	{"faults_name_their_place", test_faults_name_their_place},
	{"a_password_is_never_repeated", test_a_password_is_never_repeated},
	{"file_too_large_is_refused", test_file_too_large_is_refused},
	{"memory_that_ends_is_a_fault", test_memory_that_ends_is_a_fault},
	{"reload_takes_only_reload_rows", test_reload_takes_only_reload_rows},
	{"print_shows_every_row", test_print_shows_every_row},
};

int main(void)
{
	scratch_leave_root();
	scratch_dir(dir);
	return check_main(tests, COUNT(tests));
}
