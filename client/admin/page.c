/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/page.h"

#include <stdio.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/core/json.h"

#define PAGE_ROWS 200 /* as many as the server gives at once */
#define LIMIT_DEFAULT 50

struct shown {
	struct table table;
	size_t row_count;
};

static void *field_at(ProtobufCMessage *message, const char *name, protobuf_c_boolean **out_has)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

	assert(field != NULL);
	*out_has = (void *)((char *)message + field->quantifier_offset);
	return (char *)message + field->offset;
}

static void set_limit(ProtobufCMessage *request, size_t limit)
{
	protobuf_c_boolean *has;
	uint32_t *out = field_at(request, "limit", &has);

	*has = true;
	*out = (uint32_t)limit;
}

static void set_cursor(ProtobufCMessage *request, ProtobufCBinaryData cursor)
{
	protobuf_c_boolean *has;
	ProtobufCBinaryData *out = field_at(request, "cursor", &has);

	*has = true;
	*out = cursor;
}

/* The cursor of a reply; false where there is no other page. */
static bool get_cursor(ProtobufCMessage *reply, ProtobufCBinaryData *out)
{
	protobuf_c_boolean *has;
	const ProtobufCBinaryData *cursor = field_at(reply, "cursor", &has);

	*out = *cursor;
	return *has;
}

static size_t get_rows(ProtobufCMessage *reply, const char *name, ProtobufCMessage ***out)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(reply->descriptor, name);

	assert(field != NULL && field->label == PROTOBUF_C_LABEL_REPEATED);
	*out = *(ProtobufCMessage ***)(void *)((char *)reply + field->offset);
	return *(const size_t *)(const void *)((char *)reply + field->quantifier_offset);
}

/* One row of the one JSON document; the first begins it. */
static void print_row(const struct page_list *list, const ProtobufCMessage *row, bool is_first)
{
	json_t *json = message_to_json(row);

	if (is_first) {
		printf("{\"%s\": [\n", list->rows_name);
	} else {
		fputs(",\n", stdout);
	}
	(void)json_dumpf(json, stdout, JSON_COMPACT);
	json_decref(json);
}

static size_t show_page(
	struct app *app, const struct page_list *list, struct shown *shown, ProtobufCMessage *reply)
{
	ProtobufCMessage **rows;
	size_t count = get_rows(reply, list->rows_name, &rows);

	for (size_t i = 0; i < count; i++) {
		if (app->is_json) {
			print_row(list, rows[i], shown->row_count == 0);
		} else {
			list->add_row(app, &shown->table, rows[i]);
		}
		shown->row_count++;
	}
	if (!app->is_json) {
		table_print(&shown->table, stdout, table_terminal_width(stdout));
	}
	return count;
}

/* *out_more: rows are left that nobody asked for. */
static enum err show_pages(struct app *app, const struct page_list *list, uint32_t limit,
	struct shown *shown, bool *out_more)
{
	struct client_result *page = NULL; /* the request's cursor lies in it */
	enum err err = ERR_OK;

	for (;;) {
		size_t left = limit == UINT32_MAX ? PAGE_ROWS : limit - shown->row_count;
		struct client_result *next;
		ProtobufCBinaryData cursor;
		size_t count;

		set_limit(list->request, size_min(left, PAGE_ROWS));
		next = link_call(app, list->method, list->request);
		client_result_free(page);
		page = next;
		if (next == NULL) {
			return app->fault.err;
		}
		count = show_page(app, list, shown, (ProtobufCMessage *)(uintptr_t)page->message);
		*out_more = get_cursor((ProtobufCMessage *)(uintptr_t)page->message, &cursor);
		if (ferror(stdout)) { /* nobody reads any more */
			err = fault_set(&app->fault, ERR_OUTPUT, "%s", _("standard output"));
			break;
		}
		if (!*out_more || count == 0 || shown->row_count >= limit) {
			break;
		}
		set_cursor(list->request, cursor);
	}
	client_result_free(page);
	return err;
}

enum err page_show_all(struct app *app, const struct page_list *list)
{
	const char *limit_text = app_option(app, OPTION_LIMIT);
	uint32_t limit = app_option(app, OPTION_ALL) == NULL ? LIMIT_DEFAULT : UINT32_MAX;
	struct shown shown = {0};
	bool has_more = false;
	enum err err = ERR_OK;

	if (limit_text != NULL) {
		err = app_number(app, "--limit", limit_text, 1, INT32_MAX, &limit);
	}
	if (err != ERR_OK) {
		return err;
	}
	table_init(&shown.table, list->columns, list->column_count);
	err = show_pages(app, list, limit, &shown, &has_more);
	if (err == ERR_OK && app->is_json) {
		if (shown.row_count == 0) {
			printf("{\"%s\": [", list->rows_name);
		} else {
			fputs("\n", stdout);
		}
		printf("], \"has_more\": %s}\n", has_more ? "true" : "false");
	} else if (err == ERR_OK && has_more) {
		print_note(app, _("there are more: --limit N or --all"));
	}
	table_fini(&shown.table);
	return err;
}
