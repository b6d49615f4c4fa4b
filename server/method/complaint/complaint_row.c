/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_row.h"

#include "server/method/complaint/complaint_column.h"
#include "server/method/complaint/complaint_number.h"
#include "server/principal.h"

static void read_side_state(struct complaint_record *out, const struct query *query, size_t row)
{
	out->state_before = (enum complaint_state)row_int2(query, row, COLUMN_STATE_BEFORE);
	out->suspend_reason = row_int2(query, row, COLUMN_SUSPEND_REASON);
	out->suspended_until_us = row_time(query, row, COLUMN_SUSPENDED_UNTIL);
	out->master_id = row_uuid(query, row, COLUMN_MASTER_ID);
}

static void read_end(struct complaint_record *out, const struct query *query, size_t row)
{
	out->ended_us = row_time(query, row, COLUMN_ENDED);
	out->rating = row_int2(query, row, COLUMN_RATING);
	out->pending_us = row_time(query, row, COLUMN_PENDING);
	out->remind_us = row_time(query, row, COLUMN_REMIND);
	out->close_mode = row_int2(query, row, COLUMN_CLOSE_MODE);
	out->follow_up_score = row_int2(query, row, COLUMN_FOLLOW_UP_SCORE);
	out->followed_up_us = row_time(query, row, COLUMN_FOLLOWED_UP);
	out->reopened_count = row_int2(query, row, COLUMN_REOPENED_COUNT);
}

static void read_visit(struct complaint_record *out, const struct query *query, size_t row)
{
	out->crew_id = row_uuid(query, row, COLUMN_CREW_ID);
	out->worker_id = row_uuid(query, row, COLUMN_WORKER_ID);
	out->window_from_us = row_time(query, row, COLUMN_WINDOW_FROM);
	out->window_to_us = row_time(query, row, COLUMN_WINDOW_TO);
	out->arrived_us = row_time(query, row, COLUMN_ARRIVED);
	out->work_done_us = row_time(query, row, COLUMN_WORK_DONE);
	out->result = row_text(query, row, COLUMN_RESULT);
	out->receipt_id = row_uuid(query, row, COLUMN_RECEIPT_ID);
}

char *complaint_row_number(const struct query *query, size_t row)
{
	return complaint_number(
		query->arena, row_day(query, row, COLUMN_DAY), row_int4(query, row, COLUMN_DAY_NO));
}

struct complaint_record complaint_row_record(const struct query *query, size_t row)
{
	struct complaint_record out = {
		.complaint_id = row_uuid(query, row, COLUMN_COMPLAINT_ID),
		.number = str_from_c(complaint_row_number(query, row)),
		.version = (uint32_t)row_int4(query, row, COLUMN_VERSION),
		.kind = row_int2(query, row, COLUMN_KIND),
		.urgency = row_int2(query, row, COLUMN_URGENCY),
		.reporter = row_int2(query, row, COLUMN_REPORTER),
		.language = row_int2(query, row, COLUMN_LANGUAGE),
		.lead = (enum complaint_lead)row_int2(query, row, COLUMN_LEAD),
		.place_id = row_uuid(query, row, COLUMN_PLACE_ID),
		.place_kind = row_int2(query, row, COLUMN_PLACE_KIND),
		.category = (uint32_t)row_int2(query, row, COLUMN_CATEGORY),
		.respondent_id = row_uuid(query, row, COLUMN_RESPONDENT_ID),
		.state = (enum complaint_state)row_int2(query, row, COLUMN_STATE),
		.team_id = row_uuid(query, row, COLUMN_TEAM_ID),
		.accepted_us = row_time(query, row, COLUMN_ACCEPTED),
		.advice = row_text(query, row, COLUMN_ADVICE),
		.answer = row_text(query, row, COLUMN_ANSWER),
		.repeat_of = row_uuid(query, row, COLUMN_REPEAT_OF),
		.collective_id = row_uuid(query, row, COLUMN_COLLECTIVE_ID),
		.split_from = row_uuid(query, row, COLUMN_SPLIT_FROM),
		.chased_count = row_int2(query, row, COLUMN_CHASED_COUNT),
		.chased_us = row_time(query, row, COLUMN_CHASED),
	};

	read_visit(&out, query, row);
	read_side_state(&out, query, row);
	read_end(&out, query, row);
	return out;
}

static bool is_long_over(const struct query *query, size_t row, int64_t now_us)
{
	int64_t ended_us = row_time(query, row, COLUMN_ENDED);

	return ended_us != 0 && now_us - ended_us > COMPLAINT_CREW_SEES_US;
}

struct area complaint_row_area(const struct query *query, size_t row, int64_t now_us)
{
	return (struct area){
		.community_id = row_uuid(query, row, COLUMN_COMMUNITY_ID),
		.team_id = row_uuid(query, row, COLUMN_TEAM_ID),
		.crew_id =
			is_long_over(query, row, now_us) ? uuid_nil : row_uuid(query, row, COLUMN_CREW_ID),
	};
}

/* The person dispatched; where only a crew was, anybody of it. */
static bool is_worker(
	const struct request *r, const struct query *query, size_t row, role_set reach)
{
	struct uuid worker_id = row_uuid(query, row, COLUMN_WORKER_ID);

	if (is_long_over(query, row, request_now_us(r))) {
		return false;
	}
	return uuid_is_nil(worker_id) ? (reach & ROLE_BIT(ROLE_CREW_MEMBER)) != 0
	                              : uuid_equal(worker_id, r->principal->account_id);
}

struct complaint_relation complaint_row_relation(
	const struct request *r, const struct query *query, size_t row)
{
	struct uuid respondent_id = row_uuid(query, row, COLUMN_RESPONDENT_ID);
	struct complaint_relation out = {
		.area = complaint_row_area(query, row, request_now_us(r)),
		.is_respondent = uuid_equal(respondent_id, r->principal->account_id),
	};

	out.reach = request_reach(r, &out.area);
	out.is_worker = is_worker(r, query, row, out.reach);
	out.sees = complaint_reach(out.reach, (enum complaint_lead)row_int2(query, row, COLUMN_LEAD),
		out.is_respondent, out.is_worker);
	return out;
}

size_t complaint_row_bytes(const struct query *query, size_t row)
{
	static const enum complaint_column texts[] = {COLUMN_TITLE, COLUMN_TEXT, COLUMN_RESULT,
		COLUMN_ADVICE, COLUMN_ANSWER, COLUMN_PLACE_CODE, COLUMN_PLACE_NAME, COLUMN_WORKER_NAME};
	size_t bytes = 512; /* all but the texts */

	for (size_t i = 0; i < COUNT(texts); i++) {
		bytes += row_text(query, row, (int)texts[i]).len;
	}
	return bytes;
}

uint32_t complaint_row_version(const struct query *query, size_t row)
{
	return (uint32_t)row_int4(query, row, COLUMN_VERSION);
}

int64_t complaint_row_submitted_us(const struct query *query, size_t row)
{
	return row_time(query, row, COLUMN_SUBMITTED);
}

struct uuid complaint_row_id(const struct query *query, size_t row)
{
	return row_uuid(query, row, COLUMN_COMPLAINT_ID);
}
