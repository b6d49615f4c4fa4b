/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an event for a watch? What it names, whose it is, and whether the person may see it: by the principal of the
 * moment and the complaint as it is now, for an event that is told once more as for one of this second. Whoever is
 * told could load the complaint in this moment.
 */
#pragma once

#include "common/uuid.h"
#include "server/db/query.h"
#include "server/domain/access.h"
#include "server/push/feed_position.h"

struct watch;

/* What an event row says; its texts are borrowed from the query. */
struct watch_event {
	const struct query *query;
	size_t row;
	struct feed_position position;
	int topic;
	struct uuid subject_id;
	/* Of the complaint as it is now: */
	struct area area;
	int lead;              /* enum complaint_lead */
	bool has_officer;      /* only where the officer's level leads it */
	bool is_crew_long_out; /* it ended too long ago for a crew to see it */
	struct uuid respondent_id;
	struct uuid worker_id;
	struct uuid submitter_id; /* nil: an owner, or a job */
};

/* A row of feed_read or feed_replay. */
struct watch_event watch_event_of(
	const struct query *query, size_t row, uint64_t era, int64_t now_us);

/* Does it name what the watch is about? Without a look at rights. */
bool sight_names(const struct watch *watch, const struct watch_event *event);

/* May the person see it, and is it theirs where the watch is for what is theirs? Somebody is logged in. */
bool sight_covers(const struct watch *watch, const struct watch_event *event);
