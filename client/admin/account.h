/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts by the logins that people use, found through account.list.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"
#include "common/uuid.h"

#include "account.pb-c.h"

struct app;
struct client_result;

/* The reply of account.list, the caller's to free; NULL where it failed (app->fault). */
struct client_result *account_list(struct app *app) must_check;

/* The account of a login or id; NULL and a NOT_FOUND in app->fault where the list has none. */
const Pb__Account *account_find(
	struct app *app, const Pb__AccountListReply *list, const char *text) must_check;

/*
 * Whom a person means: an id stands for itself, for anything else the server is asked, which tells
 * only administrators.
 */
enum err account_id(struct app *app, const char *text, struct uuid *out) must_check;

/* The login of an id; the text of the id where the list has none. */
const char *account_login(struct app *app, const Pb__AccountListReply *list, struct span id);
