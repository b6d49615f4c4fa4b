/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "tests/faults/crowd_worker.h"
#include "tests/faults/database_check.h"
#include "tests/server/pg.h"

#define CURSOR_BYTES_MAX 128

static bool is_timeline(const struct crowd_record *record, const Pb__ComplaintGetReply *reply)
{
	bool is_right = reply->n_events == record->acknowledged;

	for (unsigned i = 0; is_right && i < record->acknowledged; i++) {
		const Pb__ComplaintEvent *event = reply->events[i];

		is_right = event->version == i + 1 && (int)event->step == walk_step(i) &&
		           (int)event->to == walk_state_after(i) &&
		           (i == 0 ? !event->has_from : (int)event->from == walk_state_after(i - 1));
	}
	return is_right;
}

static void check_record(
	struct crowd *crowd, const struct crowd_record *record, const Pb__ComplaintGetReply *reply)
{
	const Pb__Complaint *complaint = reply->complaint;

	if (!is_timeline(record, reply)) {
		crowd_violate(crowd, "the timeline is not what was acknowledged", record->number);
	}
	if (complaint->version != record->acknowledged ||
		(int)complaint->state != walk_state_after(record->acknowledged - 1)) {
		crowd_violate(crowd, "the record is not what was acknowledged", record->number);
	}
	if (strcmp(complaint->number, record->number) != 0) {
		crowd_violate(crowd, "the number is not the one that was given", record->number);
	}
}

static void read_record(
	struct crowd *crowd, struct live_client *client, const struct crowd_record *record)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;
	struct client_result *result;

	in.has_community_id = in.has_complaint_id = in.has_with_events = in.with_events = true;
	in.community_id = live_bytes(&crowd->site.community_id);
	in.complaint_id = live_bytes(&record->complaint_id);
	result = live_call(client, METHOD_complaint_get, &in.base, NULL);
	if (result->err != ERR_OK || record->acknowledged == 0) {
		crowd_violate(crowd, "what was acknowledged is not there", err_name(result->err));
	} else {
		check_record(crowd, record, (const Pb__ComplaintGetReply *)result->message);
	}
	client_result_free(result);
}

/* All pages: how many rows they have. */
static size_t count_listed(struct crowd *crowd, struct live_client *client)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;
	uint8_t cursor[CURSOR_BYTES_MAX];
	size_t count = 0;

	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&crowd->site.community_id);
	in.limit = 200;
	do {
		struct client_result *result = live_call(client, METHOD_complaint_list, &in.base, NULL);
		const Pb__ComplaintListReply *reply = (const Pb__ComplaintListReply *)result->message;

		in.has_cursor = false;
		if (result->err != ERR_OK) {
			crowd_violate(crowd, "the list is refused", err_name(result->err));
		} else {
			count += reply->n_complaints;
			in.has_cursor = reply->has_cursor;
		}
		if (in.has_cursor) {
			assert(reply->cursor.len <= sizeof(cursor));
			memcpy(cursor, reply->cursor.data, reply->cursor.len);
			in.cursor = codec_bytes(span_of(cursor, reply->cursor.len));
		}
		client_result_free(result);
	} while (in.has_cursor);
	return count;
}

static void violate(void *user, const char *what, const char *detail)
{
	crowd_violate(user, what, detail);
}

static void ask_database(struct crowd *crowd, size_t complaint_count, size_t step_count)
{
	const struct database_check check = {violate, crowd};
	PGconn *pg = pg_connect(crowd->server->super);
	char told[64];

	printf("# owners were told %zu messages\n", database_check_told(&check, pg, crowd->told));
	database_check_rows(&check, pg);
	(void)snprintf(told, sizeof(told), "%zu %zu", complaint_count, step_count);
	if (strcmp(pg_run(pg, "SELECT (SELECT count(*) FROM complaint) || ' ' ||"
						  " (SELECT count(*) FROM event WHERE topic = 1)"),
			told) != 0) {
		crowd_violate(crowd, "complaints and steps are not as many as were acknowledged", told);
	}
	PQfinish(pg);
}

void crowd_read_back(struct crowd *crowd)
{
	struct live_client client;
	size_t complaint_count = crowd->other_complaints;
	size_t step_count = 0;

	live_client_begin(&client, crowd->server, crowd->workers[0].account.login);
	for (size_t i = 0; i < crowd->worker_count; i++) {
		const struct crowd_worker *worker = &crowd->workers[i];

		for (size_t k = 0; k < worker->record_count; k++) {
			read_record(crowd, &client, &worker->records[k]);
			step_count += worker->records[k].acknowledged;
		}
		complaint_count += worker->record_count;
	}
	if (count_listed(crowd, &client) != complaint_count) {
		crowd_violate(crowd, "the list does not hold each complaint once", "");
	}
	if (step_count != crowd->acknowledged) {
		crowd_violate(crowd, "the test has lost count", "");
	}
	live_client_close(&client);
	ask_database(crowd, complaint_count, step_count + crowd->other_steps);
}
