/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a watcher who is cut off misses nothing and is told nothing twice: its connection is lost at drawn
 * moments while others go on writing, it comes back with its last position, and in the end what it heard is, row by
 * row, what the event table holds. That it is told to load anew where too much was missed; that a server which was
 * killed goes on from the same position; and that whoever has lost the right hears nothing of what they missed. That
 * what an older transaction holds back is told when that ends, not when the feed would look the next time anyway.
 */
#include "tests/check.h"

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/faults/dice.h"
#include "tests/server/pg.h"

#define LOSSES 25
#define STEPS_MAX 6 /* between two losses, by each of the two who write */
#define HEARD_MAX 2000
#define SEED 20261127
#define REPLAY_MAX 20

static struct desk desk;

/* What it was told, in the order in which it came. */
struct hearing {
	struct live_client client;
	Pb__WatchOpen__Scope scope; /* 0: of the community */
	struct {
		uint64_t era, xid;
		int64_t seq;
	} position;
	struct {
		struct uuid complaint_id;
		uint32_t version;
	} heard[HEARD_MAX];
	size_t heard_count;
	size_t resync_count;
	bool has_caught_up; /* a mark came since it was opened */
};

static void take(struct hearing *hearing, const struct client_result *result)
{
	if (result->has_position) {
		hearing->position.era = result->position_era;
		hearing->position.xid = result->position_xid;
		hearing->position.seq = result->position_seq;
	}
	hearing->has_caught_up = hearing->has_caught_up || result->is_mark;
	hearing->resync_count += result->is_resync ? 1 : 0;
	if (result->message != NULL) {
		const Pb__ComplaintEvent *event = (const Pb__ComplaintEvent *)result->message;

		assert(hearing->heard_count < HEARD_MAX);
		hearing->heard[hearing->heard_count].complaint_id =
			uuid_from_span(span_of(event->complaint_id.data, event->complaint_id.len));
		hearing->heard[hearing->heard_count++].version = event->version;
	}
}

/* Hears so many events more, or what came until it is said that it has caught up (SIZE_MAX). */
static bool hear(struct hearing *hearing, size_t count)
{
	size_t wanted = count == SIZE_MAX ? SIZE_MAX : hearing->heard_count + count;

	while (count == SIZE_MAX ? !hearing->has_caught_up : hearing->heard_count < wanted) {
		struct client_result *result = live_next(&hearing->client, CLIENT_EVENT, LIVE_WAIT_MS);

		if (result == NULL) {
			return false;
		}
		take(hearing, result);
		client_result_free(result);
	}
	return true;
}

/* Opens the watch, from where it was where `is_back`. */
static enum err open_watch(
	struct hearing *hearing, bool is_back, Pb__WatchOpenReply__Resume *out_resume)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;
	Pb__Position from = PB__POSITION__INIT;
	struct client_result *result;
	enum err err;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_scope = hearing->scope != 0;
	in.scope = hearing->scope;
	in.has_community_id = !in.has_scope;
	in.community_id = live_bytes(&desk.site.community_id);
	in.has_with_marks = in.with_marks = true;
	from.has_era = from.has_xid = from.has_seq = true;
	from.era = hearing->position.era;
	from.xid = hearing->position.xid;
	from.seq = hearing->position.seq;
	in.from = is_back ? &from : NULL;
	hearing->has_caught_up = false;
	result = live_call(&hearing->client, METHOD_watch_open, &in.base, NULL);
	err = result->err;
	if (err == ERR_OK) {
		const Pb__WatchOpenReply *reply = (const Pb__WatchOpenReply *)result->message;

		*out_resume = reply->resume;
		hearing->position.era = reply->position->era;
		hearing->position.xid = reply->position->xid;
		hearing->position.seq = reply->position->seq;
	}
	client_result_free(result);
	return err;
}

static void begin(struct hearing *hearing, const char *login, Pb__WatchOpen__Scope scope)
{
	Pb__WatchOpenReply__Resume resume;

	*hearing = (struct hearing){.scope = scope};
	live_client_begin(&hearing->client, &desk.server, login);
	CHECK_INT_EQ(open_watch(hearing, false, &resume), ERR_OK);
}

/* Cut off, and back where it was. */
static Pb__WatchOpenReply__Resume come_back(struct hearing *hearing)
{
	Pb__WatchOpenReply__Resume resume = 0;

	if (live_client_again(&hearing->client) != ERR_OK ||
		open_watch(hearing, true, &resume) != ERR_OK) {
		return 0; /* which no case wants */
	}
	return resume;
}

/* ---- what happens meanwhile ----------------------------------------------------------------- */

static struct walk walks[2];

/* So many steps of one of the two walks, each acknowledged. */
static void write_steps(size_t which, uint64_t count)
{
	struct walk *walk = &walks[which];

	for (uint64_t i = 0; i < count; i++) {
		struct client_ask ask = walk_ask(walk);
		struct client_result *result = client_loop_call(&desk.honest.loop, &ask);

		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		if (!walk_on(walk)) {
			walk_begin(walk, &desk.site);
		}
	}
}

/* ---- the tests ------------------------------------------------------------------------------ */

/* Rows behind the first `skipped`, as the table has them in the order of the feed. */
static void check_against_table(const struct hearing *hearing, int skipped)
{
	PGconn *pg = pg_connect(desk.server.super);
	PGresult *rows;
	char sql[160];
	size_t wrong = 0;

	(void)snprintf(sql, sizeof(sql),
		"SELECT subject_id, version FROM event WHERE topic = 1 ORDER BY xid, seq OFFSET %d",
		skipped);
	rows = PQexec(pg, sql);
	CHECK_INT_EQ(hearing->heard_count, PQntuples(rows));
	for (int i = 0; i < PQntuples(rows) && (size_t)i < hearing->heard_count; i++) {
		char id[UUID_TEXT_LEN + 1];

		uuid_format(hearing->heard[i].complaint_id, id);
		wrong += strcmp(id, PQgetvalue(rows, i, 0)) != 0 ||
		         hearing->heard[i].version != (uint32_t)atoi(PQgetvalue(rows, i, 1));
	}
	CHECK_INT_EQ(wrong, 0);
	PQclear(rows);
	PQfinish(pg);
}

static int count_events(void)
{
	PGconn *pg = pg_connect(desk.server.super);
	int count = atoi(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 1"));

	PQfinish(pg);
	return count;
}

/* Two of them: by community, and by what is in one's hands, which here is the same. */
static void test_who_is_cut_off_misses_nothing(void)
{
	static struct hearing hearings[2];
	struct dice dice = dice_of(&(struct dice_stream){.seed = SEED});
	int skipped = count_events();
	size_t written = 0;

	begin(&hearings[0], desk.account.login, 0);
	begin(&hearings[1], desk.account.login, PB__WATCH_OPEN__SCOPE__MINE);
	for (size_t i = 0; i < LOSSES; i++) {
		uint64_t before = dice_below(&dice, STEPS_MAX);
		uint64_t away = dice_below(&dice, STEPS_MAX);
		struct hearing *hearing = &hearings[dice_below(&dice, 2)];

		write_steps(0, before);
		written += before + away;
		/* Some of it is heard before the loss, the rest afterwards. */
		CHECK(hear(hearing, (size_t)dice_below(&dice, 1 + written - hearing->heard_count - away)));
		live_client_close(&hearing->client);
		write_steps(1, away);
		CHECK_INT_EQ(come_back(hearing), PB__WATCH_OPEN_REPLY__RESUME__RESUMED);
	}
	for (size_t i = 0; i < COUNT(hearings); i++) {
		CHECK(hear(&hearings[i], written - hearings[i].heard_count));
		CHECK_INT_EQ(hearings[i].resync_count, 0);
		check_against_table(&hearings[i], skipped);
		live_client_close(&hearings[i].client);
	}
	printf("# %zu events, %d losses\n", written, LOSSES);
}

static void test_too_much_is_said_at_once(void)
{
	static struct hearing hearing;

	begin(&hearing, desk.account.login, PB__WATCH_OPEN__SCOPE__ALL);
	live_client_close(&hearing.client);
	live_server_reload(&desk.server, "replay_events_max = 20\n");
	write_steps(0, REPLAY_MAX + 1);
	CHECK_INT_EQ(come_back(&hearing), PB__WATCH_OPEN_REPLY__RESUME__TOO_OLD);
	/* From there it goes on as any other. */
	write_steps(0, 2);
	CHECK(hear(&hearing, 2));
	CHECK_INT_EQ(hearing.resync_count, 0);
	live_client_close(&hearing.client);
	live_server_reload(&desk.server, "");
}

static void test_a_killed_server_goes_on_from_the_position(void)
{
	static struct hearing hearing;
	int skipped = count_events();

	begin(&hearing, desk.account.login, PB__WATCH_OPEN__SCOPE__ALL);
	write_steps(0, 3);
	CHECK(hear(&hearing, 2));
	live_server_kill(&desk.server);
	CHECK(live_server_start(&desk.server));
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
	write_steps(1, 2);
	CHECK_INT_EQ(come_back(&hearing), PB__WATCH_OPEN_REPLY__RESUME__RESUMED);
	CHECK(hear(&hearing, SIZE_MAX));
	write_steps(0, 1);
	CHECK(hear(&hearing, 1));
	CHECK_INT_EQ(hearing.resync_count, 0);
	check_against_table(&hearing, skipped);
	live_client_close(&hearing.client);
}

/* In the middle of it: told to load anew, and nothing more; away: nothing of what was missed either. */
static void test_lost_rights_end_it(void)
{
	static struct hearing hearing;
	struct live_account someone;
	struct live_client admin;

	live_client_begin(&admin, &desk.server, LIVE_ADMIN);
	live_account_make(&admin, &desk.site, "gulnar",
		ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_CUSTOMER_SERVICE), &someone);
	begin(&hearing, someone.login, PB__WATCH_OPEN__SCOPE__ALL);
	write_steps(0, 1);
	CHECK(hear(&hearing, 1));
	CHECK_INT_EQ(live_grant_end(&admin, &someone, 0), ERR_OK); /* the other one is left */
	while (hearing.resync_count == 0) {
		struct client_result *result = live_next(&hearing.client, CLIENT_EVENT, LIVE_WAIT_MS);

		CHECK(result != NULL);
		if (result == NULL) {
			return;
		}
		take(&hearing, result);
		client_result_free(result);
	}
	live_client_close(&hearing.client);
	write_steps(0, 2);
	CHECK_INT_EQ(come_back(&hearing), PB__WATCH_OPEN_REPLY__RESUME__RESUMED);
	CHECK(hear(&hearing, SIZE_MAX));
	CHECK_INT_EQ(hearing.heard_count, 3);
	live_client_close(&hearing.client);
	write_steps(0, 2);
	CHECK_INT_EQ(live_grant_end(&admin, &someone, 1), ERR_OK);
	CHECK_INT_EQ(live_client_again(&hearing.client), ERR_OK);
	CHECK_INT_EQ(open_watch(&hearing, true, &(Pb__WatchOpenReply__Resume){0}), ERR_DENIED);
	CHECK_INT_EQ(hearing.heard_count, 3);
	live_client_close(&hearing.client);
	live_client_close(&admin);
}

static void test_what_was_held_back_is_told_soon(void)
{
	static struct hearing hearing;
	PGconn *older = pg_connect(desk.server.super);
	PGconn *locker = pg_connect(desk.server.super);
	Pb__ComplaintList list = PB__COMPLAINT_LIST__INIT;
	struct client_result *result;

	list.has_community_id = true;
	list.community_id = live_bytes(&desk.site.community_id);
	live_server_reload(&desk.server, "feed_poll_ms = 60000\n"); /* longer than anybody waits here */
	begin(&hearing, desk.account.login, PB__WATCH_OPEN__SCOPE__ALL);
	/* The clock job must not: what it commits makes the feed look too. This lock takes no transaction id. */
	pg_run(locker, "BEGIN");
	pg_run(locker, "LOCK TABLE clock_turn IN EXCLUSIVE MODE");
	pg_run(older, "BEGIN");
	pg_run(older, "SELECT pg_current_xact_id()");
	write_steps(0, 1);
	/* The one reading lane answers this behind what the feed asked it when the step was committed. */
	result = live_call(&desk.honest, METHOD_complaint_list, &list.base, NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	client_result_free(result);
	pg_run(older, "COMMIT");
	CHECK(hear(&hearing, 1));
	pg_run(locker, "COMMIT");
	live_client_close(&hearing.client);
	live_server_reload(&desk.server, "");
	PQfinish(older);
	PQfinish(locker);
}

static void test_it_ends_well(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"who_is_cut_off_misses_nothing", test_who_is_cut_off_misses_nothing},
	{"too_much_is_said_at_once", test_too_much_is_said_at_once},
	{"a_killed_server_goes_on_from_the_position", test_a_killed_server_goes_on_from_the_position},
	{"lost_rights_end_it", test_lost_rights_end_it},
	{"what_was_held_back_is_told_soon", test_what_was_held_back_is_told_soon},
	{"it_ends_well", test_it_ends_well},
};

int main(void)
{
	live_begin();
	desk_begin(&desk, (const char *const[]){"readers=1", NULL});
	for (size_t i = 0; i < COUNT(walks); i++) {
		walk_begin(&walks[i], &desk.site);
	}
	return check_main(tests, COUNT(tests));
}
