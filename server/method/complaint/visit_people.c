/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/visit_people.h"

#include <stdlib.h>

#define TRADES_MAX 32 /* field.def */

/* Columns of the three statements; each begins with the account and is in its order. */
enum { CANDIDATE_ACCOUNT, CANDIDATE_NAME, CANDIDATE_IS_OF_TEAM, CANDIDATE_TRADES };
enum { BUSY_ACCOUNT, BUSY_FROM, BUSY_TO };
enum { PROVEN_ACCOUNT, PROVEN_KIND, PROVEN_FROM, PROVEN_TO };

/* A crew that says nothing of its trades is sent for whatever it is asked. */
static bool has_trade(const struct query *candidates, size_t row, enum trade trade)
{
	int trades[TRADES_MAX];
	size_t count = row_int2s(candidates, row, CANDIDATE_TRADES, trades, TRADES_MAX);

	for (size_t i = 0; i < size_min(count, TRADES_MAX); i++) {
		if (trades[i] == (int)trade) {
			return true;
		}
	}
	return count == 0;
}

static bool fits(const struct query *candidates, size_t row, enum trade trade)
{
	bool is_of_team = row_bool(candidates, row, CANDIDATE_IS_OF_TEAM);

	if (trade == TRADE_NONE) {
		return is_of_team;
	}
	return !is_of_team && has_trade(candidates, row, trade);
}

/* The spans of one account: rows lie together, in order. Of one kind, or, with kind 0, all. */
static size_t take_spans(struct arena *arena, const struct query *rows, struct uuid account_id,
	int kind, const struct free_span **out)
{
	size_t total = query_rows(rows);
	int column = kind == 0 ? BUSY_FROM : PROVEN_FROM;
	struct free_span *spans;
	size_t first = 0;
	size_t count = 0;

	while (first < total && uuid_compare(row_uuid(rows, first, 0), account_id) < 0) {
		first++;
	}
	spans = arena_alloc(arena, size_max(total - first, 1) * sizeof *spans);
	for (size_t i = first; spans != NULL && i < total; i++) {
		if (!uuid_equal(row_uuid(rows, i, 0), account_id)) {
			break;
		}
		if (kind == 0 || row_int2(rows, i, PROVEN_KIND) == kind) {
			spans[count].from_us = row_time(rows, i, column);
			spans[count++].to_us = row_time(rows, i, column + 1);
		}
	}
	*out = spans;
	return count;
}

static struct visit_person person_of(struct arena *arena, const struct visit_rows *rows, size_t row,
	enum qualification qualification)
{
	struct visit_person out = {
		.account_id = row_uuid(rows->candidates, row, CANDIDATE_ACCOUNT),
		.name = row_text(rows->candidates, row, CANDIDATE_NAME),
		.free.must_be_valid = qualification != QUALIFICATION_NONE,
	};

	out.free.busy_count = take_spans(arena, rows->busy, out.account_id, 0, &out.free.busy);
	if (out.free.must_be_valid) {
		out.free.valid_count =
			take_spans(arena, rows->proven, out.account_id, (int)qualification, &out.free.valid);
	}
	return out;
}

static int compare(const void *a, const void *b)
{
	const struct visit_person *one = a;
	const struct visit_person *other = b;

	if (one->free.busy_count != other->free.busy_count) {
		return one->free.busy_count < other->free.busy_count ? -1 : 1;
	}
	return uuid_compare(one->account_id, other->account_id);
}

struct visit_people visit_people_of(
	struct arena *arena, struct visit_rows rows, const struct visit_rule *rule, bool is_named)
{
	size_t total = query_rows(rows.candidates);
	struct visit_people out = {
		.ptr = arena_alloc(arena, size_max(total, 1) * sizeof *out.ptr),
	};

	for (size_t i = 0; !arena->failed && i < total; i++) {
		struct uuid id = row_uuid(rows.candidates, i, CANDIDATE_ACCOUNT);
		/* Somebody of two crews comes twice, one behind the other. */
		bool is_there = out.count > 0 && uuid_equal(out.ptr[out.count - 1].account_id, id);

		if (!is_there && (is_named || fits(rows.candidates, i, rule->trade))) {
			out.ptr[out.count++] = person_of(arena, &rows, i, rule->qualification);
		}
	}
	if (arena->failed) {
		return (struct visit_people){NULL, 0};
	}
	qsort(out.ptr, out.count, sizeof *out.ptr, compare);
	return out;
}
