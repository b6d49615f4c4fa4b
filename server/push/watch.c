/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/watch.h"

#include <stdlib.h>

#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"

#define REFRESHES_MAX 128 /* at once: everybody's would stand before what others want to read */
#define STALE_MS 250      /* how often it is looked for sessions that have run out */

static bool is_replaying(const struct watch *watch)
{
	return list_linked(&watch->replay_node);
}

/* ---- where events find it ------------------------------------------------------------------- */

/* Under what a grant reaches; nil is the whole company. */
static struct uuid id_of_grant(const struct access_grant *grant)
{
	switch (grant->scope) {
	case SCOPE_COMPANY:
		return uuid_nil;
	case SCOPE_COMMUNITY:
		return grant->community_id;
	case SCOPE_TEAM:
		return grant->team_id;
	case SCOPE_CREW:
		return grant->crew_id;
	}
	unreachable();
}

static bool enter_grants(struct roster *roster, struct watch *watch, struct access_grants grants)
{
	bool is_entered = true;

	for (size_t i = 0; is_entered && i < grants.count; i++) {
		is_entered = roster_enter(roster, id_of_grant(&grants.ptr[i]), watch);
	}
	return is_entered;
}

static bool enter(struct watch *watch, const struct principal *principal)
{
	struct roster *roster = &watch->conn->server->roster;
	const struct watch_wish *wish = &watch->wish;

	if (wish->scope != WATCH_NAMED) {
		bool is_entered = enter_grants(roster, watch, principal->grants);

		return is_entered &&
		       (wish->scope != WATCH_MINE || roster_enter(roster, principal->account_id, watch));
	}
	if (!uuid_is_nil(wish->complaint_id)) {
		return roster_enter(roster, wish->complaint_id, watch);
	}
	return roster_enter(
		roster, uuid_is_nil(wish->team_id) ? wish->community_id : wish->team_id, watch);
}

/* ---- opened and closed ---------------------------------------------------------------------- */

struct watch *watch_open(
	struct conn *conn, uint64_t id, const struct watch_wish *wish, struct feed_position position)
{
	struct watch *watch = calloc(1, sizeof *watch);

	if (watch == NULL) {
		return NULL;
	}
	*watch =
		(struct watch){.conn = conn, .id = id, .wish = *wish, .from = position, .marked = position};
	list_init(&watch->entries);
	list_append(&conn->server->watches, &watch->node);
	list_append(&conn->watches, &watch->conn_node);
	conn->watch_count++;
	conn->server->counters.watches++;
	if (!enter(watch, conn->principal)) {
		watch_close(watch);
		return NULL;
	}
	return watch;
}

void watch_resume(struct watch *watch, struct feed_position from)
{
	struct server *server = watch->conn->server;

	assert(!is_replaying(watch));
	watch->from = from;
	watch->held_count = server->counters.feed_events;
	watch->is_paused = false;
	list_append(&server->feed.replays, &watch->replay_node);
}

struct watch *watch_find(struct conn *conn, uint64_t id)
{
	list_each (node, after, &conn->watches) {
		struct watch *watch = container_of(node, struct watch, conn_node);

		if (watch->id == id) {
			return watch;
		}
	}
	return NULL;
}

void watch_close(struct watch *watch)
{
	struct conn *conn = watch->conn;

	roster_leave(watch);
	list_remove(&watch->replay_node);
	list_remove(&watch->node);
	list_remove(&watch->conn_node);
	conn->watch_count--;
	conn->server->counters.watches--;
	free(watch);
}

/* ---- what is owed --------------------------------------------------------------------------- */

static bool has_rights(const struct watch *watch)
{
	const struct principal *principal = watch->conn->principal;

	return principal != NULL && principal->epoch == watch->conn->server->reader.epoch;
}

bool watch_is_ready(const struct watch *watch)
{
	return has_rights(watch) && !conn_is_full(watch->conn);
}

static void pay(struct watch *watch)
{
	watch->is_behind = false;
	watch->from = watch->conn->server->feed.position;
	push_resync(watch, watch->from);
}

void watch_give_up(struct watch *watch)
{
	list_remove(&watch->replay_node);
	watch->is_behind = true;
	if (watch_is_ready(watch)) {
		pay(watch);
	}
}

void watch_resync_all(struct server *server)
{
	list_each (node, after, &server->watches) {
		struct watch *watch = container_of(node, struct watch, node);

		list_remove(&watch->replay_node);
		pay(watch);
	}
}

static bool is_stale(const struct server *server, const struct principal *principal)
{
	return principal->epoch != server->reader.epoch || server->now.utc_us >= principal->ends_us ||
	       server->now.utc_us - principal->seen_us > server->config->session_idle_ms * US_PER_MS;
}

void watch_refresh_stale(struct server *server)
{
	struct feed *feed = &server->feed;
	size_t busy_count = 0;
	bool is_any_stale = false;

	if (!reader_is_up(&server->reader)) {
		return; /* each would be turned away at once, and asked again in the next turn, for ever */
	}
	if (feed->fresh_epoch == server->reader.epoch && server->now.mono_us < feed->stale_mono_us) {
		return; /* thousands need not be looked at in each turn */
	}
	list_each (node, after, &server->watches) {
		struct conn *conn = container_of(node, struct watch, node)->conn;

		if (conn->state >= CONN_CLOSING || conn->principal == NULL ||
			(!conn->is_refreshing && !is_stale(server, conn->principal))) {
			continue;
		}
		is_any_stale = true;
		if (!conn->is_refreshing && server->now.mono_us >= conn->refresh_mono_us) {
			request_refresh(conn);
		}
		busy_count += conn->is_refreshing ? 1 : 0;
		if (busy_count == REFRESHES_MAX) {
			break;
		}
	}
	if (!is_any_stale) {
		feed->fresh_epoch = server->reader.epoch;
		feed->stale_mono_us = server->now.mono_us + STALE_MS * US_PER_MS;
	}
}

void watch_pay(struct conn *conn)
{
	if (conn->state >= CONN_CLOSING) {
		return;
	}
	list_each (node, after, &conn->watches) {
		struct watch *watch = container_of(node, struct watch, conn_node);

		if (watch->is_behind && has_rights(watch)) {
			pay(watch);
		}
	}
}

static bool has_same_rights(const struct principal *a, const struct principal *b)
{
	if (!uuid_equal(a->account_id, b->account_id) || a->grants.count != b->grants.count) {
		return false;
	}
	for (size_t i = 0; i < a->grants.count; i++) { /* both by grant_id */
		if (!uuid_equal(a->grants.ptr[i].grant_id, b->grants.ptr[i].grant_id) ||
			a->grants.ptr[i].version != b->grants.ptr[i].version) {
			return false;
		}
	}
	return true;
}

void watch_reconsider(
	struct conn *conn, const struct principal *before, const struct principal *now)
{
	if (list_empty(&conn->watches) || now == NULL ||
		(before != NULL && has_same_rights(before, now))) {
		return; /* nobody is told nothing */
	}
	list_each (node, after, &conn->watches) {
		struct watch *watch = container_of(node, struct watch, conn_node);

		list_remove(&watch->replay_node);
		watch->is_behind = true;
		roster_leave(watch);
		if (!enter(watch, now)) {
			conn_close(conn, ERR_BUSY, "memory");
			return;
		}
	}
}

void watch_mark_all(struct server *server)
{
	const struct feed_position *position = &server->feed.position;

	list_each (node, after, &server->watches) {
		struct watch *watch = container_of(node, struct watch, node);

		if (watch->wish.with_marks && !is_replaying(watch) && !watch->is_behind &&
			watch->conn->state < CONN_CLOSING && watch_is_ready(watch) &&
			feed_position_compare(position, &watch->marked) > 0) {
			push_mark(watch, *position);
		}
	}
}
