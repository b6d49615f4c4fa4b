/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a value look as a pattern says? A pattern is JSON that names what matters:
 *
 *   {"a": 1}         an object with at least this member
 *   null             as a member: must be absent
 *   "?"              anything, but there
 *   ["...", x]       "..." stands for any number of elements; without it an array has as many
 *   others           the same value
 */
#pragma once

#include <jansson.h>

#include "common/base.h"

#define MATCH_WHY_MAX 512

/* Where it does not: true is returned untouched; false and why, ".complaints[0].state want …". */
bool match(const json_t *pattern, const json_t *value, char out_why[MATCH_WHY_MAX]) must_check;

/* The value at ".a.b[0]" or "." itself; NULL where there is none. Borrowed. */
json_t *match_path(json_t *value, const char *path);
