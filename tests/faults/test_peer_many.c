/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what becomes of many at once: more guests than allowed, more connections than allowed, more
 * than there are descriptors; and many people with one request, or with one record.
 */
#include "tests/check.h"

#include <sys/resource.h>

#include "complaint.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/server/pg.h"

static struct desk desk;

static void enter(struct peer *peer)
{
	peer_enter(peer, &desk.honest, desk.context);
}

/* A status, and its reply. */
static bool is_served(struct peer *peer)
{
	peer_say(peer, peer_request(peer, 1, METHOD_server_status, NULL, NULL));
	return peer_hear_kind(peer, PB__ENVELOPE__KIND_REPLY) != NULL;
}

#define PEERS_MAX 16

/* How many of them have been ended by now. */
static size_t count_ended(struct peer *peers, size_t count)
{
	size_t ended = 0;

	for (size_t i = 0; i < count; i++) {
		ended += peer_ends_within(&peers[i], 0) ? 1 : 0;
	}
	return ended;
}

static bool await_ended(struct peer *peers, size_t count, size_t wanted)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	while (count_ended(peers, count) < wanted) {
		if (live_left_ms(until_us) == 0) {
			return false;
		}
		(void)peer_ends_within(&peers[0], 10);
	}
	return true;
}

static void close_all(struct peer *peers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		peer_close(&peers[i]);
	}
}

static void test_guests_of_one_address_are_counted(void)
{
	struct peer peers[PEERS_MAX];

	desk_set(&desk, "guests_address_max = 8\n");
	for (size_t i = 0; i < 8; i++) {
		peer_open(&peers[i], &desk.server, NULL);
	}
	CHECK(desk_await_counter(&desk, "conn.guests", 8));
	for (size_t i = 8; i < PEERS_MAX; i++) {
		peer_open(&peers[i], &desk.server, NULL);
		CHECK(peer_await_end(&peers[i]));
	}
	CHECK_INT_EQ(count_ended(peers, 8), 0);
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.guests"), 8);
	close_all(peers, PEERS_MAX);
	CHECK(desk_is_quiet(&desk));
	CHECK(desk_is_well(&desk));
	desk_set(&desk, NULL);
}

/* Above the cap of all guests one goes for each that comes: by chance, so newcomers have one too. */
static void test_guests_above_the_cap_are_dropped_at_random(void)
{
	struct peer peers[PEERS_MAX];

	desk_set(&desk, "guests_max = 4\n");
	for (size_t i = 0; i < PEERS_MAX; i++) {
		peer_open(&peers[i], &desk.server, NULL);
	}
	CHECK(await_ended(peers, PEERS_MAX, PEERS_MAX - 4));
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.guests"), 4);
	CHECK_INT_EQ(count_ended(peers, PEERS_MAX), PEERS_MAX - 4);
	close_all(peers, PEERS_MAX);
	CHECK(desk_is_quiet(&desk));
	CHECK(desk_is_well(&desk));
	desk_set(&desk, NULL);
}

/* Whoever is one too many waits at the door, and is served when somebody leaves. */
static void test_connections_above_the_cap_wait(void)
{
	struct peer peers[3];
	struct peer waiting[2];

	desk_set(&desk, "connections_max = 4\n");
	for (size_t i = 0; i < COUNT(peers); i++) {
		enter(&peers[i]);
	}
	for (size_t i = 0; i < COUNT(waiting); i++) {
		peer_connect(&waiting[i], &desk.server, desk.context);
		CHECK(!peer_shake(&waiting[i], 300));
	}
	CHECK(is_served(&peers[0]));
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.open"), 4);
	for (size_t i = 0; i < COUNT(waiting); i++) {
		peer_close(&peers[i]);
		CHECK(peer_shake(&waiting[i], LIVE_WAIT_MS));
		peer_say(&waiting[i], peer_hello(&waiting[i]));
		CHECK(peer_hear_kind(&waiting[i], PB__ENVELOPE__KIND_HELLO) != NULL);
	}
	close_all(peers, COUNT(peers));
	close_all(waiting, COUNT(waiting));
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
	CHECK(desk_is_well(&desk));
}

/* The cap may rise above what the server was started with. */
static void test_cap_of_connections_rises_with_a_reload(void)
{
	static struct peer peers[120];

	live_client_close(&desk.honest);
	CHECK_INT_EQ(live_server_stop(&desk.server), 0);
	live_server_configure(&desk.server, "connections_max = 8\n");
	CHECK(live_server_start(&desk.server));
	desk_set(&desk, "connections_max = 200\nguests_address_max = 200\n");
	for (size_t i = 0; i < COUNT(peers); i++) {
		peer_open(&peers[i], &desk.server, NULL);
	}
	CHECK(desk_await_counter(&desk, "conn.open", COUNT(peers) + 1));
	CHECK_INT_EQ(count_ended(peers, COUNT(peers)), 0);
	close_all(peers, COUNT(peers));
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
	CHECK(desk_is_well(&desk));
}

/*
 * The server's limit is lowered to a little more than it uses. Newcomers beyond it are turned away, and
 * neither the loop nor the honest notice.
 */
static void test_descriptors_that_run_out_stop_nobody(void)
{
	static struct peer peers[120];
	struct rlimit before;
	struct rlimit few;
	uint64_t ticks;

	desk_set(&desk, "guests_address_max = 200\n");
	CHECK_INT_EQ(prlimit(desk.server.pid, RLIMIT_NOFILE, NULL, &before), 0);
	few = (struct rlimit){.rlim_cur = 60, .rlim_max = before.rlim_max};
	CHECK_INT_EQ(prlimit(desk.server.pid, RLIMIT_NOFILE, &few, NULL), 0);
	for (size_t i = 0; i < COUNT(peers); i++) {
		peer_connect(&peers[i], &desk.server, NULL);
	}
	CHECK(await_ended(peers, COUNT(peers), 1));
	ticks = live_counter(&desk.honest, "tick.count");
	client_result_free(client_loop_next(&desk.honest.loop, 1000)); /* what it does in that time */
	ticks = live_counter(&desk.honest, "tick.count") - ticks;
	CHECK(ticks < 2000);
	CHECK(live_is_database_up(&desk.honest));
	close_all(peers, COUNT(peers));
	CHECK_INT_EQ(prlimit(desk.server.pid, RLIMIT_NOFILE, &before, NULL), 0);
	CHECK(desk_is_quiet(&desk));
	CHECK(desk_is_well(&desk));
	desk_set(&desk, NULL);
}

/* ---- many with one -------------------------------------------------------------------------- */

#define MANY 100

/* Everybody asks before anybody hears; how many are told each of the two. */
static void ask_all(struct peer *peers, const struct client_ask *ask, const struct uuid *key,
	size_t *out_replies, size_t *out_refusals)
{
	*out_replies = *out_refusals = 0;
	for (size_t i = 0; i < MANY; i++) {
		struct uuid own = key == NULL ? live_key() : *key;
		Pb__Envelope *envelope =
			peer_request(&peers[i], 2, (enum method)(ask->method - method_rows), NULL, &own);

		envelope->request->has_body = true;
		envelope->request->body =
			(ProtobufCBinaryData){ask->body.len, (uint8_t *)(uintptr_t)ask->body.ptr};
		peer_say(&peers[i], envelope);
	}
	for (size_t i = 0; i < MANY; i++) {
		const Pb__Envelope *envelope = peer_hear(&peers[i]);

		assert(envelope != NULL);
		*out_replies += envelope->kind_case == PB__ENVELOPE__KIND_REPLY ? 1 : 0;
		*out_refusals += envelope->kind_case == PB__ENVELOPE__KIND_FAILURE &&
		                         strcmp(envelope->failure->code, "CONFLICT") == 0
		                     ? 1
		                     : 0;
	}
}

/* Bytes of the replies that the last ask_all brought. */
static bool are_equal(const struct peer *peers)
{
	ProtobufCBinaryData first = peers[0].heard->reply->body;

	for (size_t i = 1; i < MANY; i++) {
		ProtobufCBinaryData one = peers[i].heard->reply->body;

		if (one.len != first.len || memcmp(one.data, first.data, first.len) != 0) {
			return false;
		}
	}
	return true;
}

/* One key of many connections has one effect, and one answer. Of many steps on one version one wins. */
static void test_many_with_one_key_and_with_one_record(void)
{
	static struct peer peers[MANY];
	size_t replies;
	size_t refusals;
	struct client_ask ask;
	struct walk walk;
	PGconn *pg;

	for (size_t i = 0; i < MANY; i++) {
		enter(&peers[i]);
	}
	walk_begin(&walk, &desk.site);
	ask = walk_ask(&walk);
	ask_all(peers, &ask, &walk.key, &replies, &refusals);
	CHECK_INT_EQ(replies, MANY);
	CHECK(are_equal(peers));
	for (unsigned step = 1; walk_on(&walk); step++) {
		ask = walk_ask(&walk);
		ask_all(peers, &ask, NULL, &replies, &refusals);
		CHECK_INT_EQ(replies, 1);
		CHECK_INT_EQ(refusals, MANY - 1);
	}
	pg = pg_connect(desk.server.super);
	CHECK_STR_EQ(
		pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"), "10"); /* the desk's too */
	PQfinish(pg);
	close_all(peers, MANY);
	CHECK(desk_is_quiet(&desk));
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"guests_of_one_address_are_counted", test_guests_of_one_address_are_counted},
	{"guests_above_the_cap_are_dropped_at_random", test_guests_above_the_cap_are_dropped_at_random},
	{"connections_above_the_cap_wait", test_connections_above_the_cap_wait},
	{"cap_of_connections_rises_with_a_reload", test_cap_of_connections_rises_with_a_reload},
	{"descriptors_that_run_out_stop_nobody", test_descriptors_that_run_out_stop_nobody},
	{"many_with_one_key_and_with_one_record", test_many_with_one_key_and_with_one_record},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
