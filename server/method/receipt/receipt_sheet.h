/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored receipt on paper, for the methods that give it out: rendered by a thread from its row.
 */
#pragma once

#include "receipt.pb-c.h"
#include "server/request.h"

/* In load, after whoever asks was found to have to do with it: room in the request's memory. */
void receipt_sheet_room(struct request *r);

/*
 * In work, in a thread: renders the first row of RECEIPT_COLUMNS into r->work_out, or says why not in r->work_err.
 * Of the server it looks at its keys alone, which never change.
 *
 *   with_code  a QR code of its code, too
 */
void receipt_sheet_work(
	struct request *r, const struct query *receipt, Pb__Receipt__Paper paper, bool with_code);

/* In decide: the error, said in the log where it is ours. */
enum err receipt_sheet_err(struct request *r) must_check;
