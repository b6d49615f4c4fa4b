/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place list: page after page by the cursors of the replies, shown as they come.
 */
#include <stdio.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/page.h"
#include "client/admin/place.h"
#include "client/admin/table.h"

/* Everything that the request points to. */
struct query {
	Pb__PlaceList request;
	struct place_community community;
	struct uuid team_id;
	struct uuid parent_id;
};

static enum err query_words(struct app *app, struct query *query)
{
	const char *kind = app_option(app, OPTION_PLACE_KIND);
	bool has_day;
	int value = 0;
	enum err err = ERR_OK;

	if (kind != NULL) {
		err = app_enum(app, "--kind", &pb__place__kind__descriptor, kind, &value);
	}
	query->request.has_kind = kind != NULL;
	query->request.kind = (Pb__Place__Kind)value;
	query->request.code_prefix = (char *)app_option(app, OPTION_PREFIX);
	query->request.has_only_without_team = app_option(app, OPTION_WITHOUT_TEAM) != NULL;
	query->request.only_without_team = query->request.has_only_without_team;
	if (err == ERR_OK) {
		err = day_option(app, OPTION_DAY, &has_day, &query->request.day);
		query->request.has_day = has_day;
	}
	return err;
}

static enum err query_places(struct app *app, struct query *query)
{
	const char *team = app_option(app, OPTION_TEAM);
	const char *parent = app_option(app, OPTION_PARENT);
	struct uuid unused;
	enum err err = place_community(app, &query->community);

	if (err == ERR_OK && team != NULL) {
		err = place_team(app, &query->community.id, team, &query->team_id, &unused);
	}
	if (err == ERR_OK && parent != NULL) {
		err = place_by_code(app, &query->community.id, parent, &query->parent_id);
	}
	query->request.has_community_id = true;
	query->request.community_id = codec_bytes(span_of(query->community.id.bytes, UUID_BYTES));
	query->request.has_team_id = team != NULL;
	query->request.team_id = codec_bytes(span_of(query->team_id.bytes, UUID_BYTES));
	query->request.has_parent_id = parent != NULL;
	query->request.parent_id = codec_bytes(span_of(query->parent_id.bytes, UUID_BYTES));
	return err;
}

static void add_row(const struct app *app, struct table *table, const ProtobufCMessage *message)
{
	const Pb__Place *place = (const void *)message;
	char number[16];
	char team[UUID_TEXT_LEN + 1];

	table_add(table, codec_str(place->code));
	table_add_c(table, label_of(&pb__place__kind__descriptor, (int)place->kind, number));
	table_add(table, codec_str(place->name));
	table_add_c(table, place_team_name(app, codec_span(place->has_team_id, place->team_id), team));
}

enum err command_place_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("CODE"), false},
		{N_("KIND"), false},
		{N_("NAME"), true},
		{N_("BUTLER TEAM"), false},
	};
	struct query query = {.request = PB__PLACE_LIST__INIT};
	struct page_list list = {
		.method = METHOD_place_list,
		.request = &query.request.base,
		.rows_name = "places",
		.columns = columns,
		.column_count = COUNT(columns),
		.add_row = add_row,
	};
	enum err err = query_words(app, &query);

	if (err == ERR_OK) {
		err = query_places(app, &query);
	}
	return err == ERR_OK ? page_show_all(app, &list) : err;
}
