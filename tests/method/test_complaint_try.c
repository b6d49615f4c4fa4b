/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that complaint.try says of a step what the step itself would say, in every state and by whoever asks, and that
 * nothing is written; and that it takes no step by which something secret could be tried out.
 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/complaint.h"
#include "tests/check.h"
#include "tests/method/bench.h"

static const enum method methods[] = {METHOD_complaint_accept, METHOD_complaint_pass,
	METHOD_complaint_classify, METHOD_complaint_resume};

static const int states[] = {COMPLAINT_SUBMITTED, COMPLAINT_ACCEPTED, COMPLAINT_SCHEDULED,
	COMPLAINT_DISPATCHED, COMPLAINT_ON_SITE, COMPLAINT_WORK_DONE, COMPLAINT_PENDING_CONFIRMATION,
	COMPLAINT_ADVISED, COMPLAINT_ANSWERED, COMPLAINT_SUSPENDED, COMPLAINT_REOPENED,
	COMPLAINT_CLOSED, COMPLAINT_MERGED};

static const struct access_grants *const people[] = {
	&leader, &leader_of_team_2, &service, &manager, &director, &officer, &leader_elsewhere};

/* The step's message. */
static void put_step(struct bench *bench, enum method method, int version)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_number(bench, "version", version);
	if (method == METHOD_complaint_pass) {
		put_id(bench, "team_id", TOWN_TEAM, 2);
		put_text(bench, "reason", "他们的楼");
	}
	if (method == METHOD_complaint_classify) {
		put_number(bench, "category", CATEGORY_POWER);
	}
}

static void find_rows(struct bench *bench, int state)
{
	struct bench_complaint complaint = {.record = 1, .version = 5, .state = state};

	complaint.state_before = state == COMPLAINT_SUSPENDED ? COMPLAINT_ACCEPTED : 0;
	bench_complaint(bench, STMT_complaint_get, &complaint);
	bench_row(bench, STMT_complaint_officer, 1);
	bench_row(bench, STMT_team_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 2), "二组");
}

struct verdict_of {
	enum err err;
	char field[CODEC_PATH_MAX];
	size_t current_len;
	bool has_effect;
	uint32_t version; /* after the step, as the try says */
};

static struct verdict_of ask_step(
	enum method method, const struct access_grants *who, int state, int version)
{
	struct verdict_of out = {.version = 0};
	struct bench bench;

	bench_begin(&bench, method, *who);
	put_step(&bench, method, version);
	find_rows(&bench, state);
	out.err = bench_ask(&bench);
	memcpy(out.field, bench.r.fault.field, sizeof out.field);
	out.current_len = bench.r.current.len;
	bench_end(&bench);
	return out;
}

static struct verdict_of ask_try(
	enum method method, const struct access_grants *who, int state, int version)
{
	struct verdict_of out = {.version = 0};
	struct bench step;
	struct bench bench;

	bench_begin(&step, method, *who); /* for its message alone */
	put_step(&step, method, version);
	bench_begin(&bench, METHOD_complaint_try, *who);
	put_text(&bench, "method", method_rows[method].name);
	put_bytes(&bench, "body", codec_encode(step.message, &step.arena));
	find_rows(&bench, state);
	out.err = bench_ask(&bench);
	memcpy(out.field, bench.r.fault.field, sizeof out.field);
	out.current_len = bench.r.current.len;
	out.has_effect = bench.r.effect != NULL;
	if (out.err == ERR_OK) {
		out.version = ((const Pb__ComplaintTryReply *)(const void *)bench.r.reply)->version;
	}
	bench_end(&bench);
	bench_end(&step);
	return out;
}

static void check_same(enum method method, const struct access_grants *who, int state, int version)
{
	struct verdict_of step = ask_step(method, who, state, version);
	struct verdict_of tried = ask_try(method, who, state, version);

	CHECK_INT_EQ(tried.err, step.err);
	CHECK_STR_EQ(tried.field, step.field);
	CHECK_INT_EQ(tried.current_len, step.current_len);
	CHECK(!tried.has_effect);
	CHECK_INT_EQ(tried.version, step.err == ERR_OK ? 6 : 0);
	if (check_failed()) {
		printf("# %s, state %d, version %d\n", method_rows[method].name, state, version);
	}
}

static void test_it_says_what_the_step_would_say(void)
{
	size_t done = 0;

	for (size_t m = 0; m < COUNT(methods); m++) {
		for (size_t i = 0; i < COUNT(states) * COUNT(people) && !check_failed(); i++) {
			const struct access_grants *who = people[i % COUNT(people)];
			int state = states[i / COUNT(people)];

			check_same(methods[m], who, state, 5);
			check_same(methods[m], who, state, 4);
			done += ask_step(methods[m], who, state, 5).err == ERR_OK ? 1 : 0;
		}
	}
	CHECK_INT_EQ(done, 20); /* both kinds of answers were among them */
}

static void test_no_other_step_is_tried(void)
{
	static const char *const others[] = {"complaint.sign", "complaint.code", "complaint.try",
		"account.password", "complaint.nothing", "complaint.verify"};

	for (size_t i = 0; i < COUNT(others); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_try, leader);
		put_text(&bench, "method", others[i]);
		put_bytes(&bench, "body", span_of("\x18\x01", 2));
		CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
		CHECK_STR_EQ(bench.r.fault.field, "method");
		bench_end(&bench);
	}
}

/* A key that was used: it would not be done again, wherever the complaint stands by now. */
static void test_a_used_key(void)
{
	const Pb__ComplaintTryReply *reply;
	static const uint8_t hash[32];
	struct bench step;
	struct bench bench;

	bench_begin(&step, METHOD_complaint_accept, leader);
	put_step(&step, METHOD_complaint_accept, 5);
	bench_begin(&bench, METHOD_complaint_try, leader);
	put_text(&bench, "method", "complaint.accept");
	put_bytes(&bench, "body", codec_encode(step.message, &step.arena));
	put_id(&bench, "key", TOWN_RECORD, 5);
	find_rows(&bench, COMPLAINT_ACCEPTED);
	bench_row(&bench, STMT_applied_get, span_of(hash, sizeof hash), span_of("", 0), NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(param_is_id(&bench.r.queries[bench.r.query_count - 1], 3, town_id(TOWN_RECORD, 5)));
	reply = (const void *)bench.r.reply;
	CHECK(reply->has_is_used && reply->is_used && !reply->has_version);
	bench_end(&bench);
	bench_end(&step);
}

static const struct test tests[] = {
	{"it_says_what_the_step_would_say", test_it_says_what_the_step_would_say},
	{"no_other_step_is_tried", test_no_other_step_is_tried},
	{"a_used_key", test_a_used_key},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
