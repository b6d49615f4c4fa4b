/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.pb-c.h"
#include "tests/faults/database_check.h"
#include "tests/server/pg.h"

#define DETAIL_BYTES 192
#define AGAIN_MS 50

static void violate(void *user, const char *what, const char *detail)
{
	stage_violate(user, what, detail);
}

static void violate_record(
	struct stage *stage, struct ledger_record *record, const char *what, const char *detail)
{
	char text[DETAIL_BYTES];

	if (record->is_broken) {
		return; /* said already */
	}
	(void)snprintf(text, sizeof(text), "slot %zu journey %llu (%s): %s", record->slot,
		(unsigned long long)record->ordinal, record->number, detail);
	stage_violate(stage, what, text);
	record->is_broken = true;
}

/* ---- the database's timelines --------------------------------------------------------------- */

enum { COLUMN_SUBJECT, COLUMN_VERSION, COLUMN_STEP, COLUMN_FROM, COLUMN_TO, COLUMN_NUMBER };

static const char timelines[] =
	"SELECT subject_id, version, step, coalesce(state_from, 0), state_to, number"
	" FROM event WHERE topic = 1 ORDER BY subject_id, version";

static int number_at(const PGresult *rows, int row, int column)
{
	return (int)strtol(PQgetvalue(rows, row, column), NULL, 10);
}

/* One complaint's events: rows first … end - 1. What they say, and what the table says, and what was acknowledged. */
static const char *compare_timeline(
	const struct ledger_record *record, const PGresult *rows, int first, int end)
{
	struct fold fold = {0};

	if ((unsigned)(end - first) != record->step_count) {
		return (unsigned)(end - first) < record->step_count ? "what was acknowledged is gone"
		                                                    : "more was done than acknowledged";
	}
	for (int row = first; row < end; row++) {
		const struct ledger_step *told = &record->steps[row - first];
		int step = number_at(rows, row, COLUMN_STEP);

		if (number_at(rows, row, COLUMN_VERSION) != row - first + 1 || step != told->step) {
			return "steps are not in the order in which they were acknowledged";
		}
		if (number_at(rows, row, COLUMN_FROM) != (int)fold.state ||
			fold_ask(&fold, (enum complaint_step)step) == 0) {
			return "a step does not follow from the one before";
		}
		fold_take(&fold, (enum complaint_step)step);
		if (number_at(rows, row, COLUMN_TO) != (int)fold.state || fold.state != told->to ||
			strcmp(PQgetvalue(rows, row, COLUMN_NUMBER), record->number) != 0) {
			return "a step does not lead where the table says";
		}
	}
	return NULL;
}

static struct uuid id_at(const PGresult *rows, int row, int column)
{
	struct uuid id = uuid_nil;
	bool is_id = uuid_parse(str_from_c(PQgetvalue(rows, row, column)), &id);

	assert(is_id);
	(void)is_id;
	return id;
}

/* Every complaint that the database has a step of; how many of those that were acknowledged. */
static void audit_timelines(struct stage *stage, PGconn *pg)
{
	PGresult *rows = PQexec(pg, timelines);
	int count = PQntuples(rows);
	size_t found = 0;
	size_t told = 0;

	assert(PQresultStatus(rows) == PGRES_TUPLES_OK);
	for (int first = 0, end; first < count; first = end) {
		struct uuid id = id_at(rows, first, COLUMN_SUBJECT);
		struct ledger_record *record = ledger_find(&stage->ledger, id);
		const char *fault;

		for (end = first + 1; end < count && uuid_equal(id_at(rows, end, COLUMN_SUBJECT), id);) {
			end++;
		}
		if (record == NULL || record->step_count == 0) {
			stage_violate(
				stage, "there, and never acknowledged", PQgetvalue(rows, first, COLUMN_NUMBER));
			continue;
		}
		found += record->is_broken ? 0 : 1;
		fault = compare_timeline(record, rows, first, end);
		if (fault != NULL) {
			violate_record(stage, record, "the timeline is not what was acknowledged", fault);
		}
	}
	for (size_t i = 0; i < stage->ledger.record_count; i++) {
		const struct ledger_record *record = stage->ledger.records[i];

		told += record->step_count > 0 && !record->is_broken ? 1 : 0;
	}
	if (found < told) {
		stage_violate(stage, "acknowledged, and not there", "");
	}
	PQclear(rows);
}

/* ---- the database's records ----------------------------------------------------------------- */

static const char records[] =
	"SELECT complaint_id, version, state, coalesce(state_before, 0) FROM complaint";

static void audit_records(struct stage *stage, PGconn *pg)
{
	PGresult *rows = PQexec(pg, records);

	assert(PQresultStatus(rows) == PGRES_TUPLES_OK);
	for (int row = 0; row < PQntuples(rows); row++) {
		struct ledger_record *record = ledger_find(&stage->ledger, id_at(rows, row, 0));
		struct fold fold = {0};

		if (record == NULL) {
			stage_violate(stage, "a complaint that nobody asked for", PQgetvalue(rows, row, 0));
			continue;
		}
		for (unsigned i = 0; i < record->step_count; i++) {
			fold_take(&fold, (enum complaint_step)record->steps[i].step);
		}
		if (number_at(rows, row, 1) != (int)record->step_count ||
			number_at(rows, row, 2) != (int)fold.state ||
			number_at(rows, row, 3) != (int)fold.before) {
			violate_record(stage, record, "the record is not what was acknowledged",
				complaint_state_name(number_at(rows, row, 2)));
		}
	}
	PQclear(rows);
}

/* ---- the protocol --------------------------------------------------------------------------- */

static bool is_told(const struct ledger_record *record, const Pb__ComplaintGetReply *reply)
{
	const Pb__Complaint *complaint = reply->complaint;
	bool is_right = complaint->version == record->step_count &&
	                (int)complaint->state == record->steps[record->step_count - 1].to &&
	                strcmp(complaint->number, record->number) == 0 &&
	                reply->n_events == record->step_count;

	for (unsigned i = 0; is_right && i < record->step_count; i++) {
		is_right = reply->events[i]->version == i + 1 &&
		           (int)reply->events[i]->step == record->steps[i].step &&
		           (int)reply->events[i]->to == record->steps[i].to;
	}
	return is_right;
}

static void audit_record(
	struct stage *stage, struct live_client *client, struct ledger_record *record)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;
	int64_t until_us = live_until(LIVE_WAIT_MS);
	struct client_result *result;

	in.has_community_id = in.has_complaint_id = in.has_with_events = in.with_events = true;
	in.community_id = live_bytes(&stage->cast->sites[0].community_id);
	in.complaint_id = live_bytes(&record->complaint_id);
	result = live_call(client, METHOD_complaint_get, &in.base, NULL);
	/* "Not now" is no answer yet. */
	while (result->err != ERR_OK && result->err != ERR_CONNECT &&
		   err_row(result->err)->retry == ERR_RETRY_SAME && live_left_ms(until_us) > 0) {
		client_result_free(client_loop_next(&client->loop, AGAIN_MS));
		client_result_free(result);
		result = live_call(client, METHOD_complaint_get, &in.base, NULL);
	}
	if (result->err != ERR_OK) {
		violate_record(stage, record, "what was acknowledged is not told", err_name(result->err));
	} else if (!is_told(record, (const Pb__ComplaintGetReply *)result->message)) {
		violate_record(stage, record, "told otherwise than acknowledged", "complaint.get");
	}
	client_result_free(result);
}

static void audit_protocol(struct stage *stage)
{
	const struct cast_person *manager = &stage->cast->people[cast_first(CAST_MANAGER)];
	struct live_client client = {
		.server = stage->server, .device_id = live_key(), .has_token = true};
	enum err err;

	memcpy(client.token, manager->token, sizeof(client.token));
	err = live_client_again(&client);
	if (err != ERR_OK) {
		stage_violate(stage, "a manager cannot come to look", err_name(err));
		live_client_close(&client);
		return;
	}
	for (size_t i = 0; i < stage->ledger.record_count; i++) {
		struct ledger_record *record = stage->ledger.records[i];

		if (record->round == stage->ledger.round && record->step_count > 0 && !record->is_broken) {
			audit_record(stage, &client, record);
		}
	}
	live_client_close(&client);
}

/* ---- all ------------------------------------------------------------------------------------ */

void audit_round(struct stage *stage, struct venue *venue)
{
	const struct database_check check = {violate, stage};
	PGconn *pg = pg_connect(venue_super(venue));

	audit_timelines(stage, pg);
	audit_records(stage, pg);
	database_check_rows(&check, pg);
	audit_protocol(stage);
	PQfinish(pg);
}

void audit_told(struct stage *stage, struct venue *venue)
{
	const struct database_check check = {violate, stage};
	PGconn *pg = pg_connect(venue_super(venue));

	printf("# owners were told %zu messages\n", database_check_told(&check, pg, &venue->told));
	PQfinish(pg);
}
