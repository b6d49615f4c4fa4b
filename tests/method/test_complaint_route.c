/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what complaint.submit makes of what it is told: around whom a complaint is routed, where it
 * happened and whose that is, its category, how it is reported, whom to call, what an import may say, the
 * acknowledgement and the message that brings it.
 */
#include "complaint.pb-c.h"
#include "server/outgoing.h"
#include "server/receipt.h"
#include "server/receipt_code.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define DAY BENCH_DAY

static struct arena untouched; /* fails only without memory */

static bool holds(struct str text, struct str part)
{
	return memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

static void find_place(struct bench *bench, int kind, uint32_t team)
{
	bench_row(bench, STMT_place_around, "花园小区", 12, "0991-5550100", kind, "3-2-501",
		"3号楼2单元501室", team == 0 ? uuid_nil : town_id(TOWN_TEAM, team), "2026-11-23 19:20",
		"Asia/Shanghai");
}

static void begin(struct bench *bench)
{
	bench_begin(bench, METHOD_complaint_submit, service);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(bench, "channel", PB__COMPLAINT__CHANNEL__PHONE);
	put_text(bench, "text", "电梯困人");
	put_id(bench, "place_id", TOWN_RECORD, 501);
	find_place(bench, 3, 1);
}

static void begin_import(struct bench *bench)
{
	bench_begin(bench, METHOD_complaint_submit, service);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(bench, "channel", PB__COMPLAINT__CHANNEL__IMPORT);
	put_text(bench, "text", "电梯困人");
	put_number(bench, "submitted_us", TOWN_NOW - 9 * DAY);
	find_place(bench, 0, 0);
}

static void check_refused(struct bench *bench, enum err expected, const char *field)
{
	CHECK_INT_EQ(bench_ask(bench), expected);
	CHECK_STR_EQ(bench->r.fault.field, field);
	CHECK(bench->r.fault.allowed[0] != '\0');
	CHECK(bench->r.effect == NULL && bench->r.reply == NULL);
	bench_end(bench);
}

/* --- around whom --- */

static void test_it_is_routed_around_whom_it_is_about(void)
{
	static const struct {
		const char *what;
		int roles[2]; /* of the person; 0: none */
		bool is_conduct, is_unnamed;
		int lead;
	} rows[] = {
		{"nobody", .is_unnamed = true, .lead = 1},
		{"an unknown member of the staff", .is_conduct = true, .is_unnamed = true, .lead = 2},
		{"somebody without a role here", .lead = 1},
		{"somebody without a role here, conduct", .is_conduct = true, .lead = 2},
		{"a cleaner", {ROLE_CLEANER}, .lead = 2},
		{"a guard", {ROLE_GUARD}, .lead = 2},
		{"the leader", {ROLE_LEADER}, .lead = 2},
		{"the leader, conduct", {ROLE_LEADER}, .is_conduct = true, .lead = 2},
		{"the officer", {ROLE_OFFICER}, .lead = 3},
		{"the manager", {ROLE_MANAGER}, .lead = 4},
		{"a leader who is officer too", {ROLE_LEADER, ROLE_OFFICER}, .lead = 3},
		{"an officer who is manager too", {ROLE_OFFICER, ROLE_MANAGER}, .lead = 4},
		/* It may be passed on to any team: whose of them they are does not count. */
		{"a director", {ROLE_DIRECTOR}, .lead = 4},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench);
		if (!rows[i].is_unnamed) {
			put_id(&bench, "respondent_id", TOWN_ACCOUNT, 2);
			for (size_t k = 0; k == 0 || (k < 2 && rows[i].roles[k] != 0); k++) {
				bench_row(&bench, STMT_respondent_roles, rows[i].roles[k]);
			}
		}
		if (rows[i].is_conduct) {
			put_number(&bench, "subkind", PB__COMPLAINT__SUBKIND__STAFF_CONDUCT);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		if (param_number(bench.r.effect, 25) != rows[i].lead) {
			printf("# %s\n", rows[i].what);
		}
		CHECK_INT_EQ(param_number(bench.r.effect, 25), rows[i].lead);
		CHECK_INT_EQ(param_is_null(bench.r.effect, 26), rows[i].is_unnamed);
		CHECK(rows[i].is_unnamed || param_is_id(bench.r.effect, 26, town_id(TOWN_ACCOUNT, 2)));
		bench_end(&bench);
	}
}

static void test_about_somebody_who_does_not_work_here(void)
{
	struct bench bench;

	begin(&bench);
	put_id(&bench, "respondent_id", TOWN_ACCOUNT, 9);
	check_refused(&bench, ERR_FIELD_INVALID, "respondent_id");
}

/* --- where --- */

static void test_a_place_is_one_of_the_community(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(&bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(&bench, "channel", PB__COMPLAINT__CHANNEL__PHONE);
	put_text(&bench, "text", "电梯困人");
	put_id(&bench, "place_id", TOWN_RECORD, 502);
	find_place(&bench, 0, 0); /* another community's is not found */
	check_refused(&bench, ERR_FIELD_INVALID, "place_id");
}

static void test_only_history_may_not_know_its_place(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(&bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(&bench, "channel", PB__COMPLAINT__CHANNEL__PHONE);
	put_text(&bench, "text", "电梯困人");
	find_place(&bench, 0, 0);
	check_refused(&bench, ERR_FIELD_MISSING, "place_id");
	begin_import(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(param_is_null(bench.r.effect, 19) && param_is_null(bench.r.effect, 18));
	bench_end(&bench);
}

/* --- what --- */

static void test_a_category_is_chosen_or_suggested(void)
{
	const Pb__ComplaintSubmitReply *reply;
	uint32_t suggested;
	struct bench bench;

	begin(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = (const Pb__ComplaintSubmitReply *)bench.r.reply;
	CHECK_INT_EQ(param_number(bench.r.effect, 20), reply->category);
	CHECK(param_number(bench.r.effect, 21) == 1 && reply->is_suggested);
	suggested = reply->category;
	bench_end(&bench);
	begin(&bench);
	put_number(&bench, "category", suggested);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(bench.r.effect, 21), 0);
	bench_end(&bench);
	for (int category = 9998; category <= 9999; category++) {
		begin(&bench);
		put_number(&bench, "category", category);
		check_refused(&bench, ERR_FIELD_INVALID, "category");
	}
}

static void test_how_it_is_reported(void)
{
	static const struct {
		int kind, reporter, expected; /* reporter 0: not said */
	} rows[] = {
		{PB__COMPLAINT__KIND__REPAIR, 0, 1},
		{PB__COMPLAINT__KIND__COMPLAINT, 0, 1},
		{PB__COMPLAINT__KIND__VIOLATION, 0, 2},
		{PB__COMPLAINT__KIND__VIOLATION, 1, 1},
		{PB__COMPLAINT__KIND__REPAIR, 2, 2},
		{PB__COMPLAINT__KIND__VIOLATION, 3, 3},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench);
		put_number(&bench, "kind", rows[i].kind);
		if (rows[i].reporter != 0) {
			put_number(&bench, "reporter", rows[i].reporter);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(param_number(bench.r.effect, 23), rows[i].expected);
		bench_end(&bench);
	}
}

/* --- whom to call --- */

static void test_a_contact_that_may_not_be_or_is_none(void)
{
	static const struct {
		const char *name, *phone;
		bool is_anonymous;
		const char *field;
	} rows[] = {
		{"阿依古丽", NULL, true, "contact_name"}, {NULL, "13800138000", true, "contact_phone"},
		{"阿依古丽", "13800138000", true, "contact_phone"},
		{NULL, "1380013800", false, "contact_phone"}, {NULL, "不告诉你", false, "contact_phone"},
		{NULL, "5550100", false, "contact_phone"}, /* whose area? */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench);
		if (rows[i].name != NULL) {
			put_text(&bench, "contact_name", rows[i].name);
		}
		if (rows[i].phone != NULL) {
			put_text(&bench, "contact_phone", rows[i].phone);
		}
		if (rows[i].is_anonymous) {
			put_number(&bench, "reporter", PB__COMPLAINT__REPORTER__ANONYMOUS);
		}
		check_refused(&bench, ERR_FIELD_INVALID, rows[i].field);
		CHECK(!check_failed());
	}
}

static struct str open_column(struct bench *bench, size_t n, const char *column)
{
	const struct query *effect = bench->r.effect;
	struct seal_place place = {town_id(TOWN_COMMUNITY, 1), BENCH_KEY, column};
	struct str out = {NULL, 0};
	uint8_t key[SEAL_KEY_BYTES];

	if (!seal_subject_open(
			&bench->server.seal, &untouched, BENCH_KEY, param_bytes(effect, 31), key) ||
		!seal_text_open(&bench->arena, key, &place, param_bytes(effect, n), &out)) {
		return STR("");
	}
	return out;
}

static void test_a_contact_is_sealed(void)
{
	uint8_t index[SEAL_HASH_BYTES];
	struct bench bench;

	begin(&bench);
	put_text(&bench, "contact_name", "阿依古丽");
	put_text(&bench, "contact_phone", "138 0013 8000");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_STR_EQ(open_column(&bench, 32, "complaint_contact.name"), "阿依古丽");
	CHECK_STR_EQ(open_column(&bench, 33, "complaint_contact.phone"), "+8613800138000");
	seal_phone_index(&bench.server.seal, STR("+8613800138000"), index);
	CHECK(span_equal(param_bytes(bench.r.effect, 34), span_of(index, sizeof index)));
	for (size_t i = 0; i < bench.r.effect->param_count; i++) {
		const char *value = bench.r.effect->values[i];
		size_t len = (size_t)bench.r.effect->lengths[i];

		CHECK(value == NULL || (!holds(str_of(value, len), STR("13800138000")) &&
								   !holds(str_of(value, len), STR("阿依古丽"))));
	}
	CHECK(!bench_logged(&bench, STR("138")));
	bench_end(&bench);
}

static void test_without_a_contact_nothing_is_sealed(void)
{
	struct bench bench;

	begin(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	for (size_t n = 31; n <= 34; n++) {
		CHECK(param_is_null(bench.r.effect, n));
	}
	CHECK(!param_is_null(bench.r.effect, 35)); /* a receipt all the same: it can be shown */
	for (size_t n = 40; n <= 42; n++) {
		CHECK(param_is_null(bench.r.effect, n));
	}
	CHECK(!bench.r.writes_outgoing);
	bench_end(&bench);
}

/* --- acknowledgement --- */

static void test_the_acknowledgement_is_told_with_its_code(void)
{
	struct outgoing_message message = {.kind = 0};
	struct receipt_code code;
	struct bench bench;
	struct str token;

	begin(&bench);
	put_text(&bench, "contact_phone", "13800138000");
	put_number(&bench, "language", PB__COMPLAINT__LANGUAGE__EN);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	receipt_code_make(&bench.server.seal, 12, town_id(TOWN_COMMUNITY, 1), BENCH_KEY, &code);
	CHECK(param_is_id(bench.r.effect, 35, BENCH_KEY));
	CHECK_INT_EQ(param_number(bench.r.effect, 36), RECEIPT_ACKNOWLEDGEMENT);
	CHECK(span_equal(param_bytes(bench.r.effect, 37), span_of(code.hash, sizeof code.hash)));
	token = param_text(bench.r.effect, 43);
	CHECK_INT_EQ(token.len, 13);
	CHECK(holds(param_text(bench.r.effect, 38), token));
	CHECK(holds(param_text(bench.r.effect, 39), token));
	CHECK(holds(param_text(bench.r.effect, 39), STR("ACKNOWLEDGEMENT RECEIPT")));
	CHECK(!holds(param_text(bench.r.effect, 39), str_from_c(code.text)));
	CHECK(!holds(param_text(bench.r.effect, 38), str_from_c(code.text)));
	CHECK_INT_EQ(param_number(bench.r.effect, 41), OUTGOING_ACKNOWLEDGEMENT);
	CHECK(outgoing_open(&bench.arena, &bench.server.seal, town_id(TOWN_COMMUNITY, 1),
		uuid_from_span(span_of(bench.r.effect->values[39], UUID_BYTES)),
		param_bytes(bench.r.effect, 42), &message));
	CHECK_STR_EQ(message.to, "+8613800138000");
	CHECK(holds(message.text, str_from_c(code.text)));
	CHECK(!holds(str_of((const char *)bench.r.reply_bytes.ptr, bench.r.reply_bytes.len),
		str_from_c(code.text)));
	CHECK(bench.r.writes_outgoing);
	impl_complaint_submit.mint(&bench.r, STR("20261123-0042"));
	CHECK_STR_EQ(((const Pb__ComplaintSubmitReply *)bench.r.reply)->receipt_code, code.text);
	CHECK(!bench_logged(&bench, str_from_c(code.text)));
	bench_end(&bench);
}

/* --- history --- */

static void test_what_history_may_say_of_its_answer(void)
{
	static const struct {
		const char *answer;
		int64_t answered_us;
		bool is_call;
		enum err expected;
		const char *field;
	} rows[] = {
		{"已修好", TOWN_NOW - 8 * DAY, false, ERR_OK, ""},
		{"已修好", TOWN_NOW - 9 * DAY, false, ERR_OK, ""},
		{"已修好", TOWN_NOW - 9 * DAY - 1, false, ERR_FIELD_RANGE, "answered_us"},
		{"已修好", TOWN_NOW + DAY, false, ERR_FIELD_RANGE, "answered_us"},
		{"已修好", 0, false, ERR_FIELD_INVALID, "answered_us"},
		{NULL, TOWN_NOW - DAY, false, ERR_FIELD_INVALID, "answered_us"},
		{"已修好", TOWN_NOW - DAY, true, ERR_FIELD_INVALID, "answer"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct query *effect;
		struct bench bench;

		if (rows[i].is_call) {
			begin(&bench);
		} else {
			begin_import(&bench);
		}
		if (rows[i].answer != NULL) {
			put_text(&bench, "answer", rows[i].answer);
		}
		if (rows[i].answered_us != 0) {
			put_number(&bench, "answered_us", rows[i].answered_us);
		}
		if (rows[i].expected != ERR_OK) {
			check_refused(&bench, rows[i].expected, rows[i].field);
			CHECK(!check_failed());
			continue;
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		effect = bench.r.effect;
		CHECK_INT_EQ(param_number(effect, 27), PB__COMPLAINT__STATE__CLOSED);
		CHECK_STR_EQ(param_text(effect, 28), rows[i].answer);
		CHECK_INT_EQ(param_time(effect, 29), rows[i].answered_us);
		CHECK_INT_EQ(param_number(effect, 30), PB__COMPLAINT__CLOSE_MODE__IMPORTED);
		bench_end(&bench);
	}
}

/* Without an answer it is open; told it is nobody, with an answer or without. */
static void test_history_is_told_to_nobody(void)
{
	struct bench bench;

	begin_import(&bench);
	put_text(&bench, "contact_phone", "13800138000");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(bench.r.effect, 27), PB__COMPLAINT__STATE__SUBMITTED);
	for (size_t n = 28; n <= 30; n++) {
		CHECK(param_is_null(bench.r.effect, n));
	}
	CHECK(!param_is_null(bench.r.effect, 33)); /* whom to call is kept */
	for (size_t n = 35; n <= 43; n++) {
		CHECK(param_is_null(bench.r.effect, n));
	}
	CHECK(!bench.r.writes_outgoing);
	impl_complaint_submit.mint(&bench.r, STR("20261114-0001"));
	CHECK(((const Pb__ComplaintSubmitReply *)bench.r.reply)->receipt_code == NULL);
	bench_end(&bench);
}

static const struct test tests[] = {
	{"it_is_routed_around_whom_it_is_about", test_it_is_routed_around_whom_it_is_about},
	{"about_somebody_who_does_not_work_here", test_about_somebody_who_does_not_work_here},
	{"a_place_is_one_of_the_community", test_a_place_is_one_of_the_community},
	{"only_history_may_not_know_its_place", test_only_history_may_not_know_its_place},
	{"a_category_is_chosen_or_suggested", test_a_category_is_chosen_or_suggested},
	{"how_it_is_reported", test_how_it_is_reported},
	{"a_contact_that_may_not_be_or_is_none", test_a_contact_that_may_not_be_or_is_none},
	{"a_contact_is_sealed", test_a_contact_is_sealed},
	{"without_a_contact_nothing_is_sealed", test_without_a_contact_nothing_is_sealed},
	{"the_acknowledgement_is_told_with_its_code", test_the_acknowledgement_is_told_with_its_code},
	{"what_history_may_say_of_its_answer", test_what_history_may_say_of_its_answer},
	{"history_is_told_to_nobody", test_history_is_told_to_nobody},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
