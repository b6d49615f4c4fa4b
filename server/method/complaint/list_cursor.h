/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions in complaint.list: the key of a row (when it was submitted, or when its first clock runs out; then its
 * id), which way a page lies from there, cursors made of both; and how many rows make a page.
 */
#pragma once

#include "common/uuid.h"
#include "server/db/query.h"
#include "server/request.h"

struct list_position {
	int64_t at_us;
	struct uuid complaint_id;
	bool is_back; /* towards the beginning of the list */
};

/* In the arena; the empty span where it failed. `filter` is cursor_filter's. */
struct span list_cursor_make(
	struct request *r, struct span filter, const struct list_position *position);

/* False for a cursor that we did not make for this account and request. */
bool list_cursor_read(struct request *r, struct span cursor, struct list_position *out) must_check;

/* Of a row in a list; of its order. */
struct list_position list_position_at(const struct query *rows, size_t row, bool is_by_due);

/* As little further down or up as there is: a bound that left the position outside then takes it in. */
void list_position_lower(struct list_position *position);
void list_position_raise(struct list_position *position);

/* How many of the rows make a page: not over the limit, and not more than a frame holds; 1 always fits. */
size_t list_page_rows(const struct query *rows, size_t limit);
