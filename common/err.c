/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of err.def as data. They are walked from the front: an error is rare, and what follows
 * one costs far more than the walk.
 */
#include "common/err.h"

// clang-format off
const struct err_row err_rows[] = {
#define E(number, name, exit, retry, text) {ERR_##name, #name, (exit), ERR_RETRY_##retry, (text)},
#include "common/err.def"
#undef E
};
// clang-format on

const size_t err_row_count = COUNT(err_rows);

const struct err_row *err_row(enum err err)
{
	for (size_t i = 0; i < COUNT(err_rows); i++) {
		if (err_rows[i].err == err) {
			return &err_rows[i];
		}
	}
	unreachable();
}

const char *err_name(enum err err)
{
	return err_row(err)->name;
}

bool err_parse(struct str name, enum err *out)
{
	assert(out != NULL);
	for (size_t i = 0; i < COUNT(err_rows); i++) {
		if (str_equal(name, str_from_c(err_rows[i].name))) {
			*out = err_rows[i].err;
			return true;
		}
	}
	return false;
}
