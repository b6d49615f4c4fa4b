/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends checked rows, several at a time, each with its own key. A lost connection is made again and
 * what had no answer is sent again; the keys see to it that nothing is there twice.
 */
#pragma once

#include "common/err.h"

#include "client/admin/import_row.h"

struct app;

#define IMPORT_FLIGHT_MAX 16 /* rows without an answer at one time */

struct import_sum {
	size_t sent_count;
	size_t repeat_count; /* were there already */
	size_t failed_count; /* the server refused them, or they were never answered */
};

/*
 * What the server refuses because of the row itself is printed as it comes and the rest goes on;
 * what would refuse every row ends it.
 *
 *   rows     grows by a problem for each refused row, where there is room
 *   returns  ERR_OK | INPUT (some rows were refused) | why it ended; out_sum is set with all
 */
enum err import_send(struct app *app, struct uuid community_id, struct import_rows *rows,
	struct import_sum *out_sum) must_check;
