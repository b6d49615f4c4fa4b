/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place add, place get.
 */
#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"

enum err command_place_add(struct app *app)
{
	Pb__PlaceCreate request = PB__PLACE_CREATE__INIT;
	const char *parent = app_option(app, OPTION_PARENT);
	struct place_community community;
	struct uuid parent_id = uuid_nil;
	int kind = 0;
	enum err err = app_enum(
		app, "--kind", &pb__place__kind__descriptor, app_option(app, OPTION_PLACE_KIND), &kind);

	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK && parent != NULL) {
		err = place_by_code(app, &community.id, parent, &parent_id);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = request.has_kind = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	request.kind = (Pb__Place__Kind)kind;
	request.code = (char *)app->options.arguments[0];
	request.name = (char *)app_option(app, OPTION_PLACE_NAME);
	request.has_parent_id = parent != NULL;
	request.parent_id = codec_bytes(span_of(parent_id.bytes, UUID_BYTES));
	return print_call(app, METHOD_place_create, &request.base, _("the place was added"));
}

static void print_place(const struct app *app, const Pb__PlaceGetReply *reply)
{
	const Pb__Place *place = reply->place;
	char number[16];
	char team[UUID_TEXT_LEN + 1];

	print_pair_c(_("Code"), place->code);
	print_pair_c(_("Kind"), label_of(&pb__place__kind__descriptor, (int)place->kind, number));
	print_pair(_("Name"), codec_str(place->name));
	for (size_t i = 0; i < reply->n_within; i++) {
		print_pair_c(_("In"), reply->within[i]->code);
	}
	print_pair_c(_("Butler team"),
		place->has_team_id ? place_team_name(app, codec_span(true, place->team_id), team)
						   : _("nobody's"));
}

enum err command_place_get(struct app *app)
{
	Pb__PlaceGet request = PB__PLACE_GET__INIT;
	const char *text = app->options.arguments[0];
	struct place_community community;
	struct client_result *result;
	struct uuid id;
	enum err err = place_community(app, &community);

	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	request.has_place_id = uuid_parse(str_from_c(text), &id);
	if (request.has_place_id) {
		request.place_id = codec_bytes(span_of(id.bytes, UUID_BYTES));
	} else {
		request.code = (char *)(uintptr_t)text;
	}
	result = link_call(app, METHOD_place_get, &request.base);
	if (result == NULL) {
		return app->fault.err == ERR_NOT_FOUND
		           ? fault_set(&app->fault, ERR_NOT_FOUND, _("place '%s'"), text)
		           : app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_place(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}
