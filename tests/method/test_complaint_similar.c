/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.similar: who may ask where, as complaint.list lets them; what the statement is asked for, place,
 * categories, times, and whether protected reporters may be seen; and what is made of its rows: the most alike first,
 * what is not alike left out, no more than asked for.
 */
#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define TYPED "电梯停在五楼不动了"

static const struct {
	const char *what;
	const struct access_grants *who;
	enum err expected;
	bool is_whole, is_managed, sees_protected;
	size_t officer_count, team_count, crew_count;
} people[] = {
	{"customer service", &service, .is_whole = true, .sees_protected = true},
	{"a manager", &manager, .is_managed = true, .sees_protected = true},
	{"the director", &director, .is_whole = true, .sees_protected = true},
	{"an inspector", &inspector, .is_whole = true},
	{"an officer", &officer, .officer_count = 1},
	{"a leader", &leader, .team_count = 1},
	{"a cleaner", &cleaner, .team_count = 1},
	{"a guard", &guard, .team_count = 1},
	{"a crew", &crew_member, .crew_count = 1},
	{"a leader elsewhere", &leader_elsewhere, ERR_NOT_FOUND},
	{"customer service elsewhere", &service_elsewhere, ERR_NOT_FOUND},
	{"an administrator", &administrator, ERR_DENIED},
	{"a leader until now", &expired_leader, ERR_DENIED},
	{"nobody", &nobody, ERR_DENIED},
};

static void find_place(struct bench *bench)
{
	bench_row(bench, STMT_place_around, "花园小区", 12, "0991-5550100", 3, "3-2-501",
		"3号楼2单元501室", town_id(TOWN_TEAM, 1), "2026-11-23 19:20", "Asia/Shanghai");
}

static void begin(struct bench *bench, struct access_grants grants, const char *text)
{
	bench_begin(bench, METHOD_complaint_similar, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "place_id", TOWN_RECORD, 501);
	put_text(bench, "text", text);
}

/* One that is there, with this text. */
static void find(struct bench *bench, uint32_t record, uint32_t place, const char *text)
{
	struct bench_complaint complaint = {
		.record = record,
		.state = PB__COMPLAINT__STATE__ACCEPTED,
		.version = 2,
		.place_kind = 3,
		.place = place,
		.category = 101,
		.pairs = search_pairs_of(&bench->arena, search_normalise(&bench->arena, str_from_c(text))),
	};

	bench_complaint(bench, STMT_complaint_similar, &complaint);
}

static const Pb__ComplaintSimilarReply *reply_of(const struct bench *bench)
{
	return (const Pb__ComplaintSimilarReply *)bench->r.reply;
}

static void check_person(size_t i)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, *people[i].who, TYPED);
	find_place(&bench);
	CHECK_INT_EQ(bench_ask(&bench), people[i].expected);
	CHECK_INT_EQ(bench.r.reply != NULL, people[i].expected == ERR_OK);
	if (people[i].expected == ERR_OK) {
		query = &bench.r.queries[1];
		CHECK_INT_EQ(query->stmt, STMT_complaint_similar);
		CHECK(param_is_id(query, 1, town_id(TOWN_COMMUNITY, 1)));
		CHECK_INT_EQ(param_number(query, 2), people[i].is_whole);
		CHECK_INT_EQ(param_number(query, 3), people[i].is_managed);
		CHECK_INT_EQ(param_count(query, 4), people[i].officer_count);
		CHECK_INT_EQ(param_count(query, 5), people[i].team_count);
		CHECK_INT_EQ(param_count(query, 6), people[i].crew_count);
		CHECK(param_is_id(query, 8, town_id(TOWN_ACCOUNT, 1)));
		CHECK(param_is_id(query, 9, town_id(TOWN_RECORD, 501)));
		CHECK_INT_EQ(param_time(query, 12), TOWN_NOW - 30 * BENCH_DAY);
		CHECK_INT_EQ(param_number(query, 13), people[i].sees_protected);
	}
	bench_end(&bench);
}

static void test_who_may_ask_for_what(void)
{
	for (size_t i = 0; i < COUNT(people); i++) {
		check_person(i);
		if (check_failed()) {
			printf("# %s\n", people[i].what);
			return;
		}
	}
}

static const struct {
	const char *text;
	uint32_t category; /* 0: not given */
	enum err expected;
	int from, to; /* 0: any */
	uint32_t said;
} categories[] = {
	{TYPED, 0, ERR_OK, 100, 199, 100},
	{TYPED, 203, ERR_OK, 200, 299, 203},
	{TYPED, 700, ERR_OK, 700, 799, 700},
	{TYPED, 9900, ERR_OK, 0, 0, 9900},
	{"你好", 0, ERR_OK, 0, 0, 9900}, /* nothing fits */
	{TYPED, 150, ERR_FIELD_INVALID, 0, 0, 0},
};

static void test_any_category_of_the_group_is_looked_at(void)
{
	for (size_t i = 0; i < COUNT(categories); i++) {
		const struct query *query;
		struct bench bench;

		begin(&bench, service, categories[i].text);
		find_place(&bench);
		if (categories[i].category != 0) {
			put_number(&bench, "category", categories[i].category);
		}
		CHECK_INT_EQ(bench_ask(&bench), categories[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, categories[i].expected == ERR_OK ? "" : "category");
		if (categories[i].expected == ERR_OK) {
			query = &bench.r.queries[1];
			CHECK_INT_EQ(param_is_null(query, 10), categories[i].from == 0);
			CHECK_INT_EQ(param_is_null(query, 11), categories[i].to == 0);
			CHECK(categories[i].from == 0 || param_number(query, 10) == categories[i].from);
			CHECK(categories[i].to == 0 || param_number(query, 11) == categories[i].to);
			CHECK_INT_EQ(reply_of(&bench)->category, categories[i].said);
		}
		bench_end(&bench);
	}
}

static void test_the_most_alike_come_first(void)
{
	const Pb__ComplaintSimilarReply *reply;
	struct bench bench;

	begin(&bench, service, TYPED);
	find_place(&bench);
	find(&bench, 1, 502, "楼上有人半夜放音乐");
	find(&bench, 2, 502, "电梯停在五楼，按键没有反应");
	find(&bench, 3, 501, TYPED);
	find(&bench, 4, 502, "电梯停在五楼不动");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = reply_of(&bench);
	CHECK_INT_EQ(reply->n_similar, 3);
	for (size_t i = 0; i < 3; i++) {
		static const uint32_t records[] = {3, 4, 2};
		const Pb__SimilarComplaint *one = reply->similar[i];

		CHECK(span_equal(codec_span(true, one->complaint->complaint_id),
			span_of(town_id(TOWN_RECORD, records[i]).bytes, UUID_BYTES)));
		CHECK_INT_EQ(one->is_same_place, i == 0);
		CHECK(one->complaint->contact == NULL);
		CHECK(i == 0 || one->score <= reply->similar[i - 1]->score);
	}
	bench_end(&bench);
}

static void test_no_more_than_asked_for(void)
{
	static const struct {
		int limit; /* 0: not given */
		enum err expected;
		size_t count;
	} rows[] = {{0, ERR_OK, 5}, {1, ERR_OK, 1}, {20, ERR_OK, 8}, {21, ERR_FIELD_RANGE, 0}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, service, TYPED);
		find_place(&bench);
		for (uint32_t n = 1; n <= 8; n++) {
			find(&bench, n, 501, TYPED);
		}
		if (rows[i].limit != 0) {
			put_number(&bench, "limit", rows[i].limit);
		}
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK(rows[i].expected != ERR_OK || reply_of(&bench)->n_similar == rows[i].count);
		bench_end(&bench);
	}
}

static void test_a_place_or_community_that_is_not_there(void)
{
	struct bench bench;

	begin(&bench, service, TYPED);
	CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND); /* no such community */
	bench_end(&bench);
	begin(&bench, service, TYPED);
	bench_row(&bench, STMT_place_around, "花园小区", 12, NULL, 0, NULL, NULL, uuid_nil,
		"2026-11-23 19:20", "Asia/Shanghai");
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
	CHECK_STR_EQ(bench.r.fault.field, "place_id");
	CHECK(bench.r.reply == NULL);
	bench_end(&bench);
}

/* At whatever byte memory ends: BUSY, or all of it. */
static void test_out_of_memory_is_busy(void)
{
	size_t busy_count = 0;
	enum err err = ERR_BUSY;

	for (size_t bytes = 0; err != ERR_OK; bytes += 256) {
		struct bench bench;

		CHECK(bytes < 1024 * 1024);
		begin(&bench, service, TYPED);
		find_place(&bench);
		find(&bench, 1, 501, TYPED);
		arena_init(&bench.r.arena, bytes);
		err = bench_ask(&bench);
		CHECK(err == ERR_OK || err == ERR_BUSY || err == ERR_BODY_MALFORMED);
		busy_count += err == ERR_BUSY;
		bench_end(&bench);
	}
	CHECK(busy_count > 5);
}

static const struct test tests[] = {
	{"who_may_ask_for_what", test_who_may_ask_for_what},
	{"any_category_of_the_group_is_looked_at", test_any_category_of_the_group_is_looked_at},
	{"the_most_alike_come_first", test_the_most_alike_come_first},
	{"no_more_than_asked_for", test_no_more_than_asked_for},
	{"a_place_or_community_that_is_not_there", test_a_place_or_community_that_is_not_there},
	{"out_of_memory_is_busy", test_out_of_memory_is_busy},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
