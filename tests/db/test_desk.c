/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves "all or nothing" of saved filters and exports, through the real lanes and a real PostgreSQL: a filter changes
 * by its version, has a name of its own among its maker's, and there are only so many; rows of an export are written
 * down once however often a page is read, and not beyond what one may take alone, in all exports of a day together,
 * until another person has approved it; it ends once, and not before its last page. What is refused leaves nothing.
 */
#include <string.h>

#include "common/clock.h"
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define ALONE 10
#define DAY_US (INT64_C(24) * 3600 * US_PER_S)

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* What is asked for. */
struct act {
	enum stmt stmt;
	uint32_t key;
	uint32_t record;
	uint32_t account; /* (1) */
	int number; /* filter: version that was there; export: rows up to this page; finish: state */
	const char *name; /* of a new filter */
	int share;        /* (1, its maker's own) */
	bool is_last;
	int64_t later_us;
	enum verdict wanted; /* APPLIED, or STALE: the guard does not hold, and nothing has changed */
};

static void add_head(struct query *query, const struct act *act)
{
	uint8_t hash[32] = {0};

	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_RECORD, act->record));
	query_uuid(query, town_id(TOWN_ACCOUNT, act->account == 0 ? 1 : act->account));
	query_uuid(query, town_id(TOWN_RECORD, act->key));
	query_bytes(query, span_of(hash, sizeof hash));
	query_bytes(query, span_of("reply", 5));
	query_time(query, TOWN_NOW + act->later_us);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
}

static void add_page(struct query *query, const struct act *act)
{
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_RECORD, act->record));
	query_uuid(query, town_id(TOWN_ACCOUNT, act->account == 0 ? 1 : act->account));
	query_int4(query, act->number);
	query_bool(query, act->is_last);
	query_time(query, TOWN_NOW + act->later_us);
	query_time(query, TOWN_NOW + act->later_us - 7 * DAY_US);
	query_int4(query, ALONE);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
}

static void add_rest(struct query *query, const struct act *act)
{
	const int columns[] = {1, 7};
	uint8_t hash[32] = {7};

	switch ((int)act->stmt) {
	case STMT_filter_save:
		query_int4(query, act->number);
		query_text_or_null(query, str_from_c(act->name == NULL ? "" : act->name));
		query_int2(query, act->share == 0 ? 1 : act->share);
		query_uuid_or_null(query, act->share == 2 ? town_id(TOWN_TEAM, 1) : uuid_nil);
		query_bytes(query, span_of("list", 4));
		query_int4(query, 3);
		query_int4(query, 2);
		break;
	case STMT_filter_end:
		query_int4(query, act->number);
		break;
	case STMT_export_begin:
		query_bytes(query, span_of("list", 4));
		query_int2s(query, columns, COUNT(columns));
		query_int2(query, 1);
		query_bytes(query, span_of(hash, sizeof hash));
		break;
	case STMT_export_finish:
		query_int2(query, act->number);
		query_uuid(query, town_id(TOWN_ACCOUNT, 1));
		break;
	}
}

static enum verdict verdict_of(const struct job *job)
{
	if (job->errand.outcome == ERRAND_DONE) {
		return query_rows(&job->queries[0]) > 0 ? APPLIED : STALE;
	}
	return job->errand.outcome == ERRAND_REFUSED ? REFUSED : VERDICT_NONE;
}

static enum verdict run(const struct act *act)
{
	enum verdict verdict;
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, act->stmt);
	if (act->stmt == STMT_export_read) {
		add_page(query, act);
	} else {
		add_head(query, act);
		add_rest(query, act);
	}
	query_trace_if_last(query, town_id(TOWN_RECORD, act->key));
	job.errand.key =
		(struct errand_key){town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, act->record)};
	job_command(&lanes, &job);
	lanes_run(&lanes);
	verdict = verdict_of(&job);
	job_fini(&job);
	return verdict;
}

static void begin(void)
{
	(void)pg_run(super,
		"DELETE FROM event; DELETE FROM applied; DELETE FROM saved_filter; DELETE FROM export_run");
}

/* Each act leaves as many events and keys as acts were applied that leave one; a page of an export has no key. */
static void run_all(const struct act *acts, size_t count)
{
	int given[8] = {0}; /* rows of each export */
	int recorded = 0;
	int keys = 0;

	begin();
	for (size_t i = 0; i < count; i++) {
		enum verdict verdict = run(&acts[i]);

		if (verdict == APPLIED && acts[i].stmt != STMT_export_read) {
			recorded++;
			keys++;
		} else if (verdict == APPLIED && acts[i].number > given[acts[i].record]) {
			recorded++;
			given[acts[i].record] = acts[i].number;
		}
		CHECK_INT_EQ(verdict, acts[i].wanted);
		CHECK_INT_EQ(town_count(super, "event"), recorded);
		CHECK_INT_EQ(town_count(super, "applied"), keys);
		if (check_failed()) {
			printf("# act %zu\n", i);
			return;
		}
	}
}

#define SAVE STMT_filter_save
#define END STMT_filter_end

static void test_a_filter_changes_by_its_version(void)
{
	static const struct act acts[] = {
		{SAVE, 1, 1, .name = "待办", .wanted = APPLIED},
		{SAVE, 1, 1, .name = "待办", .wanted = STALE},   /* a key that was there */
		{SAVE, 2, 2, .name = "待办", .wanted = STALE},   /* a name that was there */
		{SAVE, 3, 1, .name = "另一个", .wanted = STALE}, /* an id that was there */
		{SAVE, 4, 2, .name = "待办", .account = 2, .share = 3, .wanted = APPLIED},
		{SAVE, 5, 1, .number = 2, .wanted = STALE},
		{SAVE, 6, 1, .number = 1, .share = 2, .wanted = APPLIED},
		{SAVE, 7, 1, .number = 1, .wanted = STALE},
		{SAVE, 8, 3, .name = "共享", .share = 3, .wanted = STALE}, /* two are shared */
		{SAVE, 9, 3, .name = "二", .wanted = APPLIED},
		{SAVE, 10, 3, .number = 1, .share = 3, .wanted = STALE},   /* a third one shared */
		{SAVE, 11, 1, .number = 2, .share = 3, .wanted = APPLIED}, /* it counts once */
		{SAVE, 12, 4, .name = "三", .wanted = APPLIED},
		{SAVE, 13, 5, .name = "四", .wanted = STALE}, /* three of one person */
		{END, 14, 1, .number = 2, .wanted = STALE},
		{END, 15, 1, .number = 3, .wanted = APPLIED},
		{END, 16, 1, .number = 3, .wanted = STALE},
		{SAVE, 17, 5, .name = "待办", .wanted = APPLIED},
	};

	run_all(acts, COUNT(acts));
	CHECK_STR_EQ(str_from_c(pg_run(super, "SELECT string_agg(concat(topic, ':', step), ' '"
										  " ORDER BY seq) FROM event")),
		"13:1 13:1 13:2 13:1 13:2 13:1 13:3 13:1");
}

#define BEGIN STMT_export_begin
#define READ STMT_export_read
#define APPROVE STMT_export_approve
#define FINISH STMT_export_finish

static void test_rows_are_written_down_before_they_go_out(void)
{
	static const struct act acts[] = {
		{BEGIN, 1, 1, .wanted = APPLIED},
		{BEGIN, 2, 1, .wanted = STALE}, /* an id that was there */
		{READ, 0, 1, .number = 6, .wanted = APPLIED},
		{READ, 0, 1, .number = 6, .wanted = APPLIED}, /* the same page */
		{READ, 0, 1, .number = 3, .wanted = APPLIED}, /* one before */
		{FINISH, 3, 1, .number = 2, .wanted = STALE}, /* not the last page yet */
		{READ, 0, 1, .number = 8, .is_last = true, .wanted = APPLIED},
		{READ, 0, 1, .number = 8, .account = 2, .wanted = STALE}, /* somebody else's */
		{BEGIN, 4, 2, .wanted = APPLIED},
		{READ, 0, 2, .number = 3, .wanted = STALE}, /* with the others' it is too many */
		{READ, 0, 2, .number = 2, .wanted = APPLIED},
		{APPROVE, 5, 2, .wanted = STALE}, /* by who began it */
		{APPROVE, 6, 2, .account = 2, .wanted = APPLIED},
		{APPROVE, 7, 2, .account = 2, .wanted = STALE},
		{READ, 0, 2, .number = 5000, .is_last = true, .wanted = APPLIED},
		{BEGIN, 8, 3, .wanted = APPLIED},
		{READ, 0, 3, .number = 2, .wanted = APPLIED}, /* what is approved does not count */
		{READ, 0, 3, .number = 3, .wanted = STALE},
		{READ, 0, 3, .number = 3, .later_us = DAY_US, .wanted = APPLIED},   /* a day later */
		{READ, 0, 3, .number = 3, .later_us = 7 * DAY_US, .wanted = STALE}, /* too late */
		{FINISH, 9, 1, .number = 2, .wanted = APPLIED},
		{FINISH, 10, 1, .number = 2, .wanted = STALE},
		{FINISH, 11, 1, .number = 3, .wanted = STALE},
		{READ, 0, 1, .number = 8, .wanted = STALE},
		{FINISH, 12, 3, .number = 3, .account = 2, .wanted = APPLIED}, /* by a manager */
		{READ, 0, 3, .number = 1, .wanted = STALE},
		{APPROVE, 13, 3, .account = 2, .wanted = STALE},
		{FINISH, 14, 2, .number = 2, .wanted = APPLIED},
	};

	run_all(acts, COUNT(acts));
	CHECK_STR_EQ(
		str_from_c(pg_run(super, "SELECT string_agg(concat_ws(':', step, number, count), ' '"
								 " ORDER BY seq) FROM event WHERE topic = 12")),
		"1 5:6 5:2 1 5:2 2 5:4998 1 5:2 5:1 3:8 4:3 3:5000");
	CHECK_INT_EQ(town_count(super, "event WHERE step = 1 AND length(text_hash) = 32"), 3);
	CHECK_INT_EQ(town_count(super, "applied WHERE minted = '5000'"), 1);
}

/* Whatever the statement says, the table has the last word. */
static void test_the_table_refuses_the_same_person(void)
{
	static const struct act act = {BEGIN, 1, 1, .wanted = APPLIED};
	PGresult *result;

	run_all(&act, 1);
	result = PQexec(super, "UPDATE export_run SET approved_by = account_id, approved_at = now()");
	CHECK_INT_EQ(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
}

static const struct test tests[] = {
	{"a_filter_changes_by_its_version", test_a_filter_changes_by_its_version},
	{"rows_are_written_down_before_they_go_out", test_rows_are_written_down_before_they_go_out},
	{"the_table_refuses_the_same_person", test_the_table_refuses_the_same_person},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_desk", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
