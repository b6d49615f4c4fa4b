/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a server of two loops is one server: each has connections; what is committed on one is told at once to
 * those who watch on the other, though neither looks for others' events in the meantime; one key on both has one effect
 * and equal answers; a session that ends on one has ended on the other; who comes back is still known to TLS, whichever
 * loop they find; what is measured is of both; SIGHUP reaches both, and SIGTERM ends both.
 */
#include "tests/check.h"

#include <signal.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/twice.h"
#include "tests/live/walk.h"
#include "tests/server/pg.h"

#define CLIENTS_MAX 32
#define CLIENTS_MIN 4
#define COMEBACKS 8
#define LANES 8 /* of two loops: one that reads, one that writes, two for files */
#define KEYS (4 * WALK_STEPS)
#define SECOND_LOOP \
	"conn.open conn=42949" /* its ids begin at 1 << 32, and none of the first comes so far */

static struct live_server server;
static struct live_site site;
static struct live_account account;
static struct live_client clients[CLIENTS_MAX];
static bool is_second[CLIENTS_MAX]; /* whose connection the second loop has */
static size_t client_count;

static void open_watch(struct live_client *client)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&site.community_id);
	CHECK_INT_EQ(live_ask(client, METHOD_watch_open, &in.base), ERR_OK);
}

/* One of those whom this loop has. */
static struct live_client *client_of(bool second)
{
	size_t i = 0;

	while (i < client_count - 1 && is_second[i] != second) {
		i++;
	}
	assert(is_second[i] == second);
	return &clients[i];
}

/* Whether the second loop was given the connection. */
static bool begin(struct live_client *client, const char *login)
{
	size_t before = live_server_log_count(&server, SECOND_LOOP);

	live_client_begin(client, &server, login);
	return live_server_log_count(&server, SECOND_LOOP) > before;
}

/* Until the kernel has given both loops some of them; a chance of 2^-31 that it does not. */
static void test_both_loops_are_given_connections(void)
{
	size_t second_count = 0;

	while (client_count < CLIENTS_MIN || second_count == 0 || second_count == client_count) {
		CHECK(client_count < CLIENTS_MAX);
		is_second[client_count] = begin(&clients[client_count], account.login);
		open_watch(&clients[client_count]);
		second_count += is_second[client_count++] ? 1 : 0;
	}
	printf("# %zu connections, %zu of them on the second loop\n", client_count, second_count);
}

/* feed_poll_ms is longer than the wait: only a word from the other loop can make them look. */
static void test_everybody_hears_what_anybody_does(void)
{
	struct walk walk;
	uint64_t xids[CLIENTS_MAX] = {0};

	walk_begin(&walk, &site);
	do {
		struct client_ask ask = walk_ask(&walk);
		struct live_client *by = client_of(walk.done_count % 2 == 0);
		struct client_result *result = client_loop_call(&by->loop, &ask);

		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		for (size_t i = 0; i < client_count; i++) {
			CHECK(walk_is_heard(&clients[i], &walk, &xids[i]));
		}
	} while (walk_on(&walk));
}

static void test_one_key_on_both_has_one_effect(void)
{
	PGconn *pg = pg_connect(server.super);
	struct walk walk;
	char wanted[32];
	size_t disagreed = 0;

	(void)snprintf(wanted, sizeof(wanted), "%d",
		KEYS + atoi(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1")));
	walk_begin(&walk, &site);
	for (size_t i = 0; i < KEYS; i++) {
		disagreed += twice_ask(client_of(i % 2 == 0), client_of(i % 2 != 0), &walk) ? 0 : 1;
		if (!walk_on(&walk)) {
			walk_begin(&walk, &site);
		}
	}
	CHECK_INT_EQ(disagreed, 0);
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"), wanted);
	PQfinish(pg);
}

/* If each loop knew only its own, the kernel's choice would be right so often once in 2^8. */
static void test_who_comes_back_is_known_to_both(void)
{
	SSL_SESSION *session = NULL;
	struct live_client guest = {.session = &session};

	CHECK_INT_EQ(live_client_open(&guest, &server), ERR_OK);
	for (size_t i = 0; i < COMEBACKS; i++) {
		live_client_close(&guest);
		CHECK_INT_EQ(live_client_open(&guest, &server), ERR_OK);
		CHECK(tls_is_resumed(&guest.loop.transport.client.tls));
	}
	live_client_close(&guest);
	tls_session_free(session);
}

static void test_session_that_ends_on_one_has_ended_on_all(void)
{
	struct live_client beside[CLIENTS_MIN];

	for (size_t i = 0; i < CLIENTS_MIN; i++) {
		CHECK_INT_EQ(live_client_beside(&beside[i], &clients[0]), ERR_OK);
	}
	CHECK_INT_EQ(live_ask(&beside[0], METHOD_session_logout, NULL), ERR_OK);
	for (size_t i = 1; i < CLIENTS_MIN; i++) {
		CHECK_INT_EQ(live_ask(&beside[i], METHOD_session_whoami, NULL), ERR_SESSION_ENDED);
	}
	for (size_t i = 0; i < CLIENTS_MIN; i++) {
		live_client_close(&beside[i]);
	}
}

/* Each loop puts its own down four times a second: whoever is asked says what both have. */
static void test_what_is_measured_is_of_both(void)
{
	static const struct {
		const char *name;
		uint64_t value;
	} wanted[] = {{"db.up", 1}, {"db.read.connections", 2}, {"db.write.connections", 2}};

	for (size_t loop = 0; loop < 2; loop++) {
		struct live_client asked = {0};
		int64_t until_us = live_until(LIVE_WAIT_MS);

		while (begin(&asked, LIVE_ADMIN) != (loop == 1)) {
			live_client_close(&asked);
		}
		while ((live_metric(&asked, "conn.open") != client_count + 1 ||
				   live_metric(&asked, "db.read.connections") != 2 ||
				   live_metric(&asked, "record.seals") == 0) &&
			   live_left_ms(until_us) > 0) {
		}
		CHECK_INT_EQ(live_counter(&asked, "conn.open"), client_count + 1);
		CHECK(live_counter(&asked, "record.seals") > 0); /* what only the first one's jobs know */
		for (size_t i = 0; i < COUNT(wanted); i++) {
			CHECK_INT_EQ(live_metric(&asked, wanted[i].name), wanted[i].value);
		}
		live_client_close(&asked);
	}
}

static void test_reload_reaches_both(void)
{
	live_server_reload(&server, "watches_max = 7\n");
	CHECK_INT_EQ(live_server_log_count(&server, " server.reload need_restart=0 loop=0"), 1);
	CHECK_INT_EQ(live_server_log_count(&server, " server.reload need_restart=0 loop=1"), 1);
}

static void test_stop_ends_both(void)
{
	live_server_signal(&server, SIGTERM);
	for (size_t i = 1; i < client_count; i++) { /* the first one's session has ended before */
		struct client_result *result = live_next(&clients[i], CLIENT_GO_AWAY, LIVE_WAIT_MS);

		CHECK(result != NULL);
		client_result_free(result);
	}
	for (size_t i = 0; i < client_count; i++) {
		live_client_close(&clients[i]);
	}
	CHECK_INT_EQ(live_server_wait(&server, LIVE_WAIT_MS), 0);
	CHECK_INT_EQ(live_server_log_count(&server, " server.end "), 2);
	CHECK(live_server_is_sound(&server));
	live_server_fini(&server);
}

static const struct test tests[] = {
	{"both_loops_are_given_connections", test_both_loops_are_given_connections},
	{"everybody_hears_what_anybody_does", test_everybody_hears_what_anybody_does},
	{"one_key_on_both_has_one_effect", test_one_key_on_both_has_one_effect},
	{"what_is_measured_is_of_both", test_what_is_measured_is_of_both},
	{"who_comes_back_is_known_to_both", test_who_comes_back_is_known_to_both},
	{"session_that_ends_on_one_has_ended_on_all", test_session_that_ends_on_one_has_ended_on_all},
	{"reload_reaches_both", test_reload_reaches_both},
	{"stop_ends_both", test_stop_ends_both},
};

int main(void)
{
	static const char *const sets[] = {"handshake_ms=60000", "login_ms=60000", "readers=1",
		"writers=1", "postgres_fsync=0", "feed_poll_ms=60000", "seal_ms=100", "log_level=debug",
		NULL};
	struct live_client admin;

	(void)setenv("LIVE_LOOPS", "2", 1);
	live_begin();
	live_server_init(&server, sets);
	if (!live_server_start(&server) || !live_server_log_await(&server, " db.ready ", LANES)) {
		abort();
	}
	live_client_begin(&admin, &server, LIVE_ADMIN);
	live_site_make(&admin, &site);
	live_account_make(&admin, &site, "meiling", LIVE_WALKER, &account);
	live_client_close(&admin);
	return check_main(tests, COUNT(tests));
}
