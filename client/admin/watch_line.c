/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/watch_line.h"

#include <stdio.h>

#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/cell.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/place.h"
#include "client/admin/position.h"
#include "client/admin/when.h"
#include "client/core/json.h"

static void print_json_line(json_t *line)
{
	(void)json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void print_event_json(const struct client_result *result)
{
	json_t *line = json_object();

	(void)json_object_set_new(line, "topic", json_string(result->topic->name));
	(void)json_object_set_new(line, "event", message_to_json(result->message));
	print_json_line(line);
}

/* "2026-11-24 10:00:03  碧水花园  20261124-0001  accept: submitted → accepted  words" */
static void print_event_line(const struct app *app, const Pb__ComplaintEvent *event)
{
	char when[WHEN_TEXT_MAX];
	char step[16];
	char from[16];
	char to[16];
	char id[UUID_TEXT_LEN + 1];
	struct arena arena;
	struct str line;

	arena_init(&arena, 1024 * 1024);
	when_format_seconds(event->at_us, app->profile.zone, when);
	line = arena_printf(&arena, "%s  %s  %s  %s", when,
		place_community_name(app, codec_span(event->has_community_id, event->community_id), id),
		event->number == NULL ? "" : event->number,
		label_of(&pb__complaint__step__descriptor, (int)event->step, step));
	if (event->has_from && event->from != event->to) {
		line = arena_printf(&arena, "%.*s: %s \xE2\x86\x92 %s", STR_ARG(line),
			label_of(&pb__complaint__state__descriptor, (int)event->from, from),
			label_of(&pb__complaint__state__descriptor, (int)event->to, to));
	}
	if (event->words != NULL && event->words[0] != '\0') {
		line = arena_printf(&arena, "%.*s  %s", STR_ARG(line), event->words);
	}
	line = cell_clean(&arena, line, CELL_ONE_LINE);
	printf("%.*s\n", STR_ARG(line));
	arena_fini(&arena);
}

void watch_line_event(const struct app *app, const struct client_result *result)
{
	if (app->is_json) {
		print_event_json(result);
	} else if (result->topic == &topic_rows[TOPIC_complaint]) {
		print_event_line(app, (const void *)result->message);
	}
	fflush(stdout);
}

/* {"is_resync":true,"position":{…}}, as an event has it. */
static void print_bare(const char *name, const struct position *position)
{
	Pb__Position message = PB__POSITION__INIT;
	json_t *line = json_object();

	(void)json_object_set_new(line, name, json_true());
	if (position->era != 0) {
		message.has_era = message.has_xid = message.has_seq = true;
		message.era = position->era;
		message.xid = position->xid;
		message.seq = position->seq;
		(void)json_object_set_new(line, "position", message_to_json(&message.base));
	}
	print_json_line(line);
}

void watch_line_resync(const struct app *app, const struct position *position)
{
	if (app->is_json) {
		print_bare("is_resync", position);
	} else {
		puts(_("-- something may have been missed: load lists again --"));
	}
	fflush(stdout);
}

void watch_line_mark(const struct app *app, const struct position *position)
{
	if (app->is_json) {
		print_bare("is_mark", position);
		fflush(stdout);
	}
}
