/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/import_row.h"

#include <stdlib.h>

#include "common/utf8.h"

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/i18n.h"
#include "client/admin/when.h"

const char *const import_columns[IMPORT_COLUMN_COUNT] = {
	[IMPORT_MSG_ID] = "msg_id",
	[IMPORT_CREATED_AT] = "created_at",
	[IMPORT_TITLE] = "title",
	[IMPORT_DETAIL] = "detail",
};

#define ID_BYTES_MAX 256

/* What every check needs; problems go to `out`. */
struct check {
	struct arena *arena;
	const char *zone;
	struct str source;
	struct import_rows *out;
	size_t row;
	bool is_bad; /* the row */
};

static void report(struct check *check, enum import_column column, const char *reason)
{
	struct import_rows *out = check->out;

	out->problems[out->problem_count] =
		(struct import_problem){check->row, import_columns[column], reason};
	out->problem_count++;
	check->is_bad = true;
}

/* UTF-8, and as many characters as field.def allows for this field of complaint.submit. */
static void check_text(
	struct check *check, enum import_column column, struct str text, const char *field)
{
	const struct field_row *row = field_row(&pb__complaint_submit__descriptor, field);
	enum utf8_verdict verdict;
	size_t points = 0;

	assert(row != NULL && row->measure == FIELD_TEXT);
	verdict = utf8_check(span_from_str(text), &points);
	if (verdict == UTF8_INVALID) {
		report(check, column, _("not UTF-8; for a file in another encoding: --encoding GB18030"));
	} else if (verdict == UTF8_NUL) {
		report(check, column, _("holds the character U+0000"));
	} else if (points > (size_t)row->max) {
		struct str reason = arena_printf(check->arena,
			_("%zu characters, at most %lld are allowed"), points, (long long)row->max);

		report(check, column, arena_c_string(check->arena, reason));
	}
}

static void check_id(struct check *check, struct str id)
{
	size_t points;

	if (id.len == 0) {
		report(check, IMPORT_MSG_ID, _("is empty"));
	} else if (id.len > ID_BYTES_MAX) {
		report(check, IMPORT_MSG_ID, _("is too long"));
	} else if (utf8_check(span_from_str(id), &points) != UTF8_OK) {
		report(check, IMPORT_MSG_ID,
			_("not UTF-8; for a file in another encoding: --encoding GB18030"));
	}
}

static void check_time(struct check *check, struct str text, int64_t *out_us)
{
	if (text.len == 0) {
		report(check, IMPORT_CREATED_AT, _("is empty"));
	} else if (!when_parse(text, check->zone, out_us)) {
		report(check, IMPORT_CREATED_AT, _("is no time; like this: 2026-11-24 10:00"));
	} else if (*out_us < 0 || *out_us >= TIME_US_MAX) {
		report(check, IMPORT_CREATED_AT, _("is out of range"));
	}
}

/* One row: into the good ones, or its problems into theirs. */
static void check_row(struct check *check, const struct sheet_row *sheet_row)
{
	const struct str *cells = sheet_row->cells;
	struct str title = cells[IMPORT_TITLE];
	struct str detail = cells[IMPORT_DETAIL];
	struct import_row row = {.number = sheet_row->number, .title = title};

	check->row = sheet_row->number;
	check->is_bad = false;
	check_id(check, cells[IMPORT_MSG_ID]);
	check_time(check, cells[IMPORT_CREATED_AT], &row.submitted_us);
	check_text(check, IMPORT_TITLE, title, "title");
	check_text(check, IMPORT_DETAIL, detail, "text");
	if (detail.len == 0 && title.len == 0) {
		report(check, IMPORT_DETAIL, _("is empty, and so is the title"));
	}
	if (check->is_bad) {
		check->out->bad_count++;
		return;
	}
	row.text = detail.len > 0 ? detail : title;
	row.key = uuid_v8(check->source, cells[IMPORT_MSG_ID]);
	check->out->rows[check->out->count] = row;
	check->out->count++;
}

static int compare_keys(const void *a, const void *b)
{
	const struct import_row *left = *(const struct import_row *const *)a;
	const struct import_row *right = *(const struct import_row *const *)b;
	int order = uuid_compare(left->key, right->key);

	return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

/* Of rows with the same msg_id only the first is good; the others are marked by the nil key. */
static void find_doubles(struct check *check)
{
	struct import_rows *out = check->out;
	struct import_row **sorted =
		arena_alloc(check->arena, (out->count + 1) * sizeof(struct import_row *));
	size_t first = 0;

	if (sorted == NULL) {
		return; /* the arena says so */
	}
	for (size_t i = 0; i < out->count; i++) {
		sorted[i] = &out->rows[i];
	}
	qsort(sorted, out->count, sizeof(struct import_row *), compare_keys);
	for (size_t i = 1; i < out->count; i++) {
		struct str reason;

		if (!uuid_equal(sorted[i]->key, sorted[first]->key)) {
			first = i;
			continue;
		}
		reason = arena_printf(check->arena, _("the same as in row %zu"), sorted[first]->number);
		check->row = sorted[i]->number;
		report(check, IMPORT_MSG_ID, arena_c_string(check->arena, reason));
		sorted[i]->key = uuid_nil;
	}
}

static void drop_doubles(struct import_rows *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < out->count; i++) {
		if (!uuid_is_nil(out->rows[i].key)) {
			out->rows[kept] = out->rows[i];
			kept++;
		}
	}
	out->bad_count += out->count - kept;
	out->count = kept;
}

static int compare_problems(const void *a, const void *b)
{
	const struct import_problem *left = a;
	const struct import_problem *right = b;

	return (left->row > right->row) - (left->row < right->row);
}

bool import_rows_check(const struct sheet *sheet, struct str source, const char *zone,
	struct arena *arena, struct import_rows *out)
{
	struct check check = {.arena = arena, .zone = zone, .source = source, .out = out};
	/* One for each column of each row, and one for a double. */
	size_t problems_max = sheet->count * (IMPORT_COLUMN_COUNT + 1) + 1;

	*out = (struct import_rows){0};
	out->rows = arena_alloc(arena, (sheet->count + 1) * sizeof(*out->rows));
	out->problems = arena_alloc(arena, problems_max * sizeof(*out->problems));
	if (arena->failed) {
		return false;
	}
	for (size_t i = 0; i < sheet->count; i++) {
		check_row(&check, &sheet->rows[i]);
	}
	find_doubles(&check);
	drop_doubles(out);
	qsort(out->problems, out->problem_count, sizeof(*out->problems), compare_problems);
	assert(out->count + out->bad_count == sheet->count);
	return !arena->failed;
}
