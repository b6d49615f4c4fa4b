/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the pages of complaint.list: cursors lead on and back, from an empty page too, by time and by clock; anchors
 * are cursors to each hundredth row, and stop.
 */
#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define DAY BENCH_DAY

static void begin(struct bench *bench, struct access_grants grants)
{
	bench_begin(bench, METHOD_complaint_list, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
}

static const Pb__ComplaintListReply *reply_of(const struct bench *bench)
{
	return (const Pb__ComplaintListReply *)bench->r.reply;
}

static void put_open_by_clock(struct bench *bench)
{
	put_number(bench, "only_open", 1);
	put_number(bench, "order", PB__COMPLAINT_LIST__ORDER__DUE);
}

/* --- there and back --- */

/* Records 100, 101 …, each a day older; for a page back the nearest comes first, as the statement gives them. */
static void find_rows(
	struct bench *bench, enum stmt stmt, uint32_t first, size_t count, bool is_back)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t n = is_back ? first - (uint32_t)i : first + (uint32_t)i;

		bench_complaint(bench, stmt,
			&(struct bench_complaint){.record = 100 + n,
				.state = 2,
				.version = 1,
				.submitted_us = TOWN_NOW - (int64_t)n * DAY});
	}
}

/* Two rows from the cursor on, or back; *cursor: where the next page of that way, or of the other, begins. */
static void ask_page(struct bench *bench, struct span *cursor, bool back)
{
	const Pb__ComplaintListReply *reply;

	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "limit", 2);
	if (cursor->len > 0) {
		put_bytes(bench, "cursor", *cursor);
	}
	CHECK_INT_EQ(bench_ask(bench), ERR_OK);
	reply = reply_of(bench);
	*cursor =
		arena_span(&bench->arena, back ? codec_span(reply->has_cursor_back, reply->cursor_back)
									   : codec_span(reply->has_cursor, reply->cursor));
}

static void check_page(const struct bench *bench, size_t count, uint32_t first)
{
	const Pb__ComplaintListReply *reply = reply_of(bench);

	CHECK_INT_EQ(reply->n_complaints, count);
	for (size_t i = 0; i < reply->n_complaints; i++) {
		struct uuid id = town_id(TOWN_RECORD, 100 + first + (uint32_t)i);

		CHECK(span_equal(
			codec_span(true, reply->complaints[i]->complaint_id), span_of(id.bytes, UUID_BYTES)));
	}
}

/* Five rows by two: 0 1, 2 3, 4 and back again. */
static void test_pages_lead_on_and_back(void)
{
	struct bench bench;
	struct span cursor = {NULL, 0};

	bench_begin(&bench, METHOD_complaint_list, manager);
	find_rows(&bench, STMT_complaint_list, 0, 3, false);
	ask_page(&bench, &cursor, false);
	check_page(&bench, 2, 0);
	CHECK(!reply_of(&bench)->has_cursor_back); /* there is nothing before the first */

	bench_again(&bench, METHOD_complaint_list);
	find_rows(&bench, STMT_complaint_list, 2, 3, false);
	ask_page(&bench, &cursor, true);
	check_page(&bench, 2, 2);
	CHECK(reply_of(&bench)->has_cursor);
	CHECK_INT_EQ(param_time(&bench.r.queries[0], 16), TOWN_NOW - DAY);

	bench_again(&bench, METHOD_complaint_list);
	find_rows(&bench, STMT_complaint_list_back, 1, 2, true);
	ask_page(&bench, &cursor, false);
	check_page(&bench, 2, 0);
	CHECK_INT_EQ(bench.r.queries[0].stmt, STMT_complaint_list_back);
	CHECK_INT_EQ(param_time(&bench.r.queries[0], 22), TOWN_NOW - 2 * DAY);
	CHECK(param_is_id(&bench.r.queries[0], 23, town_id(TOWN_RECORD, 102)));
	CHECK_INT_EQ(param_time(&bench.r.queries[0], 16), INT64_MAX);
	CHECK(!reply_of(&bench)->has_cursor_back); /* its beginning again */

	bench_again(&bench, METHOD_complaint_list);
	find_rows(&bench, STMT_complaint_list, 2, 3, false);
	ask_page(&bench, &cursor, false);
	check_page(&bench, 2, 2);
	bench_end(&bench);
}

static void test_a_page_back_that_is_full_leads_further_back(void)
{
	struct bench bench;
	struct span cursor = {NULL, 0};

	bench_begin(&bench, METHOD_complaint_list, manager);
	find_rows(&bench, STMT_complaint_list, 0, 3, false);
	ask_page(&bench, &cursor, false);
	bench_again(&bench, METHOD_complaint_list);
	find_rows(&bench, STMT_complaint_list, 8, 2, false);
	ask_page(&bench, &cursor, true);
	bench_again(&bench, METHOD_complaint_list);
	find_rows(&bench, STMT_complaint_list_back, 7, 3, true);
	ask_page(&bench, &cursor, true);
	check_page(&bench, 2, 6); /* the third came only to say that there is more */
	bench_again(&bench, METHOD_complaint_list);
	ask_page(&bench, &cursor, true);
	CHECK_INT_EQ(param_time(&bench.r.queries[0], 22), TOWN_NOW - 6 * DAY);
	bench_end(&bench);
}

/* All behind the cursor went: back takes in the row at which it stands, whichever way. */
static void test_from_an_empty_page_the_last_row_is_reached(void)
{
	struct bench bench;
	struct uuid before;
	struct span cursor = {NULL, 0};

	bench_begin(&bench, METHOD_complaint_list, manager);
	find_rows(&bench, STMT_complaint_list, 0, 3, false);
	ask_page(&bench, &cursor, false);
	bench_again(&bench, METHOD_complaint_list);
	ask_page(&bench, &cursor, true);
	check_page(&bench, 0, 0);
	CHECK(cursor.len > 0 && !reply_of(&bench)->has_cursor);
	bench_again(&bench, METHOD_complaint_list);
	ask_page(&bench, &cursor, false);
	before = town_id(TOWN_RECORD, 101);
	before.bytes[UUID_BYTES - 1]--;
	CHECK_INT_EQ(bench.r.queries[0].stmt, STMT_complaint_list_back);
	CHECK_INT_EQ(param_time(&bench.r.queries[0], 22), TOWN_NOW - DAY);
	CHECK(param_is_id(&bench.r.queries[0], 23, before));
	bench_end(&bench);
}

/* Upwards by clock: what no clock runs of stands at the end of time. */
static void test_by_clock_the_key_is_when_it_runs_out(void)
{
	struct bench bench;
	struct span cursor;

	for (int is_back = 0; is_back < 2; is_back++) {
		begin(&bench, leader);
		put_open_by_clock(&bench);
		put_number(&bench, "limit", 1);
		find_rows(&bench, STMT_complaint_list_open_due, 0, 2, false);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 25), 1);
		cursor = arena_span(&bench.arena, codec_span(true, reply_of(&bench)->cursor));
		for (int i = 0; i <= is_back; i++) {
			bench_again(&bench, METHOD_complaint_list);
			put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
			put_open_by_clock(&bench);
			put_bytes(&bench, "cursor", cursor);
			find_rows(&bench, STMT_complaint_list_open_due, 1, 1, false);
			CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
			cursor = arena_span(&bench.arena, codec_span(true, reply_of(&bench)->cursor_back));
		}
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 25), !is_back);
		CHECK_INT_EQ(param_time(&bench.r.queries[0], is_back ? 16 : 22), INT64_MAX);
		CHECK(param_is_id(
			&bench.r.queries[0], is_back ? 17 : 23, town_id(TOWN_RECORD, is_back ? 101 : 100)));
		bench_end(&bench);
	}
}

/* --- anchors --- */

static void test_anchors_stand_behind_each_hundredth_row(void)
{
	struct bench bench;
	struct span anchor;

	begin(&bench, manager);
	put_number(&bench, "with_anchors", 1);
	bench_row(&bench, STMT_complaint_list_sum, 1, INT64_C(150), INT64_C(0), uuid_nil);
	bench_row(&bench, STMT_complaint_list_sum, 105, INT64_C(85), INT64_C(0), uuid_nil);
	bench_row(&bench, STMT_complaint_list_sum, 0, INT64_C(100), TOWN_NOW - 3 * DAY,
		town_id(TOWN_RECORD, 103));
	bench_row(&bench, STMT_complaint_list_sum, 0, INT64_C(200), TOWN_NOW - 4 * DAY,
		town_id(TOWN_RECORD, 104));
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.query_count, 2);
	CHECK_INT_EQ(param_number(&bench.r.queries[1], 18), 100001);
	CHECK_INT_EQ(param_number(&bench.r.queries[1], 25), 1);
	CHECK_INT_EQ(reply_of(&bench)->row_count, 235);
	CHECK(!reply_of(&bench)->has_more_rows);
	CHECK_INT_EQ(reply_of(&bench)->n_anchors, 2);
	anchor = arena_span(&bench.arena, codec_span(true, reply_of(&bench)->anchors[1]));
	bench_again(&bench, METHOD_complaint_list); /* without the wish for more of them */
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_bytes(&bench, "cursor", anchor);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.query_count, 1);
	CHECK_INT_EQ(param_time(&bench.r.queries[0], 16), TOWN_NOW - 4 * DAY);
	CHECK(param_is_id(&bench.r.queries[0], 17, town_id(TOWN_RECORD, 104)));
	bench_end(&bench);
}

static void test_anchors_stop(void)
{
	for (int64_t more = 0; more < 2; more++) {
		struct bench bench;

		begin(&bench, manager);
		put_number(&bench, "with_anchors", 1);
		bench_row(&bench, STMT_complaint_list_sum, 105, 100000 + more, INT64_C(0), uuid_nil);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(reply_of(&bench)->row_count, 100000);
		CHECK_INT_EQ(reply_of(&bench)->has_more_rows, more);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"pages_lead_on_and_back", test_pages_lead_on_and_back},
	{"a_page_back_that_is_full_leads_further_back",
		test_a_page_back_that_is_full_leads_further_back},
	{"from_an_empty_page_the_last_row_is_reached", test_from_an_empty_page_the_last_row_is_reached},
	{"by_clock_the_key_is_when_it_runs_out", test_by_clock_the_key_is_when_it_runs_out},
	{"anchors_stand_behind_each_hundredth_row", test_anchors_stand_behind_each_hundredth_row},
	{"anchors_stop", test_anchors_stop},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
