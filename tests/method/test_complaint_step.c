/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the seven methods that move a complaint: every method in every state by every kind of person,
 * here and elsewhere, and what a step that is allowed would write, parameter by parameter. Facts are rows
 * made by hand; there is no loop and no database.
 */
#include <openssl/sha.h>

#include "complaint.pb-c.h"
#include "server/domain/complaint.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define VERSION 5
#define HOUR (3600 * US_PER_S)

/* A method, the state it leads from, and who may. */
static const struct step_row {
	enum method method;
	enum complaint_step step;
	enum complaint_state from, to;
	const struct access_grants *may[2];
} steps[] = {
	{METHOD_complaint_accept, COMPLAINT_STEP_ACCEPT, COMPLAINT_SUBMITTED, COMPLAINT_ACCEPTED,
		{&leader, &officer}},
	{METHOD_complaint_book, COMPLAINT_STEP_BOOK, COMPLAINT_ACCEPTED, COMPLAINT_SCHEDULED,
		{&leader}},
	{METHOD_complaint_dispatch, COMPLAINT_STEP_DISPATCH, COMPLAINT_SCHEDULED, COMPLAINT_DISPATCHED,
		{&leader}},
	{METHOD_complaint_arrive, COMPLAINT_STEP_ARRIVE, COMPLAINT_DISPATCHED, COMPLAINT_ON_SITE,
		{&crew_member}},
	{METHOD_complaint_done, COMPLAINT_STEP_DONE, COMPLAINT_ON_SITE, COMPLAINT_WORK_DONE,
		{&crew_member}},
	{METHOD_complaint_verify, COMPLAINT_STEP_VERIFY, COMPLAINT_WORK_DONE,
		COMPLAINT_PENDING_CONFIRMATION, {&leader}},
	{METHOD_complaint_confirm, COMPLAINT_STEP_CONFIRM, COMPLAINT_PENDING_CONFIRMATION,
		COMPLAINT_CLOSED, {&service}},
};

/* The message of a step with everything it needs; the facts with everything there. */
static void prepare(struct bench *bench, const struct step_row *step, enum complaint_state state)
{
	struct bench_complaint complaint = {
		.record = 1, .state = (int)state, .version = VERSION, .crew = 1};

	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_number(bench, "version", VERSION);
	if (step->step == COMPLAINT_STEP_BOOK) {
		put_number(bench, "window.from_us", TOWN_NOW + HOUR);
		put_number(bench, "window.to_us", TOWN_NOW + 2 * HOUR);
	}
	if (step->step == COMPLAINT_STEP_DISPATCH) {
		put_id(bench, "crew_id", TOWN_CREW, 1);
		bench_crew(bench, STMT_crew_get);
	}
	if (step->step == COMPLAINT_STEP_DONE) {
		put_text(bench, "result", "换了水管");
	}
	bench_complaint(bench, STMT_complaint_get, &complaint);
}

static void check_nothing_done(const struct bench *bench)
{
	CHECK(bench->r.effect == NULL);
	CHECK(bench->r.reply == NULL);
	CHECK_INT_EQ(bench->r.reply_bytes.len, 0);
}

/* --- who, and in which state --- */

static const struct {
	const struct access_grants *grants;
	bool sees; /* this complaint */
} people[] = {
	{&nobody, false},
	{&administrator, false},
	{&manager, true},
	{&leader, true},
	{&officer, true},
	{&service, true},
	{&crew_member, true},
	{&leader_elsewhere, false},
	{&leader_of_team_2, false},
	{&service_elsewhere, false},
	{&crew_member_elsewhere, false},
	{&expired_leader, false},
	/* Reaches everything as an administrator, but sees no complaints as one. */
	{&administrator_and_leader_elsewhere, false},
};

static bool holds_right(const struct access_grants *grants, enum method method)
{
	static const enum right rights[METHOD_COUNT] = {
#define M(noun, verb, message, right, kind, ms, bytes) [METHOD_##noun##_##verb] = RIGHT_##right,
#include "proto/method.def"
#undef M
	};

	return (access_roles(*grants, TOWN_NOW) & right_roles(rights[method])) != 0;
}

static void check_who(size_t person, const struct step_row *step, enum complaint_state state)
{
	const struct access_grants *grants = people[person].grants;
	bool may = grants == step->may[0] || grants == step->may[1];
	enum err expected = ERR_OK;
	struct bench bench;

	bench_begin(&bench, step->method, *grants);
	prepare(&bench, step, state);
	if (!holds_right(grants, step->method)) {
		expected = ERR_DENIED; /* whatever there is: nothing is looked for */
	} else if (!people[person].sees) {
		expected = ERR_NOT_FOUND;
	} else if (state != step->from) {
		expected = ERR_STEP_REFUSED;
	} else if (!may) {
		expected = ERR_DENIED;
	}
	CHECK_INT_EQ(bench_ask(&bench), expected);
	if (expected == ERR_OK) {
		CHECK_INT_EQ(param_number(bench.r.effect, 13), step->to);
	} else {
		check_nothing_done(&bench);
	}
	/* What there is now is shown to those only who see it. */
	CHECK_INT_EQ(bench.r.current.len > 0, expected == ERR_STEP_REFUSED);
	bench_end(&bench);
}

static void test_every_person_in_every_state(void)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		for (size_t person = 0; person < COUNT(people); person++) {
			for (size_t k = 0; k < COMPLAINT_STATE_COUNT; k++) {
				check_who(person, &steps[i], complaint_states[k]);
				if (check_failed()) {
					printf("# %s by person %zu in state %d\n", method_rows[steps[i].method].name,
						person, (int)complaint_states[k]);
					return;
				}
			}
		}
	}
}

static void test_what_is_not_there_is_not_found(void)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct bench bench;

		bench_begin(&bench, steps[i].method, *steps[i].may[0]);
		prepare(&bench, &steps[i], steps[i].from);
		for (size_t k = 0; k < bench.fact_count; k++) {
			PQclear(bench.facts[k].result);
		}
		bench.fact_count = 0;
		CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND);
		check_nothing_done(&bench);
		bench_end(&bench);
	}
}

/* --- what the client saw --- */

static void check_conflict(const struct step_row *step, uint32_t seen)
{
	const Pb__Complaint *current;
	struct bench bench;

	bench_begin(&bench, step->method, *step->may[0]);
	prepare(&bench, step, COMPLAINT_CLOSED); /* the version counts before the state */
	put_number(&bench, "version", seen);
	CHECK_INT_EQ(bench_ask(&bench), ERR_CONFLICT);
	check_nothing_done(&bench);
	current = (const Pb__Complaint *)codec_unpack(
		&pb__complaint__descriptor, bench.r.current, &bench.arena);
	CHECK(current != NULL);
	CHECK_INT_EQ(current->version, VERSION);
	CHECK_INT_EQ(current->state, PB__COMPLAINT__STATE__CLOSED);
	CHECK_STR_EQ(current->number, "20261123-0001");
	CHECK_STR_EQ(current->text, "电梯困人");
	bench_end(&bench);
}

static void test_an_old_version_is_answered_with_the_record(void)
{
	static const uint32_t seen[] = {1, VERSION - 1, VERSION + 1, INT32_MAX};

	for (size_t i = 0; i < COUNT(steps); i++) {
		for (size_t k = 0; k < COUNT(seen); k++) {
			check_conflict(&steps[i], seen[k]);
		}
	}
}

/* --- what a step writes --- */

/* The nine that every command begins with. */
static void check_head(const struct bench *bench, uint32_t grant)
{
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_complaint_step);
	CHECK(param_is_id(effect, 1, town_id(TOWN_COMMUNITY, 1)));
	CHECK(param_is_id(effect, 2, town_id(TOWN_RECORD, 1)));
	CHECK(param_is_id(effect, 3, town_id(TOWN_ACCOUNT, 1)));
	CHECK(param_is_id(effect, 4, BENCH_KEY));
	CHECK(span_equal(param_bytes(effect, 5), span_of(bench->r.hash, 32)));
	CHECK(span_equal(param_bytes(effect, 6), bench->r.reply_bytes));
	CHECK_INT_EQ(param_time(effect, 7), TOWN_NOW);
	CHECK(param_is_id(effect, 8, town_id(TOWN_DEVICE, 1)));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, grant)));
	CHECK(uuid_equal(bench->r.effect_key.community_id, town_id(TOWN_COMMUNITY, 1)));
	CHECK(uuid_equal(bench->r.effect_key.record_id, town_id(TOWN_RECORD, 1)));
}

/* Which of the columns from $14 on a step fills in; the others stay as they are. */
static const struct {
	bool crew, window, arrived, work_done, result, ended, rating, words;
	uint32_t grant; /* by which it was allowed */
} writes[COUNT(steps)] = {
	{.grant = 203},
	{.window = true, .grant = 203},
	{.crew = true, .grant = 203},
	{.arrived = true, .grant = 206},
	{.work_done = true, .result = true, .words = true, .grant = 206},
	{.grant = 203},
	{.ended = true, .rating = true, .grant = 205},
};

static void check_columns(const struct query *effect, size_t i)
{
	CHECK_INT_EQ(!param_is_null(effect, 14), writes[i].crew);
	CHECK_INT_EQ(!param_is_null(effect, 15), writes[i].window);
	CHECK_INT_EQ(!param_is_null(effect, 16), writes[i].window);
	CHECK_INT_EQ(!param_is_null(effect, 17), writes[i].arrived);
	CHECK_INT_EQ(!param_is_null(effect, 18), writes[i].work_done);
	CHECK_INT_EQ(!param_is_null(effect, 19), writes[i].result);
	CHECK_INT_EQ(!param_is_null(effect, 20), writes[i].ended);
	CHECK_INT_EQ(!param_is_null(effect, 21), writes[i].rating);
	for (size_t n = 22; n <= 24; n++) {
		CHECK_INT_EQ(!param_is_null(effect, n), writes[i].words);
	}
	CHECK(!writes[i].crew || param_is_id(effect, 14, town_id(TOWN_CREW, 1)));
	CHECK(!writes[i].window || param_time(effect, 15) == TOWN_NOW + HOUR);
	CHECK(!writes[i].window || param_time(effect, 16) == TOWN_NOW + 2 * HOUR);
	CHECK(!writes[i].arrived || param_time(effect, 17) == TOWN_NOW);
	CHECK(!writes[i].work_done || param_time(effect, 18) == TOWN_NOW);
	CHECK(!writes[i].ended || param_time(effect, 20) == TOWN_NOW);
	CHECK(!writes[i].rating || param_number(effect, 21) == 4);
}

static void test_a_step_writes_its_own_columns(void)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		const Pb__ComplaintAcceptReply *reply; /* the replies of all steps are alike */
		struct bench bench;

		bench_begin(&bench, steps[i].method, *steps[i].may[0]);
		prepare(&bench, &steps[i], steps[i].from);
		if (writes[i].rating) {
			put_number(&bench, "rating", 4);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		check_head(&bench, writes[i].grant);
		CHECK_INT_EQ(param_number(bench.r.effect, 10), VERSION);
		CHECK_INT_EQ(param_number(bench.r.effect, 11), steps[i].step);
		CHECK_INT_EQ(param_number(bench.r.effect, 12), steps[i].from);
		CHECK_INT_EQ(param_number(bench.r.effect, 13), steps[i].to);
		check_columns(bench.r.effect, i);
		reply = (const Pb__ComplaintAcceptReply *)bench.r.reply;
		CHECK(reply->has_version);
		CHECK_INT_EQ(reply->version, VERSION + 1);
		bench_end(&bench);
	}
}

/* Both roles hold the method's right; the record names the one whose step it is. */
static void test_the_grant_is_of_the_role_that_may(void)
{
	static const struct {
		size_t step;
		uint32_t grant;
	} rows[] = {{0, 214}, {1, 215}, {5, 215}}; /* accept is an officer's too */

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *step = &steps[rows[i].step];
		struct bench bench;

		bench_begin(&bench, step->method, officer_and_leader);
		prepare(&bench, step, step->from);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK(param_is_id(bench.r.effect, 9, town_id(TOWN_RECORD, rows[i].grant)));
		bench_end(&bench);
	}
}

/* SHA-256 over the salt and the words, and another salt each time. */
static void test_words_are_salted(void)
{
	uint8_t salts[2][32];

	for (size_t i = 0; i < COUNT(salts); i++) {
		uint8_t salted[32 + 64];
		uint8_t hash[32];
		struct bench bench;
		struct str words;

		bench_begin(&bench, METHOD_complaint_done, crew_member);
		prepare(&bench, &steps[4], COMPLAINT_ON_SITE);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		words = param_text(bench.r.effect, 23);
		CHECK_STR_EQ(words, "换了水管");
		CHECK_STR_EQ(param_text(bench.r.effect, 19), "换了水管");
		CHECK_INT_EQ(param_bytes(bench.r.effect, 22).len, 32);
		memcpy(salts[i], param_bytes(bench.r.effect, 22).ptr, 32);
		memcpy(salted, salts[i], 32);
		memcpy(salted + 32, words.ptr, words.len);
		SHA256(salted, 32 + words.len, hash);
		CHECK(span_equal(param_bytes(bench.r.effect, 24), span_of(hash, sizeof hash)));
		bench_end(&bench);
	}
	CHECK(memcmp(salts[0], salts[1], 32) != 0);
}

static void test_without_a_rating_none_is_written(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_confirm, service);
	prepare(&bench, &steps[6], COMPLAINT_PENDING_CONFIRMATION);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(param_is_null(bench.r.effect, 21));
	bench_end(&bench);
}

/* --- what a step needs --- */

static void test_dispatch_needs_a_crew_that_exists(void)
{
	static const struct {
		enum complaint_state state;
		uint32_t version;
		enum err expected; /* the crew is looked at last */
	} rows[] = {
		{COMPLAINT_SCHEDULED, VERSION, ERR_FIELD_INVALID},
		{COMPLAINT_SCHEDULED, VERSION - 1, ERR_CONFLICT},
		{COMPLAINT_ACCEPTED, VERSION, ERR_STEP_REFUSED},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench_complaint complaint = {
			.record = 1, .state = (int)rows[i].state, .version = VERSION};
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_dispatch, leader);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		put_id(&bench, "complaint_id", TOWN_RECORD, 1);
		put_number(&bench, "version", rows[i].version);
		put_id(&bench, "crew_id", TOWN_CREW, 9);
		bench_complaint(&bench, STMT_complaint_get, &complaint);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].expected == ERR_FIELD_INVALID ? "crew_id" : "");
		check_nothing_done(&bench);
		bench_end(&bench);
	}
}

static void test_book_needs_a_window_to_come(void)
{
	static const struct {
		int64_t from_us, to_us;
		uint32_t version;
		enum err expected;
	} rows[] = {
		{TOWN_NOW - HOUR, TOWN_NOW + 1, VERSION, ERR_OK},
		{TOWN_NOW - HOUR, TOWN_NOW, VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW + HOUR, TOWN_NOW + HOUR, VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW + HOUR, TOWN_NOW + HOUR + BENCH_DAY + 1, VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW - HOUR, TOWN_NOW, VERSION - 1, ERR_CONFLICT}, /* the window is looked at last */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_book, leader);
		prepare(&bench, &steps[1], COMPLAINT_ACCEPTED);
		put_number(&bench, "version", rows[i].version);
		put_number(&bench, "window.from_us", rows[i].from_us);
		put_number(&bench, "window.to_us", rows[i].to_us);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].expected == ERR_FIELD_INVALID ? "window" : "");
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"every_person_in_every_state", test_every_person_in_every_state},
	{"what_is_not_there_is_not_found", test_what_is_not_there_is_not_found},
	{"an_old_version_is_answered_with_the_record", test_an_old_version_is_answered_with_the_record},
	{"a_step_writes_its_own_columns", test_a_step_writes_its_own_columns},
	{"the_grant_is_of_the_role_that_may", test_the_grant_is_of_the_role_that_may},
	{"words_are_salted", test_words_are_salted},
	{"without_a_rating_none_is_written", test_without_a_rating_none_is_written},
	{"dispatch_needs_a_crew_that_exists", test_dispatch_needs_a_crew_that_exists},
	{"book_needs_a_window_to_come", test_book_needs_a_window_to_come},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
