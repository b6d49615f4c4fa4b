/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/method/steps.h"

#include "complaint.pb-c.h"
#include "server/outgoing.h"

const struct access_grants *const step_people[] = {&nobody, &administrator, &manager, &leader,
	&officer, &service, &crew_member, &cleaner, &guard, &inspector, &director, &leader_elsewhere,
	&leader_of_team_2, &service_elsewhere, &crew_member_elsewhere, &expired_leader,
	&administrator_and_leader_elsewhere};
static_assert(COUNT(step_people) == STEP_PEOPLE_COUNT, "a bit each");

#define OF(name) METHOD_complaint_##name
#define DOES(name) COMPLAINT_STEP_##name
#define TO(name) COMPLAINT_##name
#define FROM(...) \
	{ \
		__VA_ARGS__ \
	}
#define OPEN \
	COMPLAINT_SUBMITTED, COMPLAINT_ACCEPTED, COMPLAINT_SCHEDULED, COMPLAINT_DISPATCHED, \
		COMPLAINT_ON_SITE, COMPLAINT_WORK_DONE, COMPLAINT_PENDING_CONFIRMATION, COMPLAINT_ADVISED, \
		COMPLAINT_REPORTED_UP, COMPLAINT_ANSWERED, COMPLAINT_REOPENED
#define REASON .text_field = "reason", .text = "业主说明了原因"

const struct step_row step_rows[] = {
	{OF(accept), DOES(ACCEPT), FROM(TO(SUBMITTED)), TO(ACCEPTED), BY_LEADER | BY_OFFICER},
	{OF(pass), DOES(PASS), FROM(TO(SUBMITTED), TO(ACCEPTED), TO(REOPENED)), TO(SUBMITTED),
		BY_LEADER | BY_OFFICER | BY_SERVICE, REASON},
	{OF(classify), DOES(CLASSIFY), FROM(TO(SUBMITTED), TO(ACCEPTED), TO(SCHEDULED), TO(REOPENED)),
		TO(SUBMITTED), BY_LEADER | BY_SERVICE, .number_field = "category", .number = 300},
	{OF(reject), DOES(REJECT), FROM(TO(SUBMITTED)), TO(REJECTED_INVALID), BY_MANAGER, REASON},
	{OF(advise), DOES(ADVISE), FROM(TO(ACCEPTED)), TO(ADVISED), BY_LEADER, .is_full = true,
		.text_field = "advice", .text = "请联系供热公司"},
	{OF(report_up), DOES(REPORT_UP), FROM(TO(ADVISED)), TO(REPORTED_UP), BY_LEADER, REASON},
	{OF(agree), DOES(AGREE), FROM(TO(REPORTED_UP)), TO(CLOSED_OUT_OF_SCOPE), BY_OFFICER,
		.is_full = true},
	{OF(overrule), DOES(OVERRULE), FROM(TO(REPORTED_UP)), TO(ACCEPTED), BY_OFFICER, REASON},
	{OF(answer), DOES(ANSWER), FROM(TO(ACCEPTED), TO(REOPENED)), TO(ANSWERED),
		BY_LEADER | BY_SERVICE, .text_field = "answer", .text = "周三恢复供水"},
	{OF(send), DOES(SEND), FROM(TO(ANSWERED)), TO(PENDING_CONFIRMATION), BY_LEADER | BY_SERVICE,
		.is_full = true},
	{OF(book), DOES(BOOK), FROM(TO(ACCEPTED), TO(REOPENED), TO(SCHEDULED)), TO(SCHEDULED),
		BY_LEADER, .is_full = true},
	{OF(dispatch), DOES(DISPATCH), FROM(TO(SCHEDULED), TO(ACCEPTED)), TO(DISPATCHED), BY_LEADER},
	{OF(reassign), DOES(REASSIGN), FROM(TO(DISPATCHED), TO(ON_SITE)), TO(DISPATCHED), BY_LEADER,
		REASON, .is_full = true},
	{OF(arrive), DOES(ARRIVE), FROM(TO(DISPATCHED)), TO(ON_SITE), BY_CREW,
		.number_field = "has_entry_consent", .number = 1},
	{OF(return ), DOES(RETURN), FROM(TO(DISPATCHED), TO(ON_SITE)), TO(SCHEDULED),
		BY_CREW | BY_LEADER, .text_field = "words", .text = "家中无人", .number_field = "reason",
		.number = PB__COMPLAINT__REASON__NO_ENTRY},
	{OF(done), DOES(DONE), FROM(TO(ON_SITE)), TO(ON_SITE), BY_CREW, .text_field = "result",
		.text = "换了水管", .is_full = true},
	{OF(code), DOES(CODE), FROM(TO(ON_SITE)), TO(ON_SITE), BY_CREW, .is_full = true},
	{OF(sign), DOES(SIGN), FROM(TO(ON_SITE)), TO(WORK_DONE), BY_CREW, REASON,
		.number_field = "sign_method", .number = 3, .is_full = true},
	{OF(verify), DOES(VERIFY), FROM(TO(WORK_DONE)), TO(PENDING_CONFIRMATION), BY_LEADER},
	{OF(send_back), DOES(SEND_BACK), FROM(TO(WORK_DONE)), TO(SCHEDULED), BY_LEADER, REASON},
	{OF(confirm), DOES(CONFIRM), FROM(TO(PENDING_CONFIRMATION)), TO(CLOSED), BY_SERVICE,
		.number_field = "rating", .number = 4, .is_full = true},
	{OF(refuse), DOES(REFUSE), FROM(TO(PENDING_CONFIRMATION)), TO(REOPENED), BY_SERVICE, REASON},
	{OF(decide), DOES(DECIDE), FROM(TO(PENDING_CONFIRMATION)), TO(CLOSED), BY_OFFICER | BY_MANAGER,
		.is_full = true, REASON},
	{OF(reopen), DOES(REOPEN), FROM(TO(CLOSED)), TO(REOPENED), BY_SERVICE | BY_INSPECTOR, REASON},
	{OF(follow_up), DOES(FOLLOW_UP), FROM(TO(CLOSED)), TO(CLOSED), BY_SERVICE | BY_INSPECTOR,
		.text_field = "words", .text = "很满意", .number_field = "score", .number = 5},
	{OF(suspend), DOES(SUSPEND), FROM(OPEN), TO(SUSPENDED), BY_LEADER | BY_MANAGER, .text_field = "words",
		.text = "等配件", .number_field = "reason", .number = PB__COMPLAINT__REASON__WAITING_PARTS},
	{OF(resume), DOES(RESUME), FROM(TO(SUSPENDED)), STEP_BEFORE, BY_LEADER},
	{OF(merge), DOES(MERGE), FROM(OPEN), TO(MERGED), BY_LEADER | BY_SERVICE, .is_full = true},
	{OF(unmerge), DOES(UNMERGE), FROM(TO(MERGED)), STEP_BEFORE, BY_LEADER | BY_SERVICE,
		.is_full = true},
	{OF(withdraw), DOES(WITHDRAW), FROM(OPEN, TO(SUSPENDED), TO(MERGED)), TO(WITHDRAWN), BY_SERVICE,
		REASON},
};
const size_t step_row_count = COUNT(step_rows);

const struct step_row *step_row_of(enum method method)
{
	for (size_t i = 0; i < step_row_count; i++) {
		if (step_rows[i].method == method) {
			return &step_rows[i];
		}
	}
	unreachable();
}

bool step_leads_from(const struct step_row *row, enum complaint_state state)
{
	for (size_t i = 0; i < STEP_FROM_MAX && row->from[i] != 0; i++) {
		if (row->from[i] == state) {
			return true;
		}
	}
	/* The only one that leads from two ended states, and stays there. */
	return row->step == COMPLAINT_STEP_FOLLOW_UP && state == COMPLAINT_CLOSED_OUT_OF_SCOPE;
}

struct bench_complaint step_complaint(enum complaint_state state)
{
	bool is_side = state == COMPLAINT_SUSPENDED || state == COMPLAINT_MERGED;
	bool is_booked = state == COMPLAINT_SCHEDULED || state == COMPLAINT_DISPATCHED ||
	                 state == COMPLAINT_ON_SITE || state == COMPLAINT_WORK_DONE;
	bool is_done = state == COMPLAINT_ON_SITE || state == COMPLAINT_WORK_DONE;

	return (struct bench_complaint){
		.record = 1,
		.state = (int)state,
		.version = STEP_VERSION,
		.urgency = PB__COMPLAINT__URGENCY__URGENT,
		.crew = 1,
		.place_kind = 3,
		.window_from_us = is_booked ? TOWN_NOW - STEP_HOUR : 0,
		.window_to_us = is_booked ? TOWN_NOW + STEP_HOUR : 0,
		.arrived_us = is_done ? TOWN_NOW - 100 : 0,
		.work_done_us = is_done ? TOWN_NOW - 50 : 0,
		.receipt = is_done ? 301 : 0,
		.ended_us = state < 100 ? 0 : TOWN_NOW - BENCH_DAY,
		.accepted_us = TOWN_NOW - 9 * BENCH_DAY,
		.pending_us = state == COMPLAINT_PENDING_CONFIRMATION ? TOWN_NOW - 8 * BENCH_DAY : 0,
		.answer = state == COMPLAINT_ANSWERED ? "周三恢复供水" : NULL,
		.state_before = is_side ? STEP_BEFORE : 0,
		.suspend_reason = state == COMPLAINT_SUSPENDED ? 12 : 0,
		.suspended_until_us = state == COMPLAINT_SUSPENDED ? TOWN_NOW + BENCH_DAY : 0,
		.master = state == COMPLAINT_MERGED ? 2 : 0,
	};
}

/* What only one method asks for. */
static void put_own(struct bench *bench, const struct step_row *row)
{
	uint8_t photo[32] = {0xF0};

	if (row->step == COMPLAINT_STEP_BOOK) {
		put_number(bench, "window.from_us", TOWN_NOW + STEP_HOUR);
		put_number(bench, "window.to_us", TOWN_NOW + 2 * STEP_HOUR);
	}
	if (row->step == COMPLAINT_STEP_PASS) {
		put_id(bench, "team_id", TOWN_TEAM, 2);
	}
	if (row->step == COMPLAINT_STEP_REASSIGN) {
		put_id(bench, "worker_id", TOWN_ACCOUNT, 2);
	}
	if (row->step == COMPLAINT_STEP_DONE) {
		put_bytes(bench, "photos", span_of(photo, sizeof photo));
	}
	if (row->step == COMPLAINT_STEP_SUSPEND) {
		put_number(bench, "until_us", TOWN_NOW + 5 * BENCH_DAY);
	}
	if (row->step == COMPLAINT_STEP_MERGE) {
		put_id(bench, "master_id", TOWN_RECORD, 2);
		put_number(bench, "master_version", 3);
	}
}

void step_put(struct bench *bench, const struct step_row *row, uint32_t version)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_number(bench, "version", version);
	if (row->text_field != NULL) {
		put_text(bench, row->text_field, row->text);
	}
	if (row->number_field != NULL) {
		put_number(bench, row->number_field, row->number);
	}
	put_own(bench, row);
}

void step_find(struct bench *bench, const struct step_row *row,
	const struct bench_complaint *complaint, const char *phone)
{
	bench_complaint(bench, STMT_complaint_get, complaint);
	bench_row(bench, STMT_complaint_officer, 1);
	bench_around(bench, complaint->worker == 0 ? NULL : "马军");
	if (phone != NULL) {
		bench_contact(bench, 1, "阿依古丽", phone);
	}
	bench_row(bench, STMT_busy_others, 0, 0, INT64_C(0), 0);
	bench_row(bench, STMT_receipts_since, INT64_C(0));
	bench_row(bench, STMT_complaint_paused, INT64_C(0));
	bench_row(bench, STMT_worker_may, 1);
	bench_row(bench, STMT_complaint_handled, (int)complaint->was_handled);
	bench_crew(bench, STMT_crew_get);
	if (row->step == COMPLAINT_STEP_PASS) {
		bench_row(bench, STMT_team_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 2), "二组");
	}
	if (row->step == COMPLAINT_STEP_MERGE) {
		bench_row(bench, STMT_complaint_is_master, false);
		bench_next(bench, STMT_complaint_get);
		bench_complaint(bench, STMT_complaint_get,
			&(struct bench_complaint){.record = 2, .state = COMPLAINT_ACCEPTED, .version = 3});
	}
}

struct outgoing_message step_told(struct bench *bench)
{
	const struct query *effect = bench->r.effect;
	struct outgoing_message out = {.to = {NULL, 0}, .text = {NULL, 0}};
	struct uuid id;
	bool opened;

	if (effect->stmt != STMT_complaint_step_full || param_is_null(effect, 44)) {
		return out;
	}
	id = uuid_from_span(span_of(effect->values[43], UUID_BYTES));
	out.kind = (int)param_number(effect, 45);
	out.language = (int)param_number(effect, 46);
	opened = outgoing_open(&bench->arena, &bench->server.seal, town_id(TOWN_COMMUNITY, 1), id,
		param_bytes(effect, 47), &out);
	assert(opened);
	return out;
}
