/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `absence` (ABSENCE_COLUMNS of stmt.def) as messages.
 */
#pragma once

#include "server/request.h"
#include "staff.pb-c.h"

enum absence_column {
	ABSENCE_COLUMN_ID,
	ABSENCE_COLUMN_ACCOUNT_ID,
	ABSENCE_COLUMN_NAME,
	ABSENCE_COLUMN_KIND,
	ABSENCE_COLUMN_FROM,
	ABSENCE_COLUMN_TO,
	ABSENCE_COLUMN_VERSION,
	ABSENCE_COLUMN_RECORDED_BY,
	ABSENCE_COLUMN_IS_REACHED, /* of absence_get */
};

/* In the arena, NULL where it failed. */
Pb__Absence *absence_message(struct arena *arena, const struct query *query, size_t row);

/* Two columns of a row as a window; in the arena, NULL where it failed. */
Pb__TimeWindow *absence_window(
	struct arena *arena, const struct query *query, size_t row, int from_column);

/* The query of one, for load. */
void absence_load(struct request *r, struct uuid absence_id);
