/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of an export as rows of a grid: a column each, headed and filled in the person's language, times in the
 * profile's zone, counts as numbers.
 */
#pragma once

#include "export.pb-c.h"

#include "client/admin/grid.h"

struct app;

/* Into an empty grid; `columns` as the export has them, none: all of them. */
void export_rows_fill(
	struct app *app, const Pb__Export *export, const Pb__ExportReadReply *page, struct grid *grid);

/* "state,number" → columns, in the app's arena; USAGE for one that there is not. */
enum err export_rows_columns(
	struct app *app, const char *text, Pb__ExportBegin *request) must_check;
