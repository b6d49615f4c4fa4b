/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The materials of complaint.done: each written out with its unit and price, or a code of the company's list,
 * whose words and price the server takes from there.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/receipt.h"
#include "server/request.h"

/*
 * In check: each is the one or the other. FIELD_MISSING, FIELD_INVALID name the field as field.def would.
 */
enum err done_materials_check(struct request *r, const Pb__ComplaintDone *in);

/* In load: the prices of the codes. */
void done_materials_load(struct request *r, const Pb__ComplaintDone *in);

/*
 * As they will stand on the receipt, in the arena.
 *
 *   prices   the query of done_materials_load
 *   returns  ERR_OK | FIELD_INVALID (a code that is not on the list, or not any more) | ERR_BUSY
 */
enum err done_materials_take(struct request *r, const Pb__ComplaintDone *in,
	const struct query *prices, struct receipt_material **out) must_check;
