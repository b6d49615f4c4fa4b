/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/import_sum.h"

#include <stdio.h>

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/i18n.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

void import_sum_add(struct import_sum *sum, bool is_closed, uint32_t category)
{
	size_t group = category / IMPORT_GROUP_STEP;

	sum->sent_count++;
	if (is_closed) {
		sum->closed_count++;
	} else {
		sum->submitted_count++;
	}
	if (group > 0 && group < IMPORT_GROUPS_MAX) {
		sum->group_counts[group]++;
	}
	assert(sum->submitted_count + sum->closed_count == sum->sent_count);
}

static json_t *problems_json(const struct import_rows *rows)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rows->problem_count; i++) {
		const struct import_problem *problem = &rows->problems[i];

		(void)json_array_append_new(
			array, json_pack("{s:I, s:s, s:s}", "row", (json_int_t)problem->row, "column",
					   problem->column, "reason", problem->reason));
	}
	return array;
}

static json_t *groups_json(const struct import_sum *sum)
{
	json_t *array = json_array();

	for (size_t i = 0; i < IMPORT_GROUPS_MAX; i++) {
		if (sum->group_counts[i] > 0) {
			(void)json_array_append_new(
				array, json_pack("{s:I, s:I}", "category", (json_int_t)(i * IMPORT_GROUP_STEP),
						   "count", (json_int_t)sum->group_counts[i]));
		}
	}
	return array;
}

static void print_groups(const struct import_sum *sum)
{
	static const struct table_column columns[] = {
		{N_("CATEGORY"), false},
		{N_("MESSAGES"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < IMPORT_GROUPS_MAX; i++) {
		char number[16];
		char count[24];

		if (sum->group_counts[i] > 0) {
			(void)snprintf(count, sizeof(count), "%zu", sum->group_counts[i]);
			table_add_c(&table, category_label((uint32_t)(i * IMPORT_GROUP_STEP), number));
			table_add_c(&table, count);
		}
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

static void print_json_sum(const struct app *app, size_t total, const struct import_rows *rows,
	const struct import_sum *sum)
{
	print_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:I, s:I, s:I, s:o}", "rows",
		(json_int_t)total, "sent", (json_int_t)sum->sent_count, "already_there",
		(json_int_t)sum->repeat_count, "bad", (json_int_t)rows->bad_count, "failed",
		(json_int_t)sum->failed_count, "is_dry_run", app_option(app, OPTION_DRY_RUN) != NULL,
		"problems", problems_json(rows), "submitted", (json_int_t)sum->submitted_count, "closed",
		(json_int_t)sum->closed_count, "already_there_without_answer",
		(json_int_t)sum->unanswered_count, "suggested", groups_json(sum)));
}

void import_sum_print(const struct app *app, size_t total, const struct import_rows *rows,
	const struct import_sum *sum)
{
	if (app->is_json) {
		print_json_sum(app, total, rows, sum);
		return;
	}
	printf(_("rows %zu, sent %zu, already there %zu, bad %zu, failed %zu\n"), total,
		sum->sent_count, sum->repeat_count, rows->bad_count, sum->failed_count);
	if (sum->unanswered_count > 0) {
		printf(ngettext("of those already there, %zu was imported before without its answer\n",
				   "of those already there, %zu were imported before without their answer\n",
				   sum->unanswered_count),
			sum->unanswered_count);
	}
	if (sum->sent_count > 0) {
		printf(_("of those sent, submitted %zu, closed with their answer %zu\n"),
			sum->submitted_count, sum->closed_count);
		putchar('\n');
		print_groups(sum);
	}
}

void import_problem_print(const struct app *app, const struct import_problem *problem)
{
	if (app->is_json) {
		return;
	}
	if (problem->column[0] == '\0') {
		fprintf(stderr, _("row %zu: %s\n"), problem->row, problem->reason);
	} else {
		fprintf(stderr, _("row %zu, %s: %s\n"), problem->row, problem->column, problem->reason);
	}
}
