/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `receipt` (RECEIPT_COLUMNS of stmt.def) as messages.
 */
#pragma once

#include "receipt.pb-c.h"
#include "server/request.h"

/*
 * In the arena, but for bytes, which are the query's; NULL where it failed.
 *
 *   with_code   makes the code anew: for the owner, who has it, and customer service, who may be asked
 */
Pb__Receipt *receipt_row_message(
	struct request *r, const struct query *query, size_t row, bool with_code);

/* What it takes in a frame, at most. */
size_t receipt_row_bytes(const struct query *query, size_t row);

/* Of which complaint it is. */
struct uuid receipt_row_complaint(const struct query *query, size_t row);
