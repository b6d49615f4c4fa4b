/* SPDX-License-Identifier: Apache-2.0 */
/*
 * team add, team members; crew add, crew change, crew members.
 */
#include <stdio.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

#define TRADES_MAX 32

enum err command_team_add(struct app *app)
{
	Pb__TeamCreate request = PB__TEAM_CREATE__INIT;
	struct place_community community;
	enum err err = place_community(app, &community);

	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	request.name = (char *)app->options.arguments[0];
	return print_call(app, METHOD_team_create, &request.base, _("the butler team was added"));
}

static void print_members(struct app *app, Pb__TeamMember *const *members, size_t count)
{
	static const struct table_column columns[] = {
		{N_("NAME"), true},
		{N_("ROLE"), false},
		{N_("FROM"), false},
		{N_("UNTIL"), false},
		{N_("GRANT"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		const Pb__TeamMember *member = members[i];
		char number[16];
		char id[UUID_TEXT_LEN + 1] = "";

		if (member->has_grant_id && member->grant_id.len == UUID_BYTES) {
			uuid_format(uuid_from_span(codec_span(true, member->grant_id)), id);
		}
		table_add(&table, codec_str(member->name));
		table_add_c(&table, label_of(&pb__grant__role__descriptor, (int)member->role, number));
		table_add_c(&table, app_show_time(app, member->from_us));
		table_add_c(&table, member->has_to_us ? app_show_time(app, member->to_us) : "");
		table_add_c(&table, id);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_team_members(struct app *app)
{
	const char *text = app_option(app, OPTION_COMMUNITY);
	Pb__TeamMembers request = PB__TEAM_MEMBERS__INIT;
	struct place_community community;
	struct client_result *result;
	struct uuid team_id;
	struct uuid community_id;
	enum err err = text == NULL ? ERR_OK : place_community(app, &community);

	if (err == ERR_OK) {
		err = place_team(app, text == NULL ? NULL : &community.id, app->options.arguments[0],
			&team_id, &community_id);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = request.has_team_id = true;
	request.community_id = codec_bytes(span_of(community_id.bytes, UUID_BYTES));
	request.team_id = codec_bytes(span_of(team_id.bytes, UUID_BYTES));
	result = link_call(app, METHOD_team_members, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		const Pb__TeamMembersReply *reply = (const void *)result->message;

		print_members(app, reply->members, reply->n_members);
	}
	client_result_free(result);
	return err;
}

enum err command_crew_members(struct app *app)
{
	Pb__CrewMembers request = PB__CREW_MEMBERS__INIT;
	struct client_result *result;
	struct uuid crew_id;
	enum err err = place_crew(app, app->options.arguments[0], &crew_id);

	if (err != ERR_OK) {
		return err;
	}
	request.has_crew_id = true;
	request.crew_id = codec_bytes(span_of(crew_id.bytes, UUID_BYTES));
	result = link_call(app, METHOD_crew_members, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		const Pb__CrewMembersReply *reply = (const void *)result->message;

		print_members(app, reply->members, reply->n_members);
	}
	client_result_free(result);
	return err;
}

/* "--trade plumbing,electricity"; the empty text is none at all. */
static enum err take_trades(struct app *app, Pb__Crew__Trade *out, size_t *out_count)
{
	const char *text = app_option(app, OPTION_TRADE);

	*out_count = 0;
	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, ",");
		const char *one = arena_c_string(&app->arena, str_of(text, len));
		int trade = 0;
		enum err err = app_enum(app, "--trade", &pb__crew__trade__descriptor, one, &trade);

		if (err != ERR_OK) {
			return err;
		}
		if (*out_count == TRADES_MAX) {
			return fault_set(&app->fault, ERR_USAGE, _("--%s is given too often"), "trade");
		}
		out[(*out_count)++] = (Pb__Crew__Trade)trade;
		text += len + (text[len] == ',' ? 1 : 0);
	}
	return ERR_OK;
}

enum err command_crew_add(struct app *app)
{
	Pb__CrewCreate request = PB__CREW_CREATE__INIT;
	Pb__Crew__Trade trades[TRADES_MAX];
	enum err err = take_trades(app, trades, &request.n_trades);

	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.trades = trades;
	request.name = (char *)app->options.arguments[0];
	return print_call(app, METHOD_crew_create, &request.base, _("the crew was added"));
}

enum err command_crew_change(struct app *app)
{
	Pb__CrewChange request = PB__CREW_CHANGE__INIT;
	const char *orders = app_option(app, OPTION_ORDERS);
	Pb__Crew__Trade trades[TRADES_MAX];
	struct uuid crew_id;
	enum err err = take_trades(app, trades, &request.n_trades);

	if (err == ERR_OK && orders != NULL) {
		err = app_number(app, "--orders", orders, 0, 9999, &request.orders_max);
		request.has_orders_max = true;
	}
	if (err == ERR_OK) {
		err = place_crew(app, app->options.arguments[0], &crew_id);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_crew_id = true;
	request.crew_id = codec_bytes(span_of(crew_id.bytes, UUID_BYTES));
	request.trades = trades;
	return print_call(app, METHOD_crew_change, &request.base, _("the crew was changed"));
}
