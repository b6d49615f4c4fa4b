/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the people who work here somebody has to do with, as STAFF_REACH of stmt.def asks for it: all of
 * them; those of some communities and teams; those of crews, which serve everybody; oneself.
 */
#pragma once

#include "server/request.h"

struct staff_reach {
	bool is_whole;
	bool has_crews;
	struct uuid *communities; /* in the arena */
	size_t community_count;
	struct uuid *teams;
	size_t team_count;
};

/*
 * By the grants whose role holds the method's right at this time, and that lead or look after people: a
 * cleaner's and a crew member's reach nobody. In the arena, NULL where it failed.
 */
struct staff_reach *staff_reach_of(struct request *r);

/* REACH_TYPES of stmt.def. `me` is nil where nobody decides about oneself. */
void staff_reach_add(
	struct request *r, struct query *query, const struct staff_reach *reach, struct uuid me);

/* In load: is this account's holder still here, and reached? For staff_found. */
void staff_load(struct request *r, struct uuid account_id);

/* NOT_FOUND where the account of staff_load is not there, has left, or is not reached. */
enum err staff_found(struct request *r, const struct query *reached);

/* The first grant that holds the method's right now, for the record. */
struct uuid staff_granted_by(const struct request *r);
