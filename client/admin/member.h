/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People of teams and crews by the names that everybody uses for them; logins are known to administrators
 * alone. Asks for the members of every team and crew that the logged in person sees.
 */
#pragma once

#include "common/err.h"
#include "common/uuid.h"

struct app;

/*
 * The one person of this name who is in a team or crew today.
 *
 *   returns  ERR_OK | NOT_FOUND | USAGE (several people have it: their ids are named) | what asking failed
 *            with; the reason is in app->fault
 */
enum err member_id(struct app *app, const char *name, struct uuid *out) must_check;
