/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person's grants reach of one community's complaints, as a list's WHERE asks for it: all of them,
 * those of some teams, those that some crews serve or served.
 */
#pragma once

#include "server/request.h"

struct list_reach {
	bool is_whole;
	struct uuid *teams; /* in the arena */
	size_t team_count;
	struct uuid *crews;
	size_t crew_count;
};

/* By the grants whose role holds the method's right at this time; in the arena, NULL where it failed. */
struct list_reach *list_reach_of(struct request *r);
