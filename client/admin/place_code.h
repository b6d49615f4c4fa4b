/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places by the codes that people use. Each is asked for once it is needed: a community has too many to
 * know them all. Failures are left in app->fault.
 */
#pragma once

#include "common/err.h"
#include "common/uuid.h"

struct app;

#define PLACE_CODES_MAX 200 /* of one argument; patch.assign takes as many */

/* One place by code or id. */
enum err place_code_find(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out) must_check;

/* Several, with commas between them. *out_count ≤ PLACE_CODES_MAX. */
enum err place_codes_find(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out, size_t *out_count) must_check;
