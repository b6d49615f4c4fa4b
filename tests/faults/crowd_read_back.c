/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <stdio.h>

#include <jansson.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "tests/faults/crowd_worker.h"
#include "tests/server/pg.h"

#define CURSOR_BYTES_MAX 128
#define LOOK_AGAIN_MS 20

/* What belongs to a community, and is not 0 where something is wrong. */
static const struct {
	const char *what;
	const char *sql;
} questions[] = {
	{"complaints whose version is not their number of events",
		"SELECT count(*) FROM complaint c WHERE version <> (SELECT count(*) FROM event e"
		" WHERE e.community_id = c.community_id AND e.subject_id = c.complaint_id)"},
	{"versions that stand twice in a timeline",
		"SELECT count(*) FROM (SELECT FROM event WHERE topic = 1"
		" GROUP BY community_id, subject_id, version HAVING count(*) > 1) x"},
	{"events that are not in the order of their versions",
		"SELECT count(*) FROM (SELECT version, row_number() OVER (PARTITION BY subject_id"
		" ORDER BY xid, seq) AS place FROM event WHERE topic = 1) x WHERE version <> place"},
	{"events whose state does not follow from the one before",
		"SELECT count(*) FROM (SELECT state_from, lag(state_to) OVER (PARTITION BY subject_id"
		" ORDER BY version) AS before FROM event WHERE topic = 1) x"
		" WHERE state_from IS DISTINCT FROM before"},
	{"numbers of a day that are missing or stand twice",
		"SELECT count(*) FROM (SELECT FROM complaint GROUP BY community_id, day"
		" HAVING max(day_no) <> count(DISTINCT day_no) OR count(*) <> count(DISTINCT day_no)) x"},
	{"complaints that no search would find",
		"SELECT count(*) FROM complaint c WHERE NOT EXISTS (SELECT FROM complaint_search s"
		" WHERE (s.community_id, s.complaint_id) = (c.community_id, c.complaint_id))"},
	{"steps without the words that came with them",
		"SELECT count(*) FROM event e WHERE topic = 1 AND step = 6 AND NOT EXISTS (SELECT"
		" FROM event_text t WHERE (t.community_id, t.seq) = (e.community_id, e.seq))"},
	/* The administrator's keys made the site. */
	{"steps without a key, or keys without a step",
		"SELECT count(*) FROM (SELECT (SELECT count(*) FROM event e"
		" WHERE e.community_id = c.community_id AND topic = 1) AS events, (SELECT count(*)"
		" FROM applied a WHERE a.community_id = c.community_id AND NOT EXISTS"
		" (SELECT FROM access_grant g WHERE g.account_id = a.account_id AND g.role = 1)) AS keys"
		" FROM community c) x WHERE events <> keys"},
	{"receipts without the event that issued them, or with two",
		"SELECT count(*) FROM receipt r WHERE (SELECT count(*) FROM event e WHERE topic = 1"
		" AND (e.community_id, e.subject_id, e.receipt_id)"
		" = (r.community_id, r.complaint_id, r.receipt_id) AND e.at = r.issued_at"
		" AND e.step = CASE r.kind WHEN 1 THEN 1 WHEN 2 THEN 3 ELSE 6 END) <> 1"},
	{"events without the receipt that they issued or signed",
		"SELECT count(*) FROM event e WHERE topic = 1 AND (step IN (1, 3, 6, 18))"
		" <> EXISTS (SELECT FROM receipt r WHERE (r.community_id, r.complaint_id, r.receipt_id)"
		" = (e.community_id, e.subject_id, e.receipt_id))"},
	{"signatures without their step, or steps without their signature",
		"SELECT count(*) FROM receipt r WHERE (signed_at IS NOT NULL) <> EXISTS (SELECT"
		" FROM event e WHERE topic = 1 AND e.subject_id = r.complaint_id AND e.step = 18"
		" AND e.receipt_id = r.receipt_id AND e.at = r.signed_at)"},
	{"used one-time codes without their step, or signatures by a code without it",
		"SELECT count(*) FROM complaint c WHERE (SELECT count(*) FROM one_time_code o"
		" JOIN event e ON e.topic = 1 AND e.subject_id = o.complaint_id AND e.step = 18"
		" AND e.at = o.used_at WHERE o.complaint_id = c.complaint_id)"
		" <> (SELECT count(*) FROM receipt r WHERE r.complaint_id = c.complaint_id"
		" AND sign_method = 1) OR (SELECT count(*) FROM one_time_code o"
		" WHERE o.complaint_id = c.complaint_id AND used_at IS NOT NULL) <> (SELECT count(*)"
		" FROM receipt r WHERE r.complaint_id = c.complaint_id AND sign_method = 1)"},
	{"slots of complaints that keep none, or the lack of one where one is kept",
		"SELECT count(*) FROM complaint c WHERE (SELECT count(*) FROM busy b"
		" WHERE b.complaint_id = c.complaint_id) <> CASE WHEN state IN (3, 4, 5) THEN 1 ELSE 0 "
		"END"},
	{"slots of another time or person than is booked",
		"SELECT count(*) FROM busy b JOIN complaint c USING (community_id, complaint_id)"
		" WHERE (b.account_id, b.window_from, b.window_to)"
		" IS DISTINCT FROM (c.worker_id, c.window_from, c.window_to)"},
	{"steps that owners are to be told of, and are not, or twice",
		"SELECT count(*) FROM complaint c WHERE (SELECT count(*) FROM outgoing o"
		" WHERE o.complaint_id = c.complaint_id) <> (SELECT count(*) FROM event e WHERE topic = 1"
		" AND e.subject_id = c.complaint_id AND e.step IN (1, 3, 6, 7) AND EXISTS (SELECT"
		" FROM complaint_contact p WHERE p.complaint_id = c.complaint_id))"},
	{"messages that were given up", "SELECT count(*) FROM outgoing WHERE given_up_at IS NOT NULL"},
};

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

static void ask_database(struct crowd *crowd, size_t complaint_count, size_t step_count)
{
	PGconn *pg = pg_connect(crowd->server->super);
	char told[64];

	for (size_t i = 0; i < COUNT(questions); i++) {
		const char *answer = pg_run(pg, questions[i].sql);

		if (strcmp(answer, "0") != 0) {
			crowd_violate(crowd, questions[i].what, answer);
		}
	}
	(void)snprintf(told, sizeof(told), "%zu %zu", complaint_count, step_count);
	if (strcmp(pg_run(pg, "SELECT (SELECT count(*) FROM complaint) || ' ' ||"
						  " (SELECT count(*) FROM event WHERE topic = 1)"),
			told) != 0) {
		crowd_violate(crowd, "complaints and steps are not as many as were acknowledged", told);
	}
	PQfinish(pg);
}

/* ---- what owners were told ------------------------------------------------------------------ */

/* Those that a server took before it died are due at once instead of after their lease. */
static bool await_sent(PGconn *pg)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	(void)pg_run(pg, "UPDATE outgoing SET next_try_at = now() WHERE sent_at IS NULL");
	while (strcmp(pg_run(pg, "SELECT count(*) FROM outgoing WHERE sent_at IS NULL"), "0") != 0) {
		if (live_left_ms(until_us) == 0) {
			return false;
		}
		(void)poll(NULL, 0, LOOK_AGAIN_MS);
	}
	return true;
}

static void note_id(void *context, const char *id)
{
	(void)json_object_set_new(context, id, json_true());
}

/* Each that was committed came at least once, and none came that was not committed. */
static void check_told(struct crowd *crowd)
{
	PGconn *pg = pg_connect(crowd->server->super);
	json_t *told = json_object();
	PGresult *rows;

	if (!await_sent(pg)) {
		crowd_violate(crowd, "messages to owners are left",
			pg_run(pg, "SELECT count(*) FROM outgoing WHERE sent_at IS NULL"));
	}
	live_told_ids(crowd->told, note_id, told);
	rows = PQexec(pg, "SELECT outgoing_id FROM outgoing");
	assert(PQresultStatus(rows) == PGRES_TUPLES_OK);
	for (int i = 0; i < PQntuples(rows); i++) {
		if (json_object_del(told, PQgetvalue(rows, i, 0)) != 0) {
			crowd_violate(crowd, "sent, and not told", PQgetvalue(rows, i, 0));
		}
	}
	if (json_object_size(told) > 0) {
		crowd_violate(
			crowd, "told, and never committed", json_object_iter_key(json_object_iter(told)));
	}
	printf("# owners were told %d messages\n", PQntuples(rows));
	PQclear(rows);
	PQfinish(pg);
	json_decref(told);
}

void crowd_read_back(struct crowd *crowd)
{
	struct live_client client;
	size_t complaint_count = 0;
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
	check_told(crowd);
	ask_database(crowd, complaint_count, step_count);
}
