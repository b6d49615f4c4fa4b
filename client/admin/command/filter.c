/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter save, list, show, delete: what somebody looks for again and again, by a name.
 */
#include <string.h>

#include "filter.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/filter.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/saved_filter.h"
#include "client/admin/table.h"
#include "client/core/json.h"

/* WITH 'community', or a team's name; without it one's own. */
static enum err take_share(
	struct app *app, const struct uuid *community_id, Pb__FilterSave *request)
{
	const char *with = app->options.argument_count > 1 ? app->options.arguments[1] : NULL;
	struct uuid team_id;
	struct uuid unused;
	enum err err;

	request->has_share = true;
	request->share = with == NULL ? PB__FILTER__SHARE__OWN : PB__FILTER__SHARE__COMMUNITY;
	if (with == NULL || strcmp(with, "community") == 0) {
		return ERR_OK;
	}
	err = place_team(app, community_id, with, &team_id, &unused);
	if (err == ERR_OK) {
		request->share = PB__FILTER__SHARE__TEAM;
		form_set_id(app, &request->base, "team_id", team_id);
	}
	return err;
}

/* Of one's own there is one by this name already, or none: then it is new. */
static enum err take_old(struct app *app, const struct uuid *community_id, Pb__FilterSave *request)
{
	struct client_result *result = saved_filter_list(app, community_id);
	const Pb__FilterListReply *reply;

	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	request->name = (char *)(uintptr_t)app->options.arguments[0];
	for (size_t i = 0; i < reply->n_filters; i++) {
		const Pb__Filter *filter = reply->filters[i];

		if (filter->is_own && filter->name != NULL && strcmp(filter->name, request->name) == 0) {
			request->name = NULL;
			form_set_id(app, &request->base, "filter_id",
				uuid_from_span(codec_span(filter->has_filter_id, filter->filter_id)));
			form_set_number(&request->base, "version", filter->version);
			break;
		}
	}
	client_result_free(result);
	return ERR_OK;
}

enum err command_filter_save(struct app *app)
{
	Pb__FilterSave request = PB__FILTER_SAVE__INIT;
	struct uuid community_id;
	enum err err = filter_build(app, &request.list);

	if (err != ERR_OK) {
		return err;
	}
	community_id = uuid_from_span(codec_span(true, request.list->community_id));
	form_set_id(app, &request.base, "community_id", community_id);
	err = take_share(app, &community_id, &request);
	if (err == ERR_OK) {
		err = take_old(app, &community_id, &request);
	}
	return err == ERR_OK ? print_call(app, METHOD_filter_save, &request.base,
							   _("the filter was saved; it is used with --filter"))
	                     : err;
}

static void print_filters(const struct app *app, const Pb__FilterListReply *reply)
{
	static const struct table_column columns[] = {
		{N_("NAME"), false},
		{N_("FOR"), false},
		{N_("BY"), false},
		{N_("ID"), false},
	};
	struct table table;
	char text[UUID_TEXT_LEN + 1];

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_filters; i++) {
		const Pb__Filter *filter = reply->filters[i];

		table_add(&table, codec_str(filter->name));
		table_add_c(
			&table, filter->has_team_id
						? place_team_name(app, codec_span(true, filter->team_id), text)
						: label_of(&pb__filter__share__descriptor, (int)filter->share, text));
		table_add(&table, codec_str(filter->account_name));
		uuid_format(uuid_from_span(codec_span(filter->has_filter_id, filter->filter_id)), text);
		table_add_c(&table, text);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_filter_list(struct app *app)
{
	struct place_community community;
	struct client_result *result = NULL;
	enum err err = place_community(app, &community);

	if (err == ERR_OK) {
		result = saved_filter_list(app, &community.id);
		err = result == NULL ? app->fault.err : ERR_OK;
	}
	if (err != ERR_OK) {
		return err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_filters(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}

/* The filter of the first argument; *out_result is the caller's. */
static enum err find(struct app *app, struct client_result **out_result, const Pb__Filter **out)
{
	struct place_community community;
	enum err err = place_community(app, &community);

	*out_result = err == ERR_OK ? saved_filter_list(app, &community.id) : NULL;
	if (*out_result == NULL) {
		return app->fault.err;
	}
	*out = saved_filter_find(app, (const void *)(*out_result)->message, app->options.arguments[0]);
	return *out == NULL ? app->fault.err : ERR_OK;
}

/* Whom it is for, and then what is asked for: as a request, since that is what it is. */
static void print_filter(const struct app *app, const Pb__Filter *filter)
{
	char text[UUID_TEXT_LEN + 1];

	print_pair(_("called"), codec_str(filter->name));
	print_pair_c(_("for"),
		filter->has_team_id ? place_team_name(app, codec_span(true, filter->team_id), text)
							: label_of(&pb__filter__share__descriptor, (int)filter->share, text));
	print_pair(_("by"), codec_str(filter->account_name));
	print_id(_("id"), codec_span(filter->has_filter_id, filter->filter_id));
	if (filter->list == NULL) {
		print_note(app, _("it was made by other rules, and looks for nothing any more"));
		return;
	}
	print_json(message_to_json(&filter->list->base));
}

enum err command_filter_show(struct app *app)
{
	struct client_result *result;
	const Pb__Filter *filter = NULL;
	enum err err = find(app, &result, &filter);

	if (err == ERR_OK && app->is_json) {
		err = print_message(app, &filter->base);
	} else if (err == ERR_OK) {
		print_filter(app, filter);
	}
	client_result_free(result);
	return err;
}

enum err command_filter_delete(struct app *app)
{
	Pb__FilterEnd request = PB__FILTER_END__INIT;
	struct client_result *result;
	const Pb__Filter *filter = NULL;
	enum err err = find(app, &result, &filter);

	if (err == ERR_OK) {
		request.has_community_id = request.has_filter_id = request.has_version = true;
		request.community_id = filter->community_id;
		request.filter_id = filter->filter_id;
		request.version = filter->version;
		err = print_call(app, METHOD_filter_end, &request.base, _("the filter was deleted"));
	}
	client_result_free(result);
	return err;
}
