/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/cursor.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/core/json.h"
#include "tests/wire/run.h"

#define BYTES_MAX ((size_t)4 * 1024 * 1024) /* of one statement */

static void skip_blanks(struct cursor *cursor)
{
	cursor->at += strspn(cursor->at, " \t\n");
}

struct cursor cursor_of(struct run *run, const char *text)
{
	struct cursor cursor = {.run = run, .at = text};

	skip_blanks(&cursor);
	return cursor;
}

bool cursor_is_at_end(const struct cursor *cursor)
{
	return *cursor->at == '\0';
}

bool cursor_end(struct cursor *cursor)
{
	if (cursor_is_at_end(cursor)) {
		return true;
	}
	return run_fail(cursor->run, "'%.40s' is one word too many", cursor->at);
}

static size_t word_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || (text[len] != '\0' && strchr("._-/", text[len]))) {
		len++;
	}
	return len;
}

bool cursor_take(struct cursor *cursor, const char *word)
{
	size_t len = word_len(cursor->at);

	if (len != strlen(word) || strncmp(cursor->at, word, len) != 0) {
		return false;
	}
	cursor->at += len;
	skip_blanks(cursor);
	return true;
}

bool cursor_symbol(struct cursor *cursor, char symbol)
{
	if (*cursor->at != symbol) {
		return false;
	}
	cursor->at++;
	skip_blanks(cursor);
	return true;
}

static const char *take(struct cursor *cursor, size_t len, const char *what)
{
	const char *taken;

	if (len == 0) {
		(void)run_fail(cursor->run, "%s is missing before '%.40s'", what, cursor->at);
		return NULL;
	}
	taken = arena_c_string(&cursor->run->arena, str_of(cursor->at, len));
	assert(taken != NULL);
	cursor->at += len;
	skip_blanks(cursor);
	return taken;
}

const char *cursor_word(struct cursor *cursor)
{
	return take(cursor, word_len(cursor->at), "a word");
}

const char *cursor_path(struct cursor *cursor)
{
	return take(cursor, strcspn(cursor->at, " \t\n"), "a path");
}

bool cursor_number(struct cursor *cursor, int64_t *out)
{
	char *end;
	long long value;

	if (!isdigit((unsigned char)*cursor->at)) {
		return run_fail(cursor->run, "a number is missing before '%.40s'", cursor->at);
	}
	errno = 0;
	value = strtoll(cursor->at, &end, 10);
	if (errno != 0) {
		return run_fail(cursor->run, "a number is too large");
	}
	*out = value;
	cursor->at = end;
	skip_blanks(cursor);
	return true;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

bool cursor_has_json(const struct cursor *cursor)
{
	char first = *cursor->at;

	return (first != '\0' && strchr("{[\"$-", first) != NULL) || isdigit((unsigned char)first) ||
	       strncmp(cursor->at, "true", 4) == 0 || strncmp(cursor->at, "false", 5) == 0 ||
	       strncmp(cursor->at, "null", 4) == 0;
}

/* How much of the text is one value: brackets that match, one text, or up to a blank. */
static size_t json_len(const char *text)
{
	size_t depth = 0;
	bool in_text = false;
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		if (in_text) {
			bool is_escape = text[i] == '\\' && text[i + 1] != '\0';

			in_text = is_escape || text[i] != '"';
			i += is_escape;
		} else if (text[i] == '"') {
			in_text = true;
		} else if (strchr("{[", text[i]) != NULL) {
			depth++;
		} else if (strchr("}]", text[i]) != NULL) {
			depth -= depth > 0;
		} else if (depth == 0 && strchr(" \t\n", text[i]) != NULL) {
			break;
		}
	}
	return i;
}

static size_t variable_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_') {
		len++;
	}
	return len;
}

/* The value of a variable whose name stands at `text`; NULL after a failure. */
static json_t *variable_at(struct run *run, const char *text, size_t len)
{
	const char *name = arena_c_string(&run->arena, str_of(text, len));
	json_t *value = json_object_get(run->variables, name);

	if (value == NULL) {
		(void)run_fail(run, "there is no variable $%s", name);
	}
	return value;
}

static void append(struct buf *out, const char *text, size_t len)
{
	bool fits = buf_append(out, span_of(text, len));

	assert(fits);
}

/* The value as JSON; inside a text, what is in it and no quotes. */
static bool append_variable(
	struct run *run, struct buf *out, const char *text, size_t len, bool in_text)
{
	json_t *value = variable_at(run, text, len);
	char *dumped;
	size_t dumped_len;
	bool is_text = json_is_string(value);

	if (value == NULL) {
		return false;
	}
	dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	assert(dumped != NULL);
	dumped_len = strlen(dumped);
	if (in_text && is_text) {
		append(out, dumped + 1, dumped_len - 2);
	} else {
		append(out, dumped, dumped_len);
	}
	free(dumped);
	return true;
}

/* Copies with variables put in. Ends: every turn goes on by a character at least. */
static bool expand(struct run *run, struct str text, struct buf *out)
{
	bool in_text = false;
	size_t i = 0;

	while (i < text.len) {
		size_t len = text.ptr[i] == '$' ? variable_len(text.ptr + i + 1) : 0;

		if (len > 0) {
			if (!append_variable(run, out, text.ptr + i + 1, len, in_text)) {
				return false;
			}
			i += 1 + len;
			continue;
		}
		if (text.ptr[i] == '\\' && i + 1 < text.len) {
			append(out, text.ptr + i++, 1);
		} else if (text.ptr[i] == '"') {
			in_text = !in_text;
		}
		append(out, text.ptr + i++, 1);
	}
	return true;
}

json_t *cursor_json(struct cursor *cursor)
{
	struct run *run = cursor->run;
	struct str text = str_of(cursor->at, json_len(cursor->at));
	struct json_fault fault = {0};
	struct buf expanded;
	struct span bytes;
	json_t *json = NULL;

	buf_init(&expanded, BYTES_MAX);
	if (expand(run, text, &expanded)) {
		bytes = buf_readable(&expanded);
		json = json_read(str_of((const char *)bytes.ptr, bytes.len), &fault);
		if (json == NULL) {
			(void)run_fail(run, "JSON: %s", fault.text);
		}
	}
	buf_fini(&expanded);
	cursor->at += text.len;
	skip_blanks(cursor);
	return json == NULL ? NULL : run_keep(run, json);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static int hex_value(char digit)
{
	const char *digits = "0123456789abcdef";
	const char *place = digit == '\0' ? NULL : strchr(digits, tolower((unsigned char)digit));

	return place == NULL ? -1 : (int)(place - digits);
}

static bool append_hex(struct cursor *cursor, struct buf *out)
{
	while (hex_value(cursor->at[0]) >= 0 && hex_value(cursor->at[1]) >= 0) {
		char byte = (char)(hex_value(cursor->at[0]) << 4 | hex_value(cursor->at[1]));

		append(out, &byte, 1);
		cursor->at += 2;
	}
	return true;
}

/* An id's 16 bytes, or a text's. */
static bool append_value(struct run *run, struct buf *out, const json_t *value)
{
	struct str text = str_of(json_string_value(value), json_string_length(value));
	struct uuid id;

	if (!json_is_string(value)) {
		return run_fail(run, "only texts and ids have bytes");
	}
	if (uuid_parse(text, &id)) {
		append(out, (const char *)id.bytes, UUID_BYTES);
	} else {
		append(out, text.ptr, text.len);
	}
	return true;
}

/* One item without its repetition. */
static bool append_item(struct cursor *cursor, struct buf *out)
{
	json_t *value;

	if (hex_value(*cursor->at) >= 0) {
		return append_hex(cursor, out);
	}
	if (*cursor->at == '$') {
		size_t len = variable_len(cursor->at + 1);

		value = variable_at(cursor->run, cursor->at + 1, len);
		cursor->at += 1 + len;
		return value != NULL && append_value(cursor->run, out, value);
	}
	if (*cursor->at == '"') {
		value = cursor_json(cursor);
		return value != NULL && append_value(cursor->run, out, value);
	}
	return run_fail(cursor->run, "'%.40s' is no hexadecimal byte, text or variable", cursor->at);
}

static bool append_repeated(struct cursor *cursor, struct buf *out)
{
	size_t before = buf_readable(out).len;
	int64_t count = 1;
	struct span once;
	uint8_t *copy;

	if (!append_item(cursor, out)) {
		return false;
	}
	if (*cursor->at == '*') {
		cursor->at++;
		if (!cursor_number(cursor, &count)) {
			return false;
		}
	}
	once = span_after(buf_readable(out), before);
	if (once.len == 0 || count < 1 || (size_t)count > BYTES_MAX / once.len) {
		return run_fail(cursor->run, "bytes: want some, and not too many");
	}
	copy = arena_alloc(&cursor->run->arena, once.len);
	assert(copy != NULL);
	memcpy(copy, once.ptr, once.len);
	for (int64_t i = 1; i < count; i++) {
		append(out, (const char *)copy, once.len);
	}
	skip_blanks(cursor);
	return true;
}

bool cursor_bytes(struct cursor *cursor, struct span *out)
{
	struct buf bytes;
	bool made = true;

	buf_init(&bytes, 4 * BYTES_MAX);
	while (made && !cursor_is_at_end(cursor)) {
		made = append_repeated(cursor, &bytes);
	}
	if (made) {
		*out = arena_span(&cursor->run->arena, buf_readable(&bytes));
		assert(!cursor->run->arena.failed);
	}
	buf_fini(&bytes);
	return made;
}
