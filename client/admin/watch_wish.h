/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What guanjia watch is to watch, from its options, the profile and what there is.
 */
#pragma once

#include "common/uuid.h"
#include "server.pb-c.h"

struct app;

/* nil: any */
struct watch_wish {
	struct uuid community_id;
	struct uuid team_id;
	struct uuid complaint_id;
	int scope; /* Pb__WatchOpen__Scope; 0: what the ids name */
};

/* ERR_OK | USAGE | NOT_FOUND | what asking for names failed with; the reason is in app->fault. */
enum err watch_wish_choose(struct app *app, struct watch_wish *wish) must_check;
