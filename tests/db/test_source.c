/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves how a connection string is taken apart: which host is tried with which port, which name has to
 * be looked up first, what cannot be meant; and which servers are believed, by cluster and timeline.
 */
#include "server/db/source.h"

#include "tests/check.h"

static const struct {
	const char *conninfo;
	size_t host_count; /* 0: refused */
	const char *names[3];
	const char *addresses[3];
	const char *ports[3];
	const char *lookups[3];
	int64_t connect_ms;
} cases[] = {
	{"dbname=guanjia", 1, .connect_ms = 3000},
	{"host=db1,db2 port=5432", 2, {"db1", "db2"}, {NULL}, {"5432", "5432"}, {"db1", "db2"}, 3000},
	{"host=db1,db2 port=5432,5433 connect_timeout=7", 2, {"db1", "db2"}, {NULL}, {"5432", "5433"},
		{"db1", "db2"}, 7000},
	{"host='/run/a,/run/b' connect_timeout=1", 2, {"/run/a", "/run/b"}, .connect_ms = 2000},
	{"host=127.0.0.1,::1,@hidden", 3, {"127.0.0.1", "::1", "@hidden"}, .connect_ms = 3000},
	{"host=db1,db2 hostaddr=10.0.0.1,", 2, {"db1", "db2"}, {"10.0.0.1"}, .lookups = {NULL, "db2"},
		.connect_ms = 3000},
	{"hostaddr=10.0.0.1,10.0.0.2", 2, .addresses = {"10.0.0.1", "10.0.0.2"}, .connect_ms = 3000},
	{"postgresql://db1:5433,db2/guanjia?target_session_attrs=read-write", 2, {"db1", "db2"}, {NULL},
		{"5433", NULL}, {"db1", "db2"}, 3000},
	{"host=a,b port=1,2,3"},
	{"host=a hostaddr=10.0.0.1,10.0.0.2"},
	{"host=a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a"},
	{"no sense"},
};

/* NULL is a text too. */
static struct str shown(const char *text)
{
	return text == NULL ? STR("(none)") : str_from_c(text);
}

static void test_string_is_taken_apart(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source source;
		struct source_fault fault = {""};
		bool is_good = source_init(&source, cases[i].conninfo, &fault);

		printf("# %s %s\n", cases[i].conninfo, fault.text);
		CHECK_INT_EQ(is_good, cases[i].host_count > 0);
		if (!is_good) {
			CHECK(fault.text[0] != '\0');
			continue;
		}
		CHECK_INT_EQ(source.host_count, cases[i].host_count);
		CHECK_INT_EQ(source.connect_ms, cases[i].connect_ms);
		for (size_t host = 0; host < source.host_count; host++) {
			CHECK_STR_EQ(shown(source.hosts[host].name), shown(cases[i].names[host]));
			CHECK_STR_EQ(shown(source.hosts[host].address), shown(cases[i].addresses[host]));
			CHECK_STR_EQ(shown(source.hosts[host].port), shown(cases[i].ports[host]));
			CHECK_STR_EQ(shown(source_name_of(&source, host)), shown(cases[i].lookups[host]));
		}
		source_fini(&source);
		source_fini(&source);
	}
}

static const char *value_of(PGconn *pg, const char *keyword)
{
	static char value[64];
	PQconninfoOption *options = PQconninfo(pg);

	value[0] = '\0';
	for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
		if (strcmp(option->keyword, keyword) == 0 && option->val != NULL) {
			(void)snprintf(value, sizeof(value), "%s", option->val);
		}
	}
	PQconninfoFree(options);
	return value;
}

static void test_connection_has_one_host_and_what_was_not_said(void)
{
	struct source source;
	struct source_fault fault;
	PGconn *pg;

	CHECK(source_init(&source,
		"host=db1,db2 port=1,2 dbname=guanjia user=nobody tcp_user_timeout=777"
		" target_session_attrs=read-write",
		&fault));
	pg = source_connect(&source, 1, "127.0.0.1");
	CHECK(pg != NULL);
	CHECK_STR_EQ(value_of(pg, "host"), "db2");
	CHECK_STR_EQ(value_of(pg, "hostaddr"), "127.0.0.1");
	CHECK_STR_EQ(value_of(pg, "port"), "2");
	CHECK_STR_EQ(value_of(pg, "dbname"), "guanjia");
	CHECK_STR_EQ(value_of(pg, "target_session_attrs"), "read-write");
	CHECK_STR_EQ(value_of(pg, "tcp_user_timeout"), "777");
	CHECK_STR_EQ(value_of(pg, "keepalives_idle"), "5");
	PQfinish(pg);
	source_fini(&source);
}

static void test_who_is_believed(void)
{
	struct source source;
	struct source_fault fault;

	CHECK(source_init(&source, "host=db1", &fault));
	CHECK(source_admit(&source, 7, 1));
	CHECK(source_admit(&source, 7, 1));
	CHECK(!source_admit(&source, 8, 5)); /* another cluster, while this one is there */
	CHECK(source_admit(&source, 7, 2));  /* a standby took over */
	CHECK(!source_admit(&source, 7, 1)); /* … and this is who was the primary */
	CHECK_INT_EQ(source.timeline, 2);
	source_release(&source);
	source_release(&source);
	CHECK(!source_admit(&source, 8, 1));
	source_release(&source);
	CHECK(!source_admit(&source, 7, 1)); /* still: nobody left does not make it younger */
	CHECK(source_admit(&source, 8, 1));  /* restored elsewhere */
	source_release(&source);
	source_fini(&source);
}

static const struct test tests[] = {
	{"string_is_taken_apart", test_string_is_taken_apart},
	{"connection_has_one_host_and_what_was_not_said",
		test_connection_has_one_host_and_what_was_not_said},
	{"who_is_believed", test_who_is_believed},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
