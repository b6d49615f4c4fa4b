/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles, tokens and the folder they lie in: what is written is read back, what is broken is refused
 * with its line, and nobody else on the machine may read any of it. Files are real, in a folder that
 * is made for the run.
 */
#include "client/admin/profile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/admin/fault.h"
#include "client/admin/token.h"
#include "tests/check.h"

#define DEVICE "0192f3a0-0000-7000-8000-0000000000ab"
#define HEAD "server = localhost:7443\nca = /tmp/ca.crt\nlogin = zhang\n"

struct server_case {
	const char *text;
	const char *host; /* NULL: refused */
	uint16_t port;
};

static const struct server_case server_cases[] = {
	{"guanjia.example", "guanjia.example", 7443},
	{"guanjia.example:8443", "guanjia.example", 8443},
	{"127.0.0.1:1", "127.0.0.1", 1},
	{"[::1]:65535", "::1", 65535},
	{"[::1]", "::1", 7443},
	{"", NULL, 0},
	{":7443", NULL, 0},
	{"host:", NULL, 0},
	{"host:0", NULL, 0},
	{"host:65536", NULL, 0},
	{"host:-1", NULL, 0},
	{"host: 1", NULL, 0},
	{"host:74x", NULL, 0},
	{"[::1", NULL, 0},
	{"[]:7443", NULL, 0},
	{"::1", NULL, 0},
};

static void test_server_is_host_and_port(void)
{
	for (size_t i = 0; i < COUNT(server_cases); i++) {
		const struct server_case *row = &server_cases[i];
		struct profile profile = {.host = "before", .port = 9};
		bool is_taken = profile_set_server(&profile, row->text);

		CHECK_INT_EQ(is_taken, row->host != NULL);
		CHECK_STR_EQ(profile.host, row->host == NULL ? "before" : row->host);
		CHECK_INT_EQ(profile.port, row->host == NULL ? 9 : row->port);
	}
}

static struct profile example(void)
{
	struct profile profile = {
		.name = "frontdesk",
		.host = "::1",
		.port = 7443,
		.ca_path = "/etc/guanjia/ca.crt",
		.login = "李明",
		.zone = "Asia/Shanghai",
		.community = "碧水花园",
	};

	bool is_parsed = uuid_parse(STR(DEVICE), &profile.device_id);

	assert(is_parsed);
	(void)is_parsed;
	return profile;
}

static void test_profile_is_read_back(void)
{
	struct profile profile = example();
	struct profile back = {0};
	struct fault fault = {0};

	CHECK_INT_EQ(profile_save(&profile, &fault), ERR_OK);
	CHECK_INT_EQ(profile_load("frontdesk", &back, &fault), ERR_OK);
	CHECK_INT_EQ(memcmp(&profile, &back, sizeof(profile)), 0);
	CHECK_INT_EQ(profile_load("nobody", &back, &fault), ERR_NOT_FOUND);
	CHECK_INT_EQ(fault.err, ERR_CONFIG);
	fault_fini(&fault);
}

static void test_profile_refuses_what_a_line_cannot_hold(void)
{
	struct profile profile = example();
	struct fault fault = {0};

	(void)snprintf(profile.login, sizeof(profile.login), "a ; b");
	CHECK_INT_EQ(profile_save(&profile, &fault), ERR_CONFIG);
	profile = example();
	memset(profile.ca_path, 'x', 300);
	CHECK_INT_EQ(profile_save(&profile, &fault), ERR_CONFIG);
	fault_fini(&fault);
}

struct parse_case {
	const char *text;
	enum err err;
	const char *detail; /* a piece of it */
};

static const struct parse_case parse_cases[] = {
	{HEAD "device_id = " DEVICE "\n", ERR_OK, ""},
	{"# a comment\n\n" HEAD "device_id=" DEVICE, ERR_OK, ""},
	{HEAD, ERR_CONFIG, "lacks"},
	{"", ERR_CONFIG, "lacks"},
	{HEAD "device_id = 12\n", ERR_CONFIG, "line 4"},
	{HEAD "zone = Asia/Nowhere\n", ERR_CONFIG, "line 4"},
	{HEAD "colour = red\n", ERR_CONFIG, "line 4"},
	{"server = :1\n", ERR_CONFIG, "line 1"},
	{"[section]\nserver = a\n", ERR_CONFIG, "line 2"},
	{"words without a sign\n", ERR_CONFIG, "line 1"},
};

static void test_parse_names_the_line(void)
{
	for (size_t i = 0; i < COUNT(parse_cases); i++) {
		struct profile profile = {0};
		struct fault fault = {0};

		CHECK_INT_EQ(profile_parse("p", parse_cases[i].text, &profile, &fault), parse_cases[i].err);
		CHECK(strstr(fault.detail, parse_cases[i].detail) != NULL);
		fault_fini(&fault);
	}
}

static void test_names_are_safe_for_files(void)
{
	static const char *const bad[] = {
		"", ".hidden", "-x", "a/b", "..", "a b", "小区", "a123456789012345678901234567890123"};

	CHECK(home_name_is_valid("default"));
	CHECK(home_name_is_valid("Front-desk_2.b"));
	for (size_t i = 0; i < COUNT(bad); i++) {
		CHECK(!home_name_is_valid(bad[i]));
	}
}

static mode_t mode_of(const char *name)
{
	char path[PATH_MAX];
	struct stat info;

	(void)snprintf(path, sizeof(path), "%s/%s", getenv("GUANJIA_HOME"), name);
	return stat(path, &info) == 0 ? info.st_mode & 0777 : 0;
}

static void test_files_are_private(void)
{
	struct token token = {.ends_us = INT64_C(1795485600000000)};
	struct token back = {0};
	struct fault fault = {0};

	memset(token.bytes, 0xA7, sizeof(token.bytes));
	CHECK_INT_EQ(token_save("frontdesk", &token, &fault), ERR_OK);
	CHECK_INT_EQ(mode_of("frontdesk.session"), 0600);
	CHECK_INT_EQ(mode_of("."), 0700);
	CHECK(token_load("frontdesk", &back));
	CHECK_INT_EQ(memcmp(&token, &back, sizeof(token)), 0);
	token_forget("frontdesk");
	CHECK(!token_load("frontdesk", &back));
	token_forget("frontdesk");
	fault_fini(&fault);
}

static void test_token_refuses_every_cut(void)
{
	struct token token = {.ends_us = 12345};
	struct token back;
	char text[TOKEN_TEXT_MAX];
	size_t digits = (size_t)2 * TOKEN_BYTES;

	token_format(&token, text);
	CHECK(token_parse(str_from_c(text), &back));
	CHECK_INT_EQ(back.ends_us, 12345);
	for (size_t len = 0; len < digits + 2; len++) {
		CHECK(!token_parse(str_of(text, len), &back));
	}
	for (size_t i = 0; i < digits; i++) {
		char kept = text[i];

		text[i] = 'g';
		CHECK(!token_parse(str_from_c(text), &back));
		text[i] = kept;
	}
}

static void test_names_are_listed_in_order(void)
{
	struct profile profile = example();
	struct home_name names[8];
	struct fault fault = {0};
	size_t count = 0;

	(void)snprintf(profile.name, sizeof(profile.name), "a1");
	CHECK_INT_EQ(profile_save(&profile, &fault), ERR_OK);
	CHECK_INT_EQ(home_names("ini", names, COUNT(names), &count, &fault), ERR_OK);
	CHECK_INT_EQ(count, 2);
	CHECK_STR_EQ(names[0].text, "a1");
	CHECK_STR_EQ(names[1].text, "frontdesk");
	fault_fini(&fault);
}

static const struct test tests[] = {
	{"server_is_host_and_port", test_server_is_host_and_port},
	{"profile_is_read_back", test_profile_is_read_back},
	{"profile_refuses_what_a_line_cannot_hold", test_profile_refuses_what_a_line_cannot_hold},
	{"parse_names_the_line", test_parse_names_the_line},
	{"names_are_safe_for_files", test_names_are_safe_for_files},
	{"files_are_private", test_files_are_private},
	{"token_refuses_every_cut", test_token_refuses_every_cut},
	{"names_are_listed_in_order", test_names_are_listed_in_order},
};

int main(void)
{
	char folder[] = "/tmp/guanjia-test-XXXXXX";
	char command[64];
	int code;

	if (mkdtemp(folder) == NULL) {
		abort();
	}
	(void)setenv("GUANJIA_HOME", folder, 1);
	code = check_main(tests, COUNT(tests));
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? code : 1;
}
