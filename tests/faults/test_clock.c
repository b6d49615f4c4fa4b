/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a wall clock does that jumps by a day, either way, under a server and its PostgreSQL: no
 * timer moves, neither a deadline nor an idle connection's end; events keep their order, and watches
 * hear them in it; nobody is let in who should not be. A preloaded library makes the clock (clock_shift.c).
 *
 * What happens to sessions, as it has to be: forward, those whose end has passed are over, and people log
 * in again. Backward, a session lives on, by as much longer; a right that begins after the clock's new time
 * is not there until then, so people are refused rather than let in. When the clock is right again, so
 * is everything.
 */
#include "tests/check.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/live/cluster.h"
#include "tests/server/pg.h"
#include "tests/server/scratch.h"

#define DAY_US (INT64_C(24) * 3600 * US_PER_S)

static struct desk desk;
static struct live_client watcher;
static _Atomic int64_t *shift_us;

static void open_shift(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 8];
	char options[512];
	const char *before = getenv("ASAN_OPTIONS");
	void *page = MAP_FAILED;
	int fd;

	scratch_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/shift", dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, sizeof(*shift_us)) == 0) {
		page = mmap(NULL, sizeof(*shift_us), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (page == MAP_FAILED) {
		perror(path);
		abort();
	}
	(void)close(fd);
	shift_us = page;
	/* Sanitizers want to come first in the list of libraries, and do not need to. */
	(void)snprintf(options, sizeof(options), "%s%sverify_asan_link_order=0",
		before == NULL ? "" : before, before == NULL ? "" : ":");
	(void)setenv("ASAN_OPTIONS", options, 1);
	(void)setenv("CLOCK_SHIFT", path, 1);
}

/* The library lies where only root may look, maybe: read before root is left, written where all may. */
static uint8_t library[256 * 1024];
static size_t library_bytes;

static void read_library(void)
{
	FILE *file = fopen(CLOCK_SHIFT_SO, "re");

	if (file == NULL) {
		perror(CLOCK_SHIFT_SO);
		abort();
	}
	library_bytes = fread(library, 1, sizeof(library), file);
	(void)fclose(file);
	assert(library_bytes > 0 && library_bytes < sizeof(library));
}

static void preload_library(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 32];
	FILE *file;

	scratch_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/clock_shift.so", dir);
	file = fopen(path, "we");
	if (file == NULL || fwrite(library, 1, library_bytes, file) != library_bytes ||
		fclose(file) != 0) {
		perror(path);
		abort();
	}
	(void)setenv("LD_PRELOAD", path, 1);
}

static void jump_to(int64_t us)
{
	atomic_store(shift_us, us);
}

/* Until the server has looked at its deadlines more than once. */
static void let_it_look(void)
{
	struct live_client *one = &desk.honest;
	int64_t until_us = live_until(750);

	while (live_left_ms(until_us) > 0) {
		client_result_free(client_loop_next(&one->loop, (uint32_t)live_left_ms(until_us)));
	}
}

static void log_in_again(struct live_client *client)
{
	live_client_close(client);
	live_client_begin(client, &desk.server, desk.account.login);
}

/* ---- timers --------------------------------------------------------------------------------- */

static void test_no_timer_moves(void)
{
	static const int64_t jumps[] = {DAY_US, 0, -DAY_US, 0};

	for (size_t i = 0; i < COUNT(jumps); i++) {
		struct peer silent;
		struct peer guest;
		struct peer member;
		uint64_t dropped = live_counter(&desk.honest, "conn.dropped");

		peer_open(&silent, &desk.server, NULL);
		peer_greet(&guest, &desk.server, desk.context);
		peer_enter(&member, &desk.honest, desk.context);
		live_pause(desk.server.cluster);
		peer_say(&member, desk_get(&desk, &member, 1));
		CHECK(desk_await_counter(&desk, "request.now", 2));
		jump_to(jumps[i]);
		let_it_look();
		CHECK(!peer_ends_within(&silent, 0));
		CHECK(!peer_ends_within(&guest, 0));
		CHECK(!peer_ends_within(&member, 0));
		CHECK_INT_EQ(member.heard_count, 2); /* no DEADLINE: its time is not over */
		jump_to(0);
		live_go_on(desk.server.cluster);
		CHECK(peer_hear_kind(&member, PB__ENVELOPE__KIND_REPLY) != NULL);
		CHECK_INT_EQ(live_counter(&desk.honest, "conn.dropped"), dropped);
		peer_close(&silent);
		peer_close(&guest);
		peer_close(&member);
		CHECK(desk_is_quiet(&desk));
	}
}

/* The other way round: what is due is due, also while the clock stands a day back. */
static void test_deadlines_ring_after_a_jump_back(void)
{
	struct peer silent;
	struct peer member;

	desk_set(&desk, "handshake_ms = 500\nidle_ms = 1000\n");
	peer_enter(&member, &desk.honest, desk.context);
	peer_open(&silent, &desk.server, NULL);
	jump_to(-DAY_US);
	CHECK(peer_await_end(&silent));
	CHECK_STR_EQ(peer_hear_failure(&member, 0), "TOO_SLOW");
	jump_to(0);
	peer_close(&silent);
	peer_close(&member);
	desk_set(&desk, NULL);
}

/* ---- the order of events -------------------------------------------------------------------- */

static void open_watch(void)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	assert(live_ask(&watcher, METHOD_watch_open, &in.base) == ERR_OK);
}

/* The version that the watch tells of next; 0 where it tells of nothing. */
static uint32_t next_version(struct uuid complaint_id)
{
	struct client_result *result;
	uint32_t version = 0;

	while (version == 0 && (result = live_next(&watcher, CLIENT_EVENT, LIVE_WAIT_MS)) != NULL) {
		const Pb__ComplaintEvent *event = (const Pb__ComplaintEvent *)result->message;

		if (!result->is_resync &&
			memcmp(event->complaint_id.data, complaint_id.bytes, UUID_BYTES) == 0) {
			version = event->version;
		}
		client_result_free(result);
	}
	return version;
}

static enum err ask_walk(const struct walk *walk)
{
	struct client_ask ask = walk_ask(walk);
	struct client_result *result = client_loop_call(&desk.honest.loop, &ask);
	enum err err = result->err;

	client_result_free(result);
	return err;
}

/*
 * Back and forth within the life of the sessions; watches and answers go on, and the order that counts
 * is of commits, not of clocks. What is written down as the time is what the clock said.
 */
static void test_events_keep_their_order(void)
{
	static const int64_t shifts_us[] = {
		2 * DAY_US, 2 * DAY_US, DAY_US, 2 * DAY_US, DAY_US, 2 * DAY_US, DAY_US, DAY_US, 2 * DAY_US};
	PGconn *pg = pg_connect(desk.server.super);
	char id[UUID_TEXT_LEN + 1];
	char sql[512];
	struct walk walk;

	static_assert(COUNT(shifts_us) == WALK_STEPS, "a place of the clock for every step");
	jump_to(2 * DAY_US); /* rights began on the day 0: they hold on both of these days */
	log_in_again(&desk.honest);
	log_in_again(&watcher);
	open_watch();
	walk_begin(&walk, &desk.site);
	uuid_format(walk.complaint_id, id);
	for (uint32_t step = 0; step < WALK_STEPS; step++) {
		jump_to(shifts_us[step]);
		CHECK_INT_EQ(ask_walk(&walk), ERR_OK);
		CHECK_INT_EQ(next_version(walk.complaint_id), step + 1);
		(void)walk_on(&walk);
	}
	(void)snprintf(sql, sizeof(sql),
		"SELECT string_agg(version::text, ' ' ORDER BY xid, seq) FROM event"
		" WHERE subject_id = '%s'",
		id);
	CHECK_STR_EQ(pg_run(pg, sql), "1 2 3 4 5 6 7 8 9");
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY xid, seq) AS is_back FROM event"
		" WHERE subject_id = '%s') AS e WHERE is_back",
		id);
	CHECK_STR_EQ(pg_run(pg, sql), "3"); /* so often did the clock go back between two steps */
	PQfinish(pg);
}

/* ---- sessions ------------------------------------------------------------------------------- */

static void test_sessions_end_by_the_clock(void)
{
	Pb__ComplaintGet get = PB__COMPLAINT_GET__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_complaint_get], .request = &get.base};
	static const struct {
		const char *what;
		int64_t shift_us;
		enum err err;
		bool logs_in; /* before */
	} rows[] = {
		{"the day on which it began", 2 * DAY_US, ERR_OK, true},
		{"a day later it has ended", 3 * DAY_US, ERR_SESSION_ENDED, false},
		{"and another can be begun", 3 * DAY_US, ERR_OK, true},
		{"a day back it lives on", 2 * DAY_US, ERR_OK, false},
		{"before the rights began there are none", -DAY_US, ERR_NOT_FOUND, false},
		{"when the clock is right again so are they", 2 * DAY_US, ERR_OK, false},
	};

	get.has_community_id = get.has_complaint_id = true;
	get.community_id = live_bytes(&desk.site.community_id);
	get.complaint_id = live_bytes(&desk.complaint_id);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client_result *result;
		bool is_refused;

		jump_to(rows[i].shift_us);
		if (rows[i].logs_in) {
			log_in_again(&desk.honest);
		}
		result = client_loop_call(&desk.honest.loop, &ask);
		printf("# %s: %s\n", rows[i].what, err_name(result->err));
		is_refused = rows[i].err == ERR_NOT_FOUND &&
		             (result->err == ERR_DENIED || result->err == ERR_NOT_FOUND);
		CHECK(is_refused || result->err == rows[i].err);
		client_result_free(result);
	}
	jump_to(0);
	log_in_again(&desk.honest);
	live_client_close(&watcher);
	CHECK(desk_is_well(&desk));
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"no_timer_moves", test_no_timer_moves},
	{"deadlines_ring_after_a_jump_back", test_deadlines_ring_after_a_jump_back},
	{"events_keep_their_order", test_events_keep_their_order},
	{"sessions_end_by_the_clock", test_sessions_end_by_the_clock},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "outgoing=none", NULL};

	read_library();
	live_begin();
	open_shift();
	preload_library();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
