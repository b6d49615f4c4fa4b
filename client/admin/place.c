/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/place.h"

#include <stdio.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"

#define NAMES_SHOWN_MAX 12 /* in a message */

enum err place_load(struct app *app)
{
	Pb__CommunityList request = PB__COMMUNITY_LIST__INIT;
	enum err err;

	if (app->places != NULL) {
		return ERR_OK;
	}
	err = link_resume(app);
	if (err != ERR_OK) {
		return err;
	}
	app->places = link_call(app, METHOD_community_list, &request.base);
	return app->places == NULL ? app->fault.err : ERR_OK;
}

static const Pb__CommunityListReply *list_of(const struct app *app)
{
	assert(app->places != NULL && app->places->message != NULL);
	return (const void *)app->places->message;
}

static struct uuid id_of(ProtobufCBinaryData data)
{
	return data.len == UUID_BYTES ? uuid_from_span(span_of(data.data, data.len)) : uuid_nil;
}

/* Whether a row with this id and name is meant by the text. */
static bool is_meant(ProtobufCBinaryData id, const char *name, const char *text)
{
	struct uuid wanted;

	if (uuid_parse(str_from_c(text), &wanted)) {
		return uuid_equal(id_of(id), wanted);
	}
	return name != NULL && strcmp(name, text) == 0;
}

size_t place_community_count(const struct app *app)
{
	return list_of(app)->n_communities;
}

void place_community_at(const struct app *app, size_t i, struct place_community *out)
{
	const Pb__Community *row = list_of(app)->communities[i];

	assert(i < list_of(app)->n_communities);
	*out = (struct place_community){
		.id = id_of(row->community_id),
		.name = row->name == NULL ? "" : row->name,
		.zone = row->time_zone == NULL ? app->profile.zone : row->time_zone,
	};
}

/* "碧水花园, 翠苑小区, …" in the app's arena. */
static const char *community_names(struct app *app)
{
	const Pb__CommunityListReply *list = list_of(app);
	struct str names = STR("");

	for (size_t i = 0; i < list->n_communities && i < NAMES_SHOWN_MAX; i++) {
		const char *name = list->communities[i]->name;

		names = arena_printf(
			&app->arena, "%.*s%s%s", STR_ARG(names), i == 0 ? "" : ", ", name == NULL ? "?" : name);
	}
	if (list->n_communities > NAMES_SHOWN_MAX) {
		names = arena_printf(&app->arena, "%.*s, …", STR_ARG(names));
	}
	return arena_c_string(&app->arena, names);
}

enum err place_community_named(struct app *app, const char *text, struct place_community *out)
{
	const Pb__CommunityListReply *list;
	enum err err = place_load(app);
	struct uuid id;

	if (err != ERR_OK) {
		return err;
	}
	list = list_of(app);
	for (size_t i = 0; i < list->n_communities; i++) {
		if (is_meant(list->communities[i]->community_id, list->communities[i]->name, text)) {
			place_community_at(app, i, out);
			return ERR_OK;
		}
	}
	if (uuid_parse(str_from_c(text), &id)) { /* the server decides whether it exists */
		*out = (struct place_community){.id = id, .name = text, .zone = app->profile.zone};
		return ERR_OK;
	}
	return fault_set(
		&app->fault, ERR_NOT_FOUND, _("community '%s'; there are: %s"), text, community_names(app));
}

enum err place_community(struct app *app, struct place_community *out)
{
	const char *text = app_option(app, OPTION_COMMUNITY);
	enum err err = place_load(app);

	if (err != ERR_OK) {
		return err;
	}
	if (text == NULL && app->profile.community[0] != '\0') {
		text = app->profile.community;
	}
	if (text != NULL) {
		return place_community_named(app, text, out);
	}
	if (place_community_count(app) == 0) {
		return fault_set(&app->fault, ERR_NOT_FOUND, _("there is no community for this account"));
	}
	if (place_community_count(app) > 1) {
		return fault_set(
			&app->fault, ERR_USAGE, _("which --community? There are: %s"), community_names(app));
	}
	place_community_at(app, 0, out);
	return ERR_OK;
}

enum err place_team(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out_team, struct uuid *out_community)
{
	const Pb__CommunityListReply *list;
	const Pb__Team *found = NULL;
	enum err err = place_load(app);

	if (err != ERR_OK) {
		return err;
	}
	list = list_of(app);
	for (size_t i = 0; i < list->n_teams; i++) {
		const Pb__Team *row = list->teams[i];

		if (!is_meant(row->team_id, row->name, text) ||
			(community_id != NULL && !uuid_equal(id_of(row->community_id), *community_id))) {
			continue;
		}
		if (found != NULL) {
			return fault_set(&app->fault, ERR_USAGE,
				_("two communities have a butler team '%s'; which --community?"), text);
		}
		found = row;
	}
	if (found != NULL) {
		*out_team = id_of(found->team_id);
		*out_community = id_of(found->community_id);
		return ERR_OK;
	}
	if (uuid_parse(str_from_c(text), out_team)) {
		*out_community = community_id == NULL ? uuid_nil : *community_id;
		return ERR_OK;
	}
	return fault_set(&app->fault, ERR_NOT_FOUND, _("butler team '%s'"), text);
}

enum err place_crew(struct app *app, const char *text, struct uuid *out)
{
	const Pb__CommunityListReply *list;
	enum err err = place_load(app);

	if (err != ERR_OK) {
		return err;
	}
	list = list_of(app);
	for (size_t i = 0; i < list->n_crews; i++) {
		if (is_meant(list->crews[i]->crew_id, list->crews[i]->name, text)) {
			*out = id_of(list->crews[i]->crew_id);
			return ERR_OK;
		}
	}
	if (uuid_parse(str_from_c(text), out)) {
		return ERR_OK;
	}
	return fault_set(&app->fault, ERR_NOT_FOUND, _("crew '%s'"), text);
}

enum err place_by_code(
	struct app *app, const struct uuid *community_id, const char *text, struct uuid *out)
{
	Pb__PlaceGet request = PB__PLACE_GET__INIT;
	const Pb__PlaceGetReply *reply;
	struct client_result *result;
	struct uuid id = uuid_nil;
	enum err err;

	if (uuid_parse(str_from_c(text), out)) {
		return ERR_OK;
	}
	err = link_resume(app);
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community_id->bytes, UUID_BYTES));
	request.code = (char *)text;
	result = link_call(app, METHOD_place_get, &request.base);
	if (result == NULL && app->fault.err == ERR_NOT_FOUND) {
		return fault_set(&app->fault, ERR_NOT_FOUND, _("place '%s'"), text);
	}
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	if (reply->place != NULL) {
		id = id_of(reply->place->place_id);
	}
	client_result_free(result);
	if (uuid_is_nil(id)) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	*out = id;
	return ERR_OK;
}

/* The name where there is one, else the id's text. */
static const char *name_or_id(const char *name, struct span id, char out[UUID_TEXT_LEN + 1])
{
	out[0] = '\0';
	if (id.len == UUID_BYTES) {
		uuid_format(uuid_from_span(id), out);
	}
	return name == NULL ? out : name;
}

const char *place_community_name(const struct app *app, struct span id, char out[UUID_TEXT_LEN + 1])
{
	const Pb__CommunityListReply *list = app->places == NULL ? NULL : list_of(app);
	const char *name = NULL;

	for (size_t i = 0; list != NULL && i < list->n_communities; i++) {
		if (span_equal(codec_span(true, list->communities[i]->community_id), id)) {
			name = list->communities[i]->name;
		}
	}
	return name_or_id(name, id, out);
}

const char *place_team_name(const struct app *app, struct span id, char out[UUID_TEXT_LEN + 1])
{
	const Pb__CommunityListReply *list = app->places == NULL ? NULL : list_of(app);
	const char *name = NULL;

	for (size_t i = 0; list != NULL && i < list->n_teams; i++) {
		if (span_equal(codec_span(true, list->teams[i]->team_id), id)) {
			name = list->teams[i]->name;
		}
	}
	return name_or_id(name, id, out);
}

const char *place_crew_name(const struct app *app, struct span id, char out[UUID_TEXT_LEN + 1])
{
	const Pb__CommunityListReply *list = app->places == NULL ? NULL : list_of(app);
	const char *name = NULL;

	for (size_t i = 0; list != NULL && i < list->n_crews; i++) {
		if (span_equal(codec_span(true, list->crews[i]->crew_id), id)) {
			name = list->crews[i]->name;
		}
	}
	return name_or_id(name, id, out);
}
