/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that err.def keeps the promises that programs outside rely on: numbers ascend, names are
 * unique and come back, and every row is complete.
 */
#include "common/err.h"

#include "tests/check.h"

static void test_numbers_ascend_from_ok(void)
{
	CHECK_INT_EQ(err_rows[0].err, ERR_OK);
	CHECK_INT_EQ(ERR_OK, 0);
	for (size_t i = 1; i < err_row_count; i++) {
		CHECK(err_rows[i - 1].err < err_rows[i].err);
	}
}

static void test_names_are_unique(void)
{
	for (size_t i = 0; i < err_row_count; i++) {
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(err_rows[i].name, err_rows[k].name) != 0);
		}
	}
}

static void test_rows_are_complete(void)
{
	for (size_t i = 0; i < err_row_count; i++) {
		const struct err_row *row = &err_rows[i];
		size_t text_len = strlen(row->text);

		CHECK(strlen(row->name) > 0);
		CHECK(text_len > 0);
		CHECK(row->text[text_len - 1] != '.');
		CHECK(row->exit_code <= 125); /* above it the shell has meanings of its own */
		CHECK_INT_EQ(row->exit_code == 0, row->err == ERR_OK);
		CHECK(row->retry <= ERR_RETRY_SAME);
	}
}

static void test_rows_come_back_by_number_and_name(void)
{
	for (size_t i = 0; i < err_row_count; i++) {
		enum err parsed = ERR_OK;

		CHECK(err_row(err_rows[i].err) == &err_rows[i]);
		CHECK_STR_EQ(err_name(err_rows[i].err), err_rows[i].name);
		CHECK(err_parse(str_from_c(err_rows[i].name), &parsed));
		CHECK_INT_EQ(parsed, err_rows[i].err);
	}
}

/* A prefix of a name is unknown, unless it is another row's whole name. */
static void test_parse_rejects_names_cut_at_each_byte(void)
{
	for (size_t i = 0; i < err_row_count; i++) {
		const char *name = err_rows[i].name;

		for (size_t len = 0; len < strlen(name); len++) {
			enum err parsed = ERR_INTERNAL;

			if (err_parse(str_of(name, len), &parsed)) {
				CHECK_STR_EQ(err_name(parsed), str_of(name, len));
			} else {
				CHECK_INT_EQ(parsed, ERR_INTERNAL);
			}
		}
	}
}

static void test_parse_rejects_unknown_names(void)
{
	static const struct str names[] = {
		STR(""),
		STR("ok"),
		STR("OK "),
		STR(" OK"),
		STR("OK\0"),
		STR("ERR_OK"),
		STR("NO_SUCH"),
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		enum err parsed = ERR_INTERNAL;

		CHECK(!err_parse(names[i], &parsed));
		CHECK_INT_EQ(parsed, ERR_INTERNAL);
	}
}

static const struct test tests[] = {
	{"numbers_ascend_from_ok", test_numbers_ascend_from_ok},
	{"names_are_unique", test_names_are_unique},
	{"rows_are_complete", test_rows_are_complete},
	{"rows_come_back_by_number_and_name", test_rows_come_back_by_number_and_name},
	{"parse_rejects_names_cut_at_each_byte", test_parse_rejects_names_cut_at_each_byte},
	{"parse_rejects_unknown_names", test_parse_rejects_unknown_names},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
