/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that any one call may fail: of memory, of sockets, of OpenSSL, of libpq. A fixed suite of
 * requests is run again and again on one server (guanjiad_nth, see nth.h), and each time another call of
 * the class fails, once. Every answer is then right, or says that the same may be asked again, or the
 * connection ends; asked again with the same keys everything is done exactly once; the server goes on,
 * and a watch that stays open misses nothing without being told.
 *
 * Each class is counted first. Then so many of its calls as a test run has time for fail, spread evenly
 * from a place that NTH_SEED chooses; with FAULTS_LONG=1 every one, until the suite ends without a failure.
 */
#include "tests/check.h"

#include <poll.h>
#include <signal.h>

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/faults/nth.h"
#include "tests/live/cluster.h"
#include "tests/server/pg.h"

#define RETRY_MS 20
#define SHORT_TURNS 6 /* calls of a class that fail in an ordinary run */
#define WRONG_MAX 5    /* then a class is not looked at further */

/*
 * A class; whether the lanes' connections are cut at the suite's begin, so that connecting is tried too;
 * and whether the library itself gives up (libuv calls abort() where its own tables cannot grow): then
 * the server may end, if a new one finds everything whole.
 */
static const struct {
	const char *what;
	enum nth_class class;
	bool cuts_lanes;
	bool may_end;
} rows[] = {
	{"memory of the server", NTH_MEMORY_SERVER, false, false},
	{"memory of the server, connecting", NTH_MEMORY_SERVER, true, false},
	{"memory of OpenSSL", NTH_MEMORY_TLS, false, false},
	{"memory of libpq", NTH_MEMORY_PQ, false, false},
	{"memory of libpq, connecting", NTH_MEMORY_PQ, true, false},
	{"memory of libuv", NTH_MEMORY_UV, false, true},
	{"memory of other libraries", NTH_MEMORY_OTHER, false, false},
	{"read", NTH_READ, false, false},
	{"read, connecting", NTH_READ, true, false},
	{"write", NTH_WRITE, false, false},
	{"write, connecting", NTH_WRITE, true, false},
	{"OpenSSL", NTH_TLS, false, false},
	{"libpq", NTH_PQ, false, false},
	{"libpq, connecting", NTH_PQ, true, false},
};

static struct desk desk;
static struct live_cluster cluster; /* not the server's: it outlives one that ends */
static struct nth nth;
static PGconn *super;
static struct live_client watcher; /* its watch stays open through everything */
static bool is_long;
static size_t refused_count; /* answers that said: again */
static size_t ended_count;   /* servers that ended */

/* ---- what is asked -------------------------------------------------------------------------- */

/* One run of the suite. */
struct suite {
	struct live_client client; /* beside the honest person's */
	struct walk walk;          /* submitted and accepted */
	size_t wrong_count;        /* answers that should never be */
};

/* An answer is right, or of the moment; where nothing fails it is right. */
static void judge(struct suite *suite, const char *what, enum err err)
{
	bool is_of_the_moment = err_row(err)->retry == ERR_RETRY_SAME;

	if (err == ERR_OK) {
		return;
	}
	refused_count++;
	if (!is_of_the_moment || err == ERR_INTERNAL) {
		printf("# %s is told %s\n", what, err_name(err));
		suite->wrong_count++;
	}
}

/* TLS that fails on the other side looks like distrust from here; it is a connection that ends. */
static enum err as_end(enum err err)
{
	return err == ERR_TLS ? ERR_CONNECT : err;
}

static void open_again(struct suite *suite)
{
	enum err err = live_client_again(&suite->client);

	judge(suite, "session.resume", as_end(err));
	if (err != ERR_OK) {
		live_client_close(&suite->client); /* a stranger's connection is no use */
	}
}

static enum err ask_once(struct suite *suite, const struct client_ask *ask)
{
	struct client_result *result;
	enum err err = ERR_CONNECT;

	if (suite->client.is_open) {
		result = client_loop_call(&suite->client.loop, ask);
		err = as_end(result->err);
		client_result_free(result);
	}
	judge(suite, ask->method->name, err);
	if (err == ERR_CONNECT) {
		open_again(suite);
	}
	return err;
}

static void ask_reads(struct suite *suite)
{
	Pb__ComplaintGet get = PB__COMPLAINT_GET__INIT;
	Pb__ComplaintList list = PB__COMPLAINT_LIST__INIT;
	Pb__ComplaintList search = PB__COMPLAINT_LIST__INIT;
	Pb__WatchOpen watch = PB__WATCH_OPEN__INIT;
	const struct client_ask asks[] = {
		{.method = &method_rows[METHOD_complaint_get], .request = &get.base},
		{.method = &method_rows[METHOD_complaint_list], .request = &list.base},
		{.method = &method_rows[METHOD_complaint_list], .request = &search.base},
		{.method = &method_rows[METHOD_watch_open], .request = &watch.base},
	};

	get.has_community_id = get.has_complaint_id = true;
	get.community_id = list.community_id = live_bytes(&desk.site.community_id);
	get.complaint_id = live_bytes(&desk.complaint_id);
	list.has_community_id = list.has_limit = true;
	list.limit = 2;
	search = list;
	search.text = (char *)(uintptr_t) "漏水";
	watch.topic = (char *)(uintptr_t) "complaint";
	watch.has_community_id = true;
	watch.community_id = list.community_id;
	for (size_t i = 0; i < COUNT(asks); i++) {
		(void)ask_once(suite, &asks[i]);
	}
}

static void log_in(struct suite *suite)
{
	struct live_client newcomer = {.device_id = desk.honest.device_id};
	enum err err = live_client_open(&newcomer, &desk.server);

	if (err == ERR_OK) {
		err = live_client_login(&newcomer, desk.account.login);
	}
	judge(suite, "session.login", as_end(err));
	live_client_close(&newcomer);
}

/* Everything once; a step that is refused stays the present one. */
static void run_once(struct suite *suite)
{
	log_in(suite);
	open_again(suite);
	ask_reads(suite);
	for (int step = 0; step < 2; step++) {
		struct client_ask ask = walk_ask(&suite->walk);

		if (suite->walk.done_count < 2 && ask_once(suite, &ask) == ERR_OK) {
			(void)walk_on(&suite->walk);
		}
	}
}

/* The same keys until both steps are acknowledged. */
static bool insist(struct suite *suite)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	while (suite->walk.done_count < 2) {
		struct client_ask ask = walk_ask(&suite->walk);

		if (ask_once(suite, &ask) == ERR_OK) {
			(void)walk_on(&suite->walk);
		} else if (live_left_ms(until_us) == 0) {
			printf("# step %u is never acknowledged\n", suite->walk.done_count);
			return false;
		} else if (suite->client.is_open) {
			client_result_free(client_loop_next(&suite->client.loop, RETRY_MS));
		}
	}
	return true;
}

/* ---- the watch that stays ------------------------------------------------------------------- */

static void open_watch(void)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;
	struct client_result *result;

	live_client_close(&watcher);
	if (live_client_beside(&watcher, &desk.honest) != ERR_OK) {
		abort();
	}
	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	result = live_call(&watcher, METHOD_watch_open, &in.base, NULL);
	assert(result->err == ERR_OK);
	client_result_free(result);
}

/* It tells of the acceptance, or to load everything anew, or its connection ends: nothing else. */
static bool watch_tells(struct uuid complaint_id)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	struct client_result *result;

	while ((result = client_loop_next(&watcher.loop, (uint32_t)live_left_ms(until_us))) != NULL) {
		const Pb__ComplaintEvent *event = (const Pb__ComplaintEvent *)result->message;
		bool is_closed = result->kind == CLIENT_CLOSED;
		bool tells = is_closed ||
		             (result->kind == CLIENT_EVENT &&
						 (result->is_resync ||
							 (event->version == 2 && memcmp(event->complaint_id.data,
														 complaint_id.bytes, UUID_BYTES) == 0)));

		client_result_free(result);
		if (is_closed) {
			open_watch();
		}
		if (tells) {
			return true;
		}
	}
	printf("# the watch does not tell of the acceptance\n");
	return false;
}

/* ---- one failure ---------------------------------------------------------------------------- */

static bool has_ended(void)
{
	struct pollfd end = {.fd = desk.server.pid_fd, .events = POLLIN};

	return poll(&end, 1, 0) != 0;
}

static void start_again(void)
{
	live_client_close(&desk.honest);
	live_client_close(&watcher);
	(void)live_server_wait(&desk.server, 0);
	(void)!live_server_is_sound(&desk.server); /* says what it was */
	ended_count++;
	printf("# the server ended with %d in %s\n", desk.server.exit_code, nth.page->symbol);
	if (!live_server_start(&desk.server) || live_client_again(&desk.honest) != ERR_OK) {
		abort();
	}
	open_watch();
}

static void cut_lanes(void)
{
	(void)pg_run(super, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
						" WHERE application_name = 'guanjiad'");
}

/* One effect each, and nothing beside. */
static bool is_whole(const struct suite *suite)
{
	char id[UUID_TEXT_LEN + 1];
	char sql[512];
	const char *found;

	uuid_format(suite->walk.complaint_id, id);
	(void)snprintf(sql, sizeof(sql),
		"SELECT (SELECT version FROM complaint WHERE complaint_id = '%s') || ' ' ||"
		" (SELECT count(*) FROM event WHERE subject_id = '%s') || ' ' ||"
		" (SELECT count(*) FROM complaint c WHERE NOT EXISTS"
		" (SELECT FROM event e WHERE e.subject_id = c.complaint_id)) || ' ' ||"
		" (SELECT count(*) FROM event WHERE topic = 1) - (SELECT sum(version) FROM complaint)",
		id, id);
	found = pg_run(super, sql);
	if (strcmp(found, "2 2 0 0") != 0) {
		printf("# version, events, complaints without, events too many: %s\n", found);
		return false;
	}
	return true;
}

/* What one failure, or none, did to the suite. */
struct outcome {
	uint64_t count;
	bool is_hit;
	bool is_right;
};

static struct outcome run_suite(size_t row, uint64_t n)
{
	struct suite suite = {.wrong_count = 0};
	struct outcome outcome = {.count = 0};
	bool has_died;

	suite.client = (struct live_client){
		.server = desk.honest.server, .device_id = desk.honest.device_id, .has_token = true};
	memcpy(suite.client.token, desk.honest.token, sizeof(suite.client.token));
	walk_begin(&suite.walk, &desk.site);
	nth_arm(&nth, rows[row].class, n);
	if (rows[row].cuts_lanes) {
		cut_lanes();
	}
	run_once(&suite);
	outcome.count = nth_disarm(&nth);
	outcome.is_hit = nth.page->is_hit;
	has_died = has_ended();
	if (has_died) {
		start_again();
	}
	if (!suite.client.is_open) {
		open_again(&suite);
	}
	outcome.is_right = insist(&suite) && watch_tells(suite.walk.complaint_id) && is_whole(&suite) &&
	                   suite.wrong_count == 0 && (!has_died || rows[row].may_end);
	live_client_close(&suite.client);
	if (!outcome.is_right) {
		printf("# %s: call %llu, %s\n", rows[row].what, (unsigned long long)n,
			outcome.is_hit ? nth.page->symbol : "none");
	}
	return outcome;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static uint64_t seed(void)
{
	const char *text = getenv("NTH_SEED");

	return text == NULL ? 1 : strtoull(text, NULL, 10);
}

/*
 * Can any of its calls fail? clang puts its sanitizer's malloc into the program, and nothing of ours stands before that: there
 * the server's own memory is seen to fail only where gcc has built it.
 */
static bool is_within_reach(size_t row)
{
#if WITH_ASAN && defined(__clang__)
	return rows[row].class != NTH_MEMORY_SERVER;
#else
	(void)row;
	return true;
#endif
}

/* How far it is from one call that fails to the next. */
static uint64_t stride_of(uint64_t count)
{
	return is_long || count < SHORT_TURNS ? 1 : count / SHORT_TURNS;
}

static void run_class(size_t row)
{
	struct outcome outcome = run_suite(row, 0);
	uint64_t stride = stride_of(outcome.count);
	uint64_t counted = outcome.count;
	size_t wrong = outcome.is_right ? 0 : 1;
	size_t failed = 0;

	/* Ends: the suite needs so many calls and no more, and the next n is beyond them. */
	for (uint64_t n = 1 + seed() % stride; n <= 2 * counted + 1 && wrong < WRONG_MAX; n += stride) {
		outcome = run_suite(row, n);
		wrong += outcome.is_right ? 0 : 1;
		failed += outcome.is_hit ? 1 : 0;
		if (!outcome.is_hit && n > outcome.count) {
			break;
		}
	}
	printf("# %s: %llu calls, %zu of them failed, every %llu, %zu wrong\n", rows[row].what,
		(unsigned long long)counted, failed, (unsigned long long)stride, wrong);
	/* libuv lives on what it has, until its tables grow */
	CHECK(counted > 0 || rows[row].may_end || !is_within_reach(row));
	CHECK(failed > 0 || counted == 0);
	CHECK_INT_EQ(wrong, 0);
}

static void test_any_one_call_may_fail(void)
{
	const char *only = getenv("NTH_ONLY"); /* the number of a row, to look at one */
	bool has_failed = false;

	super = pg_connect(cluster.super);
	watcher = (struct live_client){.is_open = false};
	open_watch();
	for (size_t row = 0; row < COUNT(rows); row++) {
		if (only == NULL || strtoul(only, NULL, 10) == row) {
			run_class(row);
			has_failed = has_failed || check_failed();
		}
	}
	printf("# %zu answers said: again; %zu servers ended\n", refused_count, ended_count);
	PQfinish(super);
	live_client_close(&watcher);
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK); /* a call of its own may have failed */
	CHECK(!has_failed);
	CHECK(desk_is_well(&desk));
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
	live_cluster_fini(&cluster);
}

static const struct test tests[] = {
	{"any_one_call_may_fail", test_any_one_call_may_fail},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	const char *sets[] = {
		cluster.app_set, cluster.owner_set, "feed_poll_ms=200", "outgoing=none", NULL};
	const char *text = getenv("FAULTS_LONG");

	is_long = text != NULL && strcmp(text, "1") == 0;
	live_begin_with(GUANJIAD_NTH);
	nth_open(&nth);
	live_cluster_init(&cluster, false);
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
