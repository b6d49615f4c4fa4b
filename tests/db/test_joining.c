/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that complaints joined under a master stay one step from it, whoever joins what at one moment: chains and
 * circles of every length, in one batch and over two writers, which stand for two servers; and a history drawn
 * from a seed, in which complaints are joined, taken out, moved on, withdrawn, all from what was seen before, while the
 * server takes out by itself what belongs to a master that came to nothing. After every round the whole table is
 * looked at. GUANJIA_SEED plays another one.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define ROUNDS 150
#define COMPLAINTS 6
#define COMMANDS 8 /* of one moment */
#define MERGED 104
#define WITHDRAWN 103

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;
static uint32_t next_key = 1000;

#define SUBMIT .stmt = STMT_complaint_submit
#define FULL .stmt = STMT_complaint_step_full

/* Numbers from 1 to COMPLAINTS are there, submitted, version 1. */
static void begin(void)
{
	struct command commands[COMPLAINTS];
	enum verdict verdicts[COMPLAINTS];

	town_clear(super);
	for (uint32_t i = 0; i < COMPLAINTS; i++) {
		commands[i] = (struct command){SUBMIT, i + 1};
	}
	commands_run(&lanes, commands, COMPLAINTS, verdicts);
	assert(town_count(super, "complaint") == COMPLAINTS);
}

/* What is wrong with any of them; "-": nothing. */
static const char *wrongs_now(void)
{
	return pg_run(super,
		"SELECT coalesce(string_agg(format('%s: %s', c.day_no, w.what), '; '), '-')"
		" FROM complaint c LEFT JOIN complaint m USING (community_id) CROSS JOIN LATERAL (VALUES"
		" ('its master is merged itself', m.complaint_id = c.master_id AND m.state = 104),"
		" ('it is merged into itself', m.complaint_id = c.complaint_id"
		" AND c.master_id = c.complaint_id),"
		" ('others are merged into it, and it into others', m.complaint_id = c.complaint_id"
		" AND c.merged_count > 0 AND c.master_id IS NOT NULL),"
		" ('it does not count what is merged into it', m.complaint_id = c.complaint_id"
		" AND c.merged_count <> (SELECT count(*) FROM complaint o"
		" WHERE o.community_id = c.community_id AND o.master_id = c.complaint_id)),"
		" ('it has another version than events', m.complaint_id = c.complaint_id"
		" AND c.version <> (SELECT count(*) FROM event e WHERE e.community_id = c.community_id"
		" AND e.subject_id = c.complaint_id))) w (what, is_so) WHERE w.is_so");
}

/* --- chains and circles --- */

/* Complaint i + 1 is merged into into[i]; 0: it is not. */
static const struct {
	const char *what;
	uint32_t into[COMPLAINTS];
} shapes[] = {
	{"two, into each other", {2, 1}},
	{"a circle of three", {2, 3, 1}},
	{"a circle of six", {2, 3, 4, 5, 6, 1}},
	{"a chain of three", {2, 3}},
	{"a chain of three, backwards", {0, 1, 2}},
	{"a chain of six", {2, 3, 4, 5, 6}},
	{"a chain of six, backwards", {0, 1, 2, 3, 4, 5}},
	{"all into one", {6, 6, 6, 6, 6}},
	{"into the middle, and the middle on", {3, 3, 4, 0, 3, 3}},
	{"two pairs that cross", {3, 4, 2, 1}},
};

static size_t shape_commands(
	const uint32_t into[COMPLAINTS], unsigned writers, struct command commands[COMPLAINTS])
{
	size_t count = 0;

	for (uint32_t i = 0; i < COMPLAINTS; i++) {
		if (into[i] != 0) {
			commands[count++] = (struct command){FULL, .record = i + 1, .key = next_key++,
				.version = 1, .to = MERGED, .master = into[i], .master_version = 1,
				.writer = writers >> i & 1};
		}
	}
	return count;
}

/* Which of two writers has which of them, in every way. */
static void check_shape(const uint32_t into[COMPLAINTS])
{
	for (unsigned writers = 0; writers < 1U << COMPLAINTS; writers += 5) {
		struct command commands[COMPLAINTS];
		enum verdict verdicts[COMPLAINTS];
		size_t count = shape_commands(into, writers, commands);
		size_t applied = 0;

		begin();
		commands_run(&lanes, commands, count, verdicts);
		for (size_t i = 0; i < count; i++) {
			CHECK(verdicts[i] == APPLIED || verdicts[i] == REPEAT || verdicts[i] == STALE);
			applied += verdicts[i] != STALE;
		}
		CHECK(applied >= 1); /* whoever is first */
		CHECK_STR_EQ(wrongs_now(), "-");
		CHECK_INT_EQ(town_count(super, "complaint WHERE state = 104"), applied);
	}
}

static void test_neither_chains_nor_circles_come_about(void)
{
	for (size_t i = 0; i < COUNT(shapes); i++) {
		check_shape(shapes[i].into);
		if (check_failed()) {
			printf("# %s\n", shapes[i].what);
			return;
		}
	}
}

/* --- a history --- */

static uint64_t random_state;

/* xorshift: the same seed, the same history. */
static uint32_t draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state % below);
}

struct seen {
	int version, state, before;
	uint32_t master;
};

static void look(struct seen seen[COMPLAINTS + 1])
{
	PGresult *rows = PQexec(super, "SELECT get_byte(uuid_send(complaint_id), 15), version, state,"
								   " coalesce(state_before, 0), coalesce(get_byte(uuid_send("
								   "master_id), 15), 0) FROM complaint");

	assert(PQntuples(rows) == COMPLAINTS);
	for (int i = 0; i < COMPLAINTS; i++) {
		seen[atoi(PQgetvalue(rows, i, 0))] = (struct seen){
			.version = atoi(PQgetvalue(rows, i, 1)),
			.state = atoi(PQgetvalue(rows, i, 2)),
			.before = atoi(PQgetvalue(rows, i, 3)),
			.master = (uint32_t)atoi(PQgetvalue(rows, i, 4)),
		};
	}
	PQclear(rows);
}

/* Something that somebody who saw this might ask for, sensible or not. */
static struct command draw_command(const struct seen seen[COMPLAINTS + 1])
{
	uint32_t record = 1 + draw(COMPLAINTS);
	uint32_t other = 1 + draw(COMPLAINTS);
	const struct seen *own = &seen[record];
	struct command out = {FULL, .record = record, .key = next_key++, .version = own->version,
		.from = own->state, .writer = draw(2)};

	if (own->state == MERGED) {
		bool is_withdrawn = draw(6) == 0;

		out.to = is_withdrawn ? WITHDRAWN : own->before;
		out.left_master = own->master;
	} else if (own->state == WITHDRAWN) {
		out.to = 1; /* nobody could, but a new one takes its place: a history has no end */
	} else if (draw(8) == 0) {
		out.to = WITHDRAWN;
	} else if (draw(4) == 0) {
		out.to = own->state % 6 + 1; /* it is moved on */
	} else {
		out.to = MERGED;
		out.master = other;
		out.master_version = seen[other].version;
	}
	return out;
}

static void free_the_orphans(void)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_complaints_unmerge);
	query_time(query, TOWN_NOW);
	job_write(&lanes, 0, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	job_fini(&job);
}

static size_t play_round(size_t *merges)
{
	struct seen seen[COMPLAINTS + 1];
	struct command commands[COMMANDS];
	enum verdict verdicts[COMMANDS];
	size_t applied = 0;

	look(seen);
	for (size_t i = 0; i < COMMANDS; i++) {
		commands[i] = draw_command(seen);
	}
	commands_run(&lanes, commands, COMMANDS, verdicts);
	for (size_t i = 0; i < COMMANDS; i++) {
		bool is_applied = verdicts[i] == APPLIED || verdicts[i] == REPEAT;

		assert(verdicts[i] != REUSED && verdicts[i] != DOWN && verdicts[i] != REFUSED);
		applied += is_applied;
		*merges += is_applied && commands[i].to == MERGED;
	}
	return applied;
}

static void test_a_history_keeps_everyone_one_step_from_the_master(void)
{
	const char *seed = getenv("GUANJIA_SEED");
	size_t applied = 0;
	size_t merges = 0;

	random_state = seed == NULL ? 20261123 : strtoull(seed, NULL, 10);
	begin();
	for (int round = 0; round < ROUNDS; round++) {
		applied += play_round(&merges);
		if (strcmp(wrongs_now(), "-") != 0) {
			printf("# round %d\n", round);
		}
		CHECK_STR_EQ(wrongs_now(), "-");
		if (draw(5) == 0) {
			free_the_orphans();
			CHECK_STR_EQ(wrongs_now(), "-");
			CHECK_INT_EQ(town_count(super, "complaint c JOIN complaint m ON m.community_id ="
										   " c.community_id AND m.complaint_id = c.master_id"
										   " WHERE m.state IN (102, 103)"),
				0);
		}
	}
	printf("# %zu steps taken, %zu of them merges\n", applied, merges);
	CHECK(merges >= ROUNDS / 2);
}

static const struct test tests[] = {
	{"neither_chains_nor_circles_come_about", test_neither_chains_nor_circles_come_about},
	{"a_history_keeps_everyone_one_step_from_the_master",
		test_a_history_keeps_everyone_one_step_from_the_master},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_joining", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
