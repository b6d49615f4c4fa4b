/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the canonical form against RFC 8785: escapes, integers, the order of keys, structure; that
 * memory gives all or nothing; and that every misuse ends the program in its first test.
 */
#include "server/canon.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

#define PLENTY (1024 * 1024)

static struct arena arena;
static struct canon canon;

static void begin(void)
{
	arena_init(&arena, PLENTY);
	canon_init(&canon, &arena);
}

static struct str text_of(struct span bytes)
{
	return str_of((const char *)bytes.ptr, bytes.len);
}

/* --- values --- */

static const struct {
	struct str text;
	const char *expected;
} texts[] = {
	{STR(""), "\"\""}, {STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\""},
	{STR("\x01\x0b\x0e\x1f"), "\"\\u0001\\u000b\\u000e\\u001f\""}, {STR("\0"), "\"\\u0000\""},
	{STR("\x7f"), "\"\x7f\""}, /* no control of JSON's */
	{STR("\\\""), "\"\\\\\\\"\""},
	{STR("</script>'&"), "\"</script>'&\""}, /* nothing more than needed */
	{STR("\xc2\x80\u2028\u2029\ufeff"), "\"\xc2\x80\u2028\u2029\ufeff\""},
	{STR("厨房水管漏水"), "\"厨房水管漏水\""}, {STR("👍🏽"), "\"👍🏽\""},
	{STR("\u20ac$\x0f\nA'B\"\\\\\"/"), "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""}, /* §3.2.2 */
	{STR("a\nb"), "\"a\\nb\""}, {STR("\na\n"), "\"\\na\\n\""},
	{STR("e\u0301"), "\"e\u0301\""}, /* never composed: the bytes stay */
};

static void test_texts_have_one_form(void)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		begin();
		canon_text(&canon, texts[i].text);
		CHECK_STR_EQ(text_of(canon_finish(&canon)), texts[i].expected);
		arena_fini(&arena);
	}
}

static void test_every_control_is_escaped_and_nothing_else(void)
{
	for (unsigned c = 0; c < 0x80; c++) {
		char byte = (char)c;
		struct span made;

		begin();
		canon_text(&canon, str_of(&byte, 1));
		made = canon_finish(&canon);
		CHECK_INT_EQ(made.len, strchr("\b\t\n\f\r\"\\", byte) != NULL && c != 0 ? 4
							   : c < 0x20                                       ? 8
																				: 3);
		arena_fini(&arena);
	}
}

static void test_integers_have_one_form(void)
{
	static const struct {
		int64_t value;
		const char *expected;
	} rows[] = {
		{0, "0"},
		{-1, "-1"},
		{7, "7"},
		{100, "100"},
		{-1000000, "-1000000"},
		{1772692080000000, "1772692080000000"},
		{CANON_INTEGER_MAX, "9007199254740992"},
		{-CANON_INTEGER_MAX, "-9007199254740992"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		canon_integer(&canon, rows[i].value);
		CHECK_STR_EQ(text_of(canon_finish(&canon)), rows[i].expected);
		arena_fini(&arena);
	}
}

/* --- structure --- */

static void write_sample(struct canon *to)
{
	canon_object_begin(to);
	canon_key(to, "a");
	canon_array_begin(to);
	canon_integer(to, 1);
	canon_text(to, STR("x"));
	canon_bool(to, true);
	canon_array_begin(to);
	canon_array_end(to);
	canon_object_begin(to);
	canon_object_end(to);
	canon_array_end(to);
	canon_key(to, "b");
	canon_object_begin(to);
	canon_key(to, "a"); /* an order of its own */
	canon_bool(to, false);
	canon_key(to, "ab");
	canon_integer(to, -2);
	canon_object_end(to);
	canon_key(to, "c\"");
	canon_text(to, STR(""));
	canon_object_end(to);
}

static const char sample[] =
	"{\"a\":[1,\"x\",true,[],{}],\"b\":{\"a\":false,\"ab\":-2},\"c\\\"\":\"\"}";

static void test_structure_has_no_spaces(void)
{
	begin();
	write_sample(&canon);
	CHECK_STR_EQ(text_of(canon_finish(&canon)), sample);
	arena_fini(&arena);
}

static void test_the_deepest_nesting_fits(void)
{
	begin();
	for (size_t i = 0; i < CANON_DEPTH_MAX; i++) {
		canon_array_begin(&canon);
	}
	for (size_t i = 0; i < CANON_DEPTH_MAX; i++) {
		canon_array_end(&canon);
	}
	CHECK_STR_EQ(text_of(canon_finish(&canon)), "[[[[[[[[]]]]]]]]");
	arena_fini(&arena);
}

/* RFC 8785 §3.2.3's own example, and the borders where UTF-16 and code points differ. */
static void test_keys_sort_by_utf16_units(void)
{
	static const char *const sorted[] = {"", "\r", "1", "a", "aa", "ab", "b", "\xc2\x80", "\u00f6",
		"\u20ac", "\ud7ff", "\U00010000", "\U0001f600", "\U0010ffff", "\ue000", "\ufb33", "\uffff"};

	for (size_t i = 0; i < COUNT(sorted); i++) {
		for (size_t k = 0; k < COUNT(sorted); k++) {
			int order = canon_compare_keys(str_from_c(sorted[i]), str_from_c(sorted[k]));

			CHECK_INT_EQ((order > 0) - (order < 0), (i > k) - (i < k));
		}
	}
	begin();
	canon_object_begin(&canon);
	for (size_t i = 0; i < COUNT(sorted); i++) {
		canon_key(&canon, sorted[i]);
		canon_integer(&canon, (int64_t)i);
	}
	canon_object_end(&canon);
	CHECK(canon_finish(&canon).len > 0);
	arena_fini(&arena);
}

/* --- memory --- */

static void test_every_budget_gives_all_or_nothing(void)
{
	size_t failed_count = 0;

	for (size_t bytes = 0; bytes < 2048; bytes += 16) {
		struct span made;

		arena_init(&arena, bytes);
		canon_init(&canon, &arena);
		write_sample(&canon);
		made = canon_finish(&canon);
		failed_count += arena.failed;
		CHECK_STR_EQ(text_of(made), arena.failed ? "" : sample);
		CHECK_INT_EQ(made.ptr == NULL, arena.failed);
		arena_fini(&arena);
	}
	CHECK(failed_count > 0 && failed_count < 128);
}

static void test_long_values_grow(void)
{
	static char long_text[100000];
	struct span made;

	memset(long_text, '\n', sizeof(long_text));
	begin();
	canon_array_begin(&canon);
	canon_text(&canon, str_of(long_text, sizeof(long_text)));
	canon_integer(&canon, 1);
	canon_array_end(&canon);
	made = canon_finish(&canon);
	CHECK_INT_EQ(made.len, 2 * sizeof(long_text) + strlen("[\"\",1]"));
	CHECK(memcmp(made.ptr, "[\"\\n\\n", 6) == 0);
	CHECK(memcmp(made.ptr + made.len - 6, "\\n\",1]", 6) == 0);
	arena_fini(&arena);
}

/* --- bugs --- */

static void key_out_of_order(void)
{
	canon_object_begin(&canon);
	canon_key(&canon, "b");
	canon_integer(&canon, 1);
	canon_key(&canon, "a");
}

static void key_twice(void)
{
	canon_object_begin(&canon);
	canon_key(&canon, "a");
	canon_integer(&canon, 1);
	canon_key(&canon, "a");
}

static void key_behind_key(void)
{
	canon_object_begin(&canon);
	canon_key(&canon, "a");
	canon_key(&canon, "b");
}

static void key_in_array(void)
{
	canon_array_begin(&canon);
	canon_key(&canon, "a");
}

static void key_at_top(void)
{
	canon_key(&canon, "a");
}

static void value_without_key(void)
{
	canon_object_begin(&canon);
	canon_integer(&canon, 1);
}

static void key_without_value(void)
{
	canon_object_begin(&canon);
	canon_key(&canon, "a");
	canon_object_end(&canon);
}

static void wrong_end(void)
{
	canon_object_begin(&canon);
	canon_array_end(&canon);
}

static void end_at_top(void)
{
	canon_array_end(&canon);
}

static void second_value_at_top(void)
{
	canon_integer(&canon, 1);
	canon_integer(&canon, 2);
}

static void too_deep(void)
{
	for (size_t i = 0; i <= CANON_DEPTH_MAX; i++) {
		canon_array_begin(&canon);
	}
}

static void too_large(void)
{
	canon_integer(&canon, CANON_INTEGER_MAX + 1);
}

static void too_small(void)
{
	canon_integer(&canon, -CANON_INTEGER_MAX - 1);
}

static void no_utf8(void)
{
	canon_text(&canon, STR("\xff"));
}

static void finish_of_nothing(void)
{
	(void)!canon_finish(&canon).len;
}

static void finish_in_the_middle(void)
{
	canon_array_begin(&canon);
	(void)!canon_finish(&canon).len;
}

/* In a child whose words about it nobody needs. */
static bool aborts(void (*run)(void))
{
	pid_t child;
	int status;

	(void)fflush(stdout);
	child = fork();
	assert(child >= 0);
	if (child == 0) {
		int silence = open("/dev/null", O_WRONLY | O_CLOEXEC);

		(void)dup2(silence, STDERR_FILENO);
		begin();
		run();
		_exit(0);
	}
	assert(waitpid(child, &status, 0) == child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_every_misuse_ends_the_program(void)
{
	static void (*const bugs[])(void) = {key_out_of_order, key_twice, key_behind_key, key_in_array,
		key_at_top, value_without_key, key_without_value, wrong_end, end_at_top,
		second_value_at_top, too_deep, too_large, too_small, no_utf8, finish_of_nothing,
		finish_in_the_middle};

	for (size_t i = 0; i < COUNT(bugs); i++) {
		bool is_seen = aborts(bugs[i]);

		if (!is_seen) {
			printf("# bug %zu\n", i);
		}
		CHECK(is_seen);
	}
}

static const struct test tests[] = {
	{"texts_have_one_form", test_texts_have_one_form},
	{"every_control_is_escaped_and_nothing_else", test_every_control_is_escaped_and_nothing_else},
	{"integers_have_one_form", test_integers_have_one_form},
	{"structure_has_no_spaces", test_structure_has_no_spaces},
	{"the_deepest_nesting_fits", test_the_deepest_nesting_fits},
	{"keys_sort_by_utf16_units", test_keys_sort_by_utf16_units},
	{"every_budget_gives_all_or_nothing", test_every_budget_gives_all_or_nothing},
	{"long_values_grow", test_long_values_grow},
	{"every_misuse_ends_the_program", test_every_misuse_ends_the_program},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
