/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account add, list, password, leave.
 */
#include <stdio.h>

#include "proto/codec.h"

#include "client/admin/account.h"
#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/secret.h"
#include "client/admin/table.h"
#include "client/admin/token.h"

enum err command_account_add(struct app *app)
{
	Pb__AccountCreate request = PB__ACCOUNT_CREATE__INIT;
	struct secret secret = {0};
	enum err err = link_resume(app);

	if (err == ERR_OK) {
		err = secret_read_new(&secret, app_option(app, OPTION_PASSWORD_FILE), &app->fault);
	}
	if (err == ERR_OK) {
		request.login = (char *)app->options.arguments[0];
		request.name = (char *)app_option(app, OPTION_NAME);
		request.password = secret.text;
		err = print_call(app, METHOD_account_create, &request.base,
			_("the account was added; guanjia grant add lets it work"));
	}
	secret_wipe(&secret);
	return err;
}

static void print_accounts(const Pb__AccountListReply *reply)
{
	static const struct table_column columns[] = {
		{N_("LOGIN"), false},
		{N_("NAME"), true},
		{N_("STATE"), false},
		{N_("ACCOUNT"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_accounts; i++) {
		const Pb__Account *account = reply->accounts[i];
		char number[16];
		char id[UUID_TEXT_LEN + 1] = "";

		if (account->has_account_id && account->account_id.len == UUID_BYTES) {
			uuid_format(uuid_from_span(codec_span(true, account->account_id)), id);
		}
		table_add(&table, codec_str(account->login));
		table_add(&table, codec_str(account->name));
		table_add_c(&table, label_of(&pb__account__state__descriptor, (int)account->state, number));
		table_add_c(&table, id);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_account_list(struct app *app)
{
	struct client_result *result = account_list(app);
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_accounts((const void *)result->message);
	}
	client_result_free(result);
	return err;
}

/* Both passwords, then the request; the session that asks may be one of those that end. */
static enum err set_password(struct app *app, Pb__AccountPassword *request)
{
	struct secret own = {0};
	struct secret fresh = {0};
	enum err err = secret_read(&own, app_option(app, OPTION_OWN_PASSWORD_FILE),
		_("Your own present password: "), &app->fault);

	if (err == ERR_OK) {
		err = secret_read_new(&fresh, app_option(app, OPTION_PASSWORD_FILE), &app->fault);
	}
	if (err == ERR_OK) {
		request->own_password = own.text;
		request->password = fresh.text;
		err = print_call(app, METHOD_account_password, &request->base,
			_("the password was set; sessions of this account have ended"));
	}
	secret_wipe(&own);
	secret_wipe(&fresh);
	return err;
}

enum err command_account_password(struct app *app)
{
	Pb__AccountPassword request = PB__ACCOUNT_PASSWORD__INIT;
	struct client_result *accounts = NULL;
	enum err err = link_resume(app);

	if (err == ERR_OK && app->options.argument_count > 0) {
		const Pb__Account *account = NULL;

		accounts = account_list(app);
		if (accounts != NULL) {
			account = account_find(app, (const void *)accounts->message, app->options.arguments[0]);
		}
		if (account == NULL) {
			err = app->fault.err;
		} else {
			request.has_account_id = true;
			request.account_id = account->account_id;
		}
	}
	if (err == ERR_OK) {
		err = set_password(app, &request);
	}
	client_result_free(accounts);
	return err;
}

enum err command_account_leave(struct app *app)
{
	Pb__AccountLeave request = PB__ACCOUNT_LEAVE__INIT;
	struct client_result *accounts = account_list(app);
	const char *version = app_option(app, OPTION_VERSION);
	const Pb__Account *account = NULL;
	enum err err = ERR_OK;

	if (accounts != NULL) {
		account = account_find(app, (const void *)accounts->message, app->options.arguments[0]);
	}
	if (account == NULL) {
		client_result_free(accounts);
		return app->fault.err;
	}
	request.has_account_id = true;
	request.account_id = account->account_id;
	request.has_version = true;
	request.version = account->version;
	if (version != NULL) {
		err = app_number(app, "--version", version, 1, INT32_MAX, &request.version);
	}
	if (err == ERR_OK) {
		err = print_call(
			app, METHOD_account_leave, &request.base, _("the account can no longer log in"));
	}
	client_result_free(accounts);
	return err;
}
