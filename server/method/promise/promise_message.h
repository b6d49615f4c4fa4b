/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of promises and their rows as messages; in the arena, NULL where it failed.
 */
#pragma once

#include "common/arena.h"
#include "promise.pb-c.h"
#include "server/db/query.h"

/* PROMISE_SET_COLUMNS of stmt_promise.def, in their order. */
enum promise_set_column {
	SET_NO,
	SET_VERSION,
	SET_STATE,
	SET_FROM,
	SET_NOTE,
	SET_PROPOSED_BY,
	SET_PROPOSED_NAME,
	SET_PROPOSED_AT,
	SET_DECIDED_BY,
	SET_DECIDED_NAME,
	SET_DECIDED_AT,
	SET_REASON,
	SET_IN_FORCE
};

Pb__PromiseSet *promise_set_message(struct arena *arena, const struct query *query, size_t row);
/* Of promise_rows. */
Pb__PromiseRow *promise_row_message(struct arena *arena, const struct query *query, size_t row);
