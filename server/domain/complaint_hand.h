/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In whose hands a complaint is: what "mine" means to each role. Pure.
 */
#pragma once

#include "server/domain/complaint.h"

/* One person and one complaint, as both are now. */
struct complaint_tie {
	role_set sees; /* complaint_reach: the roles by which they see it at all */
	enum complaint_lead lead;
	bool has_team;     /* else it waits in the queue of customer service */
	bool has_officer;  /* read only where the officer's level leads it */
	bool is_worker;    /* they are dispatched; or their crew is, and nobody of it by name */
	bool is_submitter; /* they took it in */
};

/*
 * Theirs to act on, or to answer for: they go there, they lead it (the manager where the officer's level leads and
 * the team has no officer), it is in their queue, or they took it in. Nothing is theirs that they do not see.
 */
bool complaint_is_mine(const struct complaint_tie *tie);

/* The roles whose grants name teams and crews: what reaches a complaint by them is their teams'. */
role_set complaint_team_roles(void);
