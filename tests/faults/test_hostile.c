/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a thousand hostile connections of each kind stand beside eight honest people without
 * harm: silent ones, ones that drip, ones that say half a hello, ones that ask for much and read none of
 * it. All thousand stand at once before the deadline is set that ends them; then every one is ended, and
 * all descriptors come back. The honest work through all of it, and each of their requests is answered;
 * how long they wait at most with and without the hostile is printed, never asserted.
 */
#include "tests/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "complaint.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/faults/vitals.h"
#include "tests/server/pg.h"

#define HONEST 8
#define HOSTILE 1000
#define SAMPLES_MAX 200000
#define ROOM "guests_max = 3000\nguests_address_max = 3000\nout_bytes_soft = 65536\n"
#define PATIENT \
	"handshake_ms = 300000\nlogin_ms = 300000\nframe_ms = 300000\n" \
	"out_stuck_ms = 300000\nidle_ms = 3600000\n"
#define WINDOW_MS 3000
#define SLICE_MS 100

static struct desk desk;
static struct peer peers[HOSTILE];

/* ---- the honest ----------------------------------------------------------------------------- */

struct honest {
	pthread_t thread;
	struct live_client client;
	uint32_t *waits_us; /* owned */
	size_t count;
	size_t failed;
	enum err err; /* the last that was no answer */
};

static struct honest honest[HONEST];
static _Atomic bool is_over;
static bool is_at_work;

static void *work(void *argument)
{
	struct honest *one = argument;
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;

	in.has_community_id = in.has_complaint_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.complaint_id = live_bytes(&desk.complaint_id);
	while (!atomic_load(&is_over) && one->count < SAMPLES_MAX) {
		int64_t begin_us = live_until(0);
		enum err err = live_ask(&one->client, METHOD_complaint_get, &in.base);

		if (err != ERR_OK) {
			one->failed++;
			one->err = err;
			break;
		}
		one->waits_us[one->count++] = (uint32_t)(live_until(0) - begin_us);
	}
	return NULL;
}

static void begin_work(void)
{
	atomic_store(&is_over, false);
	is_at_work = true;
	for (size_t i = 0; i < HONEST; i++) {
		int failed;

		honest[i].count = honest[i].failed = 0;
		if (honest[i].waits_us == NULL) {
			honest[i].waits_us = calloc(SAMPLES_MAX, sizeof(*honest[i].waits_us));
		}
		assert(honest[i].waits_us != NULL);
		if (live_client_beside(&honest[i].client, &desk.honest) != ERR_OK) {
			abort();
		}
		failed = pthread_create(&honest[i].thread, NULL, work, &honest[i]);
		assert(failed == 0);
		(void)failed;
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* What the honest saw of a time. */
struct seen {
	size_t count;
	size_t failed;
	uint32_t p50_us;
	uint32_t p99_us;
};

static struct seen end_work(void)
{
	static uint32_t all[HONEST * SAMPLES_MAX];
	struct seen seen = {.count = 0};

	atomic_store(&is_over, true);
	is_at_work = false;
	for (size_t i = 0; i < HONEST; i++) {
		(void)pthread_join(honest[i].thread, NULL);
		memcpy(all + seen.count, honest[i].waits_us, honest[i].count * sizeof(all[0]));
		seen.count += honest[i].count;
		seen.failed += honest[i].failed;
		if (honest[i].failed > 0) {
			printf("# an honest one is told %s\n", err_name(honest[i].err));
		}
		live_client_close(&honest[i].client);
	}
	if (seen.count > 0) {
		qsort(all, seen.count, sizeof(all[0]), compare);
		seen.p50_us = all[seen.count / 2];
		seen.p99_us = all[seen.count * 99 / 100];
	}
	return seen;
}

/* Lets them work for a while; what else happens is the caller's. */
static void let_pass(int64_t ms)
{
	int64_t until_us = live_until(ms);

	while (live_left_ms(until_us) > 0) {
		client_result_free(client_loop_next(&desk.honest.loop, (uint32_t)live_left_ms(until_us)));
	}
}

/* ---- the hostile ---------------------------------------------------------------------------- */

static void begin_silent(struct peer *peer)
{
	peer_open(peer, &desk.server, NULL);
}

/* The head of a client's hello of 16 KiB; what follows it may be anything. */
static void begin_drip(struct peer *peer)
{
	peer_open(peer, &desk.server, NULL);
	peer_send_raw(peer, span_of("\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03", 11));
}

static void go_on_dripping(struct peer *peer)
{
	peer_send_raw(peer, span_of("\x00", 1));
}

static void begin_half_hello(struct peer *peer)
{
	struct span hello;

	peer_open(peer, &desk.server, desk.context);
	hello = peer_frame(peer, peer_hello(peer));
	peer_send(peer, span_first(hello, hello.len / 2));
}

/* Asks for more than its window holds, and reads nothing of it. */
static void begin_slow_reader(struct peer *peer)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;

	peers_narrow(true);
	peer_enter(peer, &desk.honest, desk.context);
	peers_narrow(false);
	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.limit = 10;
	for (uint64_t id = 1; id <= 3; id++) {
		peer_say(peer, peer_request(peer, id, METHOD_complaint_list, &in.base, NULL));
	}
}

static const struct kind {
	const char *what;
	void (*begin)(struct peer *peer);
	void (*go_on)(struct peer *peer); /* NULL: it does nothing more */
	const char *deadline;             /* the setting that ends it */
} kinds[] = {
	{"silent", begin_silent, NULL, ROOM "handshake_ms = 1000\n"},
	{"drip", begin_drip, go_on_dripping, ROOM "handshake_ms = 1000\n"},
	{"half hello", begin_half_hello, NULL, ROOM "frame_ms = 1000\n"},
	{"slow reader", begin_slow_reader, NULL, ROOM "out_stuck_ms = 1000\n"},
};

/* The server ends them all while those who do something go on with it; how long that takes. */
static bool await_all_dropped(const struct kind *kind, uint64_t dropped, int64_t *out_ms)
{
	int64_t begin_us = live_until(0);
	uint64_t count;

	while ((count = live_counter(&desk.honest, "conn.dropped") - dropped) < HOSTILE) {
		if (live_left_ms(begin_us + LIVE_WAIT_MS * US_PER_MS) == 0) {
			printf("# %s: only %llu are ended\n", kind->what, (unsigned long long)count);
			return false;
		}
		for (size_t i = 0; kind->go_on != NULL && i < HOSTILE; i++) {
			kind->go_on(&peers[i]);
		}
		let_pass(SLICE_MS);
	}
	*out_ms = (live_until(0) - begin_us) / US_PER_MS;
	return true;
}

/* Who reads hears it; the others are gone though they have read nothing. */
static size_t count_ended(void)
{
	size_t ended = 0;

	for (size_t i = 0; i < HOSTILE; i++) {
		ended += peer_await_end(&peers[i]) ? 1 : 0;
	}
	return ended;
}

/* ---- both ----------------------------------------------------------------------------------- */

static struct seen alone;

/* For as long as the honest worked alone; each of those who drip has its turn once a second. */
static void stand(const struct kind *kind)
{
	size_t next = 0;

	for (int slice = 0; slice < WINDOW_MS / SLICE_MS; slice++) {
		for (size_t i = 0; kind->go_on != NULL && i < HOSTILE * SLICE_MS / 1000; i++) {
			kind->go_on(&peers[next++ % HOSTILE]);
		}
		let_pass(SLICE_MS);
	}
}

static void check_kind(const struct kind *kind)
{
	size_t baseline;
	size_t memory_kib;
	uint64_t dropped;
	struct seen seen;
	int64_t ms;

	desk_set(&desk, ROOM PATIENT);
	CHECK(desk_is_quiet(&desk));
	baseline = vitals_descriptors(desk.server.pid);
	memory_kib = vitals_memory_kib(desk.server.pid);
	for (size_t i = 0; i < HOSTILE; i++) {
		kind->begin(&peers[i]);
	}
	desk_set(&desk, ROOM PATIENT);
	CHECK(desk_await_counter(&desk, "conn.open", HOSTILE + 1));
	dropped = live_counter(&desk.honest, "conn.dropped");
	begin_work();
	stand(kind);
	seen = end_work();
	CHECK_INT_EQ(seen.failed, 0);
	CHECK(seen.count > 0);
	begin_work(); /* also while they are ended, which is not timed: the test itself is busy then */
	live_server_reload(&desk.server, kind->deadline);
	CHECK(await_all_dropped(kind, dropped, &ms));
	CHECK_INT_EQ(end_work().failed, 0);
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
	CHECK(desk_is_quiet(&desk));
	CHECK(kind->begin == begin_slow_reader || count_ended() == HOSTILE);
	for (size_t i = 0; i < HOSTILE; i++) {
		peer_close(&peers[i]);
	}
	CHECK(vitals_await_descriptors(desk.server.pid, baseline));
	printf("# %d %s: ended in %lld ms; honest: %zu requests, p50 %.2f and p99 %.2f of those alone;"
		   " server %zu KiB before, %zu after\n",
		HOSTILE, kind->what, (long long)ms, seen.count, (double)seen.p50_us / alone.p50_us,
		(double)seen.p99_us / alone.p99_us, memory_kib, vitals_memory_kib(desk.server.pid));
	CHECK(desk_is_well(&desk));
}

static void test_honest_alone(void)
{
	begin_work();
	let_pass(WINDOW_MS);
	alone = end_work();
	printf("# honest alone: %zu requests, p50 %u us, p99 %u us\n", alone.count,
		(unsigned)alone.p50_us, (unsigned)alone.p99_us);
	CHECK_INT_EQ(alone.failed, 0);
	CHECK(alone.count > 0);
}

/* Complaints with results as long as they may be, so that lists are large. */
static void make_long_rows(void)
{
	PGconn *pg = pg_connect(desk.server.super);

	for (size_t i = 0; i < 30; i++) {
		(void)desk_submit(&desk);
	}
	(void)pg_run(pg, "UPDATE complaint SET result = repeat('漏', 4000)");
	PQfinish(pg);
}

static void test_a_thousand_of_each_kind(void)
{
	make_long_rows();
	for (size_t i = 0; i < COUNT(kinds) && !check_failed(); i++) {
		check_kind(&kinds[i]);
	}
}

static void test_end_leaves_nothing(void)
{
	CHECK(!is_at_work); /* a failure before has left them at it */
	for (size_t i = 0; i < HONEST; i++) {
		free(honest[i].waits_us);
	}
	desk_set(&desk, NULL);
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"honest_alone", test_honest_alone},
	{"a_thousand_of_each_kind", test_a_thousand_of_each_kind},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "outgoing=none", NULL};
	struct rlimit files;

	vitals_begin();
	live_begin();
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < 2 * HOSTILE) {
		printf("1..0 # SKIP a process may not open %d files here\n", 2 * HOSTILE);
		return 0;
	}
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
