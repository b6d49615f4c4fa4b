/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: what the server says about itself.
 */
#include <inttypes.h>
#include <stdio.h>

#include "proto/codec.h"
#include "server.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

static void print_counters(const Pb__ServerStatusReply *reply)
{
	static const struct table_column columns[] = {
		{N_("COUNTER"), false},
		{N_("VALUE"), false},
	};
	struct table table;

	if (reply->n_counters == 0) {
		return;
	}
	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_counters; i++) {
		char value[24];

		(void)snprintf(value, sizeof(value), "%" PRIu64, reply->counters[i]->value);
		table_add(&table, codec_str(reply->counters[i]->name));
		table_add_c(&table, value);
	}
	putchar('\n');
	table_print(&table, stdout, 0);
	table_fini(&table);
}

static void print_status(struct app *app, const Pb__ServerStatusReply *reply)
{
	char number[32];

	print_pair_c(
		_("server"), arena_c_string(&app->arena, profile_server(&app->profile, &app->arena)));
	print_pair_c(_("release"), reply->version);
	print_pair_c(_("started"), app_show_time(app, reply->started_us));
	(void)snprintf(number, sizeof(number), "%" PRIu32, reply->schema);
	print_pair_c(_("schema"), number);
	print_pair_c(_("database"), reply->is_database_up ? _("answers") : _("does not answer"));
	if (reply->has_standby) {
		char room[16];

		print_pair_c(_("standby"),
			label_of(&pb__server_status_reply__standby__descriptor, (int)reply->standby, room));
	}
	(void)snprintf(number, sizeof(number), "%" PRIu32 " ms", reply->feed_lag_ms);
	print_pair_c(_("feed lag"), number);
	print_counters(reply);
}

enum err command_status(struct app *app)
{
	Pb__ServerStatus request = PB__SERVER_STATUS__INIT;
	struct client_result *result;
	enum err err = link_resume(app);

	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_server_status, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_status(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}
