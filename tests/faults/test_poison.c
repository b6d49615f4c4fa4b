/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves, through a live server, that one command which fails in the database does not take along those
 * who share its commit: a trigger that the superuser puts in refuses one of 32 submissions. The other 31
 * are acknowledged, the one is told an error that fits, and all of it takes two transactions: the one
 * that failed, and the one that stands. So that the 32 gather, the trigger holds the writer at a lock of ours
 * with the submission before them, until the server says that they wait for it.
 */
#include "tests/check.h"

#include <poll.h>

#include "complaint.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/server/pg.h"

#define BATCH 32
#define TRIES_MAX 5
#define GATHER_MS 5000
#define ASK_AGAIN_MS 10
#define TITLE_BYTES 32
#define GATE "20161128"

static struct desk desk;
static PGconn *super;
static struct live_client admin; /* who may see how many wait */

/* The title "held" waits for the lock, longer than the lane's lock_timeout; no longer than its statement_timeout. */
static void put_trigger(const char *sqlstate)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
		"CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql"
		" SET lock_timeout = 0 AS $$ BEGIN"
		" IF NEW.title LIKE 'poison%%' THEN RAISE EXCEPTION 'no' USING ERRCODE = '%s'; END IF;"
		" IF NEW.title = 'held' THEN PERFORM pg_advisory_xact_lock(" GATE "); END IF;"
		" RETURN NEW; END $$;"
		" DROP TRIGGER IF EXISTS poison ON complaint;"
		" CREATE TRIGGER poison BEFORE INSERT ON complaint FOR EACH ROW EXECUTE FUNCTION poison()",
		sqlstate);
	(void)pg_run(super, sql);
}

static void say_submit(struct peer *peer, uint64_t id, const char *title)
{
	Pb__ComplaintSubmit in = PB__COMPLAINT_SUBMIT__INIT;
	struct uuid key = live_key();

	in.has_community_id = in.has_kind = in.has_channel = in.has_place_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.kind = PB__COMPLAINT__KIND__REPAIR;
	in.channel = PB__COMPLAINT__CHANNEL__PHONE;
	in.place_id = live_bytes(&desk.site.place_id);
	in.title = (char *)(uintptr_t)title;
	in.text = (char *)(uintptr_t) "门禁失灵";
	peer_say(peer, peer_request(peer, id, METHOD_complaint_submit, &in.base, &key));
}

/* What the answers were; the one behind which the writer was held does not count. */
struct heard {
	size_t replies;
	size_t failures;
	uint64_t failed_id;
	char code[32];
};

static struct heard hear_all(struct peer *peer)
{
	struct heard heard = {.replies = 0};

	for (size_t i = 0; i < BATCH + 1; i++) {
		const Pb__Envelope *envelope = peer_hear(peer);

		if (envelope != NULL && envelope->kind_case == PB__ENVELOPE__KIND_REPLY) {
			heard.replies += envelope->reply->id <= BATCH ? 1 : 0;
		} else if (envelope != NULL && envelope->kind_case == PB__ENVELOPE__KIND_FAILURE &&
				   envelope->failure->id <= BATCH) {
			heard.failures++;
			heard.failed_id = envelope->failure->id;
			(void)snprintf(heard.code, sizeof(heard.code), "%s", envelope->failure->code);
		}
	}
	return heard;
}

static bool await_gate(int64_t until_us)
{
	while (strcmp(pg_run(super,
					  "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
			   "1") != 0) {
		if (live_left_ms(until_us) == 0) {
			return false;
		}
		(void)poll(NULL, 0, ASK_AGAIN_MS);
	}
	return true;
}

static bool await_waiting(int64_t until_us)
{
	while (live_metric(&admin, "db.write.waiting") < BATCH) {
		if (live_left_ms(until_us) == 0) {
			return false;
		}
		(void)poll(NULL, 0, ASK_AGAIN_MS);
	}
	return true;
}

/*
 * All 33 are said: the writer is at the gate, and the 32 wait behind it. False where that took too long: where the
 * machine is so slow that statement_timeout opens the gate before all have come.
 */
static bool gather(struct peer *peer, uint64_t poisoned_id, const char *title)
{
	int64_t until_us = live_until(GATHER_MS);
	bool is_held;

	say_submit(peer, BATCH + 1, "held");
	is_held = await_gate(until_us);
	for (uint64_t id = 1; id <= BATCH; id++) {
		say_submit(peer, id, id == poisoned_id ? "poison" : title);
	}
	return is_held && await_waiting(until_us);
}

/* Whether the 31 that stand share one transaction, and nothing else of this round is there. */
static const char *transactions(int round)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) || ' ' || count(DISTINCT e.xid) FROM complaint c"
		" JOIN event e ON e.subject_id = c.complaint_id WHERE c.title = 'round %d'",
		round);
	return pg_run(super, sql);
}

/* The 32 as one statement, of which nobody knows who is to blame; then the poisoned one alone. */
#define FAILURES 2

/* Statements that were cancelled for their time, as the log has it. */
static size_t slow_count(void)
{
	return live_server_log_count(&desk.server, "sqlstate=57014") +
	       live_server_log_count(&desk.server, "sqlstate=55P03");
}

/*
 * One round. False where it is to be played again: the 32 did not gather, a command of the server's own was counted
 * among them, or a machine that stood still had one of them cancelled for its time.
 */
static bool run_round(int round, uint64_t poisoned_id, const char *code)
{
	char title[TITLE_BYTES];
	uint64_t failures;
	struct heard heard;
	struct peer peer;
	bool has_gathered;
	size_t slow;

	(void)snprintf(title, sizeof(title), "round %d", round);
	peer_enter(&peer, &desk.honest, desk.context);
	(void)pg_run(super, "SELECT pg_advisory_lock(" GATE ")");
	has_gathered = gather(&peer, poisoned_id, title);
	/* From here: what is held longer than statement_timeout is cancelled, counted, and goes again. */
	failures = live_counter(&desk.honest, "db.write.failed");
	slow = slow_count();
	(void)pg_run(super, "SELECT pg_advisory_unlock(" GATE ")");
	heard = hear_all(&peer);
	failures = live_counter(&desk.honest, "db.write.failed") - failures;
	slow = slow_count() - slow;
	peer_close(&peer);
	has_gathered = has_gathered && slow == 0 && strcmp(transactions(round), "31 1") == 0;
	if (heard.replies != BATCH - 1 || heard.failures != 1 || heard.failed_id != poisoned_id ||
		strcmp(heard.code, code) != 0 || (has_gathered && failures != FAILURES)) {
		printf(
			"# %zu replies, %zu failures, the last of %llu: %s; %s; the writer failed %llu times\n",
			heard.replies, heard.failures, (unsigned long long)heard.failed_id, heard.code,
			transactions(round), (unsigned long long)failures);
		check_that(false, __FILE__, __LINE__, "31 acknowledged, one refused, one transaction");
	}
	return has_gathered;
}

static void test_one_of_a_batch_is_poisoned(void)
{
	static const struct {
		const char *sqlstate;
		const char *code;
		uint64_t poisoned_id; /* its place in the order of asking */
	} rows[] = {
		{"23514", "CONFLICT", 1},
		{"P0001", "INTERNAL", BATCH / 2},
		{"22003", "INTERNAL", BATCH},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool has_gathered = false;

		put_trigger(rows[i].sqlstate);
		for (int try = 0; try < TRIES_MAX && !has_gathered && !check_failed(); try++) {
			has_gathered = run_round((int)i * TRIES_MAX + try, rows[i].poisoned_id, rows[i].code);
		}
		CHECK(has_gathered);
		CHECK(!check_failed());
	}
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM complaint WHERE title LIKE 'poison%'"), "0");
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM event e WHERE topic = 1 AND NOT EXISTS"
							   " (SELECT FROM complaint c WHERE c.complaint_id = e.subject_id)"),
		"0");
	live_client_close(&admin);
	CHECK(desk_is_well(&desk));
}

static void test_end_leaves_nothing(void)
{
	(void)pg_run(super, "DROP TRIGGER poison ON complaint");
	PQfinish(super);
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"one_of_a_batch_is_poisoned", test_one_of_a_batch_is_poisoned},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {
		"postgres_fsync=0", "in_flight_max=64", "frames_per_tick=64", "commit_batch_max=64", NULL};

	live_begin();
	desk_begin(&desk, sets);
	super = pg_connect(desk.server.super);
	live_client_begin(&admin, &desk.server, LIVE_ADMIN);
	return check_main(tests, COUNT(tests));
}
