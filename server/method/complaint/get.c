/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.get: one complaint with its clocks, and its timeline if asked for.
 */
#include "server/method/complaint/complaint_clocks.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/method/complaint/complaint_event.h"
#include "server/method/complaint/complaint_message.h"
#include "server/request.h"

#define EVENT_BYTES 512 /* all but the words, at most */
#define EVENTS_BYTES_MAX ((size_t)768 * 1024)

enum { QUERY_COMPLAINT, QUERY_CONTACT, QUERY_CLOCKS, QUERY_EVENTS, QUERY_FEED };

static void add_ids(struct query *query, const Pb__ComplaintGet *in)
{
	query_uuid(query, uuid_from_span(codec_span(true, in->community_id)));
	query_uuid(query, uuid_from_span(codec_span(true, in->complaint_id)));
}

static enum err check(struct request *r)
{
	r->community_id =
		uuid_from_span(codec_span(true, ((const Pb__ComplaintGet *)r->message)->community_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	const Pb__ComplaintGet *in = (const Pb__ComplaintGet *)r->message;

	add_ids(request_query(r, STMT_complaint_get), in);
	add_ids(request_query(r, STMT_complaint_contact_get), in);
	add_ids(request_query(r, STMT_complaint_clock_get), in);
	if (in->with_events) {
		add_ids(request_query(r, STMT_complaint_events), in);
		(void)request_query(r, STMT_feed_start); /* the era of the positions */
	}
}

static enum err may(struct request *r)
{
	const struct query *row = &r->queries[QUERY_COMPLAINT];

	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	return complaint_row_relation(r, row, 0).sees == 0 ? ERR_NOT_FOUND : ERR_OK;
}

static void add_contact(struct request *r, Pb__ComplaintGetReply *out)
{
	const struct query *row = &r->queries[QUERY_COMPLAINT];
	struct complaint_record record = complaint_row_record(row, 0);
	struct complaint_relation relation = complaint_row_relation(r, row, 0);

	out->complaint->contact =
		complaint_contact_message(r, &r->queries[QUERY_CONTACT], &record, &relation);
}

/* From which event on the words fit: of a very long history the oldest go without theirs. */
static size_t first_with_words(const struct query *events)
{
	size_t first = query_rows(events);
	size_t bytes = 0;

	while (first > 0) {
		bytes += EVENT_BYTES + complaint_event_words(events, first - 1).len;
		if (bytes > EVENTS_BYTES_MAX) {
			break;
		}
		first--;
	}
	return first;
}

static void add_events(struct request *r, Pb__ComplaintGetReply *out)
{
	const struct query *events = &r->queries[QUERY_EVENTS];
	uint64_t era = (uint64_t)row_int8(&r->queries[QUERY_FEED], 0, 0);
	size_t with_words = first_with_words(events);

	out->n_events = query_rows(events);
	out->events = arena_alloc(&r->arena, size_max(out->n_events, 1) * sizeof *out->events);
	for (size_t i = 0; out->events != NULL && i < out->n_events; i++) {
		out->events[i] = complaint_event_of(&r->arena, events, i, era);
		out->events[i]->words = i < with_words ? NULL : out->events[i]->words;
	}
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintGet *in = (const Pb__ComplaintGet *)r->message;
	Pb__ComplaintGetReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->complaint = complaint_message(&r->arena, &r->queries[QUERY_COMPLAINT], 0);
	if (out->complaint == NULL) {
		return ERR_BUSY;
	}
	add_contact(r, out);
	complaint_clocks_set(r, &r->queries[QUERY_CLOCKS], out->complaint);
	if (in->with_events) {
		add_events(r, out);
	}
	return ERR_OK;
}

const struct method_impl impl_complaint_get = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
