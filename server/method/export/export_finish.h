/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an export ends: to its last page, or before. How many rows went out is said by the database, which has it from
 * before they did.
 */
#pragma once

#include "export.pb-c.h"
#include "server/request.h"

/* For decide: ends it in this state; ERR_OK | STEP_REFUSED with the export as it is | BUSY. */
enum err export_finish(struct request *r, struct uuid export_id, Pb__Export__State state);

/* The rows that went out, as the database says them: of a mint. */
uint32_t export_finish_rows(struct str minted);
