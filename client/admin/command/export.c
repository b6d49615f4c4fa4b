/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export list, approve, cancel: the record of who took what, and a second person's word.
 */
#include <stdio.h>

#include "export.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/page.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

static void add_row(const struct app *app, struct table *table, const ProtobufCMessage *message)
{
	const Pb__Export *row = (const void *)message;
	struct app *shown = (struct app *)(uintptr_t)app; /* its arena has the times */
	char number[24];
	char id[UUID_TEXT_LEN + 1];

	uuid_format(uuid_from_span(codec_span(row->has_export_id, row->export_id)), id);
	table_add_c(table, row->has_begun_us ? app_show_time(shown, row->begun_us) : "");
	table_add(table, codec_str(row->account_name));
	(void)snprintf(number, sizeof(number), "%u", (unsigned)row->rows_given);
	table_add_c(table, number);
	table_add_c(table, label_of(&pb__export__state__descriptor, (int)row->state, number));
	table_add_c(table, label_of(&pb__export__format__descriptor, (int)row->format, number));
	table_add(table, codec_str(row->approver_name));
	table_add_c(table, id);
}

enum err command_export_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("BEGUN"), false},
		{N_("BY"), false},
		{N_("ROWS"), false},
		{N_("STATE"), false},
		{N_("FORMAT"), false},
		{N_("APPROVED BY"), false},
		{N_("ID"), false},
	};
	struct place_community community;
	struct page_list list = {
		.method = METHOD_export_list,
		.rows_name = "exports",
		.columns = columns,
		.column_count = COUNT(columns),
		.add_row = add_row,
	};
	enum err err = place_community(app, &community);

	if (err != ERR_OK) {
		return err;
	}
	list.request = form_new(app, &pb__export_list__descriptor);
	form_set_id(app, list.request, "community_id", community.id);
	return page_show_all(app, &list);
}

/* The export of the first argument, into the request. */
static enum err take_id(struct app *app, ProtobufCMessage *request)
{
	const char *text = app->options.arguments[0];
	struct place_community community;
	struct uuid id;
	enum err err;

	if (!uuid_parse(str_from_c(text), &id)) {
		return fault_set(&app->fault, ERR_USAGE, _("ID: '%s' is no UUID"), text);
	}
	err = place_community(app, &community);
	if (err == ERR_OK) {
		form_set_id(app, request, "community_id", community.id);
		form_set_id(app, request, "export_id", id);
	}
	return err;
}

enum err command_export_approve(struct app *app)
{
	Pb__ExportApprove request = PB__EXPORT_APPROVE__INIT;
	enum err err = take_id(app, &request.base);

	return err == ERR_OK ? print_call(app, METHOD_export_approve, &request.base,
							   _("the export was approved; who began it goes on with --resume"))
	                     : err;
}

enum err command_export_cancel(struct app *app)
{
	Pb__ExportCancel request = PB__EXPORT_CANCEL__INIT;
	enum err err = take_id(app, &request.base);

	return err == ERR_OK
	           ? print_call(app, METHOD_export_cancel, &request.base, _("the export was cancelled"))
	           : err;
}
