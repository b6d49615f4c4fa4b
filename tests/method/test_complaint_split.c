/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.split: what the part takes from the complaint it comes from, and what from the message, parameter by
 * parameter; what becomes of its contact and acknowledgement; who may, from which states. And complaint.chase and
 * receipt.chase: what counts, what is written down, what is refused.
 */
#include "complaint.pb-c.h"
#include "receipt.pb-c.h"
#include "server/domain/joining.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define PHONE "+8613800138000"

static struct bench_complaint source_in(enum complaint_state state)
{
	bool is_aside = state == COMPLAINT_SUSPENDED || state == COMPLAINT_MERGED;

	return (struct bench_complaint){
		.record = 1,
		.state = (int)state,
		.version = 5,
		.kind = PB__COMPLAINT__KIND__REQUEST,
		.urgency = PB__COMPLAINT__URGENCY__HIGH,
		.reporter = PB__COMPLAINT__REPORTER__PROTECTED,
		.language = PB__COMPLAINT__LANGUAGE__EN,
		.place_kind = 3,
		.crew = 1,
		.state_before = is_aside ? COMPLAINT_ACCEPTED : 0,
		.ended_us = state >= 100 ? TOWN_NOW : 0,
	};
}

static void begin(struct bench *bench, enum method method, struct access_grants grants,
	const struct bench_complaint *source)
{
	bench_begin(bench, method, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_number(bench, "version", 5);
	bench_complaint(bench, STMT_complaint_get, source);
	bench_row(bench, STMT_complaint_officer, 1);
	bench_row(bench, STMT_complaint_split_around, "花园小区", 12, "0991-5550100", 3, "3-2-501",
		"3号楼2单元501室", town_id(TOWN_TEAM, 1), "2026-11-23 19:20", "Asia/Shanghai");
}

static void test_the_part_is_as_the_whole_but_for_its_matter(void)
{
	struct bench_complaint source = source_in(COMPLAINT_ACCEPTED);
	const Pb__ComplaintSplitReply *reply;
	const struct query *effect;
	struct bench bench;

	begin(&bench, METHOD_complaint_split, leader, &source);
	put_text(&bench, "text", "门禁坏了");
	put_text(&bench, "words", "两件事");
	bench_contact(&bench, 1, "阿依古丽", PHONE);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	effect = bench.r.effect;
	CHECK_INT_EQ(effect->stmt, STMT_complaint_split);
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, 203)));
	CHECK_INT_EQ(param_number(effect, 10), PB__COMPLAINT__KIND__REQUEST);
	CHECK_INT_EQ(param_number(effect, 11), PB__COMPLAINT__CHANNEL__PHONE);
	CHECK_INT_EQ(param_number(effect, 12), PB__COMPLAINT__URGENCY__HIGH);
	CHECK(param_is_null(effect, 13));
	CHECK_STR_EQ(param_text(effect, 14), "门禁坏了");
	CHECK_INT_EQ(param_count(effect, 16), 3);
	CHECK_INT_EQ(param_time(effect, 17), TOWN_NOW);
	CHECK(param_is_id(effect, 18, town_id(TOWN_TEAM, 1)));
	CHECK(param_is_id(effect, 19, town_id(TOWN_RECORD, 501)));
	CHECK_INT_EQ(param_number(effect, 20) / 100, 10); /* security: suggested */
	CHECK_INT_EQ(param_number(effect, 21), true);
	CHECK_INT_EQ(param_number(effect, 23), PB__COMPLAINT__REPORTER__PROTECTED);
	CHECK_INT_EQ(param_number(effect, 24), PB__COMPLAINT__LANGUAGE__EN);
	CHECK_INT_EQ(param_number(effect, 25), LEAD_LEADER);
	CHECK(param_is_null(effect, 26) && param_is_null(effect, 28));
	CHECK_INT_EQ(param_number(effect, 27), COMPLAINT_SUBMITTED);
	CHECK(!param_is_null(effect, 31) && !param_is_null(effect, 33)); /* under a key of its own */
	CHECK(param_is_id(effect, 35, BENCH_KEY));
	CHECK(!param_is_null(effect, 40)); /* told */
	CHECK(param_is_null(effect, 45));
	CHECK(param_is_id(effect, 46, town_id(TOWN_RECORD, 1)));
	CHECK_INT_EQ(param_number(effect, 47), 5);
	CHECK_INT_EQ(param_number(effect, 48), COMPLAINT_ACCEPTED);
	CHECK_STR_EQ(param_text(effect, 50), "两件事");
	reply = (const Pb__ComplaintSplitReply *)bench.r.reply;
	CHECK_INT_EQ(reply->version, 6);
	CHECK(span_equal(
		codec_span(reply->has_part_id, reply->part_id), span_of(BENCH_KEY.bytes, UUID_BYTES)));
	CHECK(reply->number == NULL && reply->receipt_code == NULL); /* minted */
	impl_complaint_split.mint(&bench.r, STR("20261123-0042"));
	CHECK_STR_EQ(reply->number, "20261123-0042");
	CHECK(strncmp(reply->receipt_code, "12-", 3) == 0);
	bench_end(&bench);
}

static void test_what_the_message_says_goes_before(void)
{
	struct bench_complaint source = source_in(COMPLAINT_SCHEDULED);
	struct bench bench;

	source.respondent = 2;
	source.lead = LEAD_OFFICER;
	source.in_queue = true;
	begin(&bench, METHOD_complaint_split, service, &source);
	put_text(&bench, "text", "门禁坏了");
	put_text(&bench, "title", "门禁");
	put_number(&bench, "kind", PB__COMPLAINT__KIND__COMPLAINT);
	put_number(&bench, "urgency", PB__COMPLAINT__URGENCY__URGENT);
	put_number(&bench, "category", 1001);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(bench.r.effect, 10), PB__COMPLAINT__KIND__COMPLAINT);
	CHECK_INT_EQ(param_number(bench.r.effect, 12), PB__COMPLAINT__URGENCY__URGENT);
	CHECK_STR_EQ(param_text(bench.r.effect, 13), "门禁");
	CHECK(param_is_null(bench.r.effect, 18)); /* the queue's, as the whole */
	CHECK_INT_EQ(param_number(bench.r.effect, 20), 1001);
	CHECK_INT_EQ(param_number(bench.r.effect, 21), false);
	/* Whoever it is about has nothing to do with the part either. */
	CHECK_INT_EQ(param_number(bench.r.effect, 25), LEAD_OFFICER);
	CHECK(param_is_id(bench.r.effect, 26, town_id(TOWN_ACCOUNT, 2)));
	CHECK(param_is_null(bench.r.effect, 31) &&
		  param_is_null(bench.r.effect, 40)); /* nobody to tell */
	CHECK(param_is_null(bench.r.effect, 49));
	bench_end(&bench);
}

static const struct {
	enum method method;
	const struct access_grants *who;
	enum err expected;
} people[] = {
	{METHOD_complaint_split, &leader, ERR_OK},
	{METHOD_complaint_split, &service, ERR_OK},
	{METHOD_complaint_split, &officer, ERR_DENIED},
	{METHOD_complaint_split, &manager, ERR_DENIED},
	{METHOD_complaint_split, &cleaner, ERR_DENIED},
	{METHOD_complaint_split, &leader_of_team_2, ERR_NOT_FOUND},
	{METHOD_complaint_split, &service_elsewhere, ERR_NOT_FOUND},
	{METHOD_complaint_chase, &service, ERR_OK},
	{METHOD_complaint_chase, &leader, ERR_DENIED},
	{METHOD_complaint_chase, &manager, ERR_DENIED},
	{METHOD_complaint_chase, &service_elsewhere, ERR_NOT_FOUND},
};

static void test_who_may(void)
{
	struct bench_complaint source = source_in(COMPLAINT_ACCEPTED);

	for (size_t i = 0; i < COUNT(people); i++) {
		struct bench bench;

		begin(&bench, people[i].method, *people[i].who, &source);
		if (people[i].method == METHOD_complaint_split) {
			put_text(&bench, "text", "门禁坏了");
		}
		CHECK_INT_EQ(bench_ask(&bench), people[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, people[i].expected == ERR_OK);
		bench_end(&bench);
	}
}

static void test_from_which_states(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		enum complaint_state state = complaint_states[i];
		struct bench_complaint source = source_in(state);
		bool splits = complaint_is_open(state) && state != COMPLAINT_SUSPENDED;
		bool is_chased = complaint_is_open(state) || state == COMPLAINT_MERGED;
		struct bench bench;

		begin(&bench, METHOD_complaint_split, service, &source);
		put_text(&bench, "text", "门禁坏了");
		CHECK_INT_EQ(bench_ask(&bench), splits ? ERR_OK : ERR_STEP_REFUSED);
		bench_end(&bench);
		begin(&bench, METHOD_complaint_chase, service, &source);
		CHECK_INT_EQ(bench_ask(&bench), is_chased ? ERR_OK : ERR_STEP_REFUSED);
		bench_end(&bench);
	}
}

static void test_an_id_that_is_taken_splits_nothing(void)
{
	struct bench_complaint source = source_in(COMPLAINT_ACCEPTED);
	struct bench bench;

	begin(&bench, METHOD_complaint_split, service, &source);
	put_text(&bench, "text", "门禁坏了");
	bench_next(&bench, STMT_complaint_get);
	bench_complaint(&bench, STMT_complaint_get, &(struct bench_complaint){.record = 77});
	CHECK_INT_EQ(bench_ask(&bench), ERR_ID_TAKEN);
	CHECK(bench.r.effect == NULL && bench.r.reply == NULL);
	bench_end(&bench);
}

/* --- asked again --- */

static const struct {
	int64_t chased_us; /* the last time that counted */
	int before, after;
	bool counts;
} times[] = {
	{0, 0, 1, true},
	{TOWN_NOW - JOINING_HOUR_US, 3, 4, true},
	{TOWN_NOW - JOINING_HOUR_US + 1, 3, 3, false},
	{TOWN_NOW - 9 * BENCH_DAY, 32767, 32767, true},
};

static void check_note(const struct bench *bench, size_t i, int actor)
{
	const struct query *effect = bench->r.effect;
	const Pb__ComplaintChaseReply *reply = (const Pb__ComplaintChaseReply *)bench->r.reply;

	CHECK_INT_EQ(effect->stmt, STMT_complaint_note);
	CHECK_INT_EQ(param_number(effect, 11), COMPLAINT_STEP_CHASE);
	CHECK_INT_EQ(param_number(effect, 14), times[i].after);
	CHECK_INT_EQ(param_time(effect, 15), times[i].counts ? TOWN_NOW : times[i].chased_us);
	CHECK_INT_EQ(param_number(effect, 16), actor);
	CHECK_INT_EQ(param_is_null(effect, 17), !times[i].counts);
	CHECK_STR_EQ(param_text(effect, 20), "怎么还不来");
	CHECK_INT_EQ(reply->version, 6);
	CHECK_INT_EQ(reply->chased_count, times[i].after);
	CHECK_INT_EQ(reply->is_counted, times[i].counts);
}

static void test_by_telephone_it_is_always_written_down(void)
{
	for (size_t i = 0; i < COUNT(times); i++) {
		struct bench_complaint source = source_in(COMPLAINT_ACCEPTED);
		struct bench bench;

		source.chased_us = times[i].chased_us;
		source.chased_count = times[i].before;
		begin(&bench, METHOD_complaint_chase, service, &source);
		put_text(&bench, "words", "怎么还不来");
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		check_note(&bench, i, 1);
		bench_end(&bench);
	}
}

static void test_by_a_receipt_what_does_not_count_is_refused(void)
{
	for (size_t i = 0; i < COUNT(times); i++) {
		struct bench_complaint source = source_in(COMPLAINT_ACCEPTED);
		struct bench bench;

		source.chased_us = times[i].chased_us;
		source.chased_count = times[i].before;
		bench_begin(&bench, METHOD_receipt_chase, nobody);
		put_text(&bench, "code", "12-0123-4567-89AB-CDEF");
		put_text(&bench, "words", "怎么还不来");
		bench_row(&bench, STMT_receipt_locate, town_id(TOWN_COMMUNITY, 1),
			town_id(TOWN_RECORD, 301), town_id(TOWN_RECORD, 1));
		bench_complaint(&bench, STMT_complaint_get, &source);
		bench_row(&bench, STMT_complaint_officer, 1);
		bench_around(&bench, NULL);
		CHECK_INT_EQ(bench_ask(&bench), times[i].counts ? ERR_OK : ERR_STEP_REFUSED);
		if (times[i].counts) {
			check_note(&bench, i, 2);
		} else {
			CHECK_STR_EQ(bench.r.fault.field, "chased_us");
			CHECK(bench.r.effect == NULL && bench.r.current.len == 0);
		}
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"the_part_is_as_the_whole_but_for_its_matter",
		test_the_part_is_as_the_whole_but_for_its_matter},
	{"what_the_message_says_goes_before", test_what_the_message_says_goes_before},
	{"who_may", test_who_may},
	{"from_which_states", test_from_which_states},
	{"an_id_that_is_taken_splits_nothing", test_an_id_that_is_taken_splits_nothing},
	{"by_telephone_it_is_always_written_down", test_by_telephone_it_is_always_written_down},
	{"by_a_receipt_what_does_not_count_is_refused",
		test_by_a_receipt_what_does_not_count_is_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
