/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The people of a history: sixteen, each with what his work needs and nothing more, in one community with four
 * teams, and each with a session whose token is kept.
 */
#pragma once

#include "tests/live/site.h"

#define CAST_TEAMS 4
#define CAST_PEOPLE 16

enum cast_part { CAST_LEADER, CAST_DESK, CAST_WORKER, CAST_MANAGER, CAST_PART_COUNT };

struct cast_person {
	enum cast_part part;
	struct live_account account;
	uint8_t token[32];
};

struct cast {
	struct live_site sites[CAST_TEAMS];     /* one community and one crew; a team and a gate each */
	struct cast_person people[CAST_PEOPLE]; /* by part; the leaders in the order of their teams */
};

/* Made by the administrator, who logs in on the server itself. */
void cast_make(struct cast *cast, struct live_server *server);

/* Where the people of a part begin, and how many they are. */
size_t cast_first(enum cast_part part);
size_t cast_count(enum cast_part part);
