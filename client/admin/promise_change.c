/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/promise_change.h"

struct cells {
	struct str of[PROMISE_COLUMN_COUNT];
};

struct comparing {
	struct arena *arena;
	struct promise_change *out;
	size_t count;
};

static struct cells *cells_of(struct promise_rows set, struct arena *arena)
{
	struct cells *out = arena_alloc(arena, (set.count + 1) * sizeof *out);

	for (size_t i = 0; out != NULL && i < set.count; i++) {
		promise_cells(set.rows[i], arena, out[i].of);
	}
	return out;
}

static const struct cells *find(const struct cells *all, size_t count, const struct cells *wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(all[i].of[PROMISE_COLUMN_KIND], wanted->of[PROMISE_COLUMN_KIND]) &&
			str_equal(all[i].of[PROMISE_COLUMN_SUBKIND], wanted->of[PROMISE_COLUMN_SUBKIND]) &&
			str_equal(all[i].of[PROMISE_COLUMN_CHANNEL], wanted->of[PROMISE_COLUMN_CHANNEL])) {
			return &all[i];
		}
	}
	return NULL;
}

static void add(struct comparing *comparing, const struct cells *row, enum promise_column column,
	struct str before, struct str after)
{
	comparing->out[comparing->count++] = (struct promise_change){row->of[PROMISE_COLUMN_KIND],
		row->of[PROMISE_COLUMN_SUBKIND], row->of[PROMISE_COLUMN_CHANNEL], column, before, after};
}

/* "NORMAL,service_hours,15,30,…": what stands behind the conditions. */
static struct str joined(struct arena *arena, const struct cells *row)
{
	struct str out = row->of[PROMISE_COLUMN_URGENCY];

	for (size_t i = PROMISE_COLUMN_URGENCY + 1; i < PROMISE_COLUMN_COUNT; i++) {
		out = arena_printf(arena, "%.*s,%.*s", STR_ARG(out), STR_ARG(row->of[i]));
	}
	return out;
}

static void compare_row(
	struct comparing *comparing, const struct cells *before, const struct cells *after)
{
	if (before == NULL) {
		add(comparing, after, PROMISE_COLUMN_COUNT, STR(""), joined(comparing->arena, after));
		return;
	}
	for (size_t i = PROMISE_COLUMN_URGENCY; i < PROMISE_COLUMN_COUNT; i++) {
		if (!str_equal(before->of[i], after->of[i])) {
			add(comparing, after, (enum promise_column)i, before->of[i], after->of[i]);
		}
	}
}

struct promise_change *promise_changes(
	struct promise_rows before, struct promise_rows after, struct arena *arena, size_t *out_count)
{
	struct cells *old = cells_of(before, arena);
	struct cells *new = cells_of(after, arena);
	size_t max = after.count * PROMISE_COLUMN_COUNT + before.count;
	struct comparing comparing = {arena, arena_alloc(arena, (max + 1) * sizeof *comparing.out), 0};

	*out_count = 0;
	if (arena->failed) {
		return NULL;
	}
	for (size_t i = 0; i < after.count; i++) {
		compare_row(&comparing, find(old, before.count, &new[i]), &new[i]);
	}
	for (size_t i = 0; i < before.count; i++) {
		if (find(new, after.count, &old[i]) == NULL) {
			add(&comparing, &old[i], PROMISE_COLUMN_COUNT, joined(arena, &old[i]), STR(""));
		}
	}
	*out_count = comparing.count;
	return arena->failed ? NULL : comparing.out;
}
