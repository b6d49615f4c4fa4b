/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint count: how many a list with the same conditions would show, a line a state. Where there are more than
 * the server counts, each number is what there is at least: "10000+".
 */
#include <stdio.h>

#include "complaint.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/filter.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

static void add_row(
	struct app *app, struct table *table, const char *name, uint32_t count, bool has_more)
{
	table_add_c(table, name);
	table_add(table, arena_printf(&app->arena, "%u%s", (unsigned)count, has_more ? "+" : ""));
}

static enum err show(struct app *app, const struct client_result *result)
{
	static const struct table_column columns[] = {{N_("STATE"), false}, {N_("COMPLAINTS"), false}};
	const Pb__ComplaintCountReply *reply = (const void *)result->message;
	struct table table;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_counts; i++) {
		const Pb__StateCount *count = reply->counts[i];
		char number[16];

		add_row(app, &table, label_of(&pb__complaint__state__descriptor, (int)count->state, number),
			count->count, reply->has_more);
	}
	add_row(app, &table, _("all together"), reply->total, reply->has_more);
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
	return ERR_OK;
}

enum err command_complaint_count(struct app *app)
{
	Pb__ComplaintCount request = PB__COMPLAINT_COUNT__INIT;
	struct client_result *result;
	struct filter filter;
	enum err err;

	filter_init(&filter);
	request.filter = &filter.request;
	err = filter_words(app, &filter);
	if (err == ERR_OK) {
		err = filter_names(app, &filter);
	}
	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_complaint_count, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	err = show(app, result);
	client_result_free(result);
	return err;
}
