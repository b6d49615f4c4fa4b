/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/print.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/uuid.h"

#include "client/admin/app.h"
#include "client/admin/cell.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/core/json.h"

#define LABEL_COLUMNS 18
#define TEXT_BYTES_MAX (256 * 1024)

void print_json(json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

enum err print_message(struct app *app, const ProtobufCMessage *message)
{
	json_t *json = message_to_json(message);

	if (json == NULL) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	print_json(json);
	return ERR_OK;
}

enum err print_call(
	struct app *app, enum method method, const ProtobufCMessage *request, const char *note)
{
	struct client_result *result = link_call(app, method, request);
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (result->is_repeat) {
		print_note(app, _("this had been done before; nothing was done twice"));
	} else {
		print_note(app, "%s", note);
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	}
	client_result_free(result);
	return err;
}

void print_pair(const char *label, struct str text)
{
	size_t columns = cell_width(str_from_c(label)) + 1;
	struct arena arena;
	struct str clean;

	if (text.len == 0) {
		return;
	}
	arena_init(&arena, 4 * TEXT_BYTES_MAX);
	clean = cell_clean(&arena, str_of(text.ptr, size_min(text.len, TEXT_BYTES_MAX)), CELL_LINES);
	printf("%s:%*s", label, (int)(LABEL_COLUMNS - size_min(columns, LABEL_COLUMNS - 1)), "");
	for (size_t i = 0; i < clean.len; i++) {
		putchar(clean.ptr[i]);
		if (clean.ptr[i] == '\n') {
			printf("%*s", LABEL_COLUMNS, "");
		}
	}
	putchar('\n');
	arena_fini(&arena);
}

void print_pair_c(const char *label, const char *text)
{
	print_pair(label, str_from_c(text));
}

void print_id(const char *label, struct span id)
{
	char text[UUID_TEXT_LEN + 1] = "";

	if (id.len == UUID_BYTES) {
		uuid_format(uuid_from_span(id), text);
	}
	print_pair_c(label, text);
}

void print_note(const struct app *app, const char *format, ...)
{
	va_list arguments;

	if (app->is_json) {
		return;
	}
	va_start(arguments, format);
	fputs("guanjia: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}
