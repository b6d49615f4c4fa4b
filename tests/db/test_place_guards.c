/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves "all or nothing" of the statements that change many rows: an assignment of places to a team, and
 * an import, through the real lanes and a real PostgreSQL. Two that want the same at once, in one batch and
 * on two writers, which stand for two servers: one takes effect, and no place has two teams on a day; what
 * was decided on rows that are no longer so changes nothing at all.
 */
#include <stdlib.h>
#include <string.h>

#include "common/day.h"
#include "tests/check.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define TODAY 20781 /* 2026-11-24 */
#define PLACES_MAX 2
#define ACTS_MAX 2
#define BATCH 32

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* Places 1, 2, 3 are gates of community 1; place 1 has team 1 by patch 1 since day 20000. */
static const char setup[] =
	"DELETE FROM patch; DELETE FROM place; DELETE FROM event; DELETE FROM applied;"
	"INSERT INTO team SELECT community_id, 'a3000000-0000-0000-0000-000000000003', '三组', now()"
	" FROM community WHERE name = '花园小区' ON CONFLICT DO NOTHING;"
	"INSERT INTO place SELECT community_id, ('a5000000-0000-0000-0000-00000000000' || n)::uuid, 5,"
	" 'g' || n, NULL, NULL, now() FROM community, generate_series(1, 3) n WHERE name = '花园小区';"
	"INSERT INTO patch SELECT community_id, 'a5000000-0000-0000-0000-000000000011',"
	" 'a5000000-0000-0000-0000-000000000001', 'a3000000-0000-0000-0000-000000000001',"
	" '2024-10-04', 'infinity', now() FROM community WHERE name = '花园小区'";

/* What is asked for: an assignment, or with a code an import of one place and a gate of another. */
struct act {
	uint32_t key;
	uint32_t places[PLACES_MAX];
	uint32_t ended[PLACES_MAX]; /* patches that were seen, and end */
	uint32_t team;
	int32_t from_day;
	int32_t to_day; /* 0: DAY_NEVER */
	const char *code;
	size_t writer;
};

enum verdict { NONE, DONE, STALE, REFUSED };

static size_t ids_of(const uint32_t *numbers, struct uuid *out)
{
	size_t count = 0;

	while (count < PLACES_MAX && numbers[count] != 0) {
		out[count] = town_id(TOWN_RECORD, numbers[count]);
		count++;
	}
	return count;
}

static void add_head(struct query *query, const struct act *act)
{
	uint8_t hash[32] = {0};

	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_RECORD, act->key));
	query_uuid(query, town_id(TOWN_ACCOUNT, 1));
	query_uuid(query, town_id(TOWN_RECORD, act->key));
	query_bytes(query, span_of(hash, sizeof hash));
	query_bytes(query, span_of("reply", 5));
	query_time(query, TOWN_NOW);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
}

static void add_assignment(struct job *job, const struct act *act)
{
	struct query *query = job_query(job, STMT_patch_assign);
	struct uuid places[PLACES_MAX];
	struct uuid made[PLACES_MAX];
	struct uuid ended[PLACES_MAX];
	size_t count = ids_of(act->places, places);

	for (uint32_t i = 0; i < count; i++) {
		made[i] = town_id(TOWN_RECORD, 1000 * act->key + i);
	}
	add_head(query, act);
	query_uuids(query, places, count);
	query_uuids(query, made, count);
	query_uuids(query, ended, ids_of(act->ended, ended));
	query_uuid(query, town_id(TOWN_TEAM, act->team));
	query_day(query, act->from_day);
	query_day(query, act->to_day == 0 ? DAY_NEVER : act->to_day);
	query_trace_if_last(query, town_id(TOWN_RECORD, act->key));
}

/* A building of that code, and a gate in it that a team has. */
static void add_import(struct job *job, const struct act *act)
{
	struct query *query = job_query(job, STMT_place_import);
	const struct uuid ids[] = {
		town_id(TOWN_RECORD, 1000 * act->key), town_id(TOWN_RECORD, 1000 * act->key + 1)};
	const struct uuid parents[] = {uuid_nil, ids[0]};
	const int kinds[] = {1, 5};
	char gate[16];
	struct str codes[] = {str_from_c(act->code), {gate, 0}};
	const struct str names[] = {STR("一号楼"), STR("")};
	const struct uuid patch = town_id(TOWN_RECORD, 1000 * act->key + 2);
	const struct uuid team = town_id(TOWN_TEAM, act->team);

	codes[1].len = (size_t)snprintf(gate, sizeof gate, "%u", act->key);
	add_head(query, act);
	query_uuids(query, ids, COUNT(ids));
	query_int2s(query, kinds, COUNT(kinds));
	query_texts(query, codes, COUNT(codes));
	query_texts(query, names, COUNT(names));
	query_uuids(query, parents, COUNT(parents));
	query_uuids(query, &patch, 1);
	query_uuids(query, &ids[1], 1);
	query_uuids(query, &team, 1);
	query_day(query, act->from_day);
	query_trace_if_last(query, town_id(TOWN_RECORD, act->key));
}

static void prepare(struct job *job, const struct act *act)
{
	job_init(job);
	if (act->code == NULL) {
		add_assignment(job, act);
	} else {
		add_import(job, act);
	}
	job->errand.key =
		(struct errand_key){town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, act->key)};
}

/* NONE: the moment was to blame, and it is tried again. */
static enum verdict verdict_of(const struct job *job)
{
	if (job->errand.outcome == ERRAND_DONE) {
		return query_rows(&job->queries[0]) > 0 ? DONE : STALE;
	}
	return job->errand.outcome == ERRAND_REFUSED ? REFUSED : NONE;
}

static void run(const struct act *acts, size_t count, enum verdict *verdicts)
{
	struct job jobs[ACTS_MAX];
	bool is_tried;

	for (size_t i = 0; i < count; i++) {
		prepare(&jobs[i], &acts[i]);
		verdicts[i] = NONE;
	}
	do {
		is_tried = false;
		for (size_t i = 0; i < count; i++) {
			if (verdicts[i] == NONE) {
				job_write(&lanes, acts[i].writer, &jobs[i]);
				is_tried = true;
			}
		}
		lanes_run(&lanes);
		for (size_t i = 0; i < count; i++) {
			verdicts[i] = verdicts[i] == NONE ? verdict_of(&jobs[i]) : verdicts[i];
		}
	} while (is_tried);
	for (size_t i = 0; i < count; i++) {
		job_fini(&jobs[i]);
	}
}

/* "gate team from..to" in order, and how many events and keys there are. */
static const char *now_there(void)
{
	return pg_run(super,
		"SELECT concat((SELECT string_agg(format('%s %s %s..%s', p.code,"
		" right(t.team_id::text, 1), t.from_day - date '2026-11-24',"
		" CASE t.to_day WHEN 'infinity' THEN '' ELSE (t.to_day - date '2026-11-24')::text END),"
		" ', ' ORDER BY p.code, t.from_day, t.team_id) FROM patch t"
		" JOIN place p USING (community_id, place_id)), '; ', (SELECT count(*) FROM place), ' ',"
		" (SELECT count(*) FROM event), ' ', (SELECT count(*) FROM applied))");
}

#define OLD "g1 1 -781.."

static const struct guard_case {
	const char *what;
	struct act acts[ACTS_MAX];
	size_t count;
	int done;          /* how many take effect; the others change nothing */
	const char *there; /* afterwards, whoever came first */
} cases[] = {
	{"a free place", {{2, {2}, {0}, 1, TODAY}}, 1, 1, OLD ", g2 1 0..; 3 1 1"},
	{"a free place for a while", {{2, {2}, {0}, 1, TODAY, TODAY + 7}}, 1, 1,
		OLD ", g2 1 0..7; 3 1 1"},
	{"from team to team", {{2, {1}, {17}, 3, TODAY}}, 1, 1, "g1 1 -781..0, g1 3 0..; 3 1 1"},
	{"two places, one of them somebody's", {{2, {1, 2}, {17}, 3, TODAY}}, 1, 1,
		"g1 1 -781..0, g1 3 0.., g2 3 0..; 3 2 1"},
	{"on the day it began", {{2, {1}, {17}, 3, TODAY - 781}}, 1, 1,
		"g1 1 -781..-781, g1 3 -781..; 3 1 1"},
	{"somebody has it, which was not seen", {{2, {1}, {0}, 3, TODAY}}, 1, 0, OLD "; 3 0 0"},
	{"of two places one was taken meanwhile", {{2, {1, 2}, {0}, 3, TODAY}}, 1, 0, OLD "; 3 0 0"},
	{"somebody had it, which has ended", {{2, {2}, {17}, 3, TODAY}}, 1, 0, OLD "; 3 0 0"},
	{"no such place", {{2, {9}, {0}, 3, TODAY}}, 1, 0, OLD "; 3 0 0"},
	{"another community's team", {{2, {2}, {0}, 2, TODAY}}, 1, 0, OLD "; 3 0 0"},
	{"days backwards", {{2, {2}, {0}, 3, TODAY, TODAY - 1}}, 1, 0, OLD "; 3 0 0"},

	{"one place handed over twice, one batch", {{2, {1}, {17}, 3, TODAY}, {3, {1}, {17}, 3, TODAY}},
		2, 1, "g1 1 -781..0, g1 3 0..; 3 1 1"},
	{"one place handed over twice, two connections",
		{{2, {1}, {17}, 3, TODAY}, {3, {1}, {17}, 3, TODAY, .writer = 1}}, 2, 1,
		"g1 1 -781..0, g1 3 0..; 3 1 1"},
	{"a free place twice, one batch", {{2, {2}, {0}, 3, TODAY}, {3, {2}, {0}, 3, TODAY}}, 2, 1,
		OLD ", g2 3 0..; 3 1 1"},
	{"a free place twice, two connections",
		{{2, {2}, {0}, 3, TODAY}, {3, {2}, {0}, 3, TODAY, .writer = 1}}, 2, 1,
		OLD ", g2 3 0..; 3 1 1"},
	{"two places each, one in common, two connections",
		{{2, {2, 3}, {0}, 3, TODAY}, {3, {3, 2}, {0}, 3, TODAY, .writer = 1}}, 2, 1,
		OLD ", g2 3 0.., g3 3 0..; 3 2 1"},
	{"one after the other", {{2, {2}, {0}, 3, TODAY, TODAY + 7}, {3, {2}, {0}, 1, TODAY + 7}}, 2, 2,
		OLD ", g2 3 0..7, g2 1 7..; 3 2 2"},

	{"an import", {{8, .team = 3, .from_day = TODAY, .code = "1"}}, 1, 1,
		"8 3 0.., " OLD "; 5 1 1"},
	{"an import of a code that there is", {{8, .team = 3, .from_day = TODAY, .code = "g3"}}, 1, 0,
		OLD "; 3 0 0"},
	{"an import with another community's team", {{8, .team = 2, .from_day = TODAY, .code = "1"}}, 1,
		0, OLD "; 3 0 0"},
	{"one code twice in its own rows", {{8, .team = 3, .from_day = TODAY, .code = "8"}}, 1, 0,
		OLD "; 3 0 0"},
};

static void check_case(const struct guard_case *one)
{
	enum verdict verdicts[ACTS_MAX];
	int done = 0;

	(void)pg_run(super, setup);
	run(one->acts, one->count, verdicts);
	for (size_t i = 0; i < one->count; i++) {
		done += verdicts[i] == DONE;
	}
	CHECK_INT_EQ(done, one->done);
	CHECK_STR_EQ(now_there(), one->there);
}

static void test_all_of_it_or_nothing(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

/* Two imports with one code in common: the second leaves nothing of its other place behind. */
static void test_two_imports_of_one_code(void)
{
	for (size_t writer = 0; writer < 2; writer++) {
		const struct act acts[] = {{8, .team = 3, .from_day = TODAY, .code = "1"},
			{9, .team = 3, .from_day = TODAY, .code = "1", .writer = writer}};
		enum verdict verdicts[ACTS_MAX];
		const char *there;

		(void)pg_run(super, setup);
		run(acts, COUNT(acts), verdicts);
		CHECK_INT_EQ((verdicts[0] == DONE) + (verdicts[1] == DONE), 1);
		there = now_there();
		CHECK_STR_EQ(
			there, verdicts[0] == DONE ? "8 3 0.., " OLD "; 5 1 1" : "9 3 0.., " OLD "; 5 1 1");
	}
}

static void test_the_same_key_takes_effect_once(void)
{
	for (size_t writer = 0; writer < 2; writer++) {
		const struct act acts[] = {
			{2, {2}, {0}, 3, TODAY}, {2, {2}, {0}, 3, TODAY, .writer = writer}};
		enum verdict verdicts[ACTS_MAX];

		(void)pg_run(super, setup);
		run(acts, COUNT(acts), verdicts);
		CHECK_INT_EQ((verdicts[0] == DONE) + (verdicts[1] == DONE), 1);
		CHECK_STR_EQ(now_there(), OLD ", g2 3 0..; 3 1 1");
	}
}

static const struct test tests[] = {
	{"all_of_it_or_nothing", test_all_of_it_or_nothing},
	{"two_imports_of_one_code", test_two_imports_of_one_code},
	{"the_same_key_takes_effect_once", test_the_same_key_takes_effect_once},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_place_guards", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
