/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of an import, as counts, and how that is shown. Each good row is counted once: as sent,
 * as there already, or as failed.
 */
#pragma once

#include "client/admin/import_row.h"

struct app;

#define IMPORT_GROUP_STEP 100 /* a group's number is a multiple of it (category.def) */
#define IMPORT_GROUPS_MAX 328 /* category numbers have 15 bits */

struct import_sum {
	size_t sent_count;
	size_t submitted_count;  /* of those sent: to be worked on */
	size_t closed_count;     /* of those sent: came with their answer */
	size_t repeat_count;     /* were there already */
	size_t unanswered_count; /* of those there: imported before, without the answer they have now */
	size_t failed_count;     /* the server refused them, or they were never answered */
	size_t group_counts[IMPORT_GROUPS_MAX]; /* of those sent, by the group of their category */
};

/* A row that was sent, and the category that the server gave it; 0: it said none. */
void import_sum_add(struct import_sum *sum, bool is_closed, uint32_t category);

/*
 * On standard output, for people or as JSON.
 *
 *   total   rows of the file
 */
void import_sum_print(const struct app *app, size_t total, const struct import_rows *rows,
	const struct import_sum *sum);

/* The problem on standard error, "row 3, created_at: is empty"; nothing with --json. */
void import_problem_print(const struct app *app, const struct import_problem *problem);
