/* SPDX-License-Identifier: Apache-2.0 */
/*
 * top: the server live, once a second: in a terminal as a screen with keys, elsewhere as text or JSON. A lost connection
 * is made again; the screen stays, and says so.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "server.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/top_screen.h"
#include "client/admin/when.h"

#define LOOK_MS 1000
#define ARENA_BYTES_MAX (512 * 1024)
#define DATE_CHARACTERS 11 /* "2026-11-24 ", in front of the time */

struct live {
	struct app *app;
	struct top top;
	struct top_screen screen;
	bool has_screen; /* else text */
	uint32_t left;   /* looks; UINT32_MAX: no end */
	size_t skip;     /* methods that are scrolled over */
	bool is_paused;
	bool is_helping;
	bool is_over;   /* somebody quit */
	char lost[256]; /* why nothing comes, in the person's language; "" while it does */
	/* On the link's loop, while it lives. */
	uv_signal_t signals[3];
	uv_poll_t keyboard;
	bool is_resized;
};

static void on_uv_signal(uv_signal_t *signal, int number)
{
	struct live *live = signal->data;

	live->is_over = live->is_over || number != SIGWINCH;
	live->is_resized = live->is_resized || number == SIGWINCH;
	client_loop_stop(&live->app->loop);
}

static void on_keyboard(uv_poll_t *poll, int status, int events)
{
	struct live *live = poll->data;

	(void)status;
	(void)events;
	client_loop_stop(&live->app->loop);
}

static void catch (struct live *live)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGWINCH};
	uv_loop_t *loop = &live->app->loop.loop;

	for (size_t i = 0; i < COUNT(numbers); i++) {
		(void)uv_signal_init(loop, &live->signals[i]);
		live->signals[i].data = live;
		(void)uv_signal_start(&live->signals[i], on_uv_signal, numbers[i]);
	}
	if (live->has_screen) {
		(void)uv_poll_init(loop, &live->keyboard, live->screen.keyboard_fd);
		live->keyboard.data = live;
		(void)uv_poll_start(&live->keyboard, UV_READABLE, on_keyboard);
	}
}

static void release(struct live *live)
{
	for (size_t i = 0; live->app->is_linked && i < COUNT(live->signals); i++) {
		uv_close((uv_handle_t *)&live->signals[i], NULL);
	}
	if (live->app->is_linked && live->has_screen) {
		uv_close((uv_handle_t *)&live->keyboard, NULL);
	}
}

/* --- showing --- */

static void draw(struct live *live)
{
	struct app *app = live->app;
	char when[WHEN_TEXT_MAX];
	struct top_page page;
	struct arena arena;
	struct str server;

	if (live->is_helping) {
		top_screen_help();
		return;
	}
	if (live->top.now == NULL) {
		return;
	}
	arena_init(&arena, ARENA_BYTES_MAX);
	when_format_seconds(top_reply(&live->top)->utc_us, app->profile.zone, when);
	server = profile_server(&app->profile, &arena);
	top_page_make(
		&page, &live->top, arena_c_string(&arena, server), when + DATE_CHARACTERS, &arena);
	if (live->has_screen) {
		top_screen_draw(&page, live->skip,
			live->lost[0] != '\0' ? live->lost
			: live->is_paused     ? _("paused")
								  : "");
	} else {
		for (size_t i = 0; i < page.count; i++) {
			printf("%.*s\n", STR_ARG(page.lines[i]));
		}
		putchar('\n');
	}
	arena_fini(&arena);
}

static enum err show(struct live *live)
{
	json_t *json;

	if (live->app->is_json) {
		json = top_page_json(&live->top);
		(void)json_dumpf(json, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(json);
	} else {
		draw(live);
	}
	if (!live->has_screen && (fflush(stdout) != 0 || ferror(stdout))) {
		return fault_set(&live->app->fault, ERR_OUTPUT, "%s", _("standard output"));
	}
	return ERR_OK;
}

/* --- keys --- */

static void turn_order(struct live *live, int by)
{
	live->top.order = (enum top_order)(((int)live->top.order + TOP_ORDERS + by) % TOP_ORDERS);
	top_sort(&live->top);
	live->skip = 0;
}

static void obey(struct live *live, enum top_key key)
{
	switch (key) {
	case TOP_KEY_NONE:
		return;
	case TOP_KEY_QUIT:
		live->is_over = true;
		return;
	case TOP_KEY_HELP:
		live->is_helping = !live->is_helping;
		return;
	case TOP_KEY_PAUSE:
		live->is_paused = !live->is_paused;
		return;
	case TOP_KEY_LEFT:
		turn_order(live, -1);
		return;
	case TOP_KEY_RIGHT:
		turn_order(live, 1);
		return;
	case TOP_KEY_DOWN:
		live->skip += live->skip + 1 < live->top.row_count;
		return;
	case TOP_KEY_UP:
		live->skip -= live->skip > 0;
		return;
	}
	unreachable();
}

/* Everything that was typed, and the terminal's new size. */
static void take_keys(struct live *live)
{
	enum top_key key;

	if (!live->has_screen) {
		return;
	}
	if (live->is_resized) {
		live->is_resized = false;
		top_screen_resize();
	}
	while ((key = top_screen_key()) != TOP_KEY_NONE) {
		obey(live, key);
	}
	draw(live);
}

/* --- looking --- */

/* Not link_call: it may connect anew, and our handles are on this loop. */
static enum err look(struct live *live)
{
	Pb__ServerMetrics request = PB__SERVER_METRICS__INIT;
	struct client_ask ask = {
		.method = &method_rows[METHOD_server_metrics], .request = &request.base};
	struct client_result *result = client_loop_call(&live->app->loop, &ask);
	enum err err = result->err;

	if (err == ERR_OK) {
		top_look(&live->top, result);
		live->left -= live->left == UINT32_MAX ? 0 : 1;
		return show(live);
	}
	if (err == ERR_CANCELLED) { /* a key came while it was on its way */
		take_keys(live);
		client_result_free(result);
		return ERR_OK;
	}
	err = link_refuse(live->app, result);
	client_result_free(result);
	return err;
}

/* Until the next look is due; keys are obeyed meanwhile. */
static enum err wait_for_next(struct live *live, int64_t due_us)
{
	struct app *app = live->app;
	int64_t left_us = due_us - clock_now().mono_us;

	while (!live->is_over && (left_us > 0 || live->is_paused)) {
		uint32_t wait_ms = live->is_paused ? LOOK_MS : (uint32_t)(left_us / US_PER_MS + 1);
		struct client_result *result = client_loop_next(&app->loop, wait_ms);

		if (result != NULL && result->kind != CLIENT_REPLY) {
			enum err err = link_refuse(app, result);

			client_result_free(result);
			return err;
		}
		client_result_free(result);
		take_keys(live);
		left_us = due_us - clock_now().mono_us;
	}
	return ERR_OK;
}

/* One connection's part. */
static enum err follow(struct live *live)
{
	enum err err = ERR_OK;

	catch (live);
	live->lost[0] = '\0';
	while (err == ERR_OK && !live->is_over && live->left > 0) {
		int64_t due_us = clock_now().mono_us + LOOK_MS * US_PER_MS;

		err = look(live);
		if (err == ERR_OK && live->left > 0) {
			err = wait_for_next(live, due_us);
		}
	}
	release(live);
	return err;
}

/* Without a connection there is no loop to wait in: a key ends the wait, or a second has passed. */
static void wait_for_key(struct live *live)
{
	struct pollfd keyboard = {
		.fd = live->has_screen ? live->screen.keyboard_fd : -1, .events = POLLIN};

	take_keys(live); /* draws, too */
	(void)poll(&keyboard, 1, LOOK_MS);
	take_keys(live);
}

static bool may_go_on(const struct live *live, enum err err)
{
	return err != ERR_OK && !live->is_over && err_row(err)->retry == ERR_RETRY_SAME;
}

static enum err run(struct live *live)
{
	struct app *app = live->app;
	enum err err = follow(live);

	while (may_go_on(live, err)) {
		link_close(app);
		(void)snprintf(live->lost, sizeof(live->lost), _("%s; trying again"), fault_sentence(err));
		if (!live->has_screen) {
			print_note(app, "%s", live->lost);
		}
		wait_for_key(live);
		err = live->is_over ? err : link_resume(app);
		if (err == ERR_OK) {
			err = follow(live);
		}
	}
	return live->is_over ? ERR_OK : err;
}

enum err command_top(struct app *app)
{
	static struct live live; /* large, and there is one */
	const char *count = app_option(app, OPTION_LOOKS);
	enum err err = ERR_OK;

	live = (struct live){.app = app, .left = UINT32_MAX, .top = {.order = TOP_BY_REQUESTS}};
	if (count != NULL) {
		err = app_number(app, "--count", count, 1, INT32_MAX, &live.left);
	}
	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	live.has_screen = !app->is_json && count == NULL && top_screen_open(&live.screen);
	err = run(&live);
	if (live.has_screen) {
		top_screen_close(&live.screen);
	}
	link_close(app); /* before the handles' memory goes */
	top_fini(&live.top);
	return err;
}
