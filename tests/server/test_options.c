/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the command line says of settings: in its order, --loops as one of them, and that what does not fit there
 * ends the program.
 */
#include "server/options.h"

#include <getopt.h>

#include "common/err.h"
#include "tests/check.h"

static bool parse(struct options *out, int *out_code, const char *const *words)
{
	char *argv[8] = {(char *)(uintptr_t) "guanjiad"};
	int argc = 1;

	while (words[argc - 1] != NULL) {
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
		argc++;
	}
	optind = 0; /* from the beginning, also of a second line */
	return options_parse(out, argc, argv, out_code);
}

static void test_loops_are_a_setting(void)
{
	static const char *const words[] = {
		"--set", "loops=3", "--loops", "2", "--set=readers=4", NULL};
	struct options options;
	int code = 0;

	CHECK(parse(&options, &code, words));
	CHECK_INT_EQ(options.set_count, 3);
	CHECK_STR_EQ(options.sets[0], "loops=3");
	CHECK_STR_EQ(options.sets[1], "loops=2");
	CHECK_STR_EQ(options.sets[2], "readers=4");
}

static void test_loops_that_are_no_number_that_fits_are_refused(void)
{
	static const char *const words[] = {"--loops", "2                                 3", NULL};
	static const char *const none[] = {"--loops", NULL};
	struct options options;
	int code = 0;

	CHECK(!parse(&options, &code, words));
	CHECK_INT_EQ(code, err_row(ERR_USAGE)->exit_code);
	code = 0;
	CHECK(!parse(&options, &code, none));
	CHECK_INT_EQ(code, err_row(ERR_USAGE)->exit_code);
}

static const struct test tests[] = {
	{"loops_are_a_setting", test_loops_are_a_setting},
	{"loops_that_are_no_number_that_fits_are_refused",
		test_loops_that_are_no_number_that_fits_are_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
