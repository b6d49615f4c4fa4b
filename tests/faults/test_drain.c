/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves how a server stops, by a word and without one. SIGTERM: what is in work is answered, what comes
 * later is told to go away, and it ends with 0 and its PostgreSQL shut down, whoever hangs on it: slow
 * readers, logins in work, peers in the middle of anything. SIGHUP: certificate and settings are new,
 * and no connection is lost.
 */
#include "tests/check.h"

#include <signal.h>
#include <unistd.h>

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/common/certs.h"
#include "tests/faults/crowd.h"
#include "tests/faults/desk.h"
#include "tests/live/cluster.h"
#include "tests/server/scratch.h"

#define SOON_MS 15000 /* drain_ms, and what sanitizers and a clean shutdown take */

/* A complete start and a complete end; the log of PostgreSQL's own stop is looked at. */
static void check_ends_well(struct live_server *server)
{
	CHECK_INT_EQ(live_server_wait(server, SOON_MS), 0);
	CHECK_INT_EQ(live_server_log_count(server, "embedded.stop status=0"), 1);
	CHECK_INT_EQ(live_server_postmaster(server), 0);
	CHECK(live_server_is_sound(server));
}

/* ---- SIGTERM -------------------------------------------------------------------------------- */

static void test_stop_under_load_loses_nothing(void)
{
	static struct live_told told;
	static struct live_server server;
	static struct crowd crowd;
	const char *sets[] = {told.set, NULL};

	live_told_begin(&told);
	live_server_init(&server, sets);
	CHECK(live_server_start(&server));
	crowd_begin(&crowd, &server, &told, 8);
	for (int turn = 0; turn < 3; turn++) {
		CHECK(crowd_await(&crowd, 200));
		crowd_set_up(&crowd, false);
		live_server_signal(&server, turn == 1 ? SIGINT : SIGTERM);
		check_ends_well(&server);
		if (check_failed()) {
			return;
		}
		CHECK(live_server_start(&server));
		crowd_set_up(&crowd, true);
	}
	CHECK(crowd_await(&crowd, 200));
	crowd_end(&crowd);
	printf("# acknowledged %zu violations %zu; %zu calls lost, %zu signed by a code\n",
		crowd.acknowledged, crowd.violations, crowd.lost, crowd_by_code(&crowd));
	CHECK_INT_EQ(crowd.violations, 0);
	CHECK_INT_EQ(crowd.lost, 0);
	CHECK_INT_EQ(live_server_stop(&server), 0);
	CHECK(live_server_is_sound(&server));
	crowd_fini(&crowd);
	live_server_fini(&server);
}

/* What is in work is held there by a PostgreSQL that was stopped in its tracks. */
static void test_stop_answers_what_is_in_work_and_sends_the_rest_away(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};
	static struct desk desk;
	struct peer peer;
	struct peer late;

	desk_begin(&desk, sets);
	peer_enter(&peer, &desk.honest, desk.context);
	peer_open(&late, &desk.server, desk.context);
	live_pause(desk.server.cluster);
	peer_say(&peer, desk_get(&desk, &peer, 1));
	CHECK(desk_await_counter(&desk, "request.now", 2));
	live_client_close(&desk.honest);
	live_server_signal(&desk.server, SIGTERM);
	CHECK(peer_hear_kind(&peer, PB__ENVELOPE__KIND_GO_AWAY) != NULL);
	peer_say(&peer, desk_get(&desk, &peer, 2));
	CHECK_STR_EQ(peer_hear_failure(&peer, 2), "GOING_AWAY");
	peer_say(&late, peer_hello(&late));
	peer_say(&late, peer_request(&late, 1, METHOD_session_whoami, NULL, NULL));
	CHECK_STR_EQ(peer_hear_failure(&late, 1), "GOING_AWAY");
	CHECK_INT_EQ(live_client_open(&desk.honest, &desk.server), ERR_CONNECT);
	live_go_on(desk.server.cluster);
	CHECK(peer_hear_kind(&peer, PB__ENVELOPE__KIND_REPLY) != NULL);
	CHECK_INT_EQ(peer.heard->reply->id, 1);
	CHECK(peer_await_end(&peer));
	CHECK(peer_await_end(&late));
	CHECK(!peer.was_reset && !late.was_reset);
	peer_close(&peer);
	peer_close(&late);
	check_ends_well(&desk.server);
	tls_context_free(desk.context);
	live_server_fini(&desk.server);
}

/* Peers in every state that a connection has, and one that never reads what it asked for. */
static void test_stop_waits_for_no_idle_peer(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "drain_ms=500", NULL};
	static struct desk desk;
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;
	struct peer peers[5];

	desk_begin(&desk, sets);
	for (size_t i = 0; i < 300; i++) {
		(void)desk_submit(&desk);
	}
	peer_open(&peers[0], &desk.server, NULL);
	peer_open(&peers[1], &desk.server, desk.context);
	peer_greet(&peers[2], &desk.server, desk.context);
	peer_enter(&peers[3], &desk.honest, desk.context);
	peer_enter(&peers[4], &desk.honest, desk.context);
	peer_send(&peers[3], span_of("\0\0\1", 3)); /* in the middle of a frame */
	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.limit = 200;
	for (uint64_t id = 1; id <= 400; id++) {
		peer_say(&peers[4], peer_request(&peers[4], id, METHOD_complaint_list, &in.base, NULL));
	}
	CHECK(desk_await_counter(&desk, "request.count", 300 + 50));
	live_client_close(&desk.honest);
	live_server_signal(&desk.server, SIGTERM);
	check_ends_well(&desk.server);
	for (size_t i = 0; i < COUNT(peers); i++) {
		CHECK(peer_await_end(&peers[i]));
		peer_close(&peers[i]);
	}
	tls_context_free(desk.context);
	live_server_fini(&desk.server);
}

/* Passwords are being hashed, for longer than the server waits. */
static void test_stop_does_not_wait_for_hashes_for_ever(void)
{
	static const char *const sets[] = {
		"postgres_fsync=0", "drain_ms=0", "hash_kib=32768", "hash_running_max=1", NULL};
	static struct desk desk;
	struct live_client clients[4];

	desk_begin(&desk, sets);
	for (size_t i = 0; i < COUNT(clients); i++) {
		Pb__SessionLogin in = PB__SESSION_LOGIN__INIT;
		struct uuid device_id = live_key();

		clients[i] = (struct live_client){.is_open = false};
		CHECK_INT_EQ(live_client_open(&clients[i], &desk.server), ERR_OK);
		in.login = desk.account.login;
		in.password = (char *)(uintptr_t)LIVE_PASSWORD;
		in.has_device_id = true;
		in.device_id = live_bytes(&device_id);
		(void)live_send(&clients[i], METHOD_session_login, &in.base, NULL, 0);
	}
	CHECK(desk_await_counter(&desk, "hash.waiting", 1));
	live_client_close(&desk.honest);
	live_server_signal(&desk.server, SIGTERM);
	check_ends_well(&desk.server);
	for (size_t i = 0; i < COUNT(clients); i++) {
		live_client_close(&clients[i]);
	}
	tls_context_free(desk.context);
	live_server_fini(&desk.server);
}

/* ---- SIGHUP --------------------------------------------------------------------------------- */

static void copy_file(const char *source, const char *target)
{
	char text[16384] = "";
	FILE *file = fopen(source, "re");

	assert(file != NULL);
	(void)!fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	(void)unlink(target);
	scratch_write(target, text);
}

static void replace_identity(const struct live_server *server, const struct certs *certs)
{
	char path[LIVE_PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/tls/server.crt", server->dir);
	copy_file(certs->cert_path, path);
	(void)snprintf(path, sizeof(path), "%s/tls/server.key", server->dir);
	copy_file(certs->key_path, path);
}

static uint32_t in_flight_max_of_newcomer(struct desk *desk)
{
	struct live_client newcomer = {.is_open = false};
	uint32_t in_flight_max = 0;

	if (live_client_open(&newcomer, &desk->server) == ERR_OK) {
		in_flight_max = newcomer.loop.transport.client.server.in_flight_max;
	}
	live_client_close(&newcomer);
	return in_flight_max;
}

static void test_reload_changes_settings_and_keeps_connections(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};
	static struct desk desk;
	uint64_t accepted;

	desk_begin(&desk, sets);
	accepted = live_counter(&desk.honest, "conn.accepted");
	for (uint32_t turn = 0; turn < 8; turn++) {
		char settings[64];

		(void)snprintf(settings, sizeof(settings), "in_flight_max = %u\n", 40 + turn);
		live_server_reload(&desk.server, settings);
		CHECK_INT_EQ(in_flight_max_of_newcomer(&desk), 40 + turn);
	}
	live_server_reload(&desk.server, "in_flight_max = many\n");
	CHECK_INT_EQ(in_flight_max_of_newcomer(&desk), 47); /* a broken file changes nothing */
	live_server_reload(&desk.server, "in_flight_max = 33\nreaders = 7\n");
	CHECK_INT_EQ(live_server_log_count(&desk.server, "need_restart=1"), 1);
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.accepted"), accepted + 9);
	CHECK(desk_end(&desk));
}

static void test_reload_changes_the_certificate_and_keeps_connections(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};
	static struct desk desk;
	struct live_client newcomer = {.is_open = false};
	struct certs certs;
	uint64_t accepted;

	desk_begin(&desk, sets);
	accepted = live_counter(&desk.honest, "conn.accepted");
	certs_make(&certs, "IP:127.0.0.1", 90L * 24 * 3600); /* with less the server would renew it */
	replace_identity(&desk.server, &certs);
	live_server_reload(&desk.server, "");
	CHECK_INT_EQ(live_client_open(&newcomer, &desk.server), ERR_TLS); /* it trusts the old one */
	copy_file(certs.ca_path, desk.server.ca_path);
	CHECK(desk_is_well(&desk));
	/* A key that is another's: the certificate of before stays. */
	copy_file(certs.ca_path, certs.cert_path);
	replace_identity(&desk.server, &certs);
	live_server_reload(&desk.server, "");
	CHECK(desk_is_well(&desk));
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.accepted"), accepted + 3);
	certs_remove(&certs);
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"stop_under_load_loses_nothing", test_stop_under_load_loses_nothing},
	{"stop_answers_what_is_in_work_and_sends_the_rest_away",
		test_stop_answers_what_is_in_work_and_sends_the_rest_away},
	{"stop_waits_for_no_idle_peer", test_stop_waits_for_no_idle_peer},
	{"stop_does_not_wait_for_hashes_for_ever", test_stop_does_not_wait_for_hashes_for_ever},
	{"reload_changes_settings_and_keeps_connections",
		test_reload_changes_settings_and_keeps_connections},
	{"reload_changes_the_certificate_and_keeps_connections",
		test_reload_changes_the_certificate_and_keeps_connections},
};

int main(void)
{
	live_begin();
	return check_main(tests, COUNT(tests));
}
