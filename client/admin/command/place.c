/* SPDX-License-Identifier: Apache-2.0 */
/*
 * community add, community list.
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

enum err command_community_add(struct app *app)
{
	Pb__CommunityCreate request = PB__COMMUNITY_CREATE__INIT;
	enum err err = link_resume(app);

	if (err != ERR_OK) {
		return err;
	}
	request.name = (char *)app->options.arguments[0];
	request.time_zone = (char *)app_option(app, OPTION_ZONE);
	request.contact = (char *)app_option(app, OPTION_CONTACT);
	return print_call(app, METHOD_community_create, &request.base, _("the community was added"));
}

static void add_row(struct table *table, const char *kind, const char *name, ProtobufCBinaryData id,
	const char *zone, const char *hours, const char *more)
{
	char text[UUID_TEXT_LEN + 1] = "";

	if (id.len == UUID_BYTES) {
		uuid_format(uuid_from_span(codec_span(true, id)), text);
	}
	table_add_c(table, kind);
	table_add(table, codec_str(name));
	table_add(table, codec_str(zone));
	table_add_c(table, hours);
	table_add(table, codec_str(more));
	table_add_c(table, text);
}

/* "plumbing, electricity" in the app's arena. */
static const char *trades_of(struct app *app, const Pb__Crew *crew)
{
	struct str words = STR("");

	for (size_t i = 0; i < crew->n_trades; i++) {
		char number[16];

		words = arena_printf(&app->arena, "%.*s%s%s", STR_ARG(words), i == 0 ? "" : ", ",
			label_of(&pb__crew__trade__descriptor, (int)crew->trades[i], number));
	}
	return arena_c_string(&app->arena, words);
}

/* "08:30-20:30"; the empty text where an older server does not say. */
static const char *hours_of(struct app *app, const Pb__Community *community)
{
	if (!community->has_open_min || !community->has_close_min) {
		return "";
	}
	return arena_c_string(
		&app->arena, arena_printf(&app->arena, "%02u:%02u-%02u:%02u",
						 (unsigned)community->open_min / 60, (unsigned)community->open_min % 60,
						 (unsigned)community->close_min / 60, (unsigned)community->close_min % 60));
}

/* Each community with its teams below it, then the crews. */
static void print_places(struct app *app, const Pb__CommunityListReply *list)
{
	static const struct table_column columns[] = {
		{N_("KIND"), false},
		{N_("NAME"), true},
		{N_("TIME ZONE"), false},
		{N_("HOURS"), false},
		{N_("CONTACT OR TRADES"), true},
		{N_("ID"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < list->n_communities; i++) {
		const Pb__Community *community = list->communities[i];
		struct span id = codec_span(true, community->community_id);

		add_row(&table, _("community"), community->name, community->community_id,
			community->time_zone, hours_of(app, community), community->contact);
		for (size_t k = 0; k < list->n_teams; k++) {
			if (span_equal(codec_span(true, list->teams[k]->community_id), id)) {
				add_row(&table, _("butler team"), list->teams[k]->name, list->teams[k]->team_id, "",
					"", "");
			}
		}
	}
	for (size_t i = 0; i < list->n_crews; i++) {
		add_row(&table, _("crew"), list->crews[i]->name, list->crews[i]->crew_id, "", "",
			trades_of(app, list->crews[i]));
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_community_list(struct app *app)
{
	enum err err = place_load(app);

	if (err != ERR_OK) {
		return err;
	}
	if (app->is_json) {
		return print_message(app, app->places->message);
	}
	print_places(app, (const void *)app->places->message);
	return ERR_OK;
}
