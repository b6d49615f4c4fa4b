/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login, logout, whoami.
 */
#include <stdio.h>
#include <unistd.h>

#include "account.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/cell.h"
#include "client/admin/command.h"
#include "client/admin/grant.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/secret.h"
#include "client/admin/token.h"

static enum err keep_session(struct app *app, const Pb__SessionLoginReply *reply)
{
	struct token token = {.ends_us = reply->ends_us};
	enum err err;

	if (!reply->has_token || reply->token.len != TOKEN_BYTES) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	memcpy(token.bytes, reply->token.data, TOKEN_BYTES);
	err = token_save(app->profile.name, &token, &app->fault);
	token_wipe(&token);
	return err;
}

/* The token is a secret: it goes to its file and not to the screen. */
static enum err print_login(struct app *app, Pb__SessionLoginReply *reply)
{
	struct str name = codec_str(reply->account == NULL ? NULL : reply->account->name);

	if (app->is_json) {
		explicit_bzero(reply->token.data, reply->token.len);
		reply->has_token = false;
		return print_message(app, &reply->base);
	}
	name = cell_clean(&app->arena, name, CELL_ONE_LINE);
	printf(_("%.*s is logged in until %s, or until %u minutes without a request\n"), STR_ARG(name),
		app_show_time(app, reply->ends_us), (unsigned)(reply->idle_ms / 60000));
	return ERR_OK;
}

static enum err log_in(struct app *app, struct secret *secret)
{
	Pb__SessionLogin request = PB__SESSION_LOGIN__INIT;
	struct client_result *result;
	char host[65] = "";
	enum err err = link_open(app);

	if (err != ERR_OK) {
		return err;
	}
	(void)gethostname(host, sizeof(host) - 1);
	request.login = app->profile.login;
	request.password = secret->text;
	request.has_device_id = true;
	request.device_id = codec_bytes(span_of(app->profile.device_id.bytes, UUID_BYTES));
	request.device_name = host[0] == '\0' ? NULL : host;
	result = link_call(app, METHOD_session_login, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	err = keep_session(app, (const void *)result->message);
	if (err == ERR_OK) {
		err = print_login(app, (void *)result->message);
	}
	client_result_free(result);
	return err;
}

enum err command_login(struct app *app)
{
	struct secret secret = {0};
	enum err err = app_profile(app);

	if (err == ERR_OK) {
		struct str prompt = arena_printf(&app->arena, _("Password of %s: "), app->profile.login);

		err = secret_read(&secret, app_option(app, OPTION_PASSWORD_FILE),
			arena_c_string(&app->arena, prompt), &app->fault);
	}
	if (err == ERR_OK) {
		err = log_in(app, &secret);
	}
	secret_wipe(&secret);
	return err;
}

enum err command_logout(struct app *app)
{
	Pb__SessionLogout request = PB__SESSION_LOGOUT__INIT;
	struct client_result *result = NULL;
	enum err err = link_resume(app);

	if (err == ERR_OK) {
		result = link_call(app, METHOD_session_logout, &request.base);
		err = result == NULL ? app->fault.err : ERR_OK;
	}
	client_result_free(result);
	if (err == ERR_SESSION_ENDED || err == ERR_UNAUTHENTICATED) {
		err = ERR_OK; /* what was wanted is so already */
	}
	if (err == ERR_OK) {
		token_forget(app->profile.name);
		print_note(app, _("logged out"));
	}
	return err;
}

enum err command_whoami(struct app *app)
{
	Pb__SessionWhoami request = PB__SESSION_WHOAMI__INIT;
	const Pb__SessionWhoamiReply *reply;
	struct client_result *result;
	enum err err = link_resume(app);

	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_session_whoami, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	if (app->is_json) {
		err = print_message(app, result->message);
	} else if ((err = place_load(app)) == ERR_OK) {
		if (reply->account != NULL) {
			print_pair_c(_("login"), reply->account->login);
			print_pair_c(_("name"), reply->account->name);
			print_id(
				_("id"), codec_span(reply->account->has_account_id, reply->account->account_id));
		}
		print_pair_c(_("until"), app_show_time(app, reply->ends_us));
		putchar('\n');
		grant_print(app, reply->grants, reply->n_grants, NULL);
	}
	client_result_free(result);
	return err;
}
