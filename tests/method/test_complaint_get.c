/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.get: who sees a complaint, the thirty days of a crew over both of their edges, and
 * that a row and its timeline come through as they are, what is null being absent.
 */
#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define DAY BENCH_DAY

static void begin(struct bench *bench, struct access_grants grants)
{
	bench_begin(bench, METHOD_complaint_get, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
}

static const Pb__ComplaintGetReply *reply_of(const struct bench *bench)
{
	return (const Pb__ComplaintGetReply *)bench->r.reply;
}

static const struct get_case {
	const char *what;
	const struct access_grants *who;
	int64_t ended_us;
	uint32_t team, crew; /* of the complaint */
	enum err expected;
} cases[] = {
	{"a manager", &manager, 0, 1, 1, ERR_OK},
	{"customer service", &service, 0, 1, 1, ERR_OK},
	{"its leader", &leader, 0, 1, 1, ERR_OK},
	{"its officer", &officer, 0, 1, 1, ERR_OK},
	{"its crew", &crew_member, 0, 1, 1, ERR_OK},
	{"its leader, long over", &leader, TOWN_NOW - 400 * DAY, 1, 1, ERR_OK},
	{"its crew, over just now", &crew_member, TOWN_NOW, 1, 1, ERR_OK},
	{"its crew, thirty days after", &crew_member, TOWN_NOW - 30 * DAY, 1, 1, ERR_OK},
	{"its crew, later", &crew_member, TOWN_NOW - 30 * DAY - 1, 1, 1, ERR_NOT_FOUND},
	{"another crew", &crew_member_elsewhere, 0, 1, 1, ERR_NOT_FOUND},
	{"a crew, while none is sent", &crew_member, 0, 1, 0, ERR_NOT_FOUND},
	{"another team's leader", &leader_of_team_2, 0, 1, 1, ERR_NOT_FOUND},
	{"the leader it went to", &leader_of_team_2, 0, 2, 1, ERR_OK},
	{"the leader it went from", &leader, 0, 2, 1, ERR_NOT_FOUND},
	{"a leader elsewhere", &leader_elsewhere, 0, 1, 1, ERR_NOT_FOUND},
	{"customer service elsewhere", &service_elsewhere, 0, 1, 1, ERR_NOT_FOUND},
	{"an administrator", &administrator, 0, 1, 1, ERR_DENIED},
	{"an administrator who leads elsewhere", &administrator_and_leader_elsewhere, 0, 1, 1,
		ERR_NOT_FOUND},
	{"a leader until now", &expired_leader, 0, 1, 1, ERR_DENIED},
	{"nobody", &nobody, 0, 1, 1, ERR_DENIED},
};

static void check_case(const struct get_case *one)
{
	struct bench_complaint complaint = {.record = 1,
		.state = one->ended_us == 0 ? 4 : 100,
		.version = 3,
		.team = one->team,
		.crew = one->crew,
		.ended_us = one->ended_us};
	struct bench bench;

	begin(&bench, *one->who);
	bench_complaint(&bench, STMT_complaint_get, &complaint);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_INT_EQ(bench.r.reply != NULL, one->expected == ERR_OK);
	CHECK_INT_EQ(bench.r.current.len, 0);
	bench_end(&bench);
}

static void test_who_sees_it(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

static void test_what_is_not_there_is_not_found(void)
{
	struct bench bench;

	begin(&bench, manager);
	CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND);
	bench_end(&bench);
}

/* A row with something in every column. */
static void full_row(struct bench *bench)
{
	bench_row(bench, STMT_complaint_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 1),
		"20261123-0007", 9, 3, 100, 4, 2, "3号楼", "电梯困人", INT64_C(11), town_id(TOWN_TEAM, 1),
		town_id(TOWN_CREW, 1), INT64_C(12), INT64_C(13), INT64_C(14), INT64_C(15), "修好了",
		TOWN_NOW, 5, INT64_C(17));
}

static void test_every_column_comes_through(void)
{
	const Pb__Complaint *out;
	struct bench bench;

	begin(&bench, manager);
	full_row(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.query_count, 1); /* nothing more was asked for */
	out = reply_of(&bench)->complaint;
	CHECK_STR_EQ(out->number, "20261123-0007");
	CHECK(out->has_version && out->version == 9);
	CHECK(out->has_kind && out->kind == PB__COMPLAINT__KIND__REQUEST);
	CHECK(out->has_state && out->state == PB__COMPLAINT__STATE__CLOSED);
	CHECK(out->has_channel && out->channel == PB__COMPLAINT__CHANNEL__VISIT);
	CHECK(out->has_urgency && out->urgency == PB__COMPLAINT__URGENCY__HIGH);
	CHECK_STR_EQ(out->title, "3号楼");
	CHECK_STR_EQ(out->text, "电梯困人");
	CHECK_STR_EQ(out->result, "修好了");
	CHECK(out->has_submitted_us && out->submitted_us == 11);
	CHECK(out->window->from_us == 12 && out->window->to_us == 13);
	CHECK(out->has_arrived_us && out->arrived_us == 14);
	CHECK(out->has_work_done_us && out->work_done_us == 15);
	CHECK(out->has_ended_us && out->ended_us == TOWN_NOW);
	CHECK(out->has_rating && out->rating == 5);
	CHECK(out->has_changed_us && out->changed_us == 17);
	CHECK(span_equal(codec_span(out->has_crew_id, out->crew_id),
		span_of(town_id(TOWN_CREW, 1).bytes, UUID_BYTES)));
	CHECK_INT_EQ(reply_of(&bench)->n_events, 0);
	bench_end(&bench);
}

static void put_event(struct bench *bench, int step, int from, int to, const char *words)
{
	bench_row(bench, STMT_complaint_events, INT64_C(700) + step, INT64_C(40) + step,
		TOWN_NOW + step, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 1), step, from, to, step,
		town_id(TOWN_ACCOUNT, 1), town_id(TOWN_DEVICE, 1), uuid_nil, "20261123-0007",
		town_id(TOWN_TEAM, 1), uuid_nil, words);
}

static void test_the_timeline_comes_if_asked_for(void)
{
	const Pb__ComplaintEvent *first;
	const Pb__ComplaintEvent *last;
	struct bench bench;

	begin(&bench, leader);
	put_number(&bench, "with_events", 1);
	full_row(&bench);
	put_event(&bench, 1, 0, 1, NULL);
	put_event(&bench, 6, 5, 6, "修好了");
	bench_row(&bench, STMT_feed_start, INT64_C(3), INT64_C(900));
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(reply_of(&bench)->n_events, 2);
	first = reply_of(&bench)->events[0];
	CHECK_INT_EQ(first->step, PB__COMPLAINT__STEP__SUBMIT);
	CHECK(!first->has_from && first->has_to && first->to == PB__COMPLAINT__STATE__SUBMITTED);
	CHECK(!first->has_grant_id && !first->has_crew_id && first->words == NULL);
	CHECK(first->position->era == 3 && first->position->xid == 701 && first->position->seq == 41);
	last = reply_of(&bench)->events[1];
	CHECK(last->has_from && last->from == PB__COMPLAINT__STATE__ON_SITE);
	CHECK_STR_EQ(last->words, "修好了");
	CHECK_INT_EQ(last->at_us, TOWN_NOW + 6);
	CHECK_INT_EQ(last->version, 6);
	bench_end(&bench);
}

static const struct test tests[] = {
	{"who_sees_it", test_who_sees_it},
	{"what_is_not_there_is_not_found", test_what_is_not_there_is_not_found},
	{"every_column_comes_through", test_every_column_comes_through},
	{"the_timeline_comes_if_asked_for", test_the_timeline_comes_if_asked_for},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
