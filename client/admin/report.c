/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/report.h"

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/month.h"
#include "client/admin/place.h"
#include "client/admin/table.h"

#define TEXT_MAX 160

/* What a row was grouped by, in the order of the columns. */
enum key { KEY_COMMUNITY, KEY_MONTH, KEY_TEAM, KEY_PERSON, KEY_CATEGORY, KEY_KIND, KEY_COUNT };

static const char *const key_headings[KEY_COUNT] = {
	[KEY_COMMUNITY] = N_("COMMUNITY"),
	[KEY_MONTH] = N_("MONTH"),
	[KEY_TEAM] = N_("BUTLER TEAM"),
	[KEY_PERSON] = N_("PERSON"),
	[KEY_CATEGORY] = N_("CATEGORY"),
	[KEY_KIND] = N_("KIND"),
};

static bool has_key(const struct report_shape *shape, enum key key)
{
	static const Pb__Report__Group groups[KEY_COUNT] = {
		[KEY_MONTH] = PB__REPORT__GROUP__MONTH,
		[KEY_TEAM] = PB__REPORT__GROUP__TEAM,
		[KEY_PERSON] = PB__REPORT__GROUP__PERSON,
		[KEY_CATEGORY] = PB__REPORT__GROUP__CATEGORY,
		[KEY_KIND] = PB__REPORT__GROUP__KIND,
	};

	return key == KEY_COMMUNITY ? shape->by_community : shape->by_group[groups[key]];
}

static const char *kind_text(const Pb__ReportRow *row, char out[TEXT_MAX])
{
	char kind[16];
	char subkind[16];

	(void)snprintf(out, TEXT_MAX, "%s%s%s",
		row->has_kind ? label_of(&pb__complaint__kind__descriptor, (int)row->kind, kind) : "",
		row->has_subkind ? ": " : "",
		row->has_subkind ? label_of(&pb__complaint__subkind__descriptor, (int)row->subkind, subkind)
						 : "");
	return out;
}

static const char *team_text(
	const struct app *app, const Pb__ReportRow *row, char out[UUID_TEXT_LEN + 1])
{
	return row->has_team_id ? place_team_name(app, codec_span(true, row->team_id), out) : _("none");
}

/* Of one row; in `out`, or living as long as the app and the reply. */
static struct str key_text(const struct app *app, enum key key, const struct report_part *part,
	const Pb__ReportRow *row, char out[TEXT_MAX])
{
	static_assert(TEXT_MAX > UUID_TEXT_LEN, "an id fits");

	switch (key) {
	case KEY_COMMUNITY:
		return str_from_c(part->community);
	case KEY_MONTH:
		return str_from_c(month_format(row->month, out));
	case KEY_TEAM:
		return str_from_c(team_text(app, row, out));
	case KEY_PERSON:
		return row->account_name == NULL ? str_from_c(_("others")) : codec_str(row->account_name);
	case KEY_CATEGORY:
		return str_from_c(row->has_category ? category_label(row->category, out) : "");
	case KEY_KIND:
		return str_from_c(kind_text(row, out));
	case KEY_COUNT:
		break;
	}
	unreachable();
}

/* "98.5 %" */
static const char *percent_text(uint32_t hundredths, char out[TEXT_MAX])
{
	(void)snprintf(
		out, TEXT_MAX, "%u.%02u %%", (unsigned)(hundredths / 100), (unsigned)(hundredths % 100));
	return out;
}

static const char *target_text(const Pb__ReportValue *value, char out[TEXT_MAX])
{
	(void)snprintf(out, TEXT_MAX, "%s %u.%02u %%", value->is_most ? "≤" : "≥",
		(unsigned)(value->target / 100), (unsigned)(value->target % 100));
	return out;
}

static const char *count_text(const Pb__ReportValue *value, char out[TEXT_MAX])
{
	(void)snprintf(out, TEXT_MAX, "%lld/%lld", (long long)value->hits, (long long)value->total);
	return out;
}

/* What has to be said of it. */
static const char *note_text(const Pb__ReportValue *value, char out[TEXT_MAX])
{
	const char *missed = value->is_met ? "" : _("below target");
	const char *above = value->is_met ? "" : _("above target");

	if (value->is_of_team) {
		(void)snprintf(
			out, TEXT_MAX, _("the team's; own answers: %lld"), (long long)value->own_total);
		return out;
	}
	return value->is_most ? above : missed;
}

static const char *kpi_text(const Pb__ReportValue *value, char number[16])
{
	return label_of(&pb__report__kpi__descriptor, (int)value->kpi, number);
}

/* --- the screen --- */

static void add_line(const struct app *app, struct table *table, const struct report_shape *shape,
	const struct report_part *part, const Pb__ReportRow *row, const Pb__ReportValue *value)
{
	char text[TEXT_MAX];
	char number[16];

	for (int key = 0; key < KEY_COUNT; key++) {
		if (has_key(shape, (enum key)key)) {
			table_add(table, key_text(app, (enum key)key, part, row, text));
		}
	}
	table_add_c(table, kpi_text(value, number));
	table_add_c(table, percent_text(value->rate, text));
	table_add_c(table, count_text(value, text));
	table_add_c(table, target_text(value, text));
	table_add_c(table, note_text(value, text));
}

void report_print(const struct app *app, const struct report_shape *shape,
	const struct report_part *parts, size_t count, FILE *out)
{
	struct table_column columns[TABLE_COLUMNS_MAX];
	size_t column_count = 0;
	struct table table;

	for (int key = 0; key < KEY_COUNT; key++) {
		if (has_key(shape, (enum key)key)) {
			columns[column_count++] = (struct table_column){key_headings[key], false};
		}
	}
	columns[column_count++] = (struct table_column){N_("FIGURE"), false};
	columns[column_count++] = (struct table_column){N_("RATE"), false};
	columns[column_count++] = (struct table_column){N_("COUNT"), false};
	columns[column_count++] = (struct table_column){N_("TARGET"), false};
	columns[column_count++] = (struct table_column){N_("REMARK"), true};
	assert(column_count <= TABLE_COLUMNS_MAX);
	table_init(&table, columns, column_count);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < parts[i].reply->n_rows; k++) {
			const Pb__ReportRow *row = parts[i].reply->rows[k];

			for (size_t v = 0; v < row->n_values; v++) {
				add_line(app, &table, shape, &parts[i], row, row->values[v]);
			}
		}
	}
	table_print(&table, out, table_terminal_width(out));
	table_fini(&table);
}

/* --- spreadsheets --- */

static void add_cells(const struct app *app, struct grid *grid, const struct report_shape *shape,
	const struct report_part *part, const Pb__ReportRow *row, const Pb__ReportValue *value)
{
	char text[TEXT_MAX];
	char number[16];

	for (int key = 0; key < KEY_COUNT; key++) {
		if (has_key(shape, (enum key)key)) {
			grid_add_text(grid, key_text(app, (enum key)key, part, row, text));
		}
	}
	grid_add_text(grid, str_from_c(kpi_text(value, number)));
	grid_add_share(grid, value->rate);
	grid_add_number(grid, value->hits);
	grid_add_number(grid, value->total);
	grid_add_share(grid, value->target);
	grid_add_text(grid, str_from_c(value->is_met ? _("yes") : _("no")));
	if (value->is_of_team) {
		grid_add_number(grid, value->own_total);
	} else {
		grid_add_none(grid);
	}
}

void report_fill(const struct app *app, const struct report_shape *shape,
	const struct report_part *parts, size_t count, struct grid *grid)
{
	static const char *const headings[] = {N_("FIGURE"), N_("RATE"), N_("HITS"), N_("OF"),
		N_("TARGET"), N_("REACHED"), N_("OWN ANSWERS (FIGURE OF THE TEAM)")};

	for (int key = 0; key < KEY_COUNT; key++) {
		if (has_key(shape, (enum key)key)) {
			grid_add_column(grid, _(key_headings[key]));
		}
	}
	for (size_t i = 0; i < COUNT(headings); i++) {
		grid_add_column(grid, _(headings[i]));
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < parts[i].reply->n_rows; k++) {
			const Pb__ReportRow *row = parts[i].reply->rows[k];

			for (size_t v = 0; v < row->n_values; v++) {
				add_cells(app, grid, shape, &parts[i], row, row->values[v]);
			}
		}
	}
}
