/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/table.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/admin/cell.h"
#include "client/admin/i18n.h"

#define GAP 2          /* columns between two columns */
#define ELASTIC_MIN 12 /* it does not give way further */
#define CELLS_FIRST 256

/* In the person's language. The translation of nothing is the translations' own header: not looked up. */
static struct str heading_of(const struct table_column *column)
{
	return column->heading[0] == '\0' ? STR("") : str_from_c(_(column->heading));
}

void table_init(struct table *table, const struct table_column *columns, size_t count)
{
	assert(count >= 1 && count <= TABLE_COLUMNS_MAX);
	*table = (struct table){.columns = columns, .column_count = count};
	arena_init(&table->arena, TABLE_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		table->widths[i] = cell_width(heading_of(&columns[i]));
	}
}

void table_fini(struct table *table)
{
	free(table->cells);
	arena_fini(&table->arena);
	*table = (struct table){0};
}

void table_add(struct table *table, struct str text)
{
	size_t column = table->cell_count % table->column_count;
	struct str clean = cell_clean(&table->arena, text, CELL_ONE_LINE);

	if (table->cell_count == table->cell_max) {
		table->cell_max = table->cell_max == 0 ? CELLS_FIRST : table->cell_max * 2;
		table->cells = reallocarray(table->cells, table->cell_max, sizeof(*table->cells));
		if (table->cells == NULL) {
			abort();
		}
	}
	table->cells[table->cell_count] = clean;
	table->cell_count++;
	table->widths[column] = size_max(table->widths[column], cell_width(clean));
}

void table_add_c(struct table *table, const char *text)
{
	table_add(table, str_from_c(text));
}

/* The widths that fit: what is too much is taken from the elastic column. */
static void fit(const struct table *table, size_t width, size_t out[TABLE_COLUMNS_MAX])
{
	size_t total = GAP * (table->column_count - 1);
	size_t elastic = table->column_count;

	for (size_t i = 0; i < table->column_count; i++) {
		out[i] = table->widths[i];
		total += out[i];
		elastic = table->columns[i].is_elastic ? i : elastic;
	}
	if (width == 0 || total <= width || elastic == table->column_count) {
		return;
	}
	if (out[elastic] > ELASTIC_MIN) {
		size_t spare = out[elastic] - ELASTIC_MIN;

		out[elastic] -= size_min(spare, total - width);
	}
}

/* Trailing blanks are left out: they would wrap where the terminal is exactly as wide. */
static void print_row(
	struct table *table, const struct str *cells, const size_t widths[TABLE_COLUMNS_MAX], FILE *out)
{
	size_t pending = 0; /* blanks that the next cell needs before it */

	for (size_t i = 0; i < table->column_count; i++) {
		struct str cell = cell_clip(&table->arena, cells[i], widths[i]);

		if (cell.len > 0) {
			fprintf(out, "%*s%.*s", (int)pending, "", STR_ARG(cell));
			pending = 0;
		}
		pending += widths[i] - size_min(widths[i], cell_width(cell)) + GAP;
	}
	fputc('\n', out);
}

void table_print(struct table *table, FILE *out, size_t width)
{
	struct str headings[TABLE_COLUMNS_MAX];
	size_t widths[TABLE_COLUMNS_MAX];

	assert(table->cell_count % table->column_count == 0);
	fit(table, width, widths);
	for (size_t i = 0; i < table->column_count; i++) {
		headings[i] = heading_of(&table->columns[i]);
	}
	if (!table->is_headed) {
		print_row(table, headings, widths, out);
		table->is_headed = true;
	}
	for (size_t i = 0; i < table->cell_count; i += table->column_count) {
		print_row(table, &table->cells[i], widths, out);
	}
	table->cell_count = 0;
	arena_fini(&table->arena); /* ready for the next portion */
}

size_t table_terminal_width(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0) {
		return 0;
	}
	return size.ws_col;
}
