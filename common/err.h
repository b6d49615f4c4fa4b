/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enum err: the return type of everything that can fail for two reasons. The rows are err.def.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

enum err {
#define E(number, name, exit, retry, text) ERR_##name = (number),
#include "common/err.def"
#undef E
};

enum err_retry { ERR_RETRY_NEVER, ERR_RETRY_FRESH, ERR_RETRY_SAME };

struct err_row {
	enum err err;
	const char *name;
	int exit_code;
	enum err_retry retry;
	const char *text;
};

/* All rows in ascending order of their numbers. */
extern const struct err_row err_rows[];
extern const size_t err_row_count;

/* The row of an error; every enum err has one. */
const struct err_row *err_row(enum err err);
const char *err_name(enum err err);

/* False, and *out untouched, for a name that this version does not know. */
bool err_parse(struct str name, enum err *out) must_check;
