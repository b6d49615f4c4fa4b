/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds what the server has of an import against the file that was imported:
 *
 *     messages FILE.csv SOURCE LIST.json [COUNT]
 *
 * LIST.json is what `complaint list --all --json` printed. Each row of the file must be in it once, and
 * nothing else: with its time, closed where it has a reply and submitted where not, and with the category
 * that the rules suggest for its words. Prints how far the suggested groups agree with the file's column
 * kw_primary, where it has one, then the ids of the first COUNT that are submitted, in the file's order,
 * "pick ID". Never a text: the messages may not be ours to give away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <jansson.h>

#include "server/domain/category.h"

#include "client/admin/file.h"
#include "client/admin/import_row.h"
#include "client/admin/when.h"
#include "tests/domain/category_label.h"

#define FILE_BYTES_MAX (64 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define PERCENT 100

/* The columns of an import, and the label behind them. */
enum { COLUMN_LABEL = IMPORT_COLUMN_COUNT, COLUMN_COUNT };

struct tally {
	size_t count, agree_count;
};

struct report {
	json_t *by_id; /* complaint_id → its row of the list */
	size_t closed_count, submitted_count;
	size_t wrong_count;
	struct tally tallies[COUNT(category_labels)];
};

static void wrong(struct report *report, size_t row, const char *what)
{
	report->wrong_count++;
	printf("# row %zu: %s\n", row, what);
}

/* The list by ids; NULL where it is none, or holds an id twice. */
static json_t *read_list(const char *path)
{
	json_t *by_id = json_object();
	json_t *list = json_load_file(path, 0, NULL);
	json_t *array = json_object_get(list, "complaints");

	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *row = json_array_get(array, i);
		const char *id = json_string_value(json_object_get(row, "complaint_id"));

		if (id == NULL || json_object_get(by_id, id) != NULL) {
			printf("# the list has something without an id, or twice: %s\n", id == NULL ? "" : id);
			json_decref(by_id);
			by_id = NULL;
			break;
		}
		(void)json_object_set(by_id, id, row);
	}
	json_decref(list);
	return by_id;
}

static bool is_text(json_t *row, const char *member, const char *text)
{
	const char *is = json_string_value(json_object_get(row, member));

	return is != NULL && strcmp(is, text) == 0;
}

static void check_row(struct report *report, const struct import_row *row, struct str label_name)
{
	size_t label = category_label_of(label_name);
	uint32_t category = category_suggest(NULL, row->title, row->text);
	bool is_closed = row->answer.len > 0;
	char id[UUID_TEXT_LEN + 1];
	json_t *json;

	uuid_format(row->key, id);
	json = json_object_get(report->by_id, id);
	if (json == NULL) {
		wrong(report, row->number, "is not in the list");
		return;
	}
	if (!is_text(json, "channel", "IMPORT")) {
		wrong(report, row->number, "its channel");
	}
	if (!is_text(json, "state", is_closed ? "CLOSED" : "SUBMITTED")) {
		wrong(report, row->number, "its state");
	}
	if (json_integer_value(json_object_get(json, "submitted_us")) != row->submitted_us) {
		wrong(report, row->number, "its time");
	}
	if (json_integer_value(json_object_get(json, "category")) != category ||
		!json_is_true(json_object_get(json, "is_suggested"))) {
		wrong(report, row->number, "its category");
	}
	report->closed_count += is_closed ? 1 : 0;
	report->submitted_count += is_closed ? 0 : 1;
	if (label < COUNT(category_labels)) {
		report->tallies[label].count++;
		report->tallies[label].agree_count +=
			category_label_means(label, category_group(category)) ? 1 : 0;
	}
}

static void print_agreement(const struct report *report)
{
	struct tally all = {0};

	for (size_t i = 0; i < COUNT(category_labels); i++) {
		const struct tally *tally = &report->tallies[i];

		if (tally->count > 0) {
			printf("# %-18s %4zu messages, %3zu%% suggested so\n", category_labels[i].name,
				tally->count, tally->agree_count * PERCENT / tally->count);
		}
		all.count += tally->count;
		all.agree_count += tally->agree_count;
	}
	if (all.count > 0) {
		printf("# %-18s %4zu messages, %3zu%% suggested so\n", "all", all.count,
			all.agree_count * PERCENT / all.count);
	}
}

static void print_picks(const struct import_rows *rows, size_t count)
{
	for (size_t i = 0; i < rows->count && count > 0; i++) {
		char id[UUID_TEXT_LEN + 1];

		if (rows->rows[i].answer.len == 0) {
			uuid_format(rows->rows[i].key, id);
			printf("pick %s\n", id);
			count--;
		}
	}
}

/* The file as the program reads it, with its labels; false where it has bad rows. */
static bool read_file(const char *path, const char *source, struct arena *arena,
	struct sheet *out_sheet, struct import_rows *out)
{
	struct sheet_column columns[COLUMN_COUNT] = {
		[COLUMN_LABEL] = {.name = "kw_primary", .is_optional = true}};
	struct import_rules rules = {
		.source = str_from_c(source), .zone = WHEN_ZONE_DEFAULT, .now_us = INT64_MAX};
	struct sheet_fault fault;
	struct str text;

	memcpy(columns, import_columns, sizeof(import_columns));
	return file_read(path, FILE_BYTES_MAX, arena, &text) == 0 &&
	       sheet_read_columns(text, NULL, columns, COLUMN_COUNT, arena, out_sheet, &fault) ==
	           SHEET_OK &&
	       import_rows_check(out_sheet, &rules, arena, out) && out->bad_count == 0;
}

int main(int argc, char **argv)
{
	struct report report = {0};
	struct import_rows rows;
	struct arena arena;
	struct sheet sheet;
	bool is_good;

	assert(argc >= 4);
	arena_init(&arena, ARENA_BYTES_MAX);
	report.by_id = read_list(argv[3]);
	if (report.by_id == NULL || !read_file(argv[1], argv[2], &arena, &sheet, &rows)) {
		printf("# the file or the list cannot be read\n");
		return 1;
	}
	for (size_t i = 0; i < rows.count; i++) {
		check_row(&report, &rows.rows[i], sheet.rows[i].cells[COLUMN_LABEL]);
	}
	print_agreement(&report);
	printf("# %zu rows, %zu submitted, %zu closed, %zu things wrong\n", rows.count,
		report.submitted_count, report.closed_count, report.wrong_count);
	is_good = report.wrong_count == 0 && json_object_size(report.by_id) == rows.count;
	print_picks(&rows, argc > 4 ? strtoul(argv[4], NULL, 10) : 0);
	json_decref(report.by_id);
	arena_fini(&arena);
	return is_good ? 0 : 1;
}
