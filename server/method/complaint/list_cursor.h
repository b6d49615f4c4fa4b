/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The position of a row in complaint.list, and how many rows make a page.
 */
#pragma once

#include "common/uuid.h"
#include "server/db/query.h"
#include "server/request.h"

struct list_position {
	int64_t submitted_us;
	struct uuid complaint_id;
};

/* In the arena; the empty span where it failed. */
struct span list_cursor_make(struct request *r, const struct list_position *position);

/* False for a cursor that we did not make for this account and request. */
bool list_cursor_read(struct request *r, struct span cursor, struct list_position *out) must_check;

/* How many of the rows make a page: not over the limit, and not more than a frame holds; 1 always fits. */
size_t list_page_rows(const struct query *rows, size_t limit);
