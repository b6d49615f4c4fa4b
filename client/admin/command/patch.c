/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch assign, patch list.
 */
#include <string.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/i18n.h"
#include "client/admin/page.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

#define PLACES_MAX 200 /* as many as patch.assign takes */

static enum err fill_days(struct app *app, Pb__PatchAssign *request)
{
	bool has_from = false;
	bool has_to = false;
	enum err err = day_option(app, OPTION_FROM_DAY, &has_from, &request->from_day);

	if (err == ERR_OK) {
		err = day_option(app, OPTION_TO_DAY, &has_to, &request->to_day);
	}
	request->has_from_day = has_from;
	request->has_to_day = has_to;
	return err;
}

/* Several, with commas between them: at most PLACES_MAX. */
static enum err find_places(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out, size_t *out_count)
{
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *code = arena_c_string(&app->arena, str_of(text, len));
		enum err err;

		if (count == PLACES_MAX) {
			return fault_set(&app->fault, ERR_USAGE, _("more than %d places at once"), PLACES_MAX);
		}
		err = place_by_code(app, community_id, code, &out[count]);
		if (err != ERR_OK) {
			return err;
		}
		count++;
		text += len + (text[len] == ',' ? 1 : 0);
	}
	*out_count = count;
	return ERR_OK;
}

enum err command_patch_assign(struct app *app)
{
	Pb__PatchAssign request = PB__PATCH_ASSIGN__INIT;
	ProtobufCBinaryData pointers[PLACES_MAX];
	struct uuid places[PLACES_MAX];
	struct place_community community;
	struct uuid team_id;
	struct uuid unused;
	size_t count = 0;
	enum err err = fill_days(app, &request);

	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK) {
		err = place_team(app, &community.id, app_option(app, OPTION_TEAM), &team_id, &unused);
	}
	if (err == ERR_OK) {
		err = find_places(app, &community.id, app->options.arguments[0], places, &count);
	}
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < count; i++) {
		pointers[i] = codec_bytes(span_of(places[i].bytes, UUID_BYTES));
	}
	request.has_community_id = request.has_team_id = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	request.team_id = codec_bytes(span_of(team_id.bytes, UUID_BYTES));
	request.place_ids = pointers;
	request.n_place_ids = count;
	return print_call(
		app, METHOD_patch_assign, &request.base, _("the places were assigned to the butler team"));
}

static void add_row(const struct app *app, struct table *table, const ProtobufCMessage *message)
{
	const Pb__Patch *patch = (const void *)message;
	char day[DAY_TEXT_MAX];
	char team[UUID_TEXT_LEN + 1];

	table_add(table, codec_str(patch->place_code));
	table_add_c(table, place_team_name(app, codec_span(patch->has_team_id, patch->team_id), team));
	table_add_c(table, day_format(patch->from_day, day));
	table_add_c(table, day_format(patch->has_to_day ? patch->to_day : 0, day));
}

enum err command_patch_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("PLACE"), false},
		{N_("BUTLER TEAM"), true},
		{N_("FROM"), false},
		{N_("UNTIL BEFORE"), false},
	};
	Pb__PatchList request = PB__PATCH_LIST__INIT;
	const struct page_list list = {
		METHOD_patch_list, &request.base, "patches", columns, COUNT(columns), add_row};
	const char *place = app_option(app, OPTION_PLACE);
	const char *team = app_option(app, OPTION_TEAM);
	struct place_community community;
	struct uuid place_id = uuid_nil;
	struct uuid team_id = uuid_nil;
	struct uuid unused;
	enum err err = place_community(app, &community);

	if (err == ERR_OK && place == NULL && team == NULL) {
		err = fault_set(&app->fault, ERR_USAGE, _("whose history? --place or --team"));
	}
	if (err == ERR_OK && place != NULL) {
		err = place_by_code(app, &community.id, place, &place_id);
	}
	if (err == ERR_OK && team != NULL) {
		err = place_team(app, &community.id, team, &team_id, &unused);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	request.has_place_id = place != NULL;
	request.place_id = codec_bytes(span_of(place_id.bytes, UUID_BYTES));
	request.has_team_id = team != NULL;
	request.team_id = codec_bytes(span_of(team_id.bytes, UUID_BYTES));
	return page_show_all(app, &list);
}
