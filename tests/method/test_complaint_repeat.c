/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what complaint.submit takes for a repeat: what it asks for, dwelling and telephone, and which of the rows it
 * chooses; and complaint.repeat: by customer service alone, of one that was over before, or of none, in every
 * state; parameter by parameter.
 */
#include "complaint.pb-c.h"
#include "server/domain/complaint.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define PHONE "13800138000"
#define E164 "+8613800138000"

/* --- submit --- */

static void submit(struct bench *bench, int reporter, const char *phone)
{
	bench_begin(bench, METHOD_complaint_submit, service);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(bench, "channel", PB__COMPLAINT__CHANNEL__PHONE);
	put_number(bench, "category", 203);
	put_text(bench, "text", "厨房漏水");
	put_id(bench, "place_id", TOWN_RECORD, 501);
	put_number(bench, "reporter", reporter);
	if (phone != NULL) {
		put_text(bench, "contact_phone", phone);
	}
	bench_row(bench, STMT_place_around, "花园小区", 12, "0991-5550100", 3, "3-2-501",
		"3号楼2单元501室", town_id(TOWN_TEAM, 1), "2026-11-23 19:20", "Asia/Shanghai");
}

static void earlier(struct bench *bench, uint32_t record, int category, int64_t ended_us)
{
	bench_row(bench, STMT_complaint_earlier, town_id(TOWN_RECORD, record), category,
		(int)COMPLAINT_CLOSED, ended_us, (int)LEAD_LEADER, uuid_nil);
}

static void test_it_is_looked_for_by_dwelling_and_own_telephone(void)
{
	static const struct {
		int reporter;
		const char *phone;
		bool by_phone;
	} rows[] = {
		{PB__COMPLAINT__REPORTER__NAMED, PHONE, true},
		{PB__COMPLAINT__REPORTER__NAMED, NULL, false},
		{PB__COMPLAINT__REPORTER__PROTECTED, PHONE, false}, /* would say who it is */
		{PB__COMPLAINT__REPORTER__ANONYMOUS, NULL, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct query *query;
		uint8_t index[SEAL_HASH_BYTES];
		struct bench bench;

		submit(&bench, rows[i].reporter, rows[i].phone);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		query = &bench.r.queries[1]; /* behind the place */
		CHECK_INT_EQ(query->stmt, STMT_complaint_earlier);
		CHECK(param_is_id(query, 1, town_id(TOWN_COMMUNITY, 1)));
		CHECK(param_is_id(query, 2, town_id(TOWN_RECORD, 501)));
		CHECK_INT_EQ(param_is_null(query, 3), !rows[i].by_phone);
		seal_phone_index(&bench.server.seal, STR(E164), index);
		CHECK(!rows[i].by_phone || span_equal(param_bytes(query, 3), span_of(index, sizeof index)));
		CHECK_INT_EQ(param_time(query, 4), TOWN_NOW - 30 * BENCH_DAY);
		CHECK(param_is_null(bench.r.effect, 45));
		CHECK(!((const Pb__ComplaintSubmitReply *)bench.r.reply)->has_repeat_of_id);
		bench_end(&bench);
	}
}

static void test_the_last_of_the_category_is_the_original(void)
{
	const Pb__ComplaintSubmitReply *reply;
	struct bench bench;

	submit(&bench, PB__COMPLAINT__REPORTER__NAMED, PHONE);
	earlier(&bench, 11, 203, TOWN_NOW - 9 * BENCH_DAY);
	earlier(&bench, 12, 101, TOWN_NOW - BENCH_DAY);     /* another category */
	earlier(&bench, 13, 200, TOWN_NOW - 3 * BENCH_DAY); /* its group */
	earlier(&bench, 14, 203, TOWN_NOW - 5 * BENCH_DAY);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(param_is_id(bench.r.effect, 45, town_id(TOWN_RECORD, 13)));
	reply = (const Pb__ComplaintSubmitReply *)bench.r.reply;
	CHECK(span_equal(codec_span(reply->has_repeat_of_id, reply->repeat_of_id),
		span_of(town_id(TOWN_RECORD, 13).bytes, UUID_BYTES)));
	bench_end(&bench);
}

static void test_history_repeats_nothing(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(&bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(&bench, "channel", PB__COMPLAINT__CHANNEL__IMPORT);
	put_number(&bench, "submitted_us", TOWN_NOW - BENCH_DAY);
	put_text(&bench, "text", "厨房漏水");
	bench_row(&bench, STMT_place_around, "花园小区", 12, NULL, 0, NULL, NULL, uuid_nil,
		"2026-11-23 19:20", "Asia/Shanghai");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	for (size_t i = 0; i < bench.r.query_count; i++) {
		CHECK(bench.r.queries[i].stmt != STMT_complaint_earlier);
	}
	CHECK(param_is_null(bench.r.effect, 45));
	bench_end(&bench);
}

/* --- repeat --- */

static void begin(struct bench *bench, struct access_grants grants, enum complaint_state state)
{
	struct bench_complaint complaint = {
		.record = 1, .state = (int)state, .version = 5, .repeat_of = 9, .chased_count = 3};

	complaint.state_before = state == COMPLAINT_SUSPENDED || state == COMPLAINT_MERGED ? 2 : 0;
	complaint.ended_us = state >= 100 ? TOWN_NOW : 0;
	bench_begin(bench, METHOD_complaint_repeat, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_number(bench, "version", 5);
	bench_complaint(bench, STMT_complaint_get, &complaint);
	bench_row(bench, STMT_complaint_officer, 1);
}

static void test_customer_service_says_that_it_is_none(void)
{
	static const struct {
		const struct access_grants *who;
		enum err expected;
	} people[] = {{&service, ERR_OK}, {&leader, ERR_DENIED}, {&manager, ERR_DENIED},
		{&officer, ERR_DENIED}, {&inspector, ERR_DENIED}, {&service_elsewhere, ERR_NOT_FOUND}};

	for (size_t i = 0; i < COUNT(people); i++) {
		struct bench bench;

		begin(&bench, *people[i].who, COMPLAINT_ACCEPTED);
		put_text(&bench, "words", "另一处");
		CHECK_INT_EQ(bench_ask(&bench), people[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, people[i].expected == ERR_OK);
		if (people[i].expected == ERR_OK) {
			CHECK_INT_EQ(bench.r.effect->stmt, STMT_complaint_note);
			CHECK(param_is_id(bench.r.effect, 2, town_id(TOWN_RECORD, 1)));
			CHECK(param_is_id(bench.r.effect, 9, town_id(TOWN_RECORD, 205)));
			CHECK_INT_EQ(param_number(bench.r.effect, 10), 5);
			CHECK_INT_EQ(param_number(bench.r.effect, 11), COMPLAINT_STEP_REPEAT);
			CHECK_INT_EQ(param_number(bench.r.effect, 12), COMPLAINT_ACCEPTED);
			CHECK(param_is_null(bench.r.effect, 13));
			CHECK_INT_EQ(param_number(bench.r.effect, 14), 3); /* as it was */
			CHECK_INT_EQ(param_number(bench.r.effect, 16), 1);
			CHECK(param_is_null(bench.r.effect, 18));
			CHECK_STR_EQ(param_text(bench.r.effect, 20), "另一处");
		}
		bench_end(&bench);
	}
}

static void test_in_which_states_it_can_be_corrected(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		enum complaint_state state = complaint_states[i];
		bool may = complaint_is_open(state) || state == COMPLAINT_CLOSED ||
		           state == COMPLAINT_CLOSED_OUT_OF_SCOPE;
		struct bench bench;

		begin(&bench, service, state);
		CHECK_INT_EQ(bench_ask(&bench), may ? ERR_OK : ERR_STEP_REFUSED);
		bench_end(&bench);
	}
}

static const struct {
	const char *what;
	bool is_there;
	uint32_t record;
	int state;
	int64_t ended_us;
	uint32_t respondent;
	enum err expected;
} originals[] = {
	{"closed before", true, 2, COMPLAINT_CLOSED, TOWN_NOW - BENCH_DAY, 0, ERR_OK},
	{"long before", true, 2, COMPLAINT_ARCHIVED, TOWN_NOW - 300 * BENCH_DAY, 0, ERR_OK},
	{"not there", false, 2, 0, 0, 0, ERR_FIELD_INVALID},
	{"itself", true, 1, COMPLAINT_CLOSED, TOWN_NOW - BENCH_DAY, 0, ERR_FIELD_INVALID},
	{"open", true, 2, COMPLAINT_ACCEPTED, 0, 0, ERR_FIELD_INVALID},
	{"withdrawn", true, 2, COMPLAINT_WITHDRAWN, TOWN_NOW - BENCH_DAY, 0, ERR_FIELD_INVALID},
	{"closed afterwards", true, 2, COMPLAINT_CLOSED, TOWN_NOW + 1, 0, ERR_FIELD_INVALID},
	{"about who asks", true, 2, COMPLAINT_CLOSED, TOWN_NOW - BENCH_DAY, 1, ERR_FIELD_INVALID},
};

static void check_original(size_t i)
{
	struct bench bench;

	begin(&bench, service, COMPLAINT_ACCEPTED);
	put_id(&bench, "repeat_of_id", TOWN_RECORD, originals[i].record);
	bench_next(&bench, STMT_complaint_get);
	if (originals[i].is_there) {
		bench_complaint(&bench, STMT_complaint_get,
			&(struct bench_complaint){.record = originals[i].record,
				.state = originals[i].state,
				.version = 9,
				.ended_us = originals[i].ended_us,
				.respondent = originals[i].respondent});
	}
	CHECK_INT_EQ(bench_ask(&bench), originals[i].expected);
	CHECK_STR_EQ(bench.r.fault.field, originals[i].expected == ERR_OK ? "" : "repeat_of_id");
	if (originals[i].expected == ERR_OK) {
		CHECK(param_is_id(bench.r.effect, 13, town_id(TOWN_RECORD, 2)));
		CHECK(param_is_id(bench.r.effect, 18, town_id(TOWN_RECORD, 2)));
	}
	bench_end(&bench);
}

static void test_the_original_was_over_before(void)
{
	for (size_t i = 0; i < COUNT(originals); i++) {
		check_original(i);
		if (check_failed()) {
			printf("# %s\n", originals[i].what);
			return;
		}
	}
}

/* --- the list --- */

static void test_what_stands_out_has_its_own_list(void)
{
	static const struct {
		const char *field; /* NULL: nothing of it */
		int flags;
		enum stmt stmt;
	} rows[] = {
		{"only_chased", 1, STMT_complaint_list_joined},
		{"only_repeats", 2, STMT_complaint_list_joined},
		{"only_collective", 4, STMT_complaint_list_joined},
		{"collective_id", 4, STMT_complaint_list_joined},
		{NULL, 0, STMT_complaint_list},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool is_id = rows[i].field != NULL && strcmp(rows[i].field, "collective_id") == 0;
		const struct query *query;
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_list, service);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		if (is_id) {
			put_id(&bench, "collective_id", TOWN_RECORD, 7);
		} else if (rows[i].field != NULL) {
			put_number(&bench, rows[i].field, 1);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		query = &bench.r.queries[0];
		CHECK_INT_EQ(query->stmt, rows[i].stmt);
		CHECK_INT_EQ(param_is_null(query, 20), rows[i].flags == 0);
		CHECK(rows[i].flags == 0 || param_number(query, 20) == rows[i].flags);
		CHECK_INT_EQ(param_is_null(query, 21), !is_id);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"it_is_looked_for_by_dwelling_and_own_telephone",
		test_it_is_looked_for_by_dwelling_and_own_telephone},
	{"the_last_of_the_category_is_the_original", test_the_last_of_the_category_is_the_original},
	{"history_repeats_nothing", test_history_repeats_nothing},
	{"customer_service_says_that_it_is_none", test_customer_service_says_that_it_is_none},
	{"in_which_states_it_can_be_corrected", test_in_which_states_it_can_be_corrected},
	{"the_original_was_over_before", test_the_original_was_over_before},
	{"what_stands_out_has_its_own_list", test_what_stands_out_has_its_own_list},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
