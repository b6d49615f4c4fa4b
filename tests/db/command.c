/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/command.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "tests/db/town.h"

/* A request has three. Two writers that race for a day's numbers must get through all the same. */
#define TRIES_MAX 4
#define TRIES_SUBMIT_MAX 40

static struct uuid record_of(const struct command *command)
{
	return town_id(TOWN_RECORD, command->record);
}

static struct uuid key_of(const struct command *command)
{
	return town_id(TOWN_RECORD, command->key == 0 ? command->record : command->key);
}

static bool is_submit(const struct command *command)
{
	return command->stmt == STMT_complaint_submit;
}

static bool is_complaint(const struct command *command)
{
	return is_submit(command) || command->stmt == STMT_complaint_step ||
	       command->stmt == STMT_complaint_step_full || command->stmt == STMT_complaint_split ||
	       command->stmt == STMT_complaint_note;
}

static uint32_t or_one(uint32_t n)
{
	return n == 0 ? 1 : n;
}

static struct uuid community_of(const struct command *command)
{
	return is_complaint(command) ? town_id(TOWN_COMMUNITY, or_one(command->community)) : uuid_nil;
}

static struct uuid account_of(const struct command *command)
{
	return town_id(TOWN_ACCOUNT, or_one(command->account));
}

static struct str body_of(const struct command *command)
{
	return command->body == NULL ? STR("—") : str_from_c(command->body);
}

struct uuid command_trace(const struct command *command)
{
	return town_id(TOWN_RECORD, command->record + 5000);
}

void command_hash(const struct command *command, uint8_t out[32])
{
	struct str body = body_of(command);

	SHA256((const uint8_t *)body.ptr, body.len, out);
}

/* $31–$44: the owner's contact, an acknowledgement and the message that brings it; or none of these. */
static void add_told(struct query *query, const struct command *command)
{
	struct receipt_bytes bytes;

	if (!command->is_told) {
		for (int i = 0; i < 13; i++) {
			query_null(query);
		}
		query_null(query); /* no deadline */
		query_null(query); /* what it is a repeat of */
		return;
	}
	command_receipt(query->arena, COMMAND_TOKEN, body_of(command), &bytes);
	query_bytes(query, span_of("wrapped", 7));
	query_bytes(query, span_of("name", 4));
	query_bytes(query, span_of("phone", 5));
	query_bytes(query, span_of(bytes.sha256, 32));
	query_uuid(query, record_of(command));
	query_int2(query, RECEIPT_ACKNOWLEDGEMENT);
	query_bytes(query, span_of(bytes.sha256, 32)); /* any 32 bytes will do for a code's hash */
	query_text(query, str_of((const char *)bytes.json.ptr, bytes.json.len));
	query_text(query, bytes.text);
	query_uuid(query, town_id(TOWN_RECORD, command->record + 1000));
	query_int2(query, 1); /* ACKNOWLEDGEMENT */
	query_bytes(query, span_of("sealed", 6));
	query_text(query, COMMAND_TOKEN);
	query_null(query); /* no deadline */
	query_null(query);
}

void command_receipt(
	struct arena *arena, struct str number, struct str text, struct receipt_bytes *out)
{
	const struct receipt receipt = {
		.kind = RECEIPT_ACKNOWLEDGEMENT,
		.language = RECEIPT_ZH,
		.number = number,
		.community = STR("花园小区"),
		.issued = STR("2026-11-23 18:40"),
		.zone = STR("Asia/Shanghai"),
		.acknowledgement =
			{
				.complaint_kind = 2,
				.text = text,
				.submitted = STR("2026-11-23 18:40"),
			},
	};

	receipt_make(arena, &receipt, out);
}

static void add_submit(struct query *query, const struct command *command)
{
	static const int64_t pairs[] = {
		INT64_C(0x6F0F) << 21 | 0x6C34, 0, 9, 10, -1, INT64_MIN, INT64_MAX};

	query_int2(query, 2); /* REPAIR */
	query_int2(query, 1); /* PHONE */
	query_int2(query, 1); /* NORMAL */
	query_null(query);
	query_text(query, body_of(command));
	query_text(query, body_of(command));
	query_int8s(query, pairs, COUNT(pairs));
	query_time(query, command->submitted_us == 0 ? TOWN_NOW : command->submitted_us);
	query_uuid(query, town_id(TOWN_TEAM, or_one(command->community)));
	query_null(query); /* place */
	query_int2(query, 203);
	query_bool(query, true); /* suggested */
	query_null(query);       /* subkind */
	query_int2(query, 1);    /* NAMED */
	query_int2(query, 1);    /* ZH */
	query_int2(query, 1);    /* LEADER */
	query_null(query);       /* respondent */
	query_int2(query, 1);    /* SUBMITTED */
	for (int i = 0; i < 3; i++) {
		query_null(query); /* answer, its time, close mode */
	}
	add_told(query, command);
}

static void add_grant(struct query *query, const struct command *command)
{
	query_uuid(query, town_id(TOWN_ACCOUNT, 2));
	query_int2(query, command->role == 0 ? 4 : command->role);
	query_int2(query, 3); /* of a team */
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, town_id(TOWN_TEAM, 1));
	query_null(query);
	query_time(query, TOWN_NOW);
	query_time(query, INT64_MAX);
}

void command_job(const struct command *command, struct job *job)
{
	struct query *query = job_query(job, command->stmt);
	uint8_t hash[32];

	command_hash(command, hash);
	query_uuid(query, community_of(command));
	query_uuid(query, record_of(command));
	query_uuid(query, account_of(command));
	query_uuid(query, key_of(command));
	query_bytes(query, span_of(hash, sizeof hash));
	query_bytes(query, span_of("reply", 5));
	query_time(query, TOWN_NOW);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
	if (is_submit(command)) {
		add_submit(query, command);
		if (command->file_count == 0) {
			query_null(query);
		} else {
			query_uuids(query, command->files, command->file_count);
		}
	} else if (command->stmt == STMT_complaint_split) {
		add_submit(query, command);
		command_split(query, command);
	} else if (command->stmt == STMT_complaint_note) {
		command_note(query, command);
	} else if (is_complaint(command)) {
		command_step(query, command);
	} else if (command->stmt == STMT_crew_create) {
		query_text(query, command->name == NULL ? body_of(command) : str_from_c(command->name));
		query_int2s(query, NULL, 0);
	} else if (command->stmt == STMT_grant_add) {
		add_grant(query, command);
	} else {
		command_staff(query, command);
	}
	query_trace_if_last(query, command_trace(command));
	job->errand.key = (struct errand_key){community_of(command), record_of(command)};
}

/* What the table of applied keys says of the command; NONE where it does not know the key. */
static enum verdict look_up(struct lanes *lanes, const struct command *command)
{
	enum verdict verdict = VERDICT_NONE;
	struct query *query;
	uint8_t hash[32];
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_applied_get);
	query_uuid(query, community_of(command));
	query_uuid(query, account_of(command));
	query_uuid(query, key_of(command));
	job_read(lanes, &job);
	lanes_settle(lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	if (query_rows(query) > 0) {
		command_hash(command, hash);
		verdict = span_equal(row_bytes(query, 0, 0), span_of(hash, sizeof hash)) ? REPEAT : REUSED;
	}
	job_fini(&job);
	return verdict;
}

static bool may_try(const struct command *command, int tries)
{
	return tries < (is_submit(command) ? TRIES_SUBMIT_MAX : TRIES_MAX);
}

/* NONE: to be tried again. */
static enum verdict verdict_of(
	struct lanes *lanes, const struct command *command, const struct job *job)
{
	switch (job->errand.outcome) {
	case ERRAND_DONE:
		return query_rows(&job->queries[0]) > 0 ? APPLIED : look_up(lanes, command);
	case ERRAND_REFUSED:
		return REFUSED;
	case ERRAND_REDO:
		return look_up(lanes, command);
	case ERRAND_DOWN:
		return DOWN;
	}
	unreachable();
}

/* One round for all that have no verdict yet; false where there was none. */
static bool try_all(struct lanes *lanes, const struct command *commands, size_t count,
	struct job *jobs, enum verdict *verdicts, int tries)
{
	size_t tried_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (verdicts[i] == VERDICT_NONE && may_try(&commands[i], tries)) {
			job_write(lanes, commands[i].writer, &jobs[i]);
			tried_count++;
		}
	}
	lanes_run(lanes);
	for (size_t i = 0; i < count; i++) {
		if (verdicts[i] == VERDICT_NONE && may_try(&commands[i], tries)) {
			verdicts[i] = verdict_of(lanes, &commands[i], &jobs[i]);
		}
	}
	return tried_count > 0;
}

void commands_run(
	struct lanes *lanes, const struct command *commands, size_t count, enum verdict *out_verdicts)
{
	struct job *jobs = calloc(count, sizeof *jobs);

	assert(jobs != NULL);
	for (size_t i = 0; i < count; i++) {
		job_init(&jobs[i]);
		command_job(&commands[i], &jobs[i]);
		out_verdicts[i] = VERDICT_NONE;
	}
	for (int tries = 0; try_all(lanes, commands, count, jobs, out_verdicts, tries); tries++) {
	}
	for (size_t i = 0; i < count; i++) {
		out_verdicts[i] = out_verdicts[i] == VERDICT_NONE ? STALE : out_verdicts[i];
		job_fini(&jobs[i]);
	}
	free(jobs);
}
