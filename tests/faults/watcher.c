/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/watcher.h"

#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "server.pb-c.h"

#define PAGE_ROWS 200
#define DETAIL_BYTES 160

static void violate(struct watcher *watcher, const char *what, const char *detail)
{
	watcher->on_violation(watcher->user, what, detail);
}

/* ---- what it knows -------------------------------------------------------------------------- */

static uint32_t *version_of(struct watcher *watcher, size_t index)
{
	if (index >= watcher->version_room) {
		size_t room = size_max(1024, 2 * (index + 1));

		watcher->versions = realloc(watcher->versions, room * sizeof(*watcher->versions));
		assert(watcher->versions != NULL);
		memset(watcher->versions + watcher->version_room, 0,
			(room - watcher->version_room) * sizeof(*watcher->versions));
		watcher->version_room = room;
	}
	return &watcher->versions[index];
}

/* One push, in order; those that the list has held already are old. */
static void apply(struct watcher *watcher, const struct watcher_early *push)
{
	uint32_t *known = version_of(watcher, push->index);
	char detail[DETAIL_BYTES];

	if (push->version > *known + 1) {
		(void)snprintf(detail, sizeof(detail), "watcher %zu, complaint %s, version %u after %u",
			watcher->caller.number, watcher->ledger->records[push->index]->number, push->version,
			*known);
		violate(watcher, "a push was missed", detail);
	}
	*known = push->version > *known ? push->version : *known;
}

static void keep_early(struct watcher *watcher, const struct watcher_early *push)
{
	if (watcher->early_count == watcher->early_room) {
		watcher->early_room = size_max(64, 2 * watcher->early_room);
		watcher->early = realloc(watcher->early, watcher->early_room * sizeof(*watcher->early));
		assert(watcher->early != NULL);
	}
	watcher->early[watcher->early_count++] = *push;
}

/* A position must be above the one before; a resync may begin again anywhere. */
static void take_position(struct watcher *watcher, const struct client_result *result)
{
	bool is_above = result->position_era != watcher->position.era
	                    ? result->position_era > watcher->position.era
	                : result->position_xid != watcher->position.xid
	                    ? result->position_xid > watcher->position.xid
	                    : result->position_seq > watcher->position.seq;

	if (!result->has_position) {
		return;
	}
	if (!is_above && !result->is_resync) {
		violate(watcher, "a push came twice, or late", "");
	}
	watcher->position.era = result->position_era;
	watcher->position.xid = result->position_xid;
	watcher->position.seq = result->position_seq;
}

static void forget(struct watcher *watcher)
{
	if (watcher->version_room > 0) {
		memset(watcher->versions, 0, watcher->version_room * sizeof(*watcher->versions));
	}
	watcher->is_loaded = false;
	watcher->early_count = 0;
	watcher->cursor_bytes = 0;
	watcher->list_id = 0;
	watcher->is_asked = false;
	watcher->reload_count++;
}

/* ---- what it hears -------------------------------------------------------------------------- */

static void take_push(struct watcher *watcher, const struct client_result *result)
{
	const Pb__ComplaintEvent *event = (const Pb__ComplaintEvent *)result->message;
	struct ledger_line line = {.kind = LEDGER_PUSH, .who = watcher->caller.number, .what = "event"};
	struct watcher_early push;

	take_position(watcher, result);
	if (result->is_resync) {
		line.kind = LEDGER_RELOAD;
		line.what = "told";
		ledger_note(watcher->ledger, &line);
		forget(watcher);
		return;
	}
	line.record = event == NULL || event->complaint_id.len != UUID_BYTES
	                  ? NULL
	                  : ledger_find(watcher->ledger,
							uuid_from_span(span_of(event->complaint_id.data, UUID_BYTES)));
	if (line.record == NULL) {
		violate(watcher, "a push of what nobody asked for", "");
		return;
	}
	line.version = event->version;
	ledger_note(watcher->ledger, &line);
	watcher->push_count++;
	push = (struct watcher_early){line.record->index, event->version};
	if (watcher->is_loaded) {
		apply(watcher, &push);
	} else {
		keep_early(watcher, &push);
	}
}

static void finish_load(struct watcher *watcher)
{
	watcher->is_loaded = true;
	for (size_t i = 0; i < watcher->early_count; i++) {
		apply(watcher, &watcher->early[i]);
	}
	watcher->early_count = 0;
}

static void take_page(struct watcher *watcher, const Pb__ComplaintListReply *reply)
{
	for (size_t i = 0; i < reply->n_complaints; i++) {
		const Pb__Complaint *row = reply->complaints[i];
		const struct ledger_record *record = ledger_find(
			watcher->ledger, uuid_from_span(span_of(row->complaint_id.data, UUID_BYTES)));

		if (record == NULL) {
			violate(watcher, "a complaint in the list that nobody asked for", row->number);
		} else {
			*version_of(watcher, record->index) = row->version;
		}
	}
	watcher->cursor_bytes = 0;
	if (!reply->has_cursor) {
		finish_load(watcher);
		return;
	}
	assert(reply->cursor.len > 0 && reply->cursor.len <= sizeof(watcher->cursor));
	memcpy(watcher->cursor, reply->cursor.data, reply->cursor.len);
	watcher->cursor_bytes = reply->cursor.len;
}

/* Does it go on where it ended? Else it begins here, with nothing known. */
static void take_opened(struct watcher *watcher, const Pb__WatchOpenReply *reply)
{
	bool is_resumed = reply->has_resume && reply->resume == PB__WATCH_OPEN_REPLY__RESUME__RESUMED;

	watcher->resume_count += is_resumed ? 1 : 0;
	if (is_resumed) {
		return;
	}
	if (watcher->is_loaded) {
		forget(watcher);
	}
	watcher->position.era = reply->position->era;
	watcher->position.xid = reply->position->xid;
	watcher->position.seq = reply->position->seq;
}

static void take_reply(struct watcher *watcher, const struct client_result *result)
{
	bool is_watch = result->id == watcher->watch_id;

	if (!is_watch && result->id != watcher->list_id) {
		return; /* of a list that was given up */
	}
	watcher->is_asked = false;
	if (result->err == ERR_OK) {
		watcher->list_id = 0;
		if (is_watch) {
			take_opened(watcher, (const Pb__WatchOpenReply *)result->message);
		} else {
			take_page(watcher, (const Pb__ComplaintListReply *)result->message);
		}
		return;
	}
	watcher->list_id = 0;
	if (err_row(result->err)->retry != ERR_RETRY_SAME) {
		violate(watcher, "a watcher is refused", err_name(result->err));
	}
	if (is_watch || result->err == ERR_CONNECT || result->err == ERR_DEADLINE) {
		watcher->watch_id = 0;
		caller_drop(&watcher->caller);
	}
}

static void on_result(struct caller *caller, const struct client_result *result)
{
	struct watcher *watcher = caller->hooks.user;
	struct ledger_line line = {.kind = LEDGER_RELOAD, .who = caller->number, .what = "connected"};

	if (result == NULL) {
		ledger_note(watcher->ledger, &line);
		if (!watcher->is_loaded || watcher->caller.number % 2 == 0) {
			forget(watcher);
			watcher->position.era = 0;
		}
		watcher->is_asked = false;
		watcher->watch_id = 0;
	} else if (result->kind == CLIENT_EVENT) {
		take_push(watcher, result);
	} else {
		take_reply(watcher, result);
	}
}

static void on_refused(struct caller *caller, enum err err)
{
	violate(caller->hooks.user, "a watcher's session is not resumed", err_name(err));
}

/* ---- what it asks --------------------------------------------------------------------------- */

static void ask_watch(struct watcher *watcher)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;
	Pb__Position from = PB__POSITION__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_watch_open], .request = &in.base};

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&watcher->cast->sites[0].community_id);
	from.has_era = from.has_xid = from.has_seq = true;
	from.era = watcher->position.era;
	from.xid = watcher->position.xid;
	from.seq = watcher->position.seq;
	in.from = watcher->position.era == 0 ? NULL : &from;
	watcher->is_asked = caller_ask(&watcher->caller, &ask, &watcher->watch_id) == ERR_OK;
}

static void ask_page(struct watcher *watcher)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_complaint_list], .request = &in.base};

	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&watcher->cast->sites[0].community_id);
	in.limit = PAGE_ROWS;
	in.has_cursor = watcher->cursor_bytes > 0;
	in.cursor = codec_bytes(span_of(watcher->cursor, watcher->cursor_bytes));
	watcher->is_asked = caller_ask(&watcher->caller, &ask, &watcher->list_id) == ERR_OK;
}

void watcher_turn(struct watcher *watcher, int64_t now_us)
{
	caller_turn(&watcher->caller, now_us);
	if (watcher->caller.state != CALLER_HERE || watcher->is_asked) {
		return;
	}
	if (watcher->watch_id == 0) {
		ask_watch(watcher);
	} else if (!watcher->is_loaded) {
		ask_page(watcher);
	}
}

/* ---- the owner's ---------------------------------------------------------------------------- */

void watcher_begin(struct watcher *watcher, size_t number)
{
	watcher->caller.number = number;
	watcher->caller.hooks = (struct caller_hooks){on_result, on_refused, watcher};
	watcher->caller.is_wanted = true;
}

void watcher_fini(struct watcher *watcher)
{
	free(watcher->versions);
	free(watcher->early);
}

static bool knows(const struct watcher *watcher, const struct ledger_record *record)
{
	uint32_t known = record->index < watcher->version_room ? watcher->versions[record->index] : 0;

	return record->is_broken || known == record->step_count;
}

bool watcher_agrees(const struct watcher *watcher)
{
	if (!watcher->is_loaded || watcher->caller.state != CALLER_HERE) {
		return false;
	}
	for (size_t i = 0; i < watcher->ledger->record_count; i++) {
		if (!knows(watcher, watcher->ledger->records[i])) {
			return false;
		}
	}
	return true;
}

void watcher_complain(struct watcher *watcher)
{
	char detail[DETAIL_BYTES];

	if (!watcher->is_loaded) {
		(void)snprintf(detail, sizeof(detail), "watcher %zu, state %d", watcher->caller.number,
			(int)watcher->caller.state);
		violate(watcher, "a watcher cannot load", detail);
		return;
	}
	for (size_t i = 0; i < watcher->ledger->record_count; i++) {
		const struct ledger_record *record = watcher->ledger->records[i];

		if (!knows(watcher, record)) {
			(void)snprintf(detail, sizeof(detail), "watcher %zu, complaint %s, version %u of %u",
				watcher->caller.number, record->number, *version_of(watcher, i),
				record->step_count);
			violate(watcher, "a push never came", detail);
		}
	}
}
