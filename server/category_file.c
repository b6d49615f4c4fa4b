/* SPDX-License-Identifier: Apache-2.0 */
#include "server/category_file.h"

#include <errno.h>

#include "common/sheet.h"
#include "common/utf8.h"
#include "server/data_file.h"

#define FILE_NAME "category_words.csv"
#define FILE_BYTES_MAX (256 * 1024)
#define BYTES_MAX ((size_t)8 * 1024 * 1024) /* the file, its cells, the words */

enum { COLUMN_WORD, COLUMN_CATEGORY, COLUMN_WEIGHT, COLUMN_COUNT };

static const struct sheet_column columns[COLUMN_COUNT] = {
	{"word", "词", false},
	{"category", "类别", false},
	{"weight", "权重", false},
};

/* Never a path: settings' texts are nobody's business. */
static enum err refuse(struct config_fault *out, size_t row, const char *reason)
{
	if (row == 0) {
		(void)snprintf(out->text, sizeof out->text, "category_words: %s", reason);
	} else {
		(void)snprintf(out->text, sizeof out->text, "category_words row %zu: %s", row, reason);
	}
	return ERR_CONFIG;
}

static const char *const verdicts[] = {
	[SHEET_EMPTY] = "there is nothing in it",
	[SHEET_ENCODING] = "it is not UTF-8",
	[SHEET_IS_UTF8] = "it is not UTF-8",
	[SHEET_NO_TEXT] = "it is no text",
	[SHEET_QUOTES] = "a quote that is not closed, or stands inside a cell",
	[SHEET_COLUMN] = "columns are word, category, weight",
	[SHEET_TWICE] = "a column is there twice",
	[SHEET_WIDTH] = "too many columns",
	[SHEET_CELL] = "a cell is too long",
	[SHEET_TOO_BIG] = "it is too big",
};

/* A whole number of 1 to 5 digits. */
static bool take_number(struct str cell, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.ptr[i] < '0' || cell.ptr[i] > '9') {
			return false;
		}
		*out = *out * 10 + (uint32_t)(cell.ptr[i] - '0');
	}
	return cell.len >= 1 && cell.len <= 5;
}

/* NULL: it is good. */
static const char *take_row(const struct sheet_row *row, struct category_word *out)
{
	struct str word = row->cells[COLUMN_WORD];
	uint32_t weight;
	size_t points;

	if (word.len < CATEGORY_WORD_BYTES_MIN || word.len > CATEGORY_WORD_BYTES_MAX ||
		utf8_check(span_from_str(word), &points) != UTF8_OK) {
		return "word: UTF-8 of 3 to 255 bytes";
	}
	if (!category_find(row->cells[COLUMN_CATEGORY], &out->category) &&
		(!take_number(row->cells[COLUMN_CATEGORY], &out->category) ||
			!category_is_known(out->category))) {
		return "category: a number or a name of the list of categories";
	}
	if (!take_number(row->cells[COLUMN_WEIGHT], &weight) || weight > CATEGORY_WEIGHT_MAX) {
		return "weight: 0 to 9";
	}
	out->word = word;
	out->weight = (uint8_t)weight;
	return NULL;
}

static bool is_there_before(const struct category_word *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(words[i].word, words[count].word)) {
			return true;
		}
	}
	return false;
}

static enum err take_rows(
	const struct sheet *sheet, struct category_word *words, struct config_fault *out_fault)
{
	for (size_t i = 0; i < sheet->count; i++) {
		const char *reason = take_row(&sheet->rows[i], &words[i]);

		if (reason == NULL && is_there_before(words, i)) {
			reason = "word: it is there already";
		}
		if (reason != NULL) {
			return refuse(out_fault, sheet->rows[i].number, reason);
		}
	}
	return ERR_OK;
}

static enum err index_words(struct category_file *file, const struct category_word *own,
	size_t count, struct config_fault *out_fault)
{
	file->all = category_words_new(&file->arena, own, count);
	return file->all != NULL ? ERR_OK : refuse(out_fault, 0, "memory is out");
}

static enum err take_text(
	struct category_file *file, struct str text, struct config_fault *out_fault)
{
	struct category_word *words =
		arena_alloc(&file->arena, CATEGORY_WORDS_MAX * sizeof(struct category_word));
	struct sheet_fault fault = {0};
	struct sheet sheet;
	enum sheet_verdict verdict =
		sheet_read_columns(text, NULL, columns, COLUMN_COUNT, &file->arena, &sheet, &fault);

	if (verdict != SHEET_OK) {
		return refuse(out_fault, fault.row, verdicts[verdict]);
	}
	if (sheet.count > CATEGORY_WORDS_MAX) {
		return refuse(out_fault, 0, "at most 1000 words");
	}
	if (words == NULL) {
		return refuse(out_fault, 0, "memory is out");
	}
	if (take_rows(&sheet, words, out_fault) != ERR_OK) {
		return ERR_CONFIG;
	}
	return index_words(file, words, sheet.count, out_fault);
}

static enum err read_file(struct category_file *file, const char *path, bool has_to_be_there,
	struct config_fault *out_fault)
{
	uint8_t *bytes = arena_alloc(&file->arena, FILE_BYTES_MAX);
	size_t len;

	if (bytes == NULL) {
		return refuse(out_fault, 0, "memory is out");
	}
	if (!data_file_read(path, bytes, FILE_BYTES_MAX, &len)) {
		return errno == ENOENT && !has_to_be_there ? index_words(file, NULL, 0, out_fault)
		                                           : refuse(out_fault, 0, strerror(errno));
	}
	return take_text(file, str_of((const char *)bytes, len), out_fault);
}

void category_file_init(struct category_file *file)
{
	arena_init(&file->arena, BYTES_MAX);
	file->all = NULL;
}

enum err category_file_load(
	struct category_file *file, const struct config *config, struct config_fault *out_fault)
{
	bool is_named = config->category_words[0] != '\0';
	struct category_file next;
	char path[4096 + sizeof FILE_NAME];
	enum err err;

	category_file_init(&next);
	(void)snprintf(path, sizeof path, "%s%s%s", is_named ? config->category_words : config->dir,
		is_named ? "" : "/", is_named ? "" : FILE_NAME);
	err = read_file(&next, path, is_named, out_fault);
	if (err != ERR_OK) {
		category_file_fini(&next);
		return err;
	}
	category_file_fini(file);
	*file = next;
	return ERR_OK;
}

void category_file_fini(struct category_file *file)
{
	arena_fini(&file->arena);
	file->all = NULL;
}
