/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two PostgreSQLs that the test owns, one a synchronous standby of the other, both reached by one
 * connection string that wants the one which takes writes. Either can be lost, stopped in its tracks,
 * promoted and made the other's standby again.
 *
 *     live_pair_init(&pair, true);               both run, the standby is synchronous
 *     live_server_init(&server, (const char *const[]){pair.app_set, pair.owner_set, NULL});
 *     …
 *     live_pair_lose(&pair, pair.primary);       kill -9 of all of it
 *     live_pair_promote(&pair);                  the other takes over, with no standby and none wanted
 *     live_pair_rejoin(&pair);                   the lost one is its synchronous standby now
 */
#pragma once

#include "tests/live/cluster.h"

struct live_pair {
	struct live_cluster nodes[2];
	size_t primary;      /* which of them takes writes */
	char app_set[640];   /* "database=…", for live_server_init */
	char owner_set[640]; /* "database_owner=…": the first primary, which init and migration need */
};

/* Makes both and starts them; durable unless fsync is false. A commit waits for the standby's disk. */
void live_pair_init(struct live_pair *pair, bool fsync);
void live_pair_fini(struct live_pair *pair);

struct live_cluster *live_pair_primary(struct live_pair *pair);
struct live_cluster *live_pair_standby(struct live_pair *pair);

/* SIGKILL to all of a node's processes, as if its machine had lost its power; reaped. */
void live_pair_lose(struct live_pair *pair, size_t node);

/*
 * The standby takes writes from now on, on a new timeline, and wants no standby of its own. Whatever
 * still runs on the other node is the test's business: it is the old primary that nobody may trust.
 */
void live_pair_promote(struct live_pair *pair);

/* The node that is not the primary is copied from it anew, and waited for as its synchronous standby. */
void live_pair_rejoin(struct live_pair *pair);

/* Whether the primary's commits wait for a standby; in force, for those that wait too, when it returns. */
void live_pair_want_standby(struct live_pair *pair, bool is_wanted);

/* Waits until the primary has its synchronous standby. */
void live_pair_await_sync(struct live_pair *pair);

/*
 * The one value of a query on a node, as its superuser; "" for none. Longer ones are cut.
 *
 *   returns  out
 */
const char *live_ask_node(const struct live_cluster *node, const char *sql, char out[64]);
