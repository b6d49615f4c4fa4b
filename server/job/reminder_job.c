/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/reminder_job.h"

#include "server/contact_phone.h"
#include "server/domain/complaint.h"
#include "server/domain/reminder.h"
#include "server/notice.h"
#include "server/outgoing.h"
#include "server/server.h"

#define EVERY_MS 60000 /* nobody waits for a reminder */

/* Columns of reminders_due. */
enum {
	COLUMN_COMMUNITY_ID,
	COLUMN_COMPLAINT_ID,
	COLUMN_VERSION,
	COLUMN_STATE,
	COLUMN_PENDING,
	COLUMN_REMIND,
	COLUMN_LANGUAGE,
	COLUMN_NUMBER,
	COLUMN_COMMUNITY,
	COLUMN_OFFSET,
	COLUMN_WRAPPED_KEY,
	COLUMN_PHONE,
};

/* $2–$10 of reminders_write, a row each. */
struct reminders {
	size_t count;
	struct uuid community_ids[PORTION_ROWS_MAX];
	struct uuid complaint_ids[PORTION_ROWS_MAX];
	int64_t versions[PORTION_ROWS_MAX];
	int64_t nexts[PORTION_ROWS_MAX];
	int days[PORTION_ROWS_MAX]; /* 0: nobody is told */
	struct uuid outgoing_ids[PORTION_ROWS_MAX];
	int kinds[PORTION_ROWS_MAX];
	int languages[PORTION_ROWS_MAX];
	struct span sealed[PORTION_ROWS_MAX];
};

static const struct {
	int day;
	enum outgoing_kind kind;
	enum notice notice;
} words[] = {
	{1, OUTGOING_REMINDER_DAY_1, NOTICE_REMINDER_DAY_1},
	{3, OUTGOING_REMINDER_DAY_3, NOTICE_REMINDER_DAY_3},
	{7, OUTGOING_REMINDER_DAY_7, NOTICE_REMINDER_DAY_7},
};
static_assert(COUNT(words) == REMINDER_COUNT, "a row per reminder");

static size_t words_of(int day)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		if (words[i].day == day) {
			return i;
		}
	}
	unreachable(); /* the plan names one of them */
}

/* The owner's telephone; false where there is nobody to write to. */
static bool open_phone(struct portion_job *job, const struct query *due, size_t row,
	struct arena *arena, struct str *out)
{
	struct contact_sealed sealed = {
		.community_id = row_uuid(due, row, COLUMN_COMMUNITY_ID),
		.complaint_id = row_uuid(due, row, COLUMN_COMPLAINT_ID),
		.wrapped_key = row_bytes(due, row, COLUMN_WRAPPED_KEY),
		.phone = row_bytes(due, row, COLUMN_PHONE),
	};

	return contact_phone_open(job->server, arena, &sealed, out);
}

/* The message of this day into the portion's next row. */
static void tell(struct portion_job *job, const struct query *due, size_t row, int day,
	struct arena *arena, struct reminders *out)
{
	size_t i = out->count;
	struct outgoing_message message = {0};
	struct notice_facts facts = {
		.community = row_text(due, row, COLUMN_COMMUNITY),
		.number = row_text(due, row, COLUMN_NUMBER),
	};

	if (!open_phone(job, due, row, arena, &message.to)) {
		return;
	}
	message.text = notice_text(
		arena, words[words_of(day)].notice, row_int2(due, row, COLUMN_LANGUAGE), &facts);
	out->days[i] = day;
	out->outgoing_ids[i] = uuid_v7(job->server->now.utc_us);
	out->kinds[i] = (int)words[words_of(day)].kind;
	out->languages[i] = row_int2(due, row, COLUMN_LANGUAGE);
	out->sealed[i] = outgoing_seal(
		arena, &job->server->seal, out->community_ids[i], out->outgoing_ids[i], &message);
}

/* What awaits nobody's word any more, left behind by a server of before, is forgotten. */
static void add(struct portion_job *job, const struct query *due, size_t row, struct arena *arena,
	struct reminders *out)
{
	size_t i = out->count;
	struct reminder_clock clock = {job->server->now.utc_us, row_int4(due, row, COLUMN_OFFSET)};
	struct reminder_plan plan = {REMINDER_LATER, 0, 0};

	if (row_int2(due, row, COLUMN_STATE) == COMPLAINT_PENDING_CONFIRMATION) {
		plan = reminder_plan(
			row_time(due, row, COLUMN_PENDING), row_time(due, row, COLUMN_REMIND), &clock);
	}
	out->community_ids[i] = row_uuid(due, row, COLUMN_COMMUNITY_ID);
	out->complaint_ids[i] = row_uuid(due, row, COLUMN_COMPLAINT_ID);
	out->versions[i] = row_int4(due, row, COLUMN_VERSION);
	out->nexts[i] = plan.next_us;
	if (plan.verdict == REMINDER_NOW) {
		tell(job, due, row, plan.day, arena, out);
	}
	out->count++;
}

static size_t decide(struct portion_job *job, const struct query *due, struct query *write)
{
	struct reminders *out = arena_new(write->arena, struct reminders);
	static const struct reminders none;
	const struct reminders *all = out == NULL ? &none : out;
	size_t told_count = 0;

	for (size_t row = 0; out != NULL && row < query_rows(due); row++) {
		add(job, due, row, write->arena, out);
		told_count += out->days[row] != 0;
	}
	query_uuids(write, all->community_ids, all->count);
	query_uuids(write, all->complaint_ids, all->count);
	query_int8s(write, all->versions, all->count);
	query_int8s(write, all->nexts, all->count);
	query_int2s(write, all->days, all->count);
	query_uuids(write, all->outgoing_ids, all->count);
	query_int2s(write, all->kinds, all->count);
	query_int2s(write, all->languages, all->count);
	query_spans(write, all->sealed, all->count);
	return told_count;
}

const struct portion_kind reminder_portion = {
	.event = "owners.reminded",
	.look = STMT_reminders_due,
	.write = STMT_reminders_write,
	.every_ms = EVERY_MS,
	.decide = decide,
};
