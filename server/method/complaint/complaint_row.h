/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `complaint` (COMPLAINT_COLUMNS of stmt.def) as messages and as what decisions rest on.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/db/query.h"
#include "server/domain/access.h"
#include "server/domain/complaint.h"

/* In the arena; texts borrowed from the query. NULL where the arena failed. */
Pb__Complaint *complaint_row_message(struct arena *arena, const struct query *query, size_t row);

/* What it takes in a frame, at most. */
size_t complaint_row_bytes(const struct query *query, size_t row);

/* Whose it is. A crew has to do with it until 30 days after its end. */
struct area complaint_row_area(const struct query *query, size_t row, int64_t now_us);

enum complaint_state complaint_row_state(const struct query *query, size_t row);
uint32_t complaint_row_version(const struct query *query, size_t row);
int64_t complaint_row_submitted_us(const struct query *query, size_t row);
struct uuid complaint_row_id(const struct query *query, size_t row);

/* For how long a crew still sees what it served. */
#define COMPLAINT_CREW_SEES_US (INT64_C(30) * 24 * 3600 * 1000000)
