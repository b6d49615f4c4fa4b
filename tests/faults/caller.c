/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/caller.h"

#include "account.pb-c.h"
#include "proto/codec.h"
#include "tests/live/client.h"

#define OPENING_MS 4000 /* sooner than the client itself gives up a silent server */

static void begin_resume(struct caller *caller)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_session_resume], .request = &in.base};
	enum err err;

	in.has_token = true;
	in.token = codec_bytes(span_of(caller->token, 32));
	err = client_ask(
		&caller->transport.client, &ask, transport_now(&caller->transport), &caller->resume_id);
	caller->state = CALLER_RESUMING;
	if (err != ERR_OK) {
		caller_drop(caller);
	}
}

static void take_resumed(struct caller *caller, enum err err)
{
	if (caller->transport.is_closing) {
		return;
	}
	if (err == ERR_OK) {
		caller->state = CALLER_HERE;
		caller->hooks.on_result(caller, NULL);
		return;
	}
	if (err_row(err)->retry != ERR_RETRY_SAME) {
		caller->hooks.on_refused(caller, err);
	}
	caller_drop(caller);
}

static void take(struct caller *caller, const struct client_result *result)
{
	switch (result->kind) {
	case CLIENT_OPENED:
		begin_resume(caller);
		return;
	case CLIENT_GO_AWAY:
		caller->state = caller->state == CALLER_HERE ? CALLER_LEAVING : caller->state;
		return;
	case CLIENT_REPLY:
		if (result->id == caller->resume_id) {
			take_resumed(caller, result->err);
			return;
		}
		caller->hooks.on_result(caller, result);
		return;
	case CLIENT_EVENT:
		caller->hooks.on_result(caller, result);
		return;
	case CLIENT_CLOSED:
		return;
	}
	unreachable();
}

static void on_results(struct transport *transport, void *user)
{
	struct client_result *result;

	while ((result = client_poll(&transport->client)) != NULL) {
		take(user, result);
		client_result_free(result);
	}
}

static void begin_open(struct caller *caller, int64_t now_us)
{
	struct transport_target target = {
		.host = LIVE_HOST,
		.port = caller->port,
		.agent = "guanjia-test/1",
		.context = caller->context,
	};
	enum err err = transport_open(&caller->transport, caller->loop, &target, on_results, caller);

	assert(err == ERR_OK);
	(void)err;
	caller->state = CALLER_OPENING;
	caller->until_us = now_us + OPENING_MS * US_PER_MS;
	caller->open_count++;
}

/* What was left in its queue is heard before it is gone: answers that came, and those that never will. */
static void collect(struct caller *caller, int64_t now_us)
{
	caller->state = CALLER_LEAVING;
	on_results(&caller->transport, caller);
	transport_fini(&caller->transport);
	caller->state = CALLER_AWAY;
	caller->again_us = now_us + caller->again_ms * US_PER_MS;
}

void caller_turn(struct caller *caller, int64_t now_us)
{
	switch (caller->state) {
	case CALLER_AWAY:
		if (caller->is_wanted && now_us >= caller->again_us) {
			begin_open(caller, now_us);
		}
		return;
	case CALLER_OPENING:
	case CALLER_RESUMING:
		if (now_us >= caller->until_us || !caller->is_wanted) {
			caller_drop(caller);
		}
		break;
	case CALLER_HERE:
		if (!caller->is_wanted) {
			caller_drop(caller);
		}
		break;
	case CALLER_LEAVING:
		if (!caller->is_wanted || client_call_count(&caller->transport.client) == 0) {
			transport_close(&caller->transport);
		}
		break;
	}
	if (caller->transport.is_closed) {
		collect(caller, now_us);
	}
}

enum err caller_ask(struct caller *caller, const struct client_ask *ask, uint64_t *out_id)
{
	enum err err;

	if (caller->state != CALLER_HERE) {
		return ERR_CONNECT;
	}
	err = client_ask(&caller->transport.client, ask, transport_now(&caller->transport), out_id);
	transport_wake(&caller->transport);
	return err;
}

void caller_drop(struct caller *caller)
{
	if (caller->state != CALLER_AWAY) {
		caller->state = CALLER_LEAVING;
		transport_close(&caller->transport);
	}
}

bool caller_is_away(const struct caller *caller)
{
	return caller->state == CALLER_AWAY;
}
