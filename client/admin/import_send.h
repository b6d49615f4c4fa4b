/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends checked rows, several at a time, each with its own key. A lost connection is made again and
 * what had no answer is sent again; the keys see to it that nothing is there twice.
 */
#pragma once

#include "common/err.h"

#include "client/admin/import_sum.h"

struct app;

#define IMPORT_FLIGHT_MAX 16 /* rows without an answer at one time */

/*
 * What the server refuses because of the row itself is printed as it comes and the rest goes on;
 * what would refuse every row ends it. A row that was imported before without its answer is there, and
 * stays as it is; it is printed too.
 *
 *   rows     grows by a problem for each refused row, where there is room
 *   returns  ERR_OK | INPUT (some rows were refused) | why it ended; out_sum is set with all
 */
enum err import_send(struct app *app, struct uuid community_id, struct import_rows *rows,
	struct import_sum *out_sum) must_check;
