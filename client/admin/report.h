/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports for people: a line a figure, with what it was grouped by before it; on the screen as a table, and for
 * spreadsheets as a grid, where counts and shares are numbers.
 */
#pragma once

#include <stdio.h>

#include "report.pb-c.h"

#include "client/admin/grid.h"

struct app;

/* What was asked for: which columns there are. */
struct report_shape {
	bool by_community;
	bool by_group[PB__REPORT__GROUP__MONTH + 1]; /* by Report.Group */
};

/* One community's reply. */
struct report_part {
	const char *community; /* its name */
	const Pb__ReportKpiReply *reply;
};

void report_print(const struct app *app, const struct report_shape *shape,
	const struct report_part *parts, size_t count, FILE *out);

/* Into an empty grid. */
void report_fill(const struct app *app, const struct report_shape *shape,
	const struct report_part *parts, size_t count, struct grid *grid);
