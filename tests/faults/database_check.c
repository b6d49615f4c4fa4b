/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/database_check.h"

#include <poll.h>
#include <string.h>

#include <jansson.h>

#include "tests/live/wait.h"

#define LOOK_AGAIN_MS 20

/* What is not 0 where something is wrong. Steps and states are numbers of server/domain/complaint.def. */
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
	{"complaints that are not as their last event left them",
		"SELECT count(*) FROM complaint c CROSS JOIN LATERAL (SELECT * FROM event e"
		" WHERE e.community_id = c.community_id AND e.subject_id = c.complaint_id"
		" ORDER BY version DESC LIMIT 1) e WHERE (c.state, c.team_id, c.crew_id, c.changed_at)"
		" IS DISTINCT FROM (e.state_to, e.team_id, e.crew_id, e.at)"},
	{"numbers of a day that are missing or stand twice",
		"SELECT count(*) FROM (SELECT FROM complaint GROUP BY community_id, day"
		" HAVING max(day_no) <> count(DISTINCT day_no) OR count(*) <> count(DISTINCT day_no)) x"},
	{"complaints that no search would find",
		"SELECT count(*) FROM complaint c WHERE NOT EXISTS (SELECT FROM complaint_search s"
		" WHERE (s.community_id, s.complaint_id) = (c.community_id, c.complaint_id))"},
	{"masters that do not count what is merged into them",
		"SELECT count(*) FROM complaint m WHERE merged_count <> (SELECT count(*)"
		" FROM complaint c WHERE (c.community_id, c.master_id) = (m.community_id, "
		"m.complaint_id))"},
	{"steps without the words that came with them, or words without a step",
		"SELECT count(*) FROM event e WHERE (text_hash IS NOT NULL) <> EXISTS (SELECT"
		" FROM event_text t WHERE (t.community_id, t.seq) = (e.community_id, e.seq))"},
	{"work that was done without a word",
		"SELECT count(*) FROM event e WHERE topic = 1 AND step = 6 AND text_hash IS NULL"},
	/* The administrator's keys made the site. */
	{"steps without a key, or keys without a step",
		"SELECT count(*) FROM (SELECT (SELECT count(*) FROM event e"
		" WHERE e.community_id = c.community_id AND topic = 1) AS events, (SELECT count(*)"
		" FROM applied a WHERE a.community_id = c.community_id AND NOT EXISTS"
		" (SELECT FROM access_grant g WHERE g.account_id = a.account_id AND g.role = 1)) AS keys"
		" FROM community c) x WHERE events <> keys"},
	/* 1 acknowledgement, by SUBMIT; 2 appointment, by BOOK, an urgent DISPATCH, or REASSIGN; 3 service, by DONE. */
	{"receipts without the event that issued them, or with two",
		"SELECT count(*) FROM receipt r WHERE (SELECT count(*) FROM event e WHERE topic = 1"
		" AND (e.community_id, e.subject_id, e.receipt_id)"
		" = (r.community_id, r.complaint_id, r.receipt_id) AND e.at = r.issued_at"
		" AND CASE r.kind WHEN 1 THEN e.step = 1 WHEN 2 THEN e.step IN (3, 4, 32)"
		" ELSE e.step = 6 END) <> 1"},
	{"events without the receipt that they issued or signed",
		"SELECT count(*) FROM event e WHERE topic = 1"
		" AND (step IN (1, 3, 6, 18) OR (step IN (4, 32) AND receipt_id IS NOT NULL))"
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
		" WHERE b.complaint_id = c.complaint_id) <> CASE WHEN state IN (3, 4, 5)"
		" AND worker_id IS NOT NULL AND window_from IS NOT NULL THEN 1 ELSE 0 END"},
	{"slots of another time or person than is booked",
		"SELECT count(*) FROM busy b JOIN complaint c USING (community_id, complaint_id)"
		" WHERE (b.account_id, b.window_from, b.window_to)"
		" IS DISTINCT FROM (c.worker_id, c.window_from, c.window_to)"},
	{"orders of who is not on the way, or the lack of one's number",
		"SELECT count(*) FROM busy b JOIN complaint c USING (community_id, complaint_id)"
		" WHERE (b.order_no IS NOT NULL) <> (c.state IN (4, 5))"},
	{"visits given back and not counted, or counted twice",
		"SELECT count(*) FROM complaint c WHERE returned_count <> (SELECT count(*) FROM event e"
		" WHERE e.topic = 1 AND e.subject_id = c.complaint_id AND e.step = 17)"},
	{"steps that owners are to be told of, and are not, or twice",
		"SELECT count(*) FROM complaint c WHERE (SELECT count(*) FROM outgoing o"
		" WHERE o.complaint_id = c.complaint_id) <> (SELECT count(*) FROM event e WHERE topic = 1"
		" AND e.subject_id = c.complaint_id AND (e.step IN (1, 3, 6, 7, 11, 16, 17, 24, 28, 32)"
		" OR (e.step = 4 AND e.receipt_id IS NOT NULL)) AND EXISTS (SELECT"
		" FROM complaint_contact p WHERE p.complaint_id = c.complaint_id))"},
	{"messages without a step of that moment",
		"SELECT count(*) FROM outgoing o WHERE NOT EXISTS (SELECT FROM event e WHERE topic = 1"
		" AND e.subject_id = o.complaint_id AND e.at = o.made_at)"},
	{"messages that were given up", "SELECT count(*) FROM outgoing WHERE given_up_at IS NOT NULL"},
};

void database_check_rows(const struct database_check *check, PGconn *pg)
{
	for (size_t i = 0; i < COUNT(questions); i++) {
		const char *answer = pg_run(pg, questions[i].sql);

		if (strcmp(answer, "0") != 0) {
			check->violate(check->user, questions[i].what, answer);
		}
	}
}

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

size_t database_check_told(
	const struct database_check *check, PGconn *pg, const struct live_told *told)
{
	json_t *ids = json_object();
	PGresult *rows;
	size_t count;

	if (!await_sent(pg)) {
		check->violate(check->user, "messages to owners are left",
			pg_run(pg, "SELECT count(*) FROM outgoing WHERE sent_at IS NULL"));
	}
	live_told_ids(told, note_id, ids);
	rows = PQexec(pg, "SELECT outgoing_id FROM outgoing");
	assert(PQresultStatus(rows) == PGRES_TUPLES_OK);
	count = (size_t)PQntuples(rows);
	for (size_t i = 0; i < count; i++) {
		if (json_object_del(ids, PQgetvalue(rows, (int)i, 0)) != 0) {
			check->violate(check->user, "sent, and not told", PQgetvalue(rows, (int)i, 0));
		}
	}
	if (json_object_size(ids) > 0) {
		check->violate(
			check->user, "told, and never committed", json_object_iter_key(json_object_iter(ids)));
	}
	PQclear(rows);
	json_decref(ids);
	return count;
}
