/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint windows: when somebody is free for the visit, to be offered to the owner.
 */
#include <stdio.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"

static void print_windows(struct app *app, const Pb__ComplaintWindowsReply *reply)
{
	static const struct table_column columns[] = {
		{N_("FROM"), false},
		{N_("TO"), false},
		{N_("WHO IS FREE"), true},
		{N_("HOW MANY"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_windows; i++) {
		const Pb__ProposedWindow *one = reply->windows[i];
		char count[16];

		(void)snprintf(count, sizeof(count), "%u", (unsigned)one->free_count);
		table_add_c(&table, one->window == NULL ? "" : app_show_time(app, one->window->from_us));
		table_add_c(&table, one->window == NULL ? "" : app_show_time(app, one->window->to_us));
		table_add(&table, codec_str(one->worker_name));
		table_add_c(&table, count);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
	if (reply->n_windows == 0) {
		print_note(app, _("nobody is free for it in the next two weeks"));
	}
}

enum err command_complaint_windows(struct app *app)
{
	Pb__ComplaintWindows *request =
		(void *)form_new(app, method_rows[METHOD_complaint_windows].request);
	struct target target = {0};
	struct client_result *result;
	enum err err = form_words(app, &request->base);

	if (err == ERR_OK) {
		err = target_find(app, app->options.arguments[0], &target);
	}
	if (err != ERR_OK) {
		return err;
	}
	form_set_id(app, &request->base, "community_id", target.community_id);
	form_set_id(app, &request->base, "complaint_id", target.complaint_id);
	err = form_names(app, &request->base, &target.community_id);
	result = err == ERR_OK ? link_call(app, METHOD_complaint_windows, &request->base) : NULL;
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_windows(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}
