/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one set of promises has otherwise than another: rows are the same where kind, subkind and channel are.
 */
#pragma once

#include "promise.pb-c.h"

#include "client/admin/promise_sheet.h"

/* A cell that differs, or a whole row: column PROMISE_COLUMN_COUNT, one of before and after empty. */
struct promise_change {
	struct str kind;
	struct str subkind;
	struct str channel;
	enum promise_column column;
	struct str before;
	struct str after;
};

struct promise_rows {
	Pb__PromiseRow *const *rows;
	size_t count;
};

/* In the order of `after`, what it leaves out behind it. In the arena, NULL where that failed. */
struct promise_change *promise_changes(
	struct promise_rows before, struct promise_rows after, struct arena *arena, size_t *out_count);
