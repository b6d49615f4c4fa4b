/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.list: everybody who has or had a login.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

static void load(struct request *r)
{
	(void)request_query(r, STMT_account_list);
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	Pb__AccountListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_accounts = query_rows(rows);
	out->accounts = arena_alloc(&r->arena, size_max(out->n_accounts, 1) * sizeof *out->accounts);
	for (size_t i = 0; out->accounts != NULL && i < out->n_accounts; i++) {
		out->accounts[i] = message_account(&r->arena, rows, i);
	}
	return ERR_OK;
}

const struct method_impl impl_account_list = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
