/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a list goes on: the last row's time and id, authenticated together with the account and the
 * filter, so that it is of no use to anybody else or for another list.
 *
 *   shape   8 bytes u64 submitted_us, 16 bytes complaint_id, 16 bytes of HMAC-SHA256
 */
#pragma once

#include "complaint.pb-c.h"
#include "common/uuid.h"
#include "server/db/query.h"
#include "server/request.h"

#define LIST_CURSOR_BYTES 40

struct list_position {
	int64_t submitted_us;
	struct uuid complaint_id;
};

void list_cursor_make(const struct request *r, const Pb__ComplaintList *filter,
	const struct list_position *position, uint8_t out[LIST_CURSOR_BYTES]);

/* False for a cursor that we did not make for this account and filter. */
bool list_cursor_read(const struct request *r, const Pb__ComplaintList *filter, struct span cursor,
	struct list_position *out) must_check;

/* How many of the rows make a page: not over the limit, and not more than a frame holds; 1 always fits. */
size_t list_page_rows(const struct query *rows, size_t limit);
