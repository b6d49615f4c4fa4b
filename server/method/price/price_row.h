/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `price` (PRICE_COLUMNS of stmt.def) as messages, and what set and end have in common.
 */
#pragma once

#include "price.pb-c.h"
#include "server/request.h"

enum price_column {
	PRICE_COLUMN_CODE,
	PRICE_COLUMN_NAME,
	PRICE_COLUMN_UNIT,
	PRICE_COLUMN_FEN,
	PRICE_COLUMN_VERSION,
	PRICE_COLUMN_ENDED,
};

/* In the arena, NULL where it failed. */
Pb__Price *price_message(struct arena *arena, const struct query *query, size_t row);

/* The query of one, for load: the first of the request. */
void price_load(struct request *r, struct str code);

/* With the present one. */
enum err price_refuse(struct request *r, enum err err);
