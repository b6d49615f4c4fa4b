/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/import_row.h"

#include <stdlib.h>

#include "common/utf8.h"

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/i18n.h"
#include "client/admin/when.h"

const struct sheet_column import_columns[IMPORT_COLUMN_COUNT] = {
	[IMPORT_MSG_ID] = {.name = "msg_id"},
	[IMPORT_CREATED_AT] = {.name = "created_at"},
	[IMPORT_TITLE] = {.name = "title"},
	[IMPORT_DETAIL] = {.name = "detail"},
	[IMPORT_REPLY] = {.name = "reply", .is_optional = true},
	[IMPORT_REPLIED_AT] = {.name = "replied_at", .is_optional = true},
};

#define ID_BYTES_MAX 256

/* What every check needs; problems go to `out`. */
struct check {
	struct arena *arena;
	const struct import_rules *rules;
	struct import_rows *out;
	size_t row;
	bool is_bad;     /* the row */
	bool is_garbled; /* one of its cells is not UTF-8 */
};

static void report_row(struct check *check, const char *column, const char *reason)
{
	struct import_rows *out = check->out;

	out->problems[out->problem_count] = (struct import_problem){check->row, column, reason};
	out->problem_count++;
	check->is_bad = true;
}

static void report(struct check *check, enum import_column column, const char *reason)
{
	report_row(check, import_columns[column].name, reason);
}

/* Reports a cell that is no text; the length of one that is. */
static bool check_utf8(
	struct check *check, enum import_column column, struct str text, size_t *out_points)
{
	switch (utf8_check(span_from_str(text), out_points)) {
	case UTF8_OK:
		return true;
	case UTF8_INVALID:
		check->is_garbled = true;
		report(check, column, _("not UTF-8; for a file in another encoding: --encoding GB18030"));
		return false;
	case UTF8_NUL:
		report(check, column, _("holds the character U+0000"));
		return false;
	}
	unreachable();
}

/* UTF-8, and as many characters as field.def allows for this field of complaint.submit. */
static void check_text(
	struct check *check, enum import_column column, struct str text, const char *field)
{
	const struct field_row *row = field_row(&pb__complaint_submit__descriptor, field);
	size_t points = 0;

	assert(row != NULL && row->measure == FIELD_TEXT);
	if (check_utf8(check, column, text, &points) && points > (size_t)row->max) {
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
	} else {
		(void)check_utf8(check, IMPORT_MSG_ID, id, &points);
	}
}

/* Sets *out_us where it is a time that the server takes; the caller reports an empty one. */
static bool check_time(
	struct check *check, enum import_column column, struct str text, int64_t *out_us)
{
	if (!when_parse(text, check->rules->zone, out_us)) {
		report(check, column, _("is no time; like this: 2026-11-24 10:00"));
	} else if (*out_us < 0 || *out_us >= TIME_US_MAX) {
		report(check, column, _("is out of range"));
	} else if (*out_us > check->rules->now_us) {
		report(check, column, _("is in the future"));
	} else {
		return true;
	}
	return false;
}

static bool check_created(struct check *check, struct str text, int64_t *out_us)
{
	if (text.len == 0) {
		report(check, IMPORT_CREATED_AT, _("is empty"));
		return false;
	}
	return check_time(check, IMPORT_CREATED_AT, text, out_us);
}

/* Both or none. Until it is known when it was said, nothing can be before that. */
static void check_answer(
	struct check *check, const struct str *cells, bool has_created, struct import_row *row)
{
	struct str reply = cells[IMPORT_REPLY];
	struct str replied_at = cells[IMPORT_REPLIED_AT];

	check_text(check, IMPORT_REPLY, reply, "answer");
	if (reply.len == 0 && replied_at.len > 0) {
		report(check, IMPORT_REPLY, _("is empty, but there is a time of it"));
	} else if (reply.len > 0 && replied_at.len == 0) {
		report(check, IMPORT_REPLIED_AT, _("is empty, but there is a reply"));
	} else if (replied_at.len > 0 &&
			   check_time(check, IMPORT_REPLIED_AT, replied_at, &row->answered_us) && has_created &&
			   row->answered_us < row->submitted_us) {
		report(check, IMPORT_REPLIED_AT, _("is before created_at"));
	}
	row->answer = reply;
}

/* One row: into the good ones, or its problems into theirs. */
static void check_row(struct check *check, const struct sheet_row *sheet_row)
{
	const struct str *cells = sheet_row->cells;
	struct str title = cells[IMPORT_TITLE];
	struct str detail = cells[IMPORT_DETAIL];
	struct import_row row = {.number = sheet_row->number, .title = title};
	bool has_created;

	check->row = sheet_row->number;
	check->is_bad = check->is_garbled = false;
	if (sheet_row->has_more) {
		report_row(
			check, "", _("has more cells than the header; a comma inside a cell needs quotes"));
	}
	check_id(check, cells[IMPORT_MSG_ID]);
	has_created = check_created(check, cells[IMPORT_CREATED_AT], &row.submitted_us);
	check_text(check, IMPORT_TITLE, title, "title");
	check_text(check, IMPORT_DETAIL, detail, "text");
	if (detail.len == 0 && title.len == 0) {
		report(check, IMPORT_DETAIL, _("is empty, and so is the title"));
	}
	check_answer(check, cells, has_created, &row);
	check->out->garbled_count += check->is_garbled ? 1 : 0;
	if (check->is_bad) {
		check->out->bad_count++;
		return;
	}
	row.text = detail.len > 0 ? detail : title;
	row.key = uuid_v8(check->rules->source, cells[IMPORT_MSG_ID]);
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

const char *import_missing_column(const struct sheet *sheet)
{
	bool has_reply = sheet->is_there[IMPORT_REPLY];

	if (has_reply == sheet->is_there[IMPORT_REPLIED_AT]) {
		return NULL;
	}
	return import_columns[has_reply ? IMPORT_REPLIED_AT : IMPORT_REPLY].name;
}

bool import_rows_check(const struct sheet *sheet, const struct import_rules *rules,
	struct arena *arena, struct import_rows *out)
{
	struct check check = {.arena = arena, .rules = rules, .out = out};
	/* One for each column of each row, one for the row as a whole, and one for a double. */
	size_t problems_max = sheet->count * (IMPORT_COLUMN_COUNT + 2) + 1;

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
