/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What filter.save was asked to keep, and how many filters there may be.
 */
#pragma once

#include "server/method/complaint/list_inside.h"
#include "server/request.h"

#define FILTERS_OWN_MAX 30     /* of one person in a community, shared or not */
#define FILTERS_SHARED_MAX 100 /* in a community */

/* Lives in request.state. */
struct saving {
	struct list_inside inside;
	struct span list; /* as it is stored */
	struct uuid filter_id;
	struct uuid team_id;
	int share;
	bool is_new;
};

/* The message's shape beyond field.def; sets request.state and community_id. */
enum err filter_check(struct request *r);
