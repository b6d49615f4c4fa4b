/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what becomes of peers that vanish without a word, as when a cable is pulled: the peer's
 * machine drops every packet that comes for it, so that nothing is acknowledged any more, and the peer
 * sends nothing either, no FIN and no RST. By the deadlines all of them are gone, with their
 * descriptors; what they had asked for is done once, and is answered to who asks again.
 */
#include "tests/check.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/faults/vitals.h"
#include "tests/live/cluster.h"
#include "tests/server/pg.h"

#define VANISHED 40
#define SETTINGS \
	"handshake_ms = 2000\nlogin_ms = 2000\nidle_ms = 2000\nout_bytes_soft = 65536\n" \
	"out_stuck_ms = 2000\n"

static struct desk desk;

/*
 * From now on the peer hears nothing, and its machine says nothing about that: packets that have come
 * further than no hop at all are not let in, and all of ours say that they have (RFC 5082).
 */
static void vanish(struct peer *peer)
{
	int hops_left = 255;

	if (setsockopt(peer->fd, IPPROTO_IP, IP_MINTTL, &hops_left, sizeof(hops_left)) != 0) {
		perror("IP_MINTTL");
		abort();
	}
}

/* ---- how far each gets before it vanishes --------------------------------------------------- */

static void stay_silent(struct peer *peer)
{
	peer_open(peer, &desk.server, NULL);
}

static void stay_in_the_handshake(struct peer *peer)
{
	peer_connect(peer, &desk.server, desk.context);
}

static void stay_guest(struct peer *peer)
{
	peer_greet(peer, &desk.server, desk.context);
}

static void stay_member(struct peer *peer)
{
	peer_enter(peer, &desk.honest, desk.context);
}

static void stay_with_a_watch(struct peer *peer)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	peer_enter(peer, &desk.honest, desk.context);
	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	peer_say(peer, peer_request(peer, 1, METHOD_watch_open, &in.base, NULL));
	(void)peer_hear_kind(peer, PB__ENVELOPE__KIND_REPLY);
}

/* More answers are on their way than a socket holds. */
static void stay_with_answers(struct peer *peer)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;
	int bytes = 64 * 1024;

	peer_enter(peer, &desk.honest, desk.context);
	(void)setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.limit = 60;
	for (uint64_t id = 1; id <= 32; id++) {
		peer_say(peer, peer_request(peer, id, METHOD_complaint_list, &in.base, NULL));
	}
}

static void (*const ways[])(struct peer *peer) = {stay_silent, stay_in_the_handshake, stay_guest,
	stay_member, stay_with_a_watch, stay_with_answers};

/* ---- the tests ------------------------------------------------------------------------------ */

/* Complaints with results as long as they may be, so that lists are large. */
static void make_long_rows(void)
{
	PGconn *pg = pg_connect(desk.server.super);

	for (size_t i = 0; i < 60; i++) {
		(void)desk_submit(&desk);
	}
	(void)pg_run(pg, "UPDATE complaint SET result = repeat('漏', 4000)");
	PQfinish(pg);
}

static void test_those_who_vanish_leave_nothing(void)
{
	static struct peer peers[VANISHED];
	size_t baseline;
	int64_t begin_us;

	make_long_rows();
	CHECK(desk_is_quiet(&desk));
	baseline = vitals_descriptors(desk.server.pid);
	for (size_t i = 0; i < COUNT(peers); i++) {
		ways[i % COUNT(ways)](&peers[i]);
		vanish(&peers[i]);
	}
	desk_set(
		&desk, SETTINGS); /* not before: here the honest would be silent for too long themselves */
	begin_us = live_until(0);
	(void)desk_submit(&desk); /* the watches are told, and cannot hear it */
	CHECK(desk_is_quiet(&desk));
	CHECK(vitals_await_descriptors(desk.server.pid, baseline));
	printf("# %d vanished, back to %zu descriptors after %lld ms\n", VANISHED, baseline,
		(long long)((live_until(0) - begin_us) / US_PER_MS));
	CHECK(desk_is_well(&desk));
	for (size_t i = 0; i < COUNT(peers); i++) {
		peer_close(&peers[i]);
	}
	desk_set(&desk, NULL);
}

/* What was asked for before: PostgreSQL stands still meanwhile, so that no answer comes too early. */
static void test_what_they_asked_for_is_done_once(void)
{
	static struct peer peers[8];
	struct walk walks[COUNT(peers)];
	PGconn *pg = pg_connect(desk.server.super);
	char before[16];
	char after[16];

	(void)snprintf(
		before, sizeof(before), "%s", pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"));
	for (size_t i = 0; i < COUNT(peers); i++) {
		peer_enter(&peers[i], &desk.honest, desk.context);
	}
	live_pause(desk.server.cluster);
	for (size_t i = 0; i < COUNT(peers); i++) {
		struct client_ask ask;
		Pb__Envelope *submit;

		walk_begin(&walks[i], &desk.site);
		ask = walk_ask(&walks[i]);
		submit = peer_request(&peers[i], 1, METHOD_complaint_submit, NULL, &walks[i].key);
		submit->request->has_body = true;
		submit->request->body =
			(ProtobufCBinaryData){ask.body.len, (uint8_t *)(uintptr_t)ask.body.ptr};
		peer_say(&peers[i], submit);
		vanish(&peers[i]);
	}
	CHECK(desk_await_counter(&desk, "request.now", COUNT(peers) + 1));
	live_go_on(desk.server.cluster);
	desk_set(&desk, SETTINGS);
	CHECK(desk_is_quiet(&desk));
	for (size_t i = 0; i < COUNT(peers); i++) {
		struct client_ask ask = walk_ask(&walks[i]);
		struct client_result *result = client_loop_call(&desk.honest.loop, &ask);

		CHECK_INT_EQ(result->err, ERR_OK);
		CHECK(result->is_repeat);
		client_result_free(result);
		peer_close(&peers[i]);
	}
	(void)snprintf(after, sizeof(after), "%lu", strtoul(before, NULL, 10) + COUNT(peers));
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"), after);
	PQfinish(pg);
	desk_set(&desk, NULL);
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"those_who_vanish_leave_nothing", test_those_who_vanish_leave_nothing},
	{"what_they_asked_for_is_done_once", test_what_they_asked_for_is_done_once},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	vitals_begin();
	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
