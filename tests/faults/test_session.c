/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves when a session ends by itself: after its longest life, however busy; after silence, but not
 * while anybody uses it; and that those who only watch are told. And that an answer is given again for
 * a request whose time has run out since. What is waited for is the end that a watcher is told, or
 * answers; the settings are as small as they may be.
 */
#include "tests/check.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/server/pg.h"

#define ASK_MS 100

static struct desk desk;

static enum err whoami(struct live_client *client)
{
	return live_ask(client, METHOD_session_whoami, NULL);
}

static void open_watch(struct live_client *client)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	CHECK_INT_EQ(live_ask(client, METHOD_watch_open, &in.base), ERR_OK);
}

/* How the connection ends; OK where it does not. */
static enum err await_end(struct live_client *client, uint32_t wait_ms)
{
	struct client_result *result = live_next(client, CLIENT_CLOSED, wait_ms);
	enum err err = result == NULL ? ERR_OK : result->err;

	client_result_free(result);
	return err;
}

static void test_silent_session_ends_and_its_watcher_is_told(void)
{
	struct live_client watcher;
	struct live_client other;

	live_server_reload(&desk.server, "session_idle_ms = 1000\n");
	live_client_begin(&watcher, &desk.server, desk.account.login);
	open_watch(&watcher);
	CHECK_INT_EQ(live_client_beside(&other, &watcher), ERR_OK);
	CHECK_INT_EQ(await_end(&watcher, LIVE_WAIT_MS), ERR_SESSION_ENDED);
	CHECK_INT_EQ(whoami(&other), ERR_SESSION_ENDED);
	live_client_close(&other);
	CHECK_INT_EQ(live_client_again(&watcher), ERR_SESSION_ENDED);
	live_client_close(&watcher);
}

/* Three times as long as it may be silent. */
static void test_session_in_use_does_not_end(void)
{
	struct live_client watcher;
	struct live_client other;

	live_server_reload(&desk.server, "session_idle_ms = 1000\n");
	live_client_begin(&watcher, &desk.server, desk.account.login);
	open_watch(&watcher);
	CHECK_INT_EQ(live_client_beside(&other, &watcher), ERR_OK);
	for (int asked = 0; asked < 30; asked++) {
		CHECK_INT_EQ(whoami(&other), ERR_OK);
		client_result_free(client_loop_next(&other.loop, ASK_MS));
	}
	CHECK_INT_EQ(await_end(&watcher, 0), ERR_OK);
	live_client_close(&other);
	CHECK_INT_EQ(await_end(&watcher, LIVE_WAIT_MS), ERR_SESSION_ENDED);
	live_client_close(&watcher);
}

static void test_session_ends_after_its_longest_life(void)
{
	struct live_client client;
	enum err err;

	live_server_reload(&desk.server, "session_ms = 1000\n");
	live_client_begin(&client, &desk.server, desk.account.login);
	while ((err = whoami(&client)) == ERR_OK) {
		client_result_free(client_loop_next(&client.loop, ASK_MS));
	}
	CHECK_INT_EQ(err, ERR_SESSION_ENDED);
	CHECK_INT_EQ(live_ask(&client, METHOD_server_status, NULL), ERR_SESSION_ENDED);
	CHECK_INT_EQ(
		live_client_login(&client, desk.account.login), ERR_OK); /* on the same connection */
	CHECK_INT_EQ(whoami(&client), ERR_OK);
	live_client_close(&client);
}

/* A device that was revoked takes its sessions along, at once. */
static void test_session_of_a_revoked_device_ends(void)
{
	struct live_client client;
	PGconn *pg = pg_connect(desk.server.super);
	char device[UUID_TEXT_LEN + 1];
	char sql[256];

	live_server_reload(&desk.server, "");
	live_client_begin(&client, &desk.server, desk.account.login);
	CHECK_INT_EQ(whoami(&client), ERR_OK);
	uuid_format(client.device_id, device);
	(void)snprintf(sql, sizeof(sql),
		"UPDATE device SET revoked_at = now() WHERE device_id = '%s';"
		"UPDATE rights_epoch SET epoch = epoch + 1",
		device);
	(void)pg_run(pg, sql);
	PQfinish(pg);
	CHECK_INT_EQ(whoami(&client), ERR_SESSION_ENDED);
	live_client_close(&client);
}

/* Asked again when its appointment is over: it was made in time. */
static void test_answer_outlives_the_request_s_time(void)
{
	Pb__ComplaintBook in = PB__COMPLAINT_BOOK__INIT;
	Pb__TimeWindow window = PB__TIME_WINDOW__INIT;
	struct client_result *result;
	struct client_ask ask;
	struct uuid key = live_key();
	struct walk walk;

	desk_set(&desk, NULL);
	walk_begin(&walk, &desk.site);
	for (int step = 0; step < 2; step++) {
		ask = walk_ask(&walk);
		result = client_loop_call(&desk.honest.loop, &ask);
		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		(void)walk_on(&walk);
	}
	in.has_community_id = in.has_complaint_id = in.has_version = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.complaint_id = live_bytes(&walk.complaint_id);
	in.version = 2;
	window.has_from_us = window.has_to_us = true;
	window.to_us = clock_now().utc_us + US_PER_S;
	window.from_us = window.to_us - 60 * US_PER_S;
	in.window = &window;
	CHECK_INT_EQ(live_ask(&desk.honest, METHOD_server_status, NULL), ERR_OK);
	result = live_call(&desk.honest, METHOD_complaint_book, &in.base, &key);
	CHECK_INT_EQ(result->err, ERR_OK);
	client_result_free(result);
	while (clock_now().utc_us <= window.to_us) {
		client_result_free(client_loop_next(&desk.honest.loop, ASK_MS));
	}
	result = live_call(&desk.honest, METHOD_complaint_book, &in.base, &key);
	CHECK_INT_EQ(result->err, ERR_OK);
	CHECK(result->is_repeat);
	client_result_free(result);
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"silent_session_ends_and_its_watcher_is_told",
		test_silent_session_ends_and_its_watcher_is_told},
	{"session_in_use_does_not_end", test_session_in_use_does_not_end},
	{"session_ends_after_its_longest_life", test_session_ends_after_its_longest_life},
	{"session_of_a_revoked_device_ends", test_session_of_a_revoked_device_ends},
	{"answer_outlives_the_request_s_time", test_answer_outlives_the_request_s_time},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
