/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: what happens, as it happens. A lost connection is made again, and goes on at the position that was told
 * last: what happened meanwhile is shown first. Where the server cannot tell that any more, a line says that lists
 * must be loaded anew.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "common/random.h"
#include "proto/codec.h"
#include "server.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/position.h"
#include "client/admin/print.h"
#include "client/admin/watch_line.h"
#include "client/admin/watch_wish.h"

#define AGAIN_FIRST_MS 500U /* then twice as long each time, less a part that chance decides */
#define AGAIN_DOUBLINGS_MAX 6

struct watch {
	struct app *app;
	struct watch_wish wish;
	struct position position; /* told up to here; era 0: unknown */
	bool is_carried;          /* by --from: whoever gives positions is told them */
	bool is_catching_up;      /* what comes now had been missed */
	uint32_t caught_count;    /* events of that */
	unsigned tries;           /* connections in a row that did not last */
	uint32_t left;            /* events still to show; UINT32_MAX: no end */
	uv_signal_t signals[2];   /* on the link's loop, while it lives */
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

/* ---- one connection ------------------------------------------------------------------------- */

/* The reply says from where events come, and whether that is where the last watch ended. */
static void begin(struct watch *watch, const Pb__WatchOpenReply *reply)
{
	if (reply->position != NULL) {
		watch->position =
			(struct position){reply->position->era, reply->position->xid, reply->position->seq};
	}
	watch->is_catching_up =
		reply->has_resume && reply->resume == PB__WATCH_OPEN_REPLY__RESUME__RESUMED;
	watch->caught_count = 0;
	if (reply->has_resume && !watch->is_catching_up) {
		watch_line_resync(watch->app, &watch->position);
	}
}

static ProtobufCBinaryData id_bytes(const struct uuid *id)
{
	return codec_bytes(span_of(id->bytes, UUID_BYTES));
}

static enum err open_watch(struct watch *watch)
{
	Pb__WatchOpen request = PB__WATCH_OPEN__INIT;
	Pb__Position from = PB__POSITION__INIT;
	const struct watch_wish *wish = &watch->wish;
	struct client_ask ask = {.method = &method_rows[METHOD_watch_open], .request = &request.base};
	struct client_result *result;
	enum err err;

	request.topic = (char *)(uintptr_t)topic_rows[TOPIC_complaint].name;
	request.has_community_id = !uuid_is_nil(wish->community_id);
	request.community_id = id_bytes(&wish->community_id);
	request.has_team_id = !uuid_is_nil(wish->team_id);
	request.team_id = id_bytes(&wish->team_id);
	request.has_complaint_id = !uuid_is_nil(wish->complaint_id);
	request.complaint_id = id_bytes(&wish->complaint_id);
	request.has_scope = wish->scope != 0;
	request.scope = (Pb__WatchOpen__Scope)wish->scope;
	request.has_with_marks = request.with_marks = true;
	if (watch->position.era != 0) {
		from.has_era = from.has_xid = from.has_seq = true;
		from.era = watch->position.era;
		from.xid = watch->position.xid;
		from.seq = watch->position.seq;
		request.from = &from;
	}
	/* Not link_call: it may connect anew, and the signals are on this loop. */
	result = client_loop_call(&watch->app->loop, &ask);
	err = result->err == ERR_OK ? ERR_OK : link_refuse(watch->app, result);
	if (err == ERR_OK) {
		begin(watch, (const Pb__WatchOpenReply *)result->message);
	}
	client_result_free(result);
	return err;
}

/* Everything that was missed has been shown, and what comes now is new. */
static void finish_catching_up(struct watch *watch)
{
	if (watch->is_catching_up && watch->caught_count > 0) {
		print_note(watch->app,
			ngettext("%" PRIu32 " event had happened meanwhile",
				"%" PRIu32 " events had happened meanwhile", watch->caught_count),
			watch->caught_count);
	}
	watch->is_catching_up = false;
}

static void show(struct watch *watch, const struct client_result *result)
{
	watch->tries = 0; /* this connection is worth something */
	if (result->has_position) {
		watch->position =
			(struct position){result->position_era, result->position_xid, result->position_seq};
	}
	if (result->is_mark) {
		finish_catching_up(watch);
		if (watch->is_carried) {
			watch_line_mark(watch->app, &watch->position);
		}
	} else if (result->is_resync) {
		watch->is_catching_up = false;
		watch_line_resync(watch->app, &watch->position);
	} else {
		watch->caught_count += watch->is_catching_up ? 1 : 0;
		watch_line_event(watch->app, result);
		watch->left -= watch->left == UINT32_MAX ? 0 : 1;
	}
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
			show(watch, result);
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

static enum err watch_once(struct watch *watch)
{
	enum err err;

	catch_signals(watch);
	err = open_watch(watch);
	if (err == ERR_OK) {
		err = follow(watch);
	}
	release_signals(watch);
	return err;
}

/* ---- connection after connection ------------------------------------------------------------ */

static bool may_go_on(const struct watch *watch, enum err err)
{
	return err != ERR_OK && err != ERR_DEADLINE && !watch->is_interrupted &&
	       err_row(err)->retry == ERR_RETRY_SAME;
}

/* Half a second, then twice as long each time up to half a minute; many who were cut off at once come apart. */
static uint32_t again_ms(struct watch *watch)
{
	uint32_t longest_ms = AGAIN_FIRST_MS << watch->tries;
	uint16_t chance;

	watch->tries += watch->tries < AGAIN_DOUBLINGS_MAX ? 1 : 0;
	random_bytes(&chance, sizeof(chance));
	return longest_ms / 2 + chance % (longest_ms / 2);
}

/* Connects until that works; DEADLINE where --timeout is over before. */
static enum err connect_again(struct watch *watch)
{
	struct app *app = watch->app;
	enum err err;

	do {
		if (!link_pause(watch->until_us, again_ms(watch))) {
			return fault_set_plain(&app->fault, ERR_DEADLINE);
		}
		link_close(app);
		err = link_resume(app);
	} while (err != ERR_OK && err_row(err)->retry == ERR_RETRY_SAME);
	return err;
}

/* For the next run: --from. */
static void say_position(const struct watch *watch)
{
	char text[POSITION_TEXT_MAX];

	if (watch->position.era != 0) {
		print_note(watch->app, _("to go on from here: --from %s"),
			position_format(&watch->position, text));
	}
}

static enum err watch_all(struct watch *watch)
{
	struct app *app = watch->app;
	enum err err = watch_once(watch);

	while (may_go_on(watch, err)) {
		bool had_position = watch->position.era != 0;

		print_note(app, _("%s; trying again"), fault_sentence(err));
		err = connect_again(watch);
		if (err == ERR_OK) {
			if (!had_position) {
				watch_line_resync(app, &watch->position);
			}
			err = watch_once(watch);
		}
	}
	if (watch->is_interrupted || watch->left == 0) {
		say_position(watch);
	}
	return watch->is_interrupted ? ERR_OK : err;
}

static enum err read_options(struct watch *watch)
{
	struct app *app = watch->app;
	const char *count = app_option(app, OPTION_EVENTS);
	const char *from = app_option(app, OPTION_POSITION);

	if (from != NULL && !position_parse(from, &watch->position)) {
		return fault_set(&app->fault, ERR_USAGE, _("--from: '%s' is no position"), from);
	}
	watch->is_carried = from != NULL;
	if (app->timeout_ms != 0) {
		watch->until_us = link_until_us(app);
	}
	return count == NULL ? ERR_OK : app_number(app, "--count", count, 1, INT32_MAX, &watch->left);
}

enum err command_watch(struct app *app)
{
	struct watch watch = {.app = app, .left = UINT32_MAX, .until_us = INT64_MAX};
	enum err err = read_options(&watch);

	if (err == ERR_OK) {
		err = watch_wish_choose(app, &watch.wish);
	}
	if (err == ERR_OK) {
		err = watch_all(&watch);
	}
	link_close(app); /* before the signals' memory goes */
	return err;
}
