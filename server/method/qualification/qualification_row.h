/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `qualification` (QUALIFICATION_COLUMNS of stmt.def), and what verify and end have in common: which
 * one, from which version, is its holder theirs.
 */
#pragma once

#include "server/request.h"
#include "staff.pb-c.h"

enum qualification_column {
	QUALIFICATION_COLUMN_ID,
	QUALIFICATION_COLUMN_ACCOUNT_ID,
	QUALIFICATION_COLUMN_NAME,
	QUALIFICATION_COLUMN_KIND,
	QUALIFICATION_COLUMN_NUMBER,
	QUALIFICATION_COLUMN_FROM,
	QUALIFICATION_COLUMN_LAST,
	QUALIFICATION_COLUMN_VERSION,
	QUALIFICATION_COLUMN_ADDED_BY,
	QUALIFICATION_COLUMN_VERIFIED_BY,
	QUALIFICATION_COLUMN_VERIFIED,
	QUALIFICATION_COLUMN_ENDED,
	QUALIFICATION_COLUMN_IS_REACHED, /* of qualification_get */
};

/* In the arena, NULL where it failed. The number only where it may be seen. */
Pb__Qualification *qualification_message(
	struct request *r, const struct query *query, size_t row, bool with_number);

/* May who asks see numbers of other people's? */
bool qualification_shows_numbers(const struct request *r);

/* For a method's row, where the request has nothing else to load. */
void qualification_load(struct request *r, struct uuid qualification_id);
enum err qualification_may(struct request *r);

/* CONFLICT, STEP_REFUSED where it has ended: both with the present one. Else ERR_OK. */
enum err qualification_guard(struct request *r, uint32_t version);
enum err qualification_refuse(struct request *r, enum err err);

/* The effect of verify or end: $10 version. */
enum err qualification_change(struct request *r, enum stmt stmt, uint32_t version);
