/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wants to be told of what. Rights are looked at for every event, by the principal of the moment. A watch is
 * told what the feed reads; or it is on feed->replays, since it comes back, or its person's rights were being read
 * anew when something happened: then it is told from its own position what it has missed, and joins the others.
 *
 *   slow     more waits for the connection than it takes: told nothing, and once there is room, to load anew
 *   rights   other ones than before: told to load anew, since other things are shown now
 */
#pragma once

#include "common/list.h"
#include "common/uuid.h"
#include "proto/method.h"
#include "server/push/feed_position.h"
#include "server/push/push.h"
#include "server/push/sight.h"

struct conn;
struct principal;
struct server;

enum watch_scope {
	WATCH_NAMED, /* what the ids say */
	WATCH_MINE,  /* the rest is WatchOpen.Scope */
	WATCH_TEAMS,
	WATCH_ALL,
};

/* What somebody wants to be told; nil ids: any. */
struct watch_wish {
	const struct topic_row *topic;
	enum watch_scope scope;
	struct uuid community_id;
	struct uuid team_id;
	struct uuid complaint_id;
	bool with_marks;
};

struct watch {
	struct list node;        /* server->watches */
	struct list conn_node;   /* conn->watches */
	struct list replay_node; /* feed->replays, while it is behind the feed */
	struct list entries;     /* in the roster */
	struct conn *conn;       /* lives longer than its watches */
	uint64_t id;             /* of the request that opened it */
	struct watch_wish wish;
	struct feed_position from;   /* events behind this; in a replay: it has been told up to here */
	struct feed_position marked; /* the client knows that it was told up to here */
	uint64_t looked_count;       /* feed->looked_count when it was last looked at */
	uint64_t held_count;         /* the feed's events when its replay began */
	bool is_paused; /* in a replay: this portion is over for it, it was not ready for an event */
	bool is_behind; /* something was missed: a resync is owed */
};

/* NULL where memory is out. `position` is where the feed was when the request looked. */
struct watch *watch_open(
	struct conn *conn, uint64_t id, const struct watch_wish *wish, struct feed_position position);
/* It comes back, and goes on behind this position first. */
void watch_resume(struct watch *watch, struct feed_position from);
/* NULL where the connection has none of this id. */
struct watch *watch_find(struct conn *conn, uint64_t id);
void watch_close(struct watch *watch);

/* Tells whoever watches it, may see it, and has been told everything before it. */
void watch_fan_out(struct server *server, const struct watch_event *event);
/* The same for those in a replay which were told up to `from` or further, but not this. */
void watch_fan_out_again(struct server *server, const struct watch_event *event,
	struct feed_position from, struct feed_position before);

/* Its rights are known, and there is room. */
bool watch_is_ready(const struct watch *watch);
/* Out of the replay; a resync is owed, and paid at once where that can be. */
void watch_give_up(struct watch *watch);

/* Everybody loads anew: the feed began again somewhere else. */
void watch_resync_all(struct server *server);
/* Has the principals of those who only watch read anew, where rights have changed or time has passed. */
void watch_refresh_stale(struct server *server);
/* Pays the resyncs that are owed, once rights are known and there is room. */
void watch_pay(struct conn *conn);
/* Somebody's rights were read anew, or somebody else is logged in; NULL: nobody was, or is. */
void watch_reconsider(
	struct conn *conn, const struct principal *before, const struct principal *now);
/* Tells those who want it how far they have been told. */
void watch_mark_all(struct server *server);
