/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/merged_job.h"

#include "server/contact_phone.h"
#include "server/domain/complaint_record.h"
#include "server/domain/reminder.h"
#include "server/notice.h"
#include "server/outgoing.h"
#include "server/server.h"

#define EVERY_MS 5000

/* Columns of merged_due. */
enum {
	COLUMN_COMMUNITY_ID,
	COLUMN_MASTER_ID,
	COLUMN_VERSION,
	COLUMN_STEP,
	COLUMN_TOLD_TO,
	COLUMN_COMMUNITY,
	COLUMN_OFFSET,
	COLUMN_ANSWER,
	COLUMN_ADVICE,
	COLUMN_COMPLAINT_ID,
	COLUMN_LANGUAGE,
	COLUMN_NUMBER,
	COLUMN_WRAPPED_KEY,
	COLUMN_PHONE,
};

/* What is said of the master's step. */
struct saying {
	enum outgoing_kind kind;
	enum notice notice;
	struct str text;  /* free words */
	bool needs_words; /* without them there is nothing to say */
};

/* $10–$13 of merged_write, a row each. */
struct notices {
	size_t count;
	struct uuid outgoing_ids[PORTION_ROWS_MAX];
	struct uuid complaint_ids[PORTION_ROWS_MAX];
	int languages[PORTION_ROWS_MAX];
	struct span sealed[PORTION_ROWS_MAX];
};

static struct saying saying_of(const struct query *due)
{
	enum complaint_step step = (enum complaint_step)row_int2(due, 0, COLUMN_STEP);
	struct str answer = row_text(due, 0, COLUMN_ANSWER);
	struct str advice = row_text(due, 0, COLUMN_ADVICE);

	switch ((int)step) {
	case COMPLAINT_STEP_SEND:
		return (struct saying){OUTGOING_ANSWER, NOTICE_MERGED_ANSWER, answer, true};
	case COMPLAINT_STEP_ADVISE:
		return (struct saying){OUTGOING_ADVICE, NOTICE_MERGED_ADVICE, advice, true};
	case COMPLAINT_STEP_DECIDE:
		return (struct saying){OUTGOING_DECIDED, NOTICE_MERGED_CLOSED, STR(""), false};
	default: /* CONFIRM, AGREE; and what a newer server may have added: it is about its end */
		return (struct saying){OUTGOING_CLOSED, NOTICE_MERGED_CLOSED, STR(""), false};
	}
}

/* One owner's message; none without a telephone. */
static void tell(struct portion_job *job, const struct query *due, size_t row,
	const struct saying *saying, struct arena *arena, struct notices *out)
{
	int language = row_int2(due, row, COLUMN_LANGUAGE);
	struct contact_sealed sealed = {
		.community_id = row_uuid(due, row, COLUMN_COMMUNITY_ID),
		.complaint_id = row_uuid(due, row, COLUMN_COMPLAINT_ID),
		.wrapped_key = row_bytes(due, row, COLUMN_WRAPPED_KEY),
		.phone = row_bytes(due, row, COLUMN_PHONE),
	};
	struct notice_facts facts = {
		.community = row_text(due, row, COLUMN_COMMUNITY),
		.number = row_text(due, row, COLUMN_NUMBER),
		.text = saying->text,
	};
	struct outgoing_message message = {0};
	struct uuid id = uuid_v7(job->server->now.utc_us);

	if (!contact_phone_open(job->server, arena, &sealed, &message.to)) {
		return;
	}
	message.text = notice_text(arena, saying->notice, language, &facts);
	out->outgoing_ids[out->count] = id;
	out->complaint_ids[out->count] = sealed.complaint_id;
	out->languages[out->count] = language;
	out->sealed[out->count] =
		outgoing_seal(arena, &job->server->seal, sealed.community_id, id, &message);
	out->count++;
}

/* How many rows have an owner: one that has none says that all are told. */
static size_t owner_count(const struct query *due)
{
	size_t rows = query_rows(due);

	return rows == 1 && row_is_null(due, 0, COLUMN_COMPLAINT_ID) ? 0 : rows;
}

/* Where the notice stands afterwards. */
struct progress {
	struct uuid told_to;
	bool is_over;
	int64_t due_us;
};

static void add_progress(
	struct query *write, const struct query *due, const struct progress *progress)
{
	query_uuid(write, row_uuid(due, 0, COLUMN_COMMUNITY_ID));
	query_uuid(write, row_uuid(due, 0, COLUMN_MASTER_ID));
	query_int4(write, row_int4(due, 0, COLUMN_VERSION));
	query_uuid(write, row_uuid(due, 0, COLUMN_TOLD_TO));
	query_uuid(write, progress->told_to);
	query_bool(write, progress->is_over);
	query_time(write, progress->due_us);
}

static void add_notices(
	struct query *write, const struct saying *saying, const struct notices *notices)
{
	query_int2(write, (int)saying->kind);
	query_uuids(write, notices->outgoing_ids, notices->count);
	query_uuids(write, notices->complaint_ids, notices->count);
	query_int2s(write, notices->languages, notices->count);
	query_spans(write, notices->sealed, notices->count);
}

static size_t decide(struct portion_job *job, const struct query *due, struct query *write)
{
	struct reminder_clock clock = {job->server->now.utc_us, row_int4(due, 0, COLUMN_OFFSET)};
	struct saying saying = saying_of(due);
	struct notices *out = arena_new(write->arena, struct notices);
	static const struct notices none;
	size_t count = owner_count(due);
	struct progress progress = {
		.told_to = row_uuid(due, 0, COLUMN_TOLD_TO),
		.due_us = reminder_daytime_us(&clock),
	};

	if (progress.due_us == clock.now_us) {
		/* Reopened meanwhile, an answer is no longer one. */
		bool has_words = !saying.needs_words || saying.text.len > 0;

		for (size_t row = 0; out != NULL && has_words && row < count; row++) {
			tell(job, due, row, &saying, write->arena, out);
		}
		progress.is_over = !has_words || count < PORTION_ROWS_MAX;
		if (count > 0) {
			progress.told_to = row_uuid(due, count - 1, COLUMN_COMPLAINT_ID);
		}
	}
	add_progress(write, due, &progress);
	add_notices(write, &saying, out == NULL ? &none : out);
	return out == NULL ? 0 : out->count;
}

const struct portion_kind merged_portion = {
	.event = "owners.told",
	.look = STMT_merged_due,
	.write = STMT_merged_write,
	.every_ms = EVERY_MS,
	.decide = decide,
};
