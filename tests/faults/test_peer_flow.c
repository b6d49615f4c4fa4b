/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that nobody takes more than is his: of requests at once, of pings, of output that he does not
 * read. And that what a peer begins and walks away from (cancels, deadlines, half an end, a reset) is
 * done once or not at all, and leaves nothing behind. Requests are kept in work by stopping PostgreSQL
 * in its tracks.
 */
#include "tests/check.h"

#include <sys/socket.h>

#include "complaint.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/live/cluster.h"
#include "tests/server/pg.h"

#define IN_FLIGHT_MAX 32 /* the usual setting */

static struct desk desk;

static void enter(struct peer *peer)
{
	peer_enter(peer, &desk.honest, desk.context);
}

static void say_status(struct peer *peer, uint64_t id)
{
	peer_say(peer, peer_request(peer, id, METHOD_server_status, NULL, NULL));
}

/* The id of the next reply or failure; 0 where the connection ends. */
static uint64_t hear_answer(struct peer *peer)
{
	const Pb__Envelope *envelope;

	while ((envelope = peer_hear(peer)) != NULL) {
		if (envelope->kind_case == PB__ENVELOPE__KIND_REPLY) {
			return envelope->reply->id;
		}
		if (envelope->kind_case == PB__ENVELOPE__KIND_FAILURE) {
			return envelope->failure->id;
		}
	}
	return 0;
}

/* ---- in flight ------------------------------------------------------------------------------ */

/*
 * In one record: so many requests for the complaint as may be in flight, then one that needs no
 * database. deadline_ms 0: the method's own.
 */
static void say_full_flight(struct peer *peer, uint64_t last_id, uint32_t deadline_ms)
{
	struct buf bytes;
	bool fits = true;

	buf_init(&bytes, 64 * 1024);
	for (uint64_t id = 1; id <= IN_FLIGHT_MAX; id++) {
		Pb__Envelope *get = desk_get(&desk, peer, id);

		get->request->has_deadline_ms = deadline_ms != 0;
		get->request->deadline_ms = deadline_ms;
		fits = fits && buf_append(&bytes, peer_frame(peer, get));
	}
	fits = fits && buf_append(&bytes, peer_frame(peer, peer_request(peer, last_id,
														   METHOD_server_status, NULL, NULL)));
	assert(fits);
	peer_send(peer, buf_readable(&bytes));
	buf_fini(&bytes);
}

/* It could be answered at once, but it is not even read. */
static void test_one_too_many_in_flight_waits(void)
{
	struct peer peer;
	size_t answered = 0;

	enter(&peer);
	live_pause(desk.server.cluster);
	say_full_flight(&peer, 100, 0);
	CHECK(desk_await_counter(&desk, "request.now", IN_FLIGHT_MAX + 1));
	CHECK(!peer_ends_within(&peer, 100));
	CHECK_INT_EQ(peer.heard_count, 2); /* the hello and the login, nothing since */
	live_go_on(desk.server.cluster);
	for (uint64_t id = 0; id != 100; answered++) {
		id = hear_answer(&peer);
		CHECK(id != 0);
	}
	CHECK(answered > 1);
	for (; answered < IN_FLIGHT_MAX + 1; answered++) {
		CHECK(hear_answer(&peer) != 0);
	}
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

/* Those that were too late have been answered, and stay in work until they end without a word. */
static void test_one_that_waits_outlives_those_too_late(void)
{
	struct peer peer;

	enter(&peer);
	live_pause(desk.server.cluster);
	say_full_flight(&peer, 100, 100);
	for (uint64_t i = 1; i <= IN_FLIGHT_MAX; i++) {
		CHECK_STR_EQ(peer_hear_failure(&peer, i), "DEADLINE");
	}
	CHECK(!peer_ends_within(&peer, 100));
	live_go_on(desk.server.cluster);
	CHECK_INT_EQ(hear_answer(&peer), 100);
	peer_close(&peer);
	CHECK(desk_is_quiet(&desk));
}

static void test_cancel_and_deadline_are_answered(void)
{
	struct peer peer;
	Pb__Envelope *late;

	enter(&peer);
	live_pause(desk.server.cluster);
	peer_say(&peer, desk_get(&desk, &peer, 5));
	peer_say(&peer, peer_cancel(&peer, 5));
	CHECK_STR_EQ(peer_hear_failure(&peer, 5), "CANCELLED");
	late = desk_get(&desk, &peer, 6);
	late->request->has_deadline_ms = true;
	late->request->deadline_ms = 100;
	peer_say(&peer, late);
	CHECK_STR_EQ(peer_hear_failure(&peer, 6), "DEADLINE");
	peer_say(&peer, peer_cancel(&peer, 6));
	peer_say(&peer, peer_cancel(&peer, 12345));
	live_go_on(desk.server.cluster);
	say_status(&peer, 7);
	CHECK_INT_EQ(hear_answer(&peer), 7);
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

/* Neither a cancel nor the peer's end undoes a write; asked again, it is still done once. */
static void test_write_that_nobody_waits_for_is_done_once(void)
{
	struct walk walk;
	struct client_ask ask;
	struct client_result *result;
	struct peer peer;
	PGconn *pg;

	for (int turn = 0; turn < 3; turn++) {
		Pb__Envelope *submit;

		walk_begin(&walk, &desk.site);
		ask = walk_ask(&walk);
		enter(&peer);
		live_pause(desk.server.cluster);
		submit = peer_request(&peer, 1, METHOD_complaint_submit, NULL, &walk.key);
		submit->request->has_body = true;
		submit->request->body =
			(ProtobufCBinaryData){ask.body.len, (uint8_t *)(uintptr_t)ask.body.ptr};
		peer_say(&peer, submit);
		CHECK(desk_await_counter(&desk, "request.now", 2));
		if (turn == 0) {
			peer_say(&peer, peer_cancel(&peer, 1));
			CHECK_STR_EQ(peer_hear_failure(&peer, 1), "CANCELLED");
		} else if (turn == 1) {
			peer_half_close(&peer);
			CHECK(peer_await_end(&peer));
		} else {
			peer_reset(&peer);
		}
		live_go_on(desk.server.cluster);
		result = client_loop_call(&desk.honest.loop, &ask);
		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		result = client_loop_call(&desk.honest.loop, &ask);
		CHECK_INT_EQ(result->err, ERR_OK);
		CHECK(result->is_repeat);
		client_result_free(result);
		peer_close(&peer);
	}
	pg = pg_connect(desk.server.super);
	CHECK_STR_EQ(
		pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"), "4"); /* the desk's too */
	PQfinish(pg);
	CHECK(desk_is_quiet(&desk));
}

/* ---- pings ---------------------------------------------------------------------------------- */

static void test_ping_flood_is_ended(void)
{
	struct peer peer;

	enter(&peer);
	for (uint64_t token = 1; token <= 60; token++) {
		peer_say(&peer, peer_ping(&peer, token));
	}
	for (uint64_t token = 1; token <= 60; token++) {
		const Pb__Envelope *envelope = peer_hear_kind(&peer, PB__ENVELOPE__KIND_PONG);

		CHECK(envelope != NULL);
		CHECK_INT_EQ(envelope->pong->token, token);
	}
	peer_say(&peer, peer_ping(&peer, 61));
	CHECK_STR_EQ(peer_hear_failure(&peer, 0), "TOO_MANY");
	CHECK(peer_await_end(&peer));
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

/* ---- output --------------------------------------------------------------------------------- */

#define LONG_ROWS 150

/* Complaints with results as long as they may be, so that lists are large. */
static void make_long_rows(void)
{
	PGconn *pg = pg_connect(desk.server.super);

	for (size_t i = 0; i < LONG_ROWS; i++) {
		(void)desk_submit(&desk);
	}
	(void)pg_run(pg, "UPDATE complaint SET result = repeat('漏', 4000)");
	PQfinish(pg);
}

static Pb__ComplaintList list_of(uint32_t limit)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;

	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.limit = limit;
	return in;
}

/* All rows together are more than a frame holds: then the page is shorter. */
static void test_page_of_long_rows_is_served(void)
{
	Pb__ComplaintList in = list_of(200);
	struct client_result *result;

	make_long_rows();
	result = live_call(&desk.honest, METHOD_complaint_list, &in.base, NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	client_result_free(result);
	CHECK(desk_is_well(&desk));
}

/* A window much smaller than what is asked for, so that most of it stays with the server. */
static void narrow(struct peer *peer)
{
	int bytes = 256 * 1024;

	(void)setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static void test_slow_reader_is_ended_and_others_are_served(void)
{
	Pb__ComplaintList in = list_of(60);
	uint64_t dropped = live_counter(&desk.honest, "conn.dropped");
	struct peer peer;

	desk_set(&desk, "out_bytes_soft = 65536\nout_stuck_ms = 500\n");
	enter(&peer);
	narrow(&peer);
	for (uint64_t id = 1; id <= 4 * IN_FLIGHT_MAX; id++) {
		peer_say(&peer, peer_request(&peer, id, METHOD_complaint_list, &in.base, NULL));
	}
	while (live_counter(&desk.honest, "conn.dropped") == dropped) {
		CHECK(desk_is_well(&desk));
	}
	CHECK(desk_is_quiet(&desk)); /* it is gone though it has read nothing */
	CHECK(peer_await_end(&peer));
	peer_close(&peer);
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.dropped"), dropped + 1);
	desk_set(&desk, NULL);
}

/* All of his requests are answered before he reads the first answer: none of them may be lost. */
static void test_late_reader_gets_every_answer(void)
{
	Pb__ComplaintList in = list_of(60);
	int64_t until_us = live_until(LIVE_WAIT_MS);
	struct peer peer;

	enter(&peer);
	narrow(&peer);
	live_pause(desk.server.cluster);
	for (uint64_t id = 1; id <= IN_FLIGHT_MAX; id++) {
		peer_say(&peer, peer_request(&peer, id, METHOD_complaint_list, &in.base, NULL));
	}
	CHECK(desk_await_counter(&desk, "request.now", IN_FLIGHT_MAX + 1));
	live_go_on(desk.server.cluster);
	while (live_counter(&desk.honest, "request.now") > 1) {
		CHECK(live_left_ms(until_us) > 0);
	}
	for (size_t i = 0; i < IN_FLIGHT_MAX; i++) {
		CHECK(hear_answer(&peer) != 0);
	}
	peer_close(&peer);
	CHECK(desk_is_quiet(&desk));
}

static void test_reset_in_the_middle_of_a_write(void)
{
	Pb__ComplaintList in = list_of(60);

	for (int turn = 0; turn < 10; turn++) {
		struct peer peer;

		enter(&peer);
		narrow(&peer);
		for (uint64_t id = 1; id <= IN_FLIGHT_MAX; id++) {
			peer_say(&peer, peer_request(&peer, id, METHOD_complaint_list, &in.base, NULL));
		}
		for (int heard = 0; heard <= turn % 3; heard++) {
			CHECK(hear_answer(&peer) != 0);
		}
		peer_reset(&peer);
	}
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"one_too_many_in_flight_waits", test_one_too_many_in_flight_waits},
	{"one_that_waits_outlives_those_too_late", test_one_that_waits_outlives_those_too_late},
	{"cancel_and_deadline_are_answered", test_cancel_and_deadline_are_answered},
	{"write_that_nobody_waits_for_is_done_once", test_write_that_nobody_waits_for_is_done_once},
	{"ping_flood_is_ended", test_ping_flood_is_ended},
	{"page_of_long_rows_is_served", test_page_of_long_rows_is_served},
	{"slow_reader_is_ended_and_others_are_served", test_slow_reader_is_ended_and_others_are_served},
	{"late_reader_gets_every_answer", test_late_reader_gets_every_answer},
	{"reset_in_the_middle_of_a_write", test_reset_in_the_middle_of_a_write},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
