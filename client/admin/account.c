/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/account.h"

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/member.h"

struct client_result *account_list(struct app *app)
{
	Pb__AccountList request = PB__ACCOUNT_LIST__INIT;

	if (link_resume(app) != ERR_OK) {
		return NULL;
	}
	return link_call(app, METHOD_account_list, &request.base);
}

static bool has_id(const Pb__Account *account, struct span id)
{
	return span_equal(codec_span(account->has_account_id, account->account_id), id);
}

const Pb__Account *account_find(struct app *app, const Pb__AccountListReply *list, const char *text)
{
	struct uuid id;
	bool is_id = uuid_parse(str_from_c(text), &id);

	for (size_t i = 0; i < list->n_accounts; i++) {
		const Pb__Account *account = list->accounts[i];

		if (!account->has_account_id || account->account_id.len != UUID_BYTES) {
			continue;
		}
		if (is_id ? has_id(account, span_of(id.bytes, UUID_BYTES))
				  : str_equal(codec_str(account->login), str_from_c(text))) {
			return account;
		}
	}
	(void)fault_set(&app->fault, ERR_NOT_FOUND, _("account '%s'"), text);
	return NULL;
}

/* Who may list accounts knows logins. */
static enum err id_of_login(struct app *app, const char *text, struct uuid *out)
{
	struct client_result *list = account_list(app);
	const Pb__Account *account =
		list == NULL ? NULL : account_find(app, (const void *)list->message, text);

	if (account != NULL) {
		*out = uuid_from_span(codec_span(true, account->account_id));
	}
	client_result_free(list);
	return account == NULL ? app->fault.err : ERR_OK;
}

enum err account_id(struct app *app, const char *text, struct uuid *out)
{
	enum err err;

	if (uuid_parse(str_from_c(text), out)) {
		return ERR_OK;
	}
	err = member_id(app, text, out);
	if (err != ERR_NOT_FOUND) {
		return err;
	}
	err = id_of_login(app, text, out);
	if (err != ERR_DENIED) {
		return err;
	}
	(void)fault_set(&app->fault, ERR_NOT_FOUND, _("'%s' in a butler team or crew"), text);
	return fault_hint(&app->fault,
		_("people are found by their name in a team or crew, or by their account's id"));
}

const char *account_login(struct app *app, const Pb__AccountListReply *list, struct span id)
{
	char text[UUID_TEXT_LEN + 1] = "";

	for (size_t i = 0; i < list->n_accounts; i++) {
		if (has_id(list->accounts[i], id) && list->accounts[i]->login != NULL) {
			return list->accounts[i]->login;
		}
	}
	if (id.len == UUID_BYTES) {
		uuid_format(uuid_from_span(id), text);
	}
	return arena_c_string(&app->arena, str_from_c(text));
}
