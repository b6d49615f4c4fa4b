/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts by the logins that people use, found through account.list.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

#include "account.pb-c.h"

struct app;
struct client_result;

/* The reply of account.list, the caller's to free; NULL where it failed (app->fault). */
struct client_result *account_list(struct app *app) must_check;

/* The account of a login or id; NULL and a NOT_FOUND in app->fault where the list has none. */
const Pb__Account *account_find(
	struct app *app, const Pb__AccountListReply *list, const char *text) must_check;

/* The login of an id; the text of the id where the list has none. */
const char *account_login(struct app *app, const Pb__AccountListReply *list, struct span id);
