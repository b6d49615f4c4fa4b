/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event to all whom it is for. A slow one costs a look, and holds up nobody.
 */
#include "server/net/conn.h"
#include "server/push/roster.h"
#include "server/push/watch.h"
#include "server/server.h"

/* A slow reader is owed a resync, not a megabyte; one whose rights are being read waits for a replay. */
static void hold(struct watch *watch)
{
	struct server *server = watch->conn->server;

	server->counters.pushes_held++;
	if (conn_is_full(watch->conn)) {
		watch->is_behind = true;
	} else if (!watch->is_behind) {
		watch_resume(watch, server->feed.position);
	}
}

static void tell_if_seen(struct watch *watch, struct push *push)
{
	if (sight_covers(watch, push->event) && !push_send(push, watch)) {
		watch->is_behind = true;
	}
}

static void tell(struct watch *watch, struct push *push)
{
	if (feed_position_compare(&push->event->position, &watch->from) <= 0 ||
		!sight_names(watch, push->event)) {
		return;
	}
	if (!watch_is_ready(watch)) {
		hold(watch);
	} else if (watch->is_behind) {
		watch->is_behind = false;
		push_resync(watch, push->event->position);
	} else {
		tell_if_seen(watch, push);
	}
}

/* What is said once more, from where to where. */
struct again {
	struct feed_position from;
	struct feed_position before;
};

static void tell_again(struct watch *watch, struct push *push, const struct again *again)
{
	if (watch->is_paused || feed_position_compare(&watch->from, &again->from) < 0 ||
		feed_position_compare(&push->event->position, &watch->from) <= 0 ||
		!sight_names(watch, push->event)) {
		return;
	}
	if (!watch_is_ready(watch)) {
		/* It was told up to here, or had been told further. */
		if (feed_position_compare(&again->before, &watch->from) > 0) {
			watch->from = again->before;
		}
		watch->is_paused = true;
		return;
	}
	tell_if_seen(watch, push);
}

/* Those under one id which have not been looked at for this event; those in a replay, or the others. */
static void tell_those(
	struct server *server, struct uuid id, struct push *push, const struct again *again)
{
	struct list *entries = roster_of(&server->roster, id);

	if (entries == NULL) {
		return;
	}
	list_each (node, after, entries) {
		struct watch *watch = container_of(node, struct roster_entry, node)->watch;

		if (watch->looked_count == server->feed.looked_count ||
			watch->conn->state >= CONN_CLOSING ||
			list_linked(&watch->replay_node) != (again != NULL)) {
			continue;
		}
		watch->looked_count = server->feed.looked_count;
		if (again != NULL) {
			tell_again(watch, push, again);
		} else {
			tell(watch, push);
		}
	}
}

static void fan_out(
	struct server *server, const struct watch_event *event, const struct again *again)
{
	const struct uuid ids[] = {uuid_nil, event->area.community_id, event->subject_id,
		event->area.team_id, event->area.crew_id, event->worker_id, event->submitter_id};
	struct push push;

	push_init(&push, event);
	server->feed.looked_count++;
	for (size_t i = 0; i < COUNT(ids); i++) {
		tell_those(server, ids[i], &push, again);
	}
	push_fini(&push);
}

void watch_fan_out(struct server *server, const struct watch_event *event)
{
	fan_out(server, event, NULL);
}

void watch_fan_out_again(struct server *server, const struct watch_event *event,
	struct feed_position from, struct feed_position before)
{
	fan_out(server, event, &(struct again){from, before});
}
