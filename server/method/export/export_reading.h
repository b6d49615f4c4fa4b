/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before a page of an export is read: which export, whether more of it may go out, and the list that it is.
 *
 * The cursor is the list's own, behind the count of the rows before it, and authenticated with it.
 */
#pragma once

#include "server/method/complaint/list_inside.h"
#include "server/method/export/export_column.h"
#include "server/request.h"

#define EXPORT_READABLE_US (7 * INT64_C(24) * 3600 * US_PER_S)

/* Lives in request.state. */
struct export_reading {
	struct list_inside inside;
	struct export_columns columns;
	uint32_t before; /* rows of the pages before this one */
};

struct uuid export_reading_id(const struct request *r);

/* For the method's row: the export is read first, then what its row says is taken. */
void export_reading_locate(struct request *r);
enum err export_reading_located(struct request *r);

/* The cursor behind the page's last row, of the list's; in the arena, empty where it failed. */
struct span export_reading_cursor(struct request *r, uint32_t row_count, struct span inner);
