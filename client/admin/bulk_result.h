/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of each complaint of a bulk, and how that is shown: a line each, JSON, or CSV.
 */
#pragma once

#include "common/err.h"
#include "common/uuid.h"

struct app;

enum bulk_outcome {
	BULK_LEFT, /* not asked any more, or without an answer */
	BULK_DONE,
	BULK_BEFORE, /* by the same bulk, before it was cut */
	BULK_WOULD,  /* with --dry-run: it would be done */
	BULK_REFUSED,
	BULK_OUTCOME_COUNT,
};

struct bulk_row {
	struct uuid complaint_id;
	uint32_t version;   /* that the step is for */
	const char *number; /* lives as long as the app */
	enum bulk_outcome outcome;
	enum err err; /* with REFUSED */
	const char
		*allowed; /* what would be right, in the server's words; the same; "" and NULL: nothing */
};

struct bulk_result {
	struct uuid id;
	const char *step;
	bool is_dry;
	struct bulk_row *rows; /* owned: whoever has it frees them */
	size_t count;
	size_t max;
	size_t excluded_count;
};

/* Out of memory it aborts, as the program's tables do. */
void bulk_result_add(struct bulk_result *result, const struct bulk_row *row);

size_t bulk_result_count(const struct bulk_result *result, enum bulk_outcome outcome);

/* Why the first one was refused; ERR_OK where none was. */
enum err bulk_result_first_err(const struct bulk_result *result);

/* On standard output, and with --csv to that file. ERR_OK | OUTPUT */
enum err bulk_result_show(struct app *app, const struct bulk_result *result) must_check;
