/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an assignment of places means for the patches that there are.
 */
#pragma once

#include "server/domain/place.h"
#include "server/request.h"

/* The queries of patch.assign, in their order. */
enum {
	PATCH_QUERY_COMMUNITY,
	PATCH_QUERY_DAY,
	PATCH_QUERY_TEAM,
	PATCH_QUERY_PLACES,
	PATCH_QUERY_PATCHES,
};

/* Of one request, from its check on; in the arena. */
struct patch_state {
	struct uuid *places; /* place_ids of the request; no two are one */
	struct uuid *made;   /* a new patch for each */
	struct uuid *ended;  /* patches that end */
	size_t ended_count;
	struct place_patch wanted;
	struct place_patch *patches; /* of the place that is looked at, with room for all */
	struct uuid *patch_ids;
};

/* Every place: may it be in a patch, what ends, what begins. The first refusal. */
enum err patch_decide_places(struct request *r) must_check;
