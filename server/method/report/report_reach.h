/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person's grants reach of one community's figures, and whose: the same of complaints as a list shows them, but
 * only as somebody who leads, customer service or inspector; everybody else has their own figures and no others.
 */
#pragma once

#include "server/request.h"

struct report_reach {
	bool is_here;               /* has to do with the community at all */
	bool is_whole;              /* as customer service, inspector, director */
	bool is_director;           /* … the last of them */
	bool is_managed;            /* as manager: all but what the director leads */
	struct uuid *officer_teams; /* in the arena */
	size_t officer_team_count;
	struct uuid *teams; /* as leader */
	size_t team_count;
};

/* By the grants at this time; in the arena, NULL where it failed. */
struct report_reach *report_reach_of(struct request *r);

/* Nobody's figures but their own. */
bool report_reach_is_empty(const struct report_reach *reach);
/* Figures of any people. */
bool report_reach_has_people(const struct report_reach *reach);
bool report_reach_has_team(const struct report_reach *reach, struct uuid team_id);

/* Somebody's figures: by the grants that they hold or held, rows of grant_list. */
bool report_reach_sees(
	const struct request *r, const struct report_reach *reach, const struct query *grants);

/* $2–$5 of report_kpi. */
void report_reach_add(struct query *query, const struct report_reach *reach);
/* $16–$19: roles whose people are seen as director, manager, officer, leader. */
void report_reach_add_roles(struct query *query, const struct report_reach *reach);
