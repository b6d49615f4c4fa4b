/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grid that comes in portions, written as one file, however long: of the rows no more than a portion is in memory. A
 * workbook that needs more rows than a sheet has goes on in another one.
 */
#pragma once

#include "client/admin/grid.h"

enum grid_form { GRID_FILE_CSV, GRID_FILE_XLSX };

struct grid_source {
	/* Fills an empty grid, columns and all, with the next portion; false: there is none. */
	bool (*next)(void *context, struct grid *grid);
	void *context;
};

/*
 * `path` is replaced when all of it is there; "-" is standard output, for CSV alone. Without any portion nothing is
 * written.
 *
 *   sheet    its name, in a workbook
 *   returns  an errno, 0 for success; ENODATA where there was no portion
 */
int grid_file_write(const struct grid_source *source, enum grid_form form, const char *path,
	const char *sheet) must_check;

/* grid_xlsx.c, for grid_file.c: the same into a file that exists and is empty. */
int grid_xlsx_write(
	const struct grid_source *source, const char *beside, const char *sheet) must_check;
