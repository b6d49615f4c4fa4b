/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/link.h"

#include <inttypes.h>
#include <time.h>

#include "account.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/token.h"

#define TRIES_MAX 5
#define PAUSE_FIRST_MS 200U /* then twice as long each time */
#define PAUSE_CONNECT_MS 1000

enum err link_hint_login(struct app *app)
{
	const char *name = app->profile.name;

	if (strcmp(name, PROFILE_NAME_DEFAULT) == 0) {
		return fault_hint(&app->fault, _("log in: guanjia login"));
	}
	return fault_hint(&app->fault, _("log in: guanjia --profile %s login"), name);
}

int64_t link_until_us(const struct app *app)
{
	if (app->timeout_ms != 0) {
		return app->started.mono_us + app->timeout_ms * US_PER_MS;
	}
	return clock_now().mono_us + LINK_TRY_MS * US_PER_MS;
}

bool link_pause(int64_t until_us, uint32_t wait_ms)
{
	struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = (long)(wait_ms % 1000) * 1000000};

	if (clock_now().mono_us + wait_ms * US_PER_MS >= until_us) {
		return false;
	}
	(void)nanosleep(&wait, NULL);
	return true;
}

enum err link_open(struct app *app)
{
	struct client_loop_target target = {.agent = "guanjia/" GUANJIA_VERSION};
	const char *reason = NULL;
	struct str server;
	enum err err;

	if (app->is_linked) {
		return ERR_OK;
	}
	err = app_profile(app);
	if (err != ERR_OK) {
		return err;
	}
	target.host = app->profile.host;
	target.port = app->profile.port;
	target.ca_path = app->profile.ca_path;
	target.session = &app->session;
	err = client_loop_open(&app->loop, &target, &reason);
	if (err != ERR_OK) {
		server = profile_server(&app->profile, &app->arena);
		return fault_set(&app->fault, err, "%.*s%s%s", STR_ARG(server), reason == NULL ? "" : ": ",
			reason == NULL ? "" : reason);
	}
	app->is_linked = true;
	return ERR_OK;
}

void link_close(struct app *app)
{
	client_loop_close(&app->loop);
	app->is_linked = false;
}

bool link_is_alive(const struct app *app)
{
	return app->is_linked && app->loop.transport.client.state == CLIENT_READY;
}

enum err link_refuse(struct app *app, struct client_result *result)
{
	enum err err = fault_from_result(&app->fault, result);

	if (!app->is_guest && (err == ERR_SESSION_ENDED || err == ERR_UNAUTHENTICATED)) {
		token_forget(app->profile.name);
		(void)link_hint_login(app);
	}
	return err;
}

/* session.resume on a fresh connection, asked once. */
static enum err resume(struct app *app, const struct token *token)
{
	Pb__SessionResume request = PB__SESSION_RESUME__INIT;
	struct client_ask ask = {
		.method = &method_rows[METHOD_session_resume], .request = &request.base};
	struct client_result *result;
	enum err err;

	request.has_token = true;
	request.token = codec_bytes(span_of(token->bytes, TOKEN_BYTES));
	result = client_loop_call(&app->loop, &ask);
	err = result->err == ERR_OK ? ERR_OK : link_refuse(app, result);
	client_result_free(result);
	return err;
}

enum err link_resume(struct app *app)
{
	struct token token;
	enum err err;

	if (app->is_linked) {
		return ERR_OK;
	}
	if (app->is_guest) {
		return link_open(app);
	}
	err = app_profile(app);
	if (err != ERR_OK) {
		return err;
	}
	if (!token_load(app->profile.name, &token)) {
		(void)fault_set_plain(&app->fault, ERR_UNAUTHENTICATED);
		return link_hint_login(app);
	}
	err = link_open(app);
	if (err == ERR_OK) {
		err = resume(app, &token);
	}
	token_wipe(&token);
	if (err != ERR_OK) {
		link_close(app);
	}
	return err;
}

bool link_may_repeat(const struct client_result *result)
{
	return result->method->kind != METHOD_KIND_SESSION &&
	       err_row(result->err)->retry == ERR_RETRY_SAME;
}

enum err link_again(struct app *app, int64_t until_us)
{
	enum err err;

	link_close(app);
	do {
		err = link_resume(app);
	} while (err != ERR_OK && err_row(err)->retry == ERR_RETRY_SAME &&
			 link_pause(until_us, PAUSE_CONNECT_MS));
	return err;
}

/* Waits as the server said, or longer each time; connects again where the connection is lost. */
static bool prepare_again(
	struct app *app, const struct client_result *result, unsigned tries, int64_t until_us)
{
	uint32_t wait_ms = result->has_retry_after ? result->retry_after_ms : PAUSE_FIRST_MS << tries;

	if (tries == TRIES_MAX || !link_may_repeat(result) || !link_pause(until_us, wait_ms)) {
		return false;
	}
	return link_is_alive(app) || link_again(app, until_us) == ERR_OK;
}

/* What is left of --timeout, for the server too; 0, the method's own time, where none was given. */
static uint32_t deadline_ms(const struct app *app, int64_t until_us)
{
	int64_t left_us = until_us - clock_now().mono_us;

	if (app->timeout_ms == 0) {
		return 0;
	}
	return left_us < US_PER_MS ? 1 : (uint32_t)(left_us / US_PER_MS);
}

/* For whoever looks for it in the server's log; also with --json, whose document is on standard output. */
static void say_trace(const struct app *app, const struct client_result *result)
{
	char trace[UUID_TEXT_LEN + 1];

	if (options_has(&app->options, OPTION_VERBOSE)) {
		uuid_format(result->trace_id, trace);
		fprintf(stderr, "guanjia: %s: %s, trace %s\n", result->method->name, err_name(result->err),
			trace);
	}
}

struct client_result *link_ask(struct app *app, const struct client_ask *ask)
{
	int64_t until_us = link_until_us(app);
	struct client_ask again = *ask;
	struct client_result *last = NULL; /* `again` borrows from it */

	for (unsigned tries = 0;; tries++) {
		struct client_result *result;

		again.deadline_ms = deadline_ms(app, until_us);
		result = client_loop_call(&app->loop, &again);
		client_result_free(last);
		say_trace(app, result);
		if (result->err == ERR_OK) {
			return result;
		}
		if (!prepare_again(app, result, tries, until_us)) {
			(void)link_refuse(app, result);
			client_result_free(result);
			return NULL;
		}
		again = client_again(result);
		last = result;
	}
}

struct client_result *link_call(
	struct app *app, enum method method, const ProtobufCMessage *request)
{
	struct client_ask ask = {.method = &method_rows[method], .request = request};
	const char *key = app_option(app, OPTION_KEY);
	struct uuid id;

	assert(app->is_linked && method < METHOD_COUNT);
	if (key != NULL && ask.method->kind == METHOD_KIND_WRITE) {
		if (!uuid_parse(str_from_c(key), &id)) {
			(void)fault_set(&app->fault, ERR_USAGE, _("--%s: '%s' is no UUID"), "key", key);
			return NULL;
		}
		ask.key = span_of(id.bytes, UUID_BYTES);
	}
	return link_ask(app, &ask);
}
