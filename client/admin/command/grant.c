/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant add, list, end.
 */
#include <stdio.h>

#include "proto/codec.h"

#include "client/admin/account.h"
#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/grant.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/recent.h"

/* Ids that a request borrows while it is made. */
struct scope_ids {
	struct uuid community;
	struct uuid team;
	struct uuid crew;
};

/* Where the grant is to hold, as far as options say; which scope a role has, the server knows. */
static enum err fill_scope(struct app *app, Pb__GrantAdd *request, struct scope_ids *ids)
{
	const char *team = app_option(app, OPTION_TEAM);
	const char *crew = app_option(app, OPTION_CREW);
	struct place_community community;
	bool has_community = app_option(app, OPTION_COMMUNITY) != NULL;
	enum err err = ERR_OK;

	if (has_community) {
		err = place_community(app, &community);
		ids->community = err == ERR_OK ? community.id : uuid_nil;
	}
	if (err == ERR_OK && team != NULL) {
		err = place_team(
			app, has_community ? &community.id : NULL, team, &ids->team, &ids->community);
	}
	if (err == ERR_OK && crew != NULL) {
		err = place_crew(app, crew, &ids->crew);
	}
	request->has_community_id = err == ERR_OK && !uuid_is_nil(ids->community);
	request->community_id = codec_bytes(span_of(ids->community.bytes, UUID_BYTES));
	request->has_team_id = team != NULL;
	request->team_id = codec_bytes(span_of(ids->team.bytes, UUID_BYTES));
	request->has_crew_id = crew != NULL;
	request->crew_id = codec_bytes(span_of(ids->crew.bytes, UUID_BYTES));
	return err;
}

static enum err fill_times(struct app *app, Pb__GrantAdd *request)
{
	enum err err = ERR_OK;

	request->has_from_us = app_option(app, OPTION_START) != NULL;
	request->has_to_us = app_option(app, OPTION_END) != NULL;
	if (request->has_from_us) {
		err = app_time(app, OPTION_START, &request->from_us);
	}
	if (err == ERR_OK && request->has_to_us) {
		err = app_time(app, OPTION_END, &request->to_us);
	}
	return err;
}

enum err command_grant_add(struct app *app)
{
	Pb__GrantAdd request = PB__GRANT_ADD__INIT;
	struct client_result *accounts = account_list(app);
	const Pb__Account *account = NULL;
	struct scope_ids ids = {0};
	int role = 0;
	enum err err;

	if (accounts != NULL) {
		account = account_find(app, (const void *)accounts->message, app->options.arguments[0]);
	}
	err = account == NULL ? app->fault.err : ERR_OK;
	if (err == ERR_OK) {
		err = app_enum(app, "ROLE", &pb__grant__role__descriptor, app->options.arguments[1], &role);
	}
	if (err == ERR_OK) {
		err = fill_scope(app, &request, &ids);
	}
	if (err == ERR_OK) {
		err = fill_times(app, &request);
	}
	if (err == ERR_OK) {
		request.has_account_id = true;
		request.account_id = account->account_id;
		request.has_role = true;
		request.role = (Pb__Grant__Role)role;
		err = print_call(app, METHOD_grant_add, &request.base, _("the grant was added"));
	}
	client_result_free(accounts);
	return err;
}

/* Grants of one account, or of all where `account` is NULL. */
static struct client_result *list(struct app *app, const Pb__Account *account)
{
	Pb__GrantList request = PB__GRANT_LIST__INIT;

	if (account != NULL) {
		request.has_account_id = true;
		request.account_id = account->account_id;
	}
	return link_call(app, METHOD_grant_list, &request.base);
}

static enum err print_list(
	struct app *app, struct client_result *result, const Pb__AccountListReply *accounts)
{
	const Pb__GrantListReply *reply = (const void *)result->message;
	enum err err;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	err = place_load(app);
	if (err == ERR_OK) {
		grant_print(app, reply->grants, reply->n_grants, accounts);
	}
	return err;
}

enum err command_grant_list(struct app *app)
{
	struct client_result *accounts = account_list(app);
	const Pb__Account *account = NULL;
	struct client_result *result = NULL;
	bool is_found = accounts != NULL;
	enum err err;

	if (accounts != NULL && app->options.argument_count > 0) {
		account = account_find(app, (const void *)accounts->message, app->options.arguments[0]);
		is_found = account != NULL;
	}
	if (is_found) {
		result = list(app, account);
	}
	err =
		result == NULL ? app->fault.err : print_list(app, result, (const void *)accounts->message);
	client_result_free(result);
	client_result_free(accounts);
	return err;
}

/* Whether the grant's id begins with the text, in either case of its digits. */
static bool is_meant(const Pb__Grant *grant, const char *text)
{
	char id[UUID_TEXT_LEN + 1];

	if (!grant->has_grant_id || grant->grant_id.len != UUID_BYTES ||
		strlen(text) < RECENT_PREFIX_MIN) {
		return false;
	}
	uuid_format(uuid_from_span(codec_span(true, grant->grant_id)), id);
	return strncasecmp(id, text, strlen(text)) == 0;
}

/* The one grant that is meant; NULL, and app->fault says why. */
static const Pb__Grant *find(struct app *app, const Pb__GrantListReply *reply, const char *text)
{
	const Pb__Grant *found = NULL;

	for (size_t i = 0; i < reply->n_grants; i++) {
		if (!is_meant(reply->grants[i], text)) {
			continue;
		}
		if (found != NULL) {
			(void)fault_set(&app->fault, ERR_USAGE,
				_("'%s' is more than one grant: give more of the id"), text);
			return NULL;
		}
		found = reply->grants[i];
	}
	if (found == NULL) {
		(void)fault_set(&app->fault, ERR_NOT_FOUND, _("grant '%s'"), text);
	}
	return found;
}

enum err command_grant_end(struct app *app)
{
	Pb__GrantEnd request = PB__GRANT_END__INIT;
	const char *version = app_option(app, OPTION_VERSION);
	struct client_result *result = NULL;
	const Pb__Grant *grant = NULL;
	enum err err = link_resume(app);

	if (err == ERR_OK) {
		result = list(app, NULL);
	}
	if (result != NULL) {
		grant = find(app, (const void *)result->message, app->options.arguments[0]);
	}
	if (grant == NULL) {
		client_result_free(result);
		return app->fault.err;
	}
	request.has_grant_id = true;
	request.grant_id = grant->grant_id;
	request.has_version = true;
	request.version = grant->version;
	if (version != NULL) {
		err = app_number(app, "--version", version, 1, INT32_MAX, &request.version);
	}
	if (err == ERR_OK) {
		err = print_call(app, METHOD_grant_end, &request.base, _("the grant has ended"));
	}
	client_result_free(result);
	return err;
}
