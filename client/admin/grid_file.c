/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/grid_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"

#include "client/admin/file.h"

#define PORTION_BYTES_MAX (4 * GRID_BYTES_MAX)

/* What file_replace_by hands on. */
struct writing {
	const struct grid_source *source;
	enum grid_form form;
	const char *sheet;
};

static int put_portion(const struct grid *grid, bool is_first, FILE *out)
{
	struct span bytes;
	struct buf csv;
	int error = 0;

	buf_init(&csv, PORTION_BYTES_MAX);
	if (!(is_first ? grid_csv(grid, &csv) : grid_csv_rows(grid, &csv))) {
		buf_fini(&csv);
		return EFBIG;
	}
	bytes = buf_readable(&csv);
	errno = 0;
	if (fwrite(bytes.ptr, 1, bytes.len, out) != bytes.len) {
		error = errno != 0 ? errno : EIO;
	}
	buf_fini(&csv);
	return error;
}

static int write_csv(const struct grid_source *source, FILE *out)
{
	bool is_first = true;
	bool has_more = true;
	int error = 0;

	while (has_more && error == 0) {
		struct grid grid;

		grid_init(&grid);
		has_more = source->next(source->context, &grid);
		if (has_more) {
			error = put_portion(&grid, is_first, out);
			is_first = false;
		}
		grid_fini(&grid);
	}
	if (error == 0 && is_first) {
		return ENODATA;
	}
	errno = 0;
	return error != 0 || fflush(out) == 0 ? error : errno;
}

static int write_beside(void *context, const char *beside)
{
	const struct writing *writing = context;
	FILE *out;
	int error;

	if (writing->form == GRID_FILE_XLSX) {
		return grid_xlsx_write(writing->source, beside, writing->sheet);
	}
	out = fopen(beside, "we");
	if (out == NULL) {
		return errno;
	}
	error = write_csv(writing->source, out);
	if (fclose(out) != 0 && error == 0) {
		error = errno;
	}
	return error;
}

int grid_file_write(
	const struct grid_source *source, enum grid_form form, const char *path, const char *sheet)
{
	struct writing writing = {source, form, sheet};

	if (strcmp(path, "-") == 0) {
		assert(form == GRID_FILE_CSV);
		return write_csv(source, stdout);
	}
	return file_replace_by(path, write_beside, &writing);
}
