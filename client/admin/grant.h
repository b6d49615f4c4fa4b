/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants on the screen: who may work as what, where, and how long.
 */
#pragma once

#include "account.pb-c.h"

struct app;

/*
 * A table on standard output; the names of places must have been loaded (place_load).
 *
 *   accounts  to name the people of the grants; NULL: the table is about one person
 */
void grant_print(
	struct app *app, Pb__Grant *const *grants, size_t count, const Pb__AccountListReply *accounts);
