/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `complaint` as messages, with whom to call as far as somebody may know it.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/db/query.h"
#include "server/domain/access.h"

/* In the arena. NULL where it failed. */
Pb__Complaint *complaint_message(struct arena *arena, const struct query *query, size_t row);
