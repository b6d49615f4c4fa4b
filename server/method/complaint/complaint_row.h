/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `complaint` (COMPLAINT_COLUMNS of stmt.def) as what decisions rest on: the record, and who
 * somebody is to it. complaint_message.h makes messages of them.
 */
#pragma once

#include "server/db/query.h"
#include "server/domain/access.h"
#include "server/domain/complaint_record.h"
#include "server/request.h"

/* For how long a crew still sees what it served. */
#define COMPLAINT_CREW_SEES_US (INT64_C(30) * 24 * 3600 * 1000000)

/* Texts are borrowed from the query. */
struct complaint_record complaint_row_record(const struct query *query, size_t row);

/* Whose it is. A crew has to do with it until 30 days after its end. */
struct area complaint_row_area(const struct query *query, size_t row, int64_t now_us);

/* What a logged in person is to a complaint. */
struct complaint_relation {
	struct area area;
	role_set reach; /* by grants alone */
	role_set sees;  /* of them, those that have to do with it: 0 means NOT_FOUND */
	bool is_respondent;
	bool is_worker;
};

/* Of whoever asks; request.principal must be there. */
struct complaint_relation complaint_row_relation(
	const struct request *r, const struct query *query, size_t row);

/* What people call it; in the query's arena, NULL where that failed. */
char *complaint_row_number(const struct query *query, size_t row);

/* What it takes in a frame, at most. */
size_t complaint_row_bytes(const struct query *query, size_t row);

uint32_t complaint_row_version(const struct query *query, size_t row);
int64_t complaint_row_submitted_us(const struct query *query, size_t row);
struct uuid complaint_row_id(const struct query *query, size_t row);
