/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/venue.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

const char *const venue_kind_names[VENUE_KIND_COUNT] = {"embedded", "given", "standby"};

const char *const venue_blow_names[BLOW_COUNT] = {
	"server", "postmaster", "child", "postgres", "both"};

static void start_server(struct venue *venue, bool *out_is_up)
{
	int64_t begin_us = live_until(0);
	int64_t took_ms;

	*out_is_up = live_server_start(&venue->server);
	took_ms = (live_until(0) - begin_us) / US_PER_MS;
	venue->slowest_start_ms = took_ms > venue->slowest_start_ms ? took_ms : venue->slowest_start_ms;
}

/* The owner's connection must follow the primary too: the server looks at the schema at every start. */
static void prepare_pair(struct venue *venue)
{
	live_pair_init(&venue->pair, true);
	(void)snprintf(venue->owner_set, sizeof(venue->owner_set),
		"database_owner=host='%s,%s' port=5432 dbname=guanjia user=guanjia_owner"
		" target_session_attrs=read-write",
		venue->pair.nodes[0].embedded.socket_dir, venue->pair.nodes[1].embedded.socket_dir);
}

void venue_begin(struct venue *venue, enum venue_kind kind)
{
	const char *sets[] = {"session_idle_ms=3600000", venue->told.set, NULL, NULL, NULL};
	bool is_up = false;

	*venue = (struct venue){.kind = kind};
	live_told_begin(&venue->told);
	if (kind == VENUE_GIVEN) {
		live_cluster_init(&venue->cluster, true);
		sets[2] = venue->cluster.app_set;
		sets[3] = venue->cluster.owner_set;
	} else if (kind == VENUE_STANDBY) {
		prepare_pair(venue);
		sets[2] = venue->pair.app_set;
		sets[3] = venue->owner_set;
	}
	live_server_init(&venue->server, sets);
	start_server(venue, &is_up);
	if (!is_up) {
		abort();
	}
	venue->slowest_start_ms = 0; /* the first one makes the database */
}

enum venue_blow venue_draw(const struct venue *venue, struct dice *dice)
{
	static const enum venue_blow odds[] = {BLOW_SERVER, BLOW_SERVER, BLOW_SERVER, BLOW_POSTMASTER,
		BLOW_POSTMASTER, BLOW_CHILD, BLOW_POSTGRES, BLOW_POSTGRES, BLOW_BOTH};
	/* A postmaster alone is not lost there: what still runs below it would be a second primary. */
	static const enum venue_blow pair_odds[] = {
		BLOW_POSTGRES, BLOW_POSTGRES, BLOW_POSTGRES, BLOW_BOTH, BLOW_SERVER, BLOW_CHILD};

	return venue->kind == VENUE_STANDBY ? pair_odds[dice_below(dice, COUNT(pair_odds))]
	                                    : odds[dice_below(dice, COUNT(odds))];
}

/* The cluster that takes writes. */
static const char *place_of(struct venue *venue)
{
	switch (venue->kind) {
	case VENUE_EMBEDDED:
		return venue->server.cluster;
	case VENUE_GIVEN:
		return venue->cluster.place;
	case VENUE_STANDBY:
		return live_pair_primary(&venue->pair)->place;
	case VENUE_KIND_COUNT:
		break;
	}
	unreachable();
}

static pid_t postmaster_of(struct venue *venue)
{
	switch (venue->kind) {
	case VENUE_EMBEDDED:
		return live_server_postmaster(&venue->server);
	case VENUE_GIVEN:
		return venue->cluster.embedded.pid;
	case VENUE_STANDBY:
		return live_pair_primary(&venue->pair)->embedded.pid;
	case VENUE_KIND_COUNT:
		break;
	}
	unreachable();
}

/* The server's own is found again by the server. */
static void kill_own(struct venue *venue, enum venue_blow blow)
{
	pid_t postmaster = postmaster_of(venue);

	if (blow != BLOW_POSTMASTER) {
		live_kill_all(venue->server.cluster);
	} else if (postmaster > 0) {
		(void)kill(postmaster, SIGKILL);
	}
}

static void kill_given(struct venue *venue, enum venue_blow blow)
{
	if (blow != BLOW_POSTMASTER) {
		live_kill_all(venue->cluster.place);
	}
	live_cluster_kill(&venue->cluster); /* of all: there still, until it is reaped */
	live_cluster_start(&venue->cluster);
}

/* Its standby takes over; then the lost one becomes that one's standby. */
static void fail_over(struct venue *venue)
{
	live_pair_lose(&venue->pair, venue->pair.primary);
	live_pair_promote(&venue->pair);
	live_pair_rejoin(&venue->pair);
}

static void strike_database(struct venue *venue, enum venue_blow blow)
{
	switch (venue->kind) {
	case VENUE_EMBEDDED:
		kill_own(venue, blow);
		return;
	case VENUE_GIVEN:
		kill_given(venue, blow);
		return;
	case VENUE_STANDBY:
		fail_over(venue);
		return;
	case VENUE_KIND_COUNT:
		break;
	}
	unreachable();
}

bool venue_strike(struct venue *venue, enum venue_blow blow, uint64_t number)
{
	bool is_up = true;

	venue->blows[blow]++;
	if (blow == BLOW_CHILD) {
		live_kill_child(place_of(venue), postmaster_of(venue), number);
		return true;
	}
	if (blow == BLOW_BOTH) {
		live_kill_all(place_of(venue)); /* first: the server's own would end well after it */
	}
	if (blow == BLOW_SERVER || blow == BLOW_BOTH) {
		live_server_kill(&venue->server);
	}
	if (blow != BLOW_SERVER) {
		strike_database(venue, blow);
	}
	if (blow == BLOW_SERVER || blow == BLOW_BOTH) {
		start_server(venue, &is_up);
	}
	return is_up;
}

const char *venue_super(struct venue *venue)
{
	switch (venue->kind) {
	case VENUE_EMBEDDED:
		return venue->server.super;
	case VENUE_GIVEN:
		return venue->cluster.super;
	case VENUE_STANDBY:
		return live_pair_primary(&venue->pair)->super;
	case VENUE_KIND_COUNT:
		break;
	}
	unreachable();
}

bool venue_end(struct venue *venue)
{
	int code = live_server_stop(&venue->server);
	bool is_sound = live_server_is_sound(&venue->server);

	if (code != 0) {
		printf("# the server ends with %d\n", code);
	}
	live_server_fini(&venue->server);
	if (venue->kind == VENUE_GIVEN) {
		live_cluster_fini(&venue->cluster);
	} else if (venue->kind == VENUE_STANDBY) {
		live_pair_fini(&venue->pair);
	}
	return code == 0 && is_sound;
}
