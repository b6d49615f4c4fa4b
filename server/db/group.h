/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tick asks of one reading connection: rights_epoch first, then the errands' queries, then one
 * sync. Queries of one statement that can go as one do (server/db/each.h), those of the errands' first
 * queries before those of the second ones; from an errand's first query that cannot, the rest of its
 * queries follow in the errands' order. So an errand's own queries are asked in its order always.
 *
 * A query that fails spoils what stands behind it; whoever has no answer is sent again.
 */
#pragma once

#include "server/db/errand.h"
#include "server/db/pgconn.h"

#define GROUP_ERRANDS_MAX 64

/* A query in the order sent. */
struct asked {
	struct errand *errand;
	struct query *query;
	size_t run; /* at the first of those that go as one: how many */
};

struct group {
	struct list node;
	struct list errands; /* not yet done */
	bool has_epoch;      /* the group's own first query was answered */
	bool is_spoilt;      /* a query failed; what follows is ABORTED until the sync */
	uint64_t epoch;
	int64_t sent_mono_us;
	int64_t answer_by_mono_us;
	size_t answered_count; /* of asked */
	size_t asked_count;
	struct asked asked[];
};

/*
 * The first errand_count, at most GROUP_ERRANDS_MAX, of those that wait.
 *
 *   returns  owned, freed with free() when its errands are done or taken off; NULL without memory: they
 *            go on waiting
 */
struct group *group_new(struct list *waiting, size_t errand_count);

/* All but the sync. The arena is for what is copied while it is sent. */
void group_send(
	struct group *group, struct pgconn *conn, const struct query *epoch, struct arena *arena);

/*
 * The next rows. Takes ownership of the result; errands that have all of theirs are done.
 *
 *   returns  false  they are not of this group, or there is no memory for them
 */
bool group_take(struct group *group, PGresult *result);

/*
 * The next query failed with this SQLSTATE: its errand is done as REFUSED where the statement or its
 * slowness is to blame. Of those that went as one nobody knows who is: each goes by itself next time.
 */
void group_fail(struct group *group, struct log *log, const char *sqlstate);
