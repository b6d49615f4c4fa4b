/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.status: how the server is; it answers also while the database does not.
 */
#include "server.pb-c.h"
#include "server/loops.h"
#include "server/request.h"
#include "server/server.h"

static const struct {
	const char *name;
	size_t offset;
} rows[] = {
#define COUNTER(member, name, text) {name, offsetof(struct counters, member)},
#define GAUGE COUNTER
#include "server/counter.def"
#undef COUNTER
#undef GAUGE
};

static Pb__Counter *counter_of(struct request *r, const struct counters *counters, size_t row)
{
	Pb__Counter *out = arena_new(&r->arena, Pb__Counter);

	if (out != NULL) {
		pb__counter__init(out);
		out->name = (char *)rows[row].name;
		out->has_value = true;
		out->value = *(const uint64_t *)(const void *)((const char *)counters + rows[row].offset);
	}
	return out;
}

static void add_feed(struct request *r, const struct figures *figures, Pb__ServerStatusReply *out)
{
	const struct feed_position *position = &figures->feed;

	out->has_feed_lag_ms = true;
	out->feed_lag_ms = (uint32_t)(figures->census.feed_lag_us / US_PER_MS);
	if (position->era == 0) {
		return; /* nobody watches: the feed stands still */
	}
	out->feed = arena_new(&r->arena, Pb__Position);
	if (out->feed != NULL) {
		pb__position__init(out->feed);
		out->feed->has_era = out->feed->has_xid = out->feed->has_seq = true;
		out->feed->era = position->era;
		out->feed->xid = position->xid;
		out->feed->seq = position->seq;
	}
}

static void add_standby(const struct request *r, Pb__ServerStatusReply *out)
{
	static const Pb__ServerStatusReply__Standby values[] = {
		[STANDBY_NOT_WANTED] = PB__SERVER_STATUS_REPLY__STANDBY__NOT_WANTED,
		[STANDBY_PRESENT] = PB__SERVER_STATUS_REPLY__STANDBY__PRESENT,
		[STANDBY_MISSING] = PB__SERVER_STATUS_REPLY__STANDBY__MISSING,
		[STANDBY_HIDDEN] = PB__SERVER_STATUS_REPLY__STANDBY__HIDDEN,
	};
	enum standby standby = r->server->standby.standby;

	if (standby != STANDBY_UNKNOWN) {
		out->has_standby = true;
		out->standby = values[standby];
	}
}

static enum err decide(struct request *r)
{
	Pb__ServerStatusReply *out = request_reply(r);
	struct figures figures;

	if (out == NULL) {
		return ERR_BUSY;
	}
	(void)loops_figures(r->server, &figures);
	out->version = GUANJIA_VERSION;
	out->has_started_us = out->has_utc_us = out->has_schema = out->has_is_database_up = true;
	out->started_us = r->server->started_us;
	out->utc_us = request_now_us(r);
	out->schema = (uint32_t)r->server->schema;
	out->is_database_up = figures.census.is_database_up;
	out->n_counters = COUNT(rows);
	out->counters = arena_alloc(&r->arena, sizeof *out->counters * COUNT(rows));
	for (size_t i = 0; out->counters != NULL && i < COUNT(rows); i++) {
		out->counters[i] = counter_of(r, &figures.counters, i);
	}
	add_feed(r, &figures, out);
	add_standby(r, out);
	return ERR_OK;
}

const struct method_impl impl_server_status = {
	.may = may_always,
	.decide = decide,
};
