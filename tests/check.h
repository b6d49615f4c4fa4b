/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the tests of one program and reports them as TAP, one line a test.
 *
 *     static void test_decode_rejects_body_over_max(void)
 *     {
 *         CHECK_INT_EQ(decode(...), ERR_BODY_SIZE);
 *     }
 *
 *     static const struct test tests[] = {
 *         {"decode_rejects_body_over_max", test_decode_rejects_body_over_max},
 *     };
 *
 *     int main(void)
 *     {
 *         return check_main(tests, COUNT(tests));
 *     }
 *
 * A check that does not hold prints its place and its values, marks the running test as failed, and
 * RETURNS from the function it stands in. So checks stand in functions that return void; a helper
 * with checks is followed by `if (check_failed()) { return; }` where going on makes no sense. What a
 * failed test holds is not freed, and it need not be: the leak checker is one more reporter. Checks
 * count in the source file of check_main only; helpers in a file of their own assert instead.
 *
 * CHECK_ONLY=name in the environment runs that one test, for a debugger.
 */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base.h"
#include "common/span.h"

struct test {
	const char *name;
	void (*run)(void);
};

/* Set by a check of the running test; check_main clears it. */
static bool check_has_failed;

static inline bool check_failed(void)
{
	return check_has_failed;
}

/* `shown` is the source text of what should hold. Returns `holds`, for the macros below. */
static inline bool check_that(bool holds, const char *file, int line, const char *shown)
{
	if (!holds) {
		check_has_failed = true;
		printf("# %s:%d: %s does not hold\n", file, line, shown);
	}
	return holds;
}

static inline bool check_int_equal(
	intmax_t actual, intmax_t expected, const char *file, int line, const char *shown)
{
	if (!check_that(actual == expected, file, line, shown)) {
		printf("#   actual   %" PRIdMAX "\n#   expected %" PRIdMAX "\n", actual, expected);
	}
	return actual == expected;
}

/* On one line, whatever is in it: a line feed would end the comment. */
static inline void check_print_text(const char *label, struct str text)
{
	printf("#   %s \"", label);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = (uint8_t)text.ptr[i];

		printf(byte >= 0x20 && byte != 0x7F ? "%c" : "\\x%02x", byte);
	}
	printf("\" (%zu bytes)\n", text.len);
}

static inline bool check_str_equal(
	struct str actual, struct str expected, const char *file, int line, const char *shown)
{
	bool equal = str_equal(actual, expected);

	if (!check_that(equal, file, line, shown)) {
		check_print_text("actual  ", actual);
		check_print_text("expected", expected);
	}
	return equal;
}

static inline struct str check_str_of_str(struct str text)
{
	return text;
}

/* A struct str of either kind of text. */
#define CHECK_STR_OF(text) \
	_Generic((text),                                                                               \
		struct str: check_str_of_str,                                                              \
		char *: str_from_c,                                                                        \
		const char *: str_from_c)(text)

/* These three return from the function they stand in where the check does not hold. */
#define CHECK(condition) \
	do { \
		if (!check_that((condition), __FILE__, __LINE__, #condition)) { \
			return; \
		} \
	} while (0)

/* Any two integers, enums or booleans. */
#define CHECK_INT_EQ(actual, expected) \
	do { \
		if (!check_int_equal((intmax_t)(actual), (intmax_t)(expected), __FILE__, __LINE__, \
				#actual " == " #expected)) { \
			return; \
		} \
	} while (0)

/* Any two texts, each a struct str or a C string. */
#define CHECK_STR_EQ(actual, expected) \
	do { \
		if (!check_str_equal(CHECK_STR_OF(actual), CHECK_STR_OF(expected), __FILE__, __LINE__, \
				#actual " == " #expected)) { \
			return; \
		} \
	} while (0)

/* Returns whether the test passed. */
static inline bool check_run(const struct test *test, size_t number)
{
	check_has_failed = false;
	test->run();
	printf("%s %zu - %s\n", check_has_failed ? "not ok" : "ok", number, test->name);
	return !check_has_failed;
}

/* The exit code of the program: 0 only where every test that ran has passed, and one has run. */
static inline int check_main(const struct test *tests, size_t count)
{
	const char *only = getenv("CHECK_ONLY");
	size_t failed_count = 0;
	size_t run_count = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not take the lines before it along */
	for (size_t i = 0; i < count; i++) {
		if (only == NULL || strcmp(only, tests[i].name) == 0) {
			run_count++;
			failed_count += check_run(&tests[i], run_count) ? 0 : 1;
		}
	}
	printf("1..%zu\n", run_count); /* TAP allows the plan at the end */
	return failed_count == 0 && run_count > 0 ? 0 : 1;
}
