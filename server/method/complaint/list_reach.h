/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person's grants reach of one community's complaints, as a list's WHERE asks for it: all of them,
 * those of some teams, those that some crews serve or served. The same as complaint_reach says of one.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/request.h"

struct list_reach {
	bool is_whole;              /* as customer service, inspector, director */
	bool is_managed;            /* as manager: all but what the director leads */
	struct uuid *officer_teams; /* in the arena: all but what a manager leads */
	size_t officer_team_count;
	struct uuid *teams; /* as leader or member: what the leader leads */
	size_t team_count;
	struct uuid *crews;
	size_t crew_count;
};

/* By the grants whose role holds the method's right at this time; in the arena, NULL where it failed. */
struct list_reach *list_reach_of(struct request *r);

bool list_reach_is_empty(const struct list_reach *reach);

/* Does who asks see what their crews serve, and nothing else? */
bool list_reach_is_crews(const struct list_reach *reach);

/*
 * Can only complaints of some teams be among them? Then those, none twice, else none: the teams that are asked for,
 * else those that a person reaches who reaches nothing else.
 */
struct list_teams {
	const struct uuid *ptr; /* in the arena */
	size_t count;
};
struct list_teams list_reach_teams(
	struct request *r, const struct list_reach *reach, const Pb__ComplaintList *in);

/* $1–$8 of COMPLAINT_REACH of stmt.def. */
void list_reach_add(struct request *r, struct query *query, const struct list_reach *reach);
