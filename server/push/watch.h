/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wants to be told of what. Rights are looked at for every event, by the principal of the moment:
 * one that is behind rights_epoch is told nothing but, once it has been read anew, to load its lists.
 */
#pragma once

#include "common/list.h"
#include "common/uuid.h"
#include "proto/method.h"
#include "server/push/feed.h"

struct conn;

struct watch {
	struct list node;      /* server->watches */
	struct list conn_node; /* conn->watches */
	struct conn *conn;     /* lives longer than its watches */
	uint64_t id;           /* of the request that opened it */
	const struct topic_row *topic;
	struct uuid community_id;
	struct uuid complaint_id;  /* nil: all that the person may see */
	struct feed_position from; /* events behind this */
	bool is_behind;            /* something may have been missed: a resync is owed */
};

/* What an event row says; its texts are borrowed from the query. */
struct watch_event {
	const struct query *query;
	size_t row;
	struct feed_position position;
	int topic;
	struct uuid community_id;
	struct uuid subject_id;
	struct uuid team_id;
	struct uuid crew_id;
	/* Of the complaint as it is now. */
	int lead; /* enum complaint_lead */
	struct uuid respondent_id;
	struct uuid worker_id;
};

struct watch *watch_open(struct conn *conn, uint64_t id, const struct topic_row *topic,
	struct uuid community_id, struct uuid complaint_id, struct feed_position from);
/* NULL where the connection has none of this id. */
struct watch *watch_find(struct conn *conn, uint64_t id);
void watch_close(struct watch *watch);

/* Sends the event to whoever watches it and may see it. */
void watch_fan_out(struct server *server, const struct watch_event *event);
/* Everybody loads anew: the feed began again somewhere else. */
void watch_resync_all(struct server *server);
/* Has the principals of those who only watch read anew, where rights have changed or time has passed. */
void watch_refresh_stale(struct server *server);
/* Pays the resyncs that are owed, once rights are known and there is room. */
void watch_pay(struct conn *conn);
