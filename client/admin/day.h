/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of a community as people write and read them: 2026-11-24. On the wire they are 20261124.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

#include "client/admin/option.h"

struct app;

#define DAY_TEXT_MAX 16

/* 2026-11-24, 2026/11/24 or 20261124; false for anything else and for days that there are not. */
bool day_parse(struct str text, uint32_t *out_number) must_check;

/* "2026-11-24"; the empty text for 0. */
const char *day_format(uint32_t number, char out[DAY_TEXT_MAX]);

/* Of an option; *out_has is false where it was not given. USAGE where it is no day. */
enum err day_option(
	struct app *app, enum option_id option, bool *out_has, uint32_t *out_number) must_check;
