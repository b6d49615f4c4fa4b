/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a server promises on a PostgreSQL with a synchronous standby: whatever it acknowledged is
 * there once after the primary is lost and the standby has taken over, without anybody doing anything
 * to the server; and nothing is acknowledged that no standby has: not where an administrator cancels the
 * wait, not where the primary comes back from a crash with what it had never passed on, and not when
 * the client asks again. The old primary, still alive, is not believed.
 */
#include "tests/check.h"

#include <poll.h>
#include <signal.h>

#include "server.pb-c.h"
#include "tests/faults/crowd.h"
#include "tests/live/replica.h"

#define WORKERS 4
#define STEPS 60
#define BREATH_MS 10
#define WAITS \
	"SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'" \
	" AND application_name = 'guanjiad'"
/* Of commands: clocks follow by commits of their own, which wait too. */
#define OUR_WAITS WAITS " AND query NOT LIKE '%UPDATE clock_turn%'"
#define CLOCKS_BEHIND \
	"SELECT count(*) FROM event e, clock_turn t WHERE (e.xid, e.seq) > (t.xid, t.seq)"

static struct live_pair pair;
static struct live_told told;
static struct live_server server;
static struct crowd crowd;
static struct live_client admin;
static struct live_client client;
static struct live_site site;
static struct live_account account;

/* ---- helpers -------------------------------------------------------------------------------- */

/* The next result of this client; NULL where none comes in so long. */
static struct client_result *hear(uint32_t wait_ms)
{
	return live_next(&client, CLIENT_REPLY, wait_ms);
}

static void say(const struct walk *walk)
{
	struct client_ask ask = walk_ask(walk);
	uint64_t id;
	enum err err = client_loop_submit(&client.loop, &ask, &id);

	assert(err == ERR_OK);
	(void)err;
	live_turn(&client);
}

/* Until so many of the server's commits wait for the standby; the client's loop turns meanwhile. */
static bool await_waits(const char *count)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char answer[64];

	while (strcmp(live_ask_node(live_pair_primary(&pair), OUR_WAITS, answer), count) != 0) {
		if (live_left_ms(until_us) == 0) {
			printf("# %s commits wait for the standby, not %s\n", answer, count);
			return false;
		}
		(void)poll(NULL, 0, BREATH_MS);
	}
	return true;
}

/* Until no commit of clocks is on its way, or to come: it would wait before those that are looked at. */
static bool await_clocks(void)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char answer[64];

	while (strcmp(live_ask_node(live_pair_primary(&pair), CLOCKS_BEHIND, answer), "0") != 0) {
		if (live_left_ms(until_us) == 0) {
			printf("# clocks are %s events behind\n", answer);
			return false;
		}
		(void)poll(NULL, 0, BREATH_MS);
	}
	return true;
}

/*
 * Says it, and again where it is told to, until one of these commits waits for the standby: after a crash the server's
 * connections come back by and by.
 */
static bool say_until_it_waits(const struct walk *walk, const char *waits)
{
	int64_t until_us = live_until(2 * LIVE_WAIT_MS);
	char answer[64] = "";

	say(walk);
	while (live_left_ms(until_us) > 0) {
		struct client_result *result = hear(BREATH_MS);
		enum err err = result == NULL ? ERR_OK : result->err;
		bool is_said_again = result != NULL && err_row(err)->retry == ERR_RETRY_SAME;

		client_result_free(result);
		if (result != NULL && !is_said_again) {
			printf("# it is told %s, and waits for nobody\n", err_name(err));
			return false;
		}
		if (is_said_again) {
			say(walk);
		}
		if (strcmp(live_ask_node(live_pair_primary(&pair), waits, answer), "0") != 0) {
			return true;
		}
	}
	printf("# %s commits wait for the standby\n", answer);
	return false;
}

/* Asks the same bytes until they are acknowledged; NULL where that takes too long or is refused. */
static struct client_result *insist(const struct walk *walk)
{
	int64_t until_us = live_until(2 * LIVE_WAIT_MS);

	while (live_left_ms(until_us) > 0) {
		struct client_ask ask = walk_ask(walk);
		struct client_result *result = client_loop_call(&client.loop, &ask);

		if (result->err == ERR_OK) {
			return result;
		}
		if (err_row(result->err)->retry != ERR_RETRY_SAME) {
			client_result_free(result);
			return NULL;
		}
		client_result_free(result);
		(void)poll(NULL, 0, 10 * BREATH_MS);
	}
	return NULL;
}

/* How often the walk's complaint stands in the primary's table. */
static const char *count_of(const struct walk *walk, char out[64])
{
	char id[UUID_TEXT_LEN + 1];
	char sql[160];

	uuid_format(walk->complaint_id, id);
	(void)snprintf(
		sql, sizeof(sql), "SELECT count(*) FROM complaint WHERE complaint_id = '%s'", id);
	return live_ask_node(live_pair_primary(&pair), sql, out);
}

static void prepare(void)
{
	const char *sets[] = {pair.app_set, pair.owner_set, told.set, "session_idle_ms=3600000", NULL};

	live_told_begin(&told);
	live_pair_init(&pair, false); /* what is killed here are processes, not the machine */
	live_server_init(&server, sets);
	if (!live_server_start(&server)) {
		abort();
	}
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void test_acknowledged_steps_survive_the_primary(void)
{
	crowd_begin(&crowd, &server, &told, WORKERS);
	CHECK(crowd_await(&crowd, STEPS));
	live_pair_lose(&pair, pair.primary);
	live_pair_promote(&pair);
	CHECK(crowd_await(&crowd, STEPS));
	(void)snprintf(server.super, sizeof(server.super), "%s", live_pair_primary(&pair)->super);
	crowd_end(&crowd);
	printf("# acknowledged %zu, violations %zu; %zu calls lost, %zu answers repeated\n",
		crowd.acknowledged, crowd.violations, crowd.lost, crowd_repeated(&crowd));
	CHECK_INT_EQ(crowd.violations, 0);
	crowd_fini(&crowd);
	live_pair_rejoin(&pair);
	live_client_begin(&admin, &server, LIVE_ADMIN);
	live_site_make(&admin, &site);
	live_account_make(&admin, &site, "wanqing", LIVE_WALKER, &account);
	live_client_begin(&client, &server, account.login);
}

/* Cancels what the server's backend waits for; it waits again where it asks again. */
static void cancel_wait(void)
{
	char answer[64];

	(void)live_ask_node(live_pair_primary(&pair),
		"SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
		" AND application_name = 'guanjiad'",
		answer);
}

/*
 * The standby is gone, the wait is cancelled, twice; the client asks again. Nobody is told that it was
 * done. Then the primary is lost for good, and what it alone had with it.
 */
static void test_cancelled_wait_is_never_acknowledged(void)
{
	struct client_result *result;
	struct walk walk;
	char answer[64];

	walk_begin(&walk, &site);
	CHECK(await_clocks());
	live_pair_lose(&pair, 1 - pair.primary);
	CHECK(say_until_it_waits(&walk, OUR_WAITS));
	CHECK_STR_EQ(count_of(&walk, answer), "0"); /* nobody sees it while it waits */
	for (size_t turn = 1; turn <= 2; turn++) {
		cancel_wait();
		CHECK(live_server_log_await(&server, "db.unknown", turn));
		CHECK_STR_EQ(count_of(&walk, answer), "1"); /* … but now, on the primary alone */
		CHECK(await_waits("1"));                    /* for the answer's own commit */
	}
	result = hear(LIVE_WAIT_MS);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->err, ERR_DEADLINE);
	client_result_free(result);
	say(&walk);
	result = hear(LIVE_WAIT_MS);
	CHECK(result != NULL);
	CHECK(result->err == ERR_TRY_LATER || result->err == ERR_DEADLINE);
	client_result_free(result);
	live_pair_lose(&pair, pair.primary);
	live_cluster_start(live_pair_standby(&pair));
	live_pair_promote(&pair);
	CHECK_STR_EQ(count_of(&walk, answer), "0"); /* lost, as it was never promised */
	result = insist(&walk);
	CHECK(result != NULL);
	CHECK(!result->is_repeat);
	client_result_free(result);
	CHECK_STR_EQ(count_of(&walk, answer), "1");
	live_pair_rejoin(&pair);
}

/* The primary comes back from a crash, with what it had never passed on; the standby is away. */
static void test_repeat_waits_for_the_standby_after_a_crash(void)
{
	struct client_result *result;
	struct walk walk;
	char answer[64];

	walk_begin(&walk, &site);
	CHECK(await_clocks());
	live_pair_lose(&pair, 1 - pair.primary);
	CHECK(say_until_it_waits(&walk, OUR_WAITS));
	live_cluster_kill(live_pair_primary(&pair));
	live_cluster_start(live_pair_primary(&pair));
	CHECK_STR_EQ(count_of(&walk, answer), "1");
	result = hear(LIVE_WAIT_MS);
	CHECK(result != NULL);
	CHECK(result->err != ERR_OK);
	client_result_free(result);
	/* Itself, or the clocks of what the crash left, behind which it waits. */
	CHECK(say_until_it_waits(&walk, WAITS));
	result = hear(LIVE_WAIT_MS);
	CHECK(result != NULL);
	CHECK(result->err == ERR_TRY_LATER || result->err == ERR_DEADLINE);
	client_result_free(result);
	live_cluster_start(live_pair_standby(&pair));
	result = insist(&walk);
	CHECK(result != NULL);
	CHECK(result->is_repeat);
	client_result_free(result);
	CHECK_STR_EQ(count_of(&walk, answer), "1");
}

static Pb__ServerStatusReply__Standby ask_standby(bool *out_known)
{
	Pb__ServerStatus in = PB__SERVER_STATUS__INIT;
	struct client_result *result = live_call(&admin, METHOD_server_status, &in.base, NULL);
	const Pb__ServerStatusReply *reply = (const Pb__ServerStatusReply *)result->message;
	Pb__ServerStatusReply__Standby standby = PB__SERVER_STATUS_REPLY__STANDBY__NOT_WANTED;

	*out_known = result->err == ERR_OK && reply->has_standby;
	if (*out_known) {
		standby = reply->standby;
	}
	client_result_free(result);
	return standby;
}

static bool await_standby(Pb__ServerStatusReply__Standby wanted)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	Pb__ServerStatusReply__Standby standby;
	bool is_known;

	while ((standby = ask_standby(&is_known)) != wanted || !is_known) {
		if (live_left_ms(until_us) == 0) {
			printf("# the standby is %d, not %d\n", is_known ? (int)standby : 0, (int)wanted);
			return false;
		}
		(void)poll(NULL, 0, 5 * BREATH_MS);
	}
	return true;
}

/* As seen by whoever asks the server, and once a change in its log. */
static void test_status_shows_the_standby(void)
{
	char answer[64];
	size_t missing;

	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__PRESENT));
	missing = live_server_log_count(&server, "db.standby is=missing was=present");
	live_pair_lose(&pair, 1 - pair.primary);
	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__MISSING));
	CHECK(live_server_log_await(&server, "db.standby is=missing was=present", missing + 1));
	live_cluster_start(live_pair_standby(&pair));
	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__PRESENT));
	live_pair_want_standby(&pair, false);
	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__NOT_WANTED));
	live_pair_want_standby(&pair, true);
	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__PRESENT));
	(void)live_ask_node(
		live_pair_primary(&pair), "REVOKE pg_read_all_stats FROM guanjia_owner", answer);
	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__HIDDEN));
	(void)live_ask_node(
		live_pair_primary(&pair), "GRANT pg_read_all_stats TO guanjia_owner", answer);
	CHECK(await_standby(PB__SERVER_STATUS_REPLY__STANDBY__PRESENT));
	CHECK_INT_EQ(live_server_log_count(&server, "db.standby is=missing was=present"), missing + 1);
}

/* Until the server has no connection to it. */
static bool await_left(const struct live_cluster *node)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char answer[64];

	while (strcmp(live_ask_node(node,
					  "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'guanjiad'",
					  answer),
			   "0") != 0) {
		if (live_left_ms(until_us) == 0) {
			printf("# the server has %s connections to it\n", answer);
			return false;
		}
		(void)poll(NULL, 0, BREATH_MS);
	}
	return true;
}

/*
 * The old primary is cut off, not dead, and goes on where it was when the standby has taken over: the
 * server leaves it as soon as it has seen the new one, for good.
 */
static void test_old_primary_is_not_believed(void)
{
	struct live_cluster *old = live_pair_primary(&pair);
	struct client_result *result;
	struct walk walk;
	char answer[64];

	walk_begin(&walk, &site);
	live_pause(old->place);
	live_pair_promote(&pair);
	result = insist(&walk);
	CHECK(result != NULL);
	client_result_free(result);
	live_go_on(old->place);
	CHECK_STR_EQ(count_of(&walk, answer), "1");
	for (int step = 1; step <= 3; step++) {
		CHECK(walk_on(&walk));
		result = insist(&walk);
		CHECK(result != NULL);
		client_result_free(result);
	}
	CHECK(await_left(old));
}

static void test_end_leaves_nothing(void)
{
	live_client_close(&client);
	live_client_close(&admin);
	CHECK_INT_EQ(live_server_stop(&server), 0);
	CHECK(live_server_is_sound(&server));
	live_server_fini(&server);
	live_pair_fini(&pair);
}

static const struct test tests[] = {
	{"acknowledged_steps_survive_the_primary", test_acknowledged_steps_survive_the_primary},
	{"cancelled_wait_is_never_acknowledged", test_cancelled_wait_is_never_acknowledged},
	{"repeat_waits_for_the_standby_after_a_crash", test_repeat_waits_for_the_standby_after_a_crash},
	{"status_shows_the_standby", test_status_shows_the_standby},
	{"old_primary_is_not_believed", test_old_primary_is_not_believed},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	live_begin();
	prepare();
	return check_main(tests, COUNT(tests));
}
