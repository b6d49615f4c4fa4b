/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that two servers on one database are one service: the same key on both at once has one effect
 * and equal answers; what ends on one (a grant, a session, a person's time here) has ended on the other
 * with its next request; what one commits the other's watchers are told; and a client whose server dies
 * in the middle of a write asks the other one.
 */
#include "tests/check.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "server/config.h"
#include "tests/faults/twice.h"
#include "tests/live/cluster.h"
#include "tests/live/walk.h"
#include "tests/server/pg.h"

#define ROUNDS 200
#define SLACK_MS 700 /* for a busy machine */

static struct live_cluster cluster;
static struct live_server here;
static struct live_server there;
static struct live_site site;
static struct live_account account;
static struct live_client admin;

static void prepare(void)
{
	const char *sets[] = {cluster.app_set, cluster.owner_set, NULL};

	live_cluster_init(&cluster, true);
	live_server_init(&here, sets);
	live_server_init(&there, sets);
	live_server_share_key(&there, &here);
	if (!live_server_start(&here) || !live_server_start(&there)) {
		abort();
	}
	live_client_begin(&admin, &here, LIVE_ADMIN);
	live_site_make(&admin, &site);
	live_account_make(&admin, &site, "meiling", LIVE_WALKER, &account);
}

/* The session of a client, on the other server. */
static enum err follow(
	struct live_client *client, const struct live_client *other, const struct live_server *server)
{
	struct live_client same = *other;

	same.server = server;
	return live_client_beside(client, &same);
}

/* ---- one key, two servers ------------------------------------------------------------------- */

static void test_one_key_on_both_has_one_effect(void)
{
	struct live_client a;
	struct live_client b;
	struct walk walk;
	size_t disagreed = 0;
	PGconn *pg = pg_connect(cluster.super);
	char told[32];

	live_client_begin(&a, &here, account.login);
	live_client_begin(&b, &there, account.login);
	walk_begin(&walk, &site);
	for (size_t i = 0; i < ROUNDS; i++) {
		disagreed += twice_ask(i % 2 == 0 ? &a : &b, i % 2 == 0 ? &b : &a, &walk) ? 0 : 1;
		if (!walk_on(&walk)) {
			walk_begin(&walk, &site);
		}
	}
	CHECK_INT_EQ(disagreed, 0);
	(void)snprintf(told, sizeof(told), "%d", ROUNDS);
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"), told);
	CHECK_STR_EQ(
		pg_run(pg, "SELECT count(DISTINCT (subject_id, version)) FROM event WHERE topic = 1"),
		told);
	PQfinish(pg);
	live_client_close(&a);
	live_client_close(&b);
}

/* ---- what ends on one ----------------------------------------------------------------------- */

static enum err list(struct live_client *client)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;

	in.has_community_id = true;
	in.community_id = live_bytes(&site.community_id);
	return live_ask(client, METHOD_complaint_list, &in.base);
}

/* Somebody new, logged in there, who may read. */
static void arrive(const char *login, struct live_account *out, struct live_client *client)
{
	live_account_make(&admin, &site, login, ROLE_BIT(ROLE_MANAGER), out);
	live_client_begin(client, &there, login);
	CHECK_INT_EQ(list(client), ERR_OK);
}

static void test_grant_that_ends_here_has_ended_there(void)
{
	struct live_account someone;
	struct live_client client;

	arrive("lihua", &someone, &client);
	CHECK_INT_EQ(live_grant_end(&admin, &someone, 0), ERR_OK);
	CHECK_INT_EQ(list(&client), ERR_DENIED);
	live_client_close(&client);
}

static void test_session_that_ends_here_has_ended_there(void)
{
	struct live_account someone;
	struct live_client client;
	struct live_client same;

	arrive("wanggang", &someone, &client);
	CHECK_INT_EQ(follow(&same, &client, &here), ERR_OK);
	CHECK_INT_EQ(list(&same), ERR_OK);
	CHECK_INT_EQ(live_ask(&same, METHOD_session_logout, NULL), ERR_OK);
	CHECK_INT_EQ(list(&client), ERR_SESSION_ENDED);
	live_client_close(&same);
	CHECK_INT_EQ(follow(&same, &client, &here), ERR_SESSION_ENDED);
	live_client_close(&same);
	live_client_close(&client);
}

static void test_password_that_changes_here_ends_sessions_there(void)
{
	Pb__AccountPassword in = PB__ACCOUNT_PASSWORD__INIT;
	struct live_account someone;
	struct live_client client;
	struct live_client own;

	arrive("ayiguli", &someone, &client);
	live_client_begin(&own, &here, someone.login);
	in.password = (char *)(uintptr_t) "ein-anderes-wort-4";
	in.own_password = (char *)(uintptr_t)LIVE_PASSWORD;
	CHECK_INT_EQ(live_ask(&own, METHOD_account_password, &in.base), ERR_OK);
	CHECK_INT_EQ(list(&client), ERR_SESSION_ENDED);
	live_client_close(&own);
	live_client_close(&client);
}

static void test_person_who_leaves_here_has_left_there(void)
{
	Pb__AccountLeave in = PB__ACCOUNT_LEAVE__INIT;
	struct live_account someone;
	struct live_client client;

	arrive("chenjing", &someone, &client);
	in.has_account_id = in.has_version = true;
	in.account_id = live_bytes(&someone.account_id);
	in.version = 1;
	CHECK_INT_EQ(live_ask(&admin, METHOD_account_leave, &in.base), ERR_OK);
	CHECK_INT_EQ(list(&client), ERR_SESSION_ENDED);
	CHECK_INT_EQ(live_client_login(&client, someone.login), ERR_LOGIN_FAILED);
	live_client_close(&client);
}

/* ---- watches -------------------------------------------------------------------------------- */

static void open_watch(struct live_client *client)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&site.community_id);
	CHECK_INT_EQ(live_ask(client, METHOD_watch_open, &in.base), ERR_OK);
}

static void test_what_one_commits_the_other_tells(void)
{
	struct live_client watcher;
	struct live_client client;
	struct walk walk;
	struct config config; /* as the servers have it: nothing is set */
	uint64_t xid = 0;
	int64_t longest_ms = 0;

	live_client_begin(&watcher, &there, account.login);
	live_client_begin(&client, &here, account.login);
	open_watch(&watcher);
	walk_begin(&walk, &site);
	do {
		struct client_ask ask = walk_ask(&walk);
		struct client_result *result = client_loop_call(&client.loop, &ask);
		int64_t begin_us = live_until(0);
		int64_t took_ms;

		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		CHECK(walk_is_heard(&watcher, &walk, &xid));
		took_ms = (live_until(0) - begin_us) / US_PER_MS;
		longest_ms = took_ms > longest_ms ? took_ms : longest_ms;
	} while (walk_on(&walk));
	printf("# told after at most %lld ms\n", (long long)longest_ms);
	config_init(&config, "/nowhere");
	CHECK(longest_ms < config.feed_poll_ms + SLACK_MS);
	live_client_close(&client);
	live_client_close(&watcher);
}

/* One position is a place in what both tell: cut off from one, a watcher goes on at the other. */
static void test_a_watch_goes_on_at_the_other(void)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;
	Pb__Position from = PB__POSITION__INIT;
	struct live_client watchers[2];
	struct live_client client;
	struct client_result *result;
	struct walk walk;
	uint64_t xid = 0;

	live_client_begin(&watchers[0], &there, account.login);
	live_client_begin(&watchers[1], &here, account.login);
	live_client_begin(&client, &here, account.login);
	in.topic = (char *)(uintptr_t) "complaint";
	in.has_scope = true;
	in.scope = PB__WATCH_OPEN__SCOPE__MINE;
	CHECK_INT_EQ(live_ask(&watchers[0], METHOD_watch_open, &in.base), ERR_OK);
	walk_begin(&walk, &site);
	for (size_t step = 0; step < 4; step++) {
		struct client_ask ask = walk_ask(&walk);

		if (step == 2) {
			live_client_close(&watchers[0]);
		}
		result = client_loop_call(&client.loop, &ask);
		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		if (step < 2) {
			result = live_next(&watchers[0], CLIENT_EVENT, LIVE_WAIT_MS);
			CHECK(result != NULL && result->has_position);
			from = (Pb__Position)PB__POSITION__INIT;
			from.has_era = from.has_xid = from.has_seq = true;
			from.era = result->position_era;
			from.xid = xid = result->position_xid;
			from.seq = result->position_seq;
			client_result_free(result);
		}
		(void)walk_on(&walk);
	}
	in.from = &from;
	CHECK_INT_EQ(live_ask(&watchers[1], METHOD_watch_open, &in.base), ERR_OK);
	walk.done_count = 2; /* what it missed: the third step and the fourth */
	CHECK(walk_is_heard(&watchers[1], &walk, &xid));
	walk.done_count = 3;
	CHECK(walk_is_heard(&watchers[1], &walk, &xid));
	live_client_close(&client);
	live_client_close(&watchers[1]);
}

/* ---- a server dies -------------------------------------------------------------------------- */

/* Its last words may have been an acknowledgement or not: the other one knows. */
static void test_other_server_answers_for_a_dead_one(void)
{
	struct live_client client;
	struct live_client other;
	struct client_result *result;
	struct client_ask ask;
	struct walk walk;
	size_t repeated = 0;

	live_client_begin(&other, &there, account.login);
	for (int turn = 0; turn < 3; turn++) {
		live_client_begin(&client, &here, account.login);
		walk_begin(&walk, &site);
		for (int step = 0; step < turn; step++) {
			ask = walk_ask(&walk);
			result = client_loop_call(&client.loop, &ask);
			CHECK_INT_EQ(result->err, ERR_OK);
			client_result_free(result);
			(void)walk_on(&walk);
		}
		(void)twice_send(&client, &walk);
		live_server_kill(&here);
		ask = walk_ask(&walk);
		result = twice_settle(&other, &walk, client_loop_call(&other.loop, &ask));
		CHECK_INT_EQ(result->err, ERR_OK);
		CHECK_INT_EQ(walk_reply_version(result), turn + 1);
		repeated += result->is_repeat ? 1 : 0;
		client_result_free(result);
		live_client_close(&client);
		CHECK(live_server_start(&here));
	}
	printf("# %zu of 3 had been done\n", repeated);
	live_client_close(&other);
}

static void test_both_end_well(void)
{
	live_client_close(&admin);
	CHECK_INT_EQ(live_server_stop(&here), 0);
	CHECK_INT_EQ(live_server_stop(&there), 0);
	CHECK(live_server_is_sound(&here));
	CHECK(live_server_is_sound(&there));
	live_server_fini(&here);
	live_server_fini(&there);
	live_cluster_fini(&cluster);
}

static const struct test tests[] = {
	{"one_key_on_both_has_one_effect", test_one_key_on_both_has_one_effect},
	{"grant_that_ends_here_has_ended_there", test_grant_that_ends_here_has_ended_there},
	{"session_that_ends_here_has_ended_there", test_session_that_ends_here_has_ended_there},
	{"password_that_changes_here_ends_sessions_there",
		test_password_that_changes_here_ends_sessions_there},
	{"person_who_leaves_here_has_left_there", test_person_who_leaves_here_has_left_there},
	{"what_one_commits_the_other_tells", test_what_one_commits_the_other_tells},
	{"a_watch_goes_on_at_the_other", test_a_watch_goes_on_at_the_other},
	{"other_server_answers_for_a_dead_one", test_other_server_answers_for_a_dead_one},
	{"both_end_well", test_both_end_well},
};

int main(void)
{
	live_begin();
	prepare();
	return check_main(tests, COUNT(tests));
}
