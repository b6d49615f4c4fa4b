/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: what happens, as it happens. A lost connection is made again; what happened in between is
 * not told, so a line says that lists must be loaded anew.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "server.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/cell.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/target.h"
#include "client/admin/when.h"
#include "client/core/json.h"

#define COMMUNITIES_MAX 16 /* the server's watches_max by default */
#define AGAIN_MS 2000

struct watch {
	struct app *app;
	struct uuid communities[COMMUNITIES_MAX];
	size_t community_count;
	bool has_complaint;
	struct uuid complaint_id;
	uint32_t left;          /* events still to show; UINT32_MAX: no end */
	uv_signal_t signals[2]; /* on the link's loop, while it lives */
	bool is_interrupted;
	int64_t until_us; /* mono: the end of --timeout; INT64_MAX: none */
};

static void on_uv_signal(uv_signal_t *signal, int number)
{
	struct watch *watch = signal->data;

	(void)number;
	watch->is_interrupted = true;
	client_loop_stop(&watch->app->loop);
}

/* An interrupt ends the watch with a goodbye; client_loop_close needs the handles closed. */
static void catch_signals(struct watch *watch)
{
	static const int numbers[] = {SIGINT, SIGTERM};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		(void)uv_signal_init(&watch->app->loop.loop, &watch->signals[i]);
		watch->signals[i].data = watch;
		(void)uv_signal_start(&watch->signals[i], on_uv_signal, numbers[i]);
	}
}

static void release_signals(struct watch *watch)
{
	for (size_t i = 0; watch->app->is_linked && i < COUNT(watch->signals); i++) {
		uv_close((uv_handle_t *)&watch->signals[i], NULL);
	}
}

/* Which communities, or which complaint, from the options. */
static enum err choose(struct watch *watch)
{
	struct app *app = watch->app;
	const char *complaint = app_option(app, OPTION_COMPLAINT);
	struct place_community community;
	struct target target;
	enum err err = place_load(app);

	if (err == ERR_OK && complaint != NULL) {
		err = target_find(app, complaint, &target);
		watch->has_complaint = true;
		watch->complaint_id = target.complaint_id;
		watch->communities[0] = target.community_id;
		watch->community_count = 1;
		return err;
	}
	if (err != ERR_OK) {
		return err;
	}
	if (app_option(app, OPTION_COMMUNITY) != NULL || app->profile.community[0] != '\0' ||
		place_community_count(app) > COMMUNITIES_MAX || place_community_count(app) == 0) {
		err = place_community(app, &community);
		watch->communities[0] = community.id;
		watch->community_count = 1;
		return err;
	}
	for (size_t i = 0; i < place_community_count(app); i++) {
		place_community_at(app, i, &community);
		watch->communities[i] = community.id;
	}
	watch->community_count = place_community_count(app);
	return ERR_OK;
}

static enum err open_one(struct watch *watch, const struct uuid *community_id)
{
	Pb__WatchOpen request = PB__WATCH_OPEN__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_watch_open], .request = &request.base};
	struct client_result *result;
	enum err err;

	request.topic = (char *)topic_rows[TOPIC_complaint].name;
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community_id->bytes, UUID_BYTES));
	request.has_complaint_id = watch->has_complaint;
	request.complaint_id = codec_bytes(span_of(watch->complaint_id.bytes, UUID_BYTES));
	/* Not link_call: it may connect anew, and the signals are on this loop. */
	result = client_loop_call(&watch->app->loop, &ask);
	err = result->err == ERR_OK ? ERR_OK : link_refuse(watch->app, result);
	client_result_free(result);
	return err;
}

static void print_resync(const struct watch *watch)
{
	if (watch->app->is_json) {
		puts("{\"is_resync\":true}");
	} else {
		puts(_("-- something may have been missed: load lists again --"));
	}
	fflush(stdout);
}

static void print_event_json(const struct client_result *result)
{
	json_t *line = json_object();

	(void)json_object_set_new(line, "topic", json_string(result->topic->name));
	(void)json_object_set_new(line, "event", message_to_json(result->message));
	(void)json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
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

static void show_event(struct watch *watch, const struct client_result *result)
{
	if (result->is_resync) {
		print_resync(watch);
		return;
	}
	if (watch->app->is_json) {
		print_event_json(result);
	} else if (result->topic == &topic_rows[TOPIC_complaint]) {
		print_event_line(watch->app, (const void *)result->message);
	}
	fflush(stdout);
	watch->left -= watch->left == UINT32_MAX ? 0 : 1;
}

/* How long client_loop_next may wait; false where --timeout is over. */
static bool next_wait(const struct watch *watch, uint32_t *out_ms)
{
	int64_t left_us = watch->until_us - clock_now().mono_us;

	if (watch->until_us == INT64_MAX) {
		*out_ms = CLIENT_LOOP_FOREVER;
		return true;
	}
	*out_ms = left_us < US_PER_MS ? 1 : (uint32_t)(left_us / US_PER_MS);
	return left_us > 0;
}

/*
 * Shows what comes until there is enough, or the connection ends.
 *
 *   returns  ERR_OK (enough, or interrupted) | DEADLINE | what the connection ended with
 */
static enum err follow(struct watch *watch)
{
	struct app *app = watch->app;
	enum err err = ERR_OK;
	uint32_t wait_ms;

	while (err == ERR_OK && watch->left > 0 && !watch->is_interrupted) {
		struct client_result *result;

		if (!next_wait(watch, &wait_ms)) {
			return fault_set_plain(&app->fault, ERR_DEADLINE);
		}
		result = client_loop_next(&app->loop, wait_ms);
		if (result == NULL) {
			continue; /* the time is over, or a signal came */
		}
		if (result->kind == CLIENT_EVENT) {
			show_event(watch, result);
		} else if (result->kind == CLIENT_CLOSED || result->kind == CLIENT_GO_AWAY) {
			err = link_refuse(app, result);
		}
		client_result_free(result);
		if (ferror(stdout)) { /* nobody reads any more */
			err = fault_set(&app->fault, ERR_OUTPUT, "%s", _("standard output"));
		}
	}
	return err;
}

/* One connection's part of the watch. */
static enum err watch_once(struct watch *watch)
{
	enum err err = ERR_OK;

	catch_signals(watch);
	for (size_t i = 0; err == ERR_OK && i < watch->community_count; i++) {
		err = open_one(watch, &watch->communities[i]);
	}
	if (err == ERR_OK) {
		err = follow(watch);
	}
	release_signals(watch);
	return err;
}

static bool may_go_on(const struct watch *watch, enum err err)
{
	return err != ERR_OK && err != ERR_DEADLINE && !watch->is_interrupted &&
	       err_row(err)->retry == ERR_RETRY_SAME;
}

/* Connection after connection, until there is enough. */
static enum err watch_all(struct watch *watch)
{
	struct app *app = watch->app;
	enum err err = watch_once(watch);

	while (may_go_on(watch, err)) {
		print_note(app, _("%s; trying again"), fault_sentence(err));
		if (!link_pause(watch->until_us, AGAIN_MS)) {
			return fault_set_plain(&app->fault, ERR_DEADLINE);
		}
		err = link_again(app, watch->until_us);
		if (err == ERR_OK) {
			print_resync(watch);
			err = watch_once(watch);
		}
	}
	return watch->is_interrupted ? ERR_OK : err;
}

enum err command_watch(struct app *app)
{
	struct watch watch = {.app = app, .left = UINT32_MAX, .until_us = INT64_MAX};
	const char *count = app_option(app, OPTION_EVENTS);
	enum err err = ERR_OK;

	if (count != NULL) {
		err = app_number(app, "--count", count, 1, INT32_MAX, &watch.left);
	}
	if (app->timeout_ms != 0) {
		watch.until_us = link_until_us(app);
	}
	if (err == ERR_OK) {
		err = choose(&watch);
	}
	if (err == ERR_OK) {
		err = watch_all(&watch);
	}
	link_close(app); /* before the signals' memory goes */
	return err;
}
