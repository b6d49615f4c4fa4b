/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.submit: who may register what where, what an import may say of its time, and what is
 * written: parameter by parameter, with what the search will find. test_complaint_route.c has the rest.
 */
#include "complaint.pb-c.h"
#include "server/domain/search.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define SKEW (300 * US_PER_S)

static const struct submit_case {
	const char *what;
	const struct access_grants *who;
	int channel;          /* 0: PHONE */
	int64_t submitted_us; /* 0: not given */
	bool without_community, in_queue, id_taken;
	enum err expected;
	const char *field;
	uint32_t grant; /* by which it was allowed */
} cases[] = {
	{"a leader", &leader, .grant = 203},
	{"an officer", &officer, .grant = 204},
	{"a manager", &manager, .grant = 202},
	{"customer service", &service, .grant = 205},
	/* Whoever hears it first: they have to do with the community, if not with the team. */
	{"a leader of another team here", &leader_of_team_2, .grant = 208},
	{"a crew, which serves everywhere", &crew_member, .grant = 206},
	{"a cleaner", &cleaner, .grant = 216},
	{"a guard", &guard, .grant = 217},
	{"an inspector", &inspector, .grant = 218},
	{"the director", &director, .grant = 219},
	{"a leader of another community", &leader_elsewhere, .expected = ERR_NOT_FOUND},
	{"customer service of another community", &service_elsewhere, .expected = ERR_NOT_FOUND},
	{"an administrator who leads elsewhere", &administrator_and_leader_elsewhere,
		.expected = ERR_NOT_FOUND},
	{"an administrator", &administrator, .expected = ERR_DENIED},
	{"nobody", &nobody, .expected = ERR_DENIED},
	{"a leader until now", &expired_leader, .expected = ERR_DENIED},

	{"no such community", &service, .without_community = true, .expected = ERR_NOT_FOUND},
	{"a place that no team has", &service, .in_queue = true, .grant = 205},
	{"an id that is taken", &service, .id_taken = true, .expected = ERR_ID_TAKEN},

	{"an import", &service, PB__COMPLAINT__CHANNEL__IMPORT, TOWN_NOW - 9 * BENCH_DAY, .grant = 205},
	{"an import by a manager", &manager, PB__COMPLAINT__CHANNEL__IMPORT, 1, .grant = 202},
	{"an import by a leader", &leader, PB__COMPLAINT__CHANNEL__IMPORT, 1, .expected = ERR_DENIED},
	{"an import from a clock ahead", &service, PB__COMPLAINT__CHANNEL__IMPORT, TOWN_NOW + SKEW,
		.grant = 205},
	{"an import from the future", &service, PB__COMPLAINT__CHANNEL__IMPORT, TOWN_NOW + SKEW + 1,
		.expected = ERR_FIELD_RANGE, .field = "submitted_us"},
	{"an import without its time", &service, PB__COMPLAINT__CHANNEL__IMPORT, 0,
		.expected = ERR_FIELD_INVALID, .field = "submitted_us"},
	{"a call with a time", &service, PB__COMPLAINT__CHANNEL__PHONE, 1,
		.expected = ERR_FIELD_INVALID, .field = "submitted_us"},
};

static void prepare(struct bench *bench, const struct submit_case *one)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(bench, "channel", one->channel == 0 ? PB__COMPLAINT__CHANNEL__PHONE : one->channel);
	put_text(bench, "title", "３号楼");
	put_text(bench, "text", "电梯困人");
	if (one->submitted_us != 0) {
		put_number(bench, "submitted_us", one->submitted_us);
	}
	if (one->id_taken) {
		bench_complaint(bench, STMT_complaint_get, &(struct bench_complaint){.record = 77});
	}
	if (one->channel != PB__COMPLAINT__CHANNEL__IMPORT) {
		put_id(bench, "place_id", TOWN_RECORD, 501);
	}
	if (!one->without_community) {
		bench_row(bench, STMT_place_around, "花园小区", 12, "0991-5550100", 3, "3-2-501",
			"3号楼2单元501室", one->in_queue ? uuid_nil : town_id(TOWN_TEAM, 1), "2026-11-23 19:20",
			"Asia/Shanghai");
	}
}

static void check_effect(const struct bench *bench, const struct submit_case *one)
{
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_complaint_submit);
	CHECK(param_is_id(effect, 1, town_id(TOWN_COMMUNITY, 1)));
	CHECK(param_is_id(effect, 2, BENCH_KEY)); /* the key is the id */
	CHECK(param_is_id(effect, 3, town_id(TOWN_ACCOUNT, 1)));
	CHECK(param_is_id(effect, 4, BENCH_KEY));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, one->grant)));
	CHECK_INT_EQ(param_number(effect, 10), PB__COMPLAINT__KIND__REPAIR);
	CHECK_INT_EQ(param_number(effect, 11), one->channel == 0 ? 1 : one->channel);
	CHECK_INT_EQ(param_number(effect, 12), PB__COMPLAINT__URGENCY__NORMAL);
	CHECK_STR_EQ(param_text(effect, 13), "３号楼");
	CHECK_STR_EQ(param_text(effect, 14), "电梯困人");
	CHECK_INT_EQ(param_time(effect, 17), one->submitted_us == 0 ? TOWN_NOW : one->submitted_us);
	CHECK_INT_EQ(param_is_null(effect, 18), one->in_queue);
	CHECK(one->in_queue || param_is_id(effect, 18, town_id(TOWN_TEAM, 1)));
	CHECK_INT_EQ(param_number(effect, 27), PB__COMPLAINT__STATE__SUBMITTED);
}

static void check_case(const struct submit_case *one)
{
	const Pb__ComplaintSubmitReply *reply;
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, *one->who);
	prepare(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	CHECK_INT_EQ(bench.r.reply != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_effect(&bench, one);
		reply = (const Pb__ComplaintSubmitReply *)bench.r.reply;
		CHECK(span_equal(codec_span(reply->has_complaint_id, reply->complaint_id),
			span_of(BENCH_KEY.bytes, UUID_BYTES)));
		CHECK_INT_EQ(reply->version, 1);
		CHECK(reply->number == NULL && reply->receipt_code == NULL); /* not stored */
		CHECK_INT_EQ(reply->has_team_id, !one->in_queue);
	}
	bench_end(&bench);
}

static void test_who_may_register_what(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

static void test_title_and_text_are_found_by(void)
{
	struct search_pairs pairs;
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	prepare(&bench, &cases[0]);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_STR_EQ(param_text(bench.r.effect, 15), "3号楼 电梯困人"); /* folded */
	pairs = search_pairs_of(&bench.arena, STR("3号楼 电梯困人"));
	CHECK_INT_EQ(pairs.count, 5);
	CHECK_INT_EQ(param_count(bench.r.effect, 16), pairs.count);
	bench_end(&bench);
}

static void test_what_is_not_given_has_its_value(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	prepare(&bench, &cases[0]);
	((Pb__ComplaintSubmit *)bench.message)->title = NULL;
	put_number(&bench, "kind", PB__COMPLAINT__KIND__DISPUTE);
	put_number(&bench, "urgency", PB__COMPLAINT__URGENCY__URGENT);
	put_text(&bench, "text", "停车");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(bench.r.effect, 10), PB__COMPLAINT__KIND__DISPUTE);
	CHECK_INT_EQ(param_number(bench.r.effect, 12), PB__COMPLAINT__URGENCY__URGENT);
	CHECK(param_is_null(bench.r.effect, 13)); /* no title */
	CHECK_INT_EQ(param_count(bench.r.effect, 16), 1);
	bench_end(&bench);
}

/* The number comes with the row that was written; the reply has it then, for the first and for later. */
static void test_the_minted_number_goes_into_the_reply(void)
{
	const Pb__ComplaintSubmitReply *reply;
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	prepare(&bench, &cases[0]);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	impl_complaint_submit.mint(&bench.r, STR("20261123-0042"));
	reply = (const Pb__ComplaintSubmitReply *)bench.r.reply;
	CHECK_STR_EQ(reply->number, "20261123-0042");
	CHECK(strncmp(reply->receipt_code, "12-", 3) == 0);
	CHECK_INT_EQ(reply->version, 1);
	bench_end(&bench);
}

static void test_a_message_against_its_rows_is_refused_first(void)
{
	static const struct {
		const char *field;
		const char *text;
		enum err expected;
	} rows[] = {
		{"text", "", ERR_FIELD_LENGTH},
		{"title", "", ERR_FIELD_LENGTH},
		{"text", "\xff", ERR_FIELD_TEXT},
		{NULL, NULL, ERR_FIELD_MISSING},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_submit, service);
		if (rows[i].field != NULL) {
			prepare(&bench, &cases[0]);
			put_text(&bench, rows[i].field, rows[i].text);
		}
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].field == NULL ? "community_id" : rows[i].field);
		CHECK_INT_EQ(bench.r.query_count, 0);
		bench_end(&bench);
	}
}

/* At whatever byte memory ends: BUSY, or all of it. */
static void test_out_of_memory_is_busy_and_writes_nothing(void)
{
	size_t busy_count = 0;
	enum err err = ERR_BUSY;

	for (size_t bytes = 0; err != ERR_OK; bytes += 64) {
		struct bench bench;

		CHECK(bytes < 256 * 1024);
		bench_begin(&bench, METHOD_complaint_submit, service);
		prepare(&bench, &cases[0]);
		arena_init(&bench.r.arena, bytes);
		err = bench_ask(&bench);
		CHECK(err == ERR_OK || err == ERR_BUSY || err == ERR_BODY_MALFORMED);
		busy_count += err == ERR_BUSY;
		bench_end(&bench);
	}
	CHECK(busy_count > 10);
}

static const struct test tests[] = {
	{"who_may_register_what", test_who_may_register_what},
	{"title_and_text_are_found_by", test_title_and_text_are_found_by},
	{"what_is_not_given_has_its_value", test_what_is_not_given_has_its_value},
	{"the_minted_number_goes_into_the_reply", test_the_minted_number_goes_into_the_reply},
	{"a_message_against_its_rows_is_refused_first",
		test_a_message_against_its_rows_is_refused_first},
	{"out_of_memory_is_busy_and_writes_nothing", test_out_of_memory_is_busy_and_writes_nothing},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
