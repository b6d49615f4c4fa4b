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
	int lead;
	uint32_t worker; /* 1 is who asks */
	bool in_queue, about_them;
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
	{"a cleaner of its team", &cleaner, 0, 1, 1, ERR_OK},
	{"a guard of its team", &guard, 0, 1, 1, ERR_OK},
	{"an inspector", &inspector, 0, 1, 1, ERR_OK},
	{"the director", &director, 0, 1, 1, ERR_OK},
	{"customer service, its queue", &service, 0, 1, 0, ERR_OK, .in_queue = true},
	{"a leader, what is in the queue", &leader, 0, 1, 0, ERR_NOT_FOUND, .in_queue = true},
	/* Routed around: nobody below whoever leads it, but for whom was sent. */
	{"its leader, led by the officer", &leader, 0, 1, 1, ERR_NOT_FOUND, .lead = 2},
	{"a cleaner, led by the officer", &cleaner, 0, 1, 1, ERR_NOT_FOUND, .lead = 2},
	{"a cleaner who was sent, led by the officer", &cleaner, 0, 1, 0, ERR_OK, .lead = 2,
		.worker = 1},
	{"its crew, led by the officer", &crew_member, 0, 1, 1, ERR_OK, .lead = 2},
	{"its officer, led by the officer", &officer, 0, 1, 1, ERR_OK, .lead = 2},
	{"its officer, led by the manager", &officer, 0, 1, 1, ERR_NOT_FOUND, .lead = 3},
	{"a manager, led by the manager", &manager, 0, 1, 1, ERR_OK, .lead = 3},
	{"a manager, led by the director", &manager, 0, 1, 1, ERR_NOT_FOUND, .lead = 4},
	{"customer service, led by the director", &service, 0, 1, 1, ERR_OK, .lead = 4},
	{"the director, led by the director", &director, 0, 1, 1, ERR_OK, .lead = 4},
	{"a manager, about whom it is", &manager, 0, 1, 1, ERR_NOT_FOUND, .about_them = true},
	{"its crew, about whom it is", &crew_member, 0, 1, 1, ERR_NOT_FOUND, .about_them = true},
};

static void check_case(const struct get_case *one)
{
	struct bench_complaint complaint = {.record = 1,
		.state = one->ended_us == 0 ? 4 : 100,
		.version = 3,
		.team = one->team,
		.crew = one->crew,
		.lead = one->lead,
		.worker = one->worker,
		.in_queue = one->in_queue,
		.respondent = one->about_them ? 1 : 0,
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
	bench_row(bench, STMT_complaint_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 1), 20780,
		9, 3, 100, 4, 2, "3号楼", "电梯困人", INT64_C(11), town_id(TOWN_TEAM, 1),
		town_id(TOWN_CREW, 1), INT64_C(12), INT64_C(13), INT64_C(14), INT64_C(15), "修好了",
		TOWN_NOW, 5, INT64_C(17), town_id(TOWN_RECORD, 21), 3, "3-2-501", "3号楼2单元501室", 203, 1,
		4, 2, 2, 3, town_id(TOWN_ACCOUNT, 2), "马军", 5, 12, INT64_C(18), town_id(TOWN_RECORD, 22),
		INT64_C(19), INT64_C(20), "请找供热公司", "周三来水", 2, 4, INT64_C(23),
		town_id(TOWN_RECORD, 24), 6, town_id(TOWN_ACCOUNT, 3), 7, 8, 9, town_id(TOWN_RECORD, 25),
		town_id(TOWN_RECORD, 26), town_id(TOWN_RECORD, 27), 28, INT64_C(29), INT64_C(24),
		INT64_C(25), INT64_C(26), 2);
}

static bool is_id(protobuf_c_boolean has, ProtobufCBinaryData id, enum town_kind kind, uint32_t n)
{
	return span_equal(codec_span(has, id), span_of(town_id(kind, n).bytes, UUID_BYTES));
}

static void check_intake(const Pb__Complaint *out)
{
	CHECK(is_id(out->has_place_id, out->place_id, TOWN_RECORD, 21));
	CHECK(out->has_place_kind && out->place_kind == PB__PLACE__KIND__DWELLING);
	CHECK_STR_EQ(out->place_code, "3-2-501");
	CHECK_STR_EQ(out->place_name, "3号楼2单元501室");
	CHECK(out->has_category && out->category == 203);
	CHECK(out->has_is_suggested && out->is_suggested);
	CHECK(out->has_subkind && out->subkind == PB__COMPLAINT__SUBKIND__DWELLING);
	CHECK(out->has_reporter && out->reporter == PB__COMPLAINT__REPORTER__PROTECTED);
	CHECK(out->has_language && out->language == PB__COMPLAINT__LANGUAGE__EN);
	CHECK(out->has_lead && out->lead == PB__COMPLAINT__LEAD__MANAGER);
	CHECK(is_id(out->has_respondent_id, out->respondent_id, TOWN_ACCOUNT, 3));
}

static void check_rest(const Pb__Complaint *out)
{
	CHECK(is_id(out->has_worker_id, out->worker_id, TOWN_ACCOUNT, 2));
	CHECK_STR_EQ(out->worker_name, "马军");
	CHECK(out->has_state_before && out->state_before == PB__COMPLAINT__STATE__ON_SITE);
	CHECK(out->has_suspend_reason && out->suspend_reason == PB__COMPLAINT__REASON__WAITING_PARTS);
	CHECK(out->has_suspended_until_us && out->suspended_until_us == 18);
	CHECK(is_id(out->has_master_id, out->master_id, TOWN_RECORD, 22));
	CHECK(out->has_accepted_us && out->accepted_us == 19);
	CHECK(out->has_pending_us && out->pending_us == 20);
	CHECK_STR_EQ(out->advice, "请找供热公司");
	CHECK_STR_EQ(out->answer, "周三来水");
	CHECK(out->has_close_mode && out->close_mode == PB__COMPLAINT__CLOSE_MODE__CALL);
	CHECK(out->has_follow_up_score && out->follow_up_score == 4);
	CHECK(out->has_followed_up_us && out->followed_up_us == 23);
	CHECK(is_id(out->has_receipt_id, out->receipt_id, TOWN_RECORD, 24));
	CHECK(out->has_reopened_count && out->reopened_count == 6);
	CHECK(out->has_no_entry_count && out->no_entry_count == 8);
	CHECK(out->has_returned_count && out->returned_count == 9);
	CHECK(is_id(out->has_repeat_of_id, out->repeat_of_id, TOWN_RECORD, 25));
	CHECK(is_id(out->has_collective_id, out->collective_id, TOWN_RECORD, 26));
	CHECK(is_id(out->has_split_from_id, out->split_from_id, TOWN_RECORD, 27));
	CHECK(out->has_chased_count && out->chased_count == 28);
	CHECK(out->has_chased_us && out->chased_us == 29);
	CHECK(out->has_deadline_us && out->deadline_us == 25);
	CHECK(out->has_due_us && out->due_us == 26);
	CHECK(out->has_due_clock && out->due_clock == PB__CLOCK__NUMBER__ACCEPT);
	CHECK_INT_EQ(out->n_clocks, 0); /* it has no card */
}

/* Only what every complaint has. */
static void test_what_is_null_is_absent(void)
{
	const struct bench_complaint bare = {.record = 1, .state = 1, .version = 1, .in_queue = true};
	const Pb__Complaint *out;
	struct bench bench;

	begin(&bench, service);
	bench_complaint(&bench, STMT_complaint_get, &bare);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	out = reply_of(&bench)->complaint;
	CHECK(!out->has_team_id && !out->has_crew_id && !out->has_worker_id && !out->has_place_id);
	CHECK(!out->has_place_kind && out->place_code == NULL && out->place_name == NULL);
	CHECK(out->window == NULL && !out->has_arrived_us && !out->has_work_done_us);
	CHECK(out->result == NULL && out->advice == NULL && out->answer == NULL);
	CHECK(out->title == NULL && out->worker_name == NULL && out->contact == NULL);
	CHECK(!out->has_ended_us && !out->has_rating && !out->has_close_mode && !out->has_pending_us);
	CHECK(!out->has_state_before && !out->has_suspend_reason && !out->has_suspended_until_us);
	CHECK(!out->has_master_id && !out->has_receipt_id && !out->has_respondent_id);
	CHECK(!out->has_subkind && !out->has_follow_up_score && !out->has_followed_up_us);
	bench_end(&bench);
}

static void test_every_column_comes_through(void)
{
	const Pb__Complaint *out;
	struct bench bench;

	begin(&bench, manager);
	full_row(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.query_count, 3); /* whom to call, and clocks: nothing more was asked for */
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
	CHECK(is_id(out->has_crew_id, out->crew_id, TOWN_CREW, 1));
	check_intake(out);
	check_rest(out);
	CHECK_INT_EQ(reply_of(&bench)->n_events, 0);
	bench_end(&bench);
}

static void put_event(struct bench *bench, int step, int from, int to, const char *words)
{
	bench_row(bench, STMT_complaint_events, INT64_C(700) + step, INT64_C(40) + step,
		TOWN_NOW + step, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 1), step, from, to, step,
		town_id(TOWN_ACCOUNT, 1), town_id(TOWN_DEVICE, 1), uuid_nil, "20261123-0007",
		town_id(TOWN_TEAM, 1), uuid_nil, words, 1, 0, uuid_nil, uuid_nil, INT64_C(0), INT64_C(0),
		INT64_C(0), 0, "王琳", "counter", 0, NULL, uuid_nil, 0, 0, uuid_nil, NULL);
}

/* A row with what only some steps leave behind. */
static void put_full_event(struct bench *bench)
{
	bench_row(bench, STMT_complaint_events, INT64_C(799), INT64_C(99), TOWN_NOW + 9,
		town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 1), 4, 3, 4, 9, town_id(TOWN_ACCOUNT, 1),
		town_id(TOWN_DEVICE, 1), town_id(TOWN_RECORD, 203), "20261123-0007", town_id(TOWN_TEAM, 1),
		town_id(TOWN_CREW, 1), NULL, 2, 13, town_id(TOWN_ACCOUNT, 2), town_id(TOWN_RECORD, 301),
		INT64_C(31), INT64_C(32), INT64_C(33), 2, "王琳", "counter", 4, "马军",
		town_id(TOWN_RECORD, 900), 6, 80, town_id(TOWN_RECORD, 12), "20261101-0003");
}

static void test_details_of_an_event_come_through(void)
{
	const Pb__ComplaintEvent *out;
	struct bench bench;

	begin(&bench, leader);
	put_number(&bench, "with_events", 1);
	full_row(&bench);
	put_full_event(&bench);
	bench_row(&bench, STMT_feed_start, INT64_C(3), INT64_C(900));
	CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND); /* led by the manager */
	bench_end(&bench);
	begin(&bench, service);
	put_number(&bench, "with_events", 1);
	full_row(&bench);
	put_full_event(&bench);
	bench_row(&bench, STMT_feed_start, INT64_C(3), INT64_C(900));
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	out = reply_of(&bench)->events[0];
	CHECK(out->has_actor && out->actor == PB__COMPLAINT__ACTOR__OWNER_BY_CODE);
	CHECK(out->has_reason && out->reason == PB__COMPLAINT__REASON__WAITING_AUTHORITY);
	CHECK(is_id(out->has_worker_id, out->worker_id, TOWN_ACCOUNT, 2));
	CHECK(is_id(out->has_receipt_id, out->receipt_id, TOWN_RECORD, 301));
	CHECK(out->window->from_us == 31 && out->window->to_us == 32);
	CHECK(out->has_until_us && out->until_us == 33);
	CHECK(out->has_clock && out->clock == PB__CLOCK__NUMBER__RESOLVE);
	CHECK(out->has_percent && out->percent == 80);
	CHECK(out->has_score && out->score == 2);
	CHECK_STR_EQ(out->account_name, "王琳");
	CHECK_STR_EQ(out->device_name, "counter");
	CHECK(out->has_role && out->role == PB__GRANT__ROLE__LEADER);
	CHECK_STR_EQ(out->worker_name, "马军");
	CHECK(is_id(out->has_trace_id, out->trace_id, TOWN_RECORD, 900));
	CHECK(is_id(out->has_other_id, out->other_id, TOWN_RECORD, 12));
	CHECK_STR_EQ(out->other_number, "20261101-0003");
	bench_end(&bench);
}

static void test_the_timeline_comes_if_asked_for(void)
{
	const Pb__ComplaintEvent *first;
	const Pb__ComplaintEvent *last;
	struct bench bench;

	begin(&bench, manager);
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
	CHECK(!first->has_reason && !first->has_worker_id && !first->has_receipt_id);
	CHECK(!first->has_until_us && !first->has_score && !first->has_role && first->window == NULL);
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
	{"what_is_null_is_absent", test_what_is_null_is_absent},
	{"details_of_an_event_come_through", test_details_of_an_event_come_through},
	{"the_timeline_comes_if_asked_for", test_the_timeline_comes_if_asked_for},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
