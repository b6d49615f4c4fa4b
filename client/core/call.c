/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/call.h"

#include <stdlib.h>

#include "proto/codec.h"
#include "proto/frame.h"

#include "envelope.pb-c.h"

#define REQUEST_DEADLINE_MS_MAX INT64_C(600000) /* field.def: Request.deadline_ms */

/* Every body fits into a frame together with its method, key and numbers. */
#define ENVELOPE_BYTES_MAX 1024
#define M(noun, verb, message, right, kind, ms, bytes) \
	static_assert((bytes) + ENVELOPE_BYTES_MAX <= FRAME_BODY_BYTES_MAX, #noun "." #verb);
#include "proto/method.def"
#undef M

struct client_result *result_new(enum client_result_kind kind, uint64_t id)
{
	struct client_result *result = calloc(1, sizeof(*result));

	if (result == NULL) {
		abort();
	}
	result->kind = kind;
	result->id = id;
	arena_init(&result->arena, CLIENT_RESULT_BYTES_MAX);
	return result;
}

void result_judge(struct client_result *result, const struct client_verdict *verdict)
{
	struct str code = verdict->code.len > 0 ? verdict->code : str_from_c(err_name(verdict->err));

	result->err = verdict->err;
	result->code = arena_str(&result->arena, code);
	result->field = arena_str(&result->arena, verdict->field);
	result->allowed = arena_str(&result->arena, verdict->allowed);
	result->has_retry_after = verdict->has_retry_after;
	result->retry_after_ms = verdict->retry_after_ms;
	result->current = arena_span(&result->arena, verdict->current);
	if (verdict->trace_id.len == UUID_BYTES) {
		result->trace_id = uuid_from_span(verdict->trace_id);
	}
}

void result_queue(struct client *client, struct client_result *result)
{
	list_append(&client->results, &result->node);
	client->result_count++;
}

struct client_result *client_poll(struct client *client)
{
	struct list *node = list_shift(&client->results);

	if (node == NULL) {
		return NULL;
	}
	assert(client->result_count > 0);
	client->result_count--;
	return container_of(node, struct client_result, node);
}

bool client_is_full(const struct client *client)
{
	return client->result_count >= CLIENT_RESULTS_MAX;
}

size_t client_call_count(const struct client *client)
{
	return client->calls.count;
}

void client_result_free(struct client_result *result)
{
	if (result == NULL) {
		return;
	}
	assert(!list_linked(&result->node));
	if (result->body.len > 0) { /* in our arena; it may hold a password */
		explicit_bzero((void *)(uintptr_t)result->body.ptr, result->body.len);
	}
	arena_fini(&result->arena);
	free(result);
}

struct client_ask client_again(const struct client_result *result)
{
	assert(result->kind == CLIENT_REPLY);
	return (struct client_ask){
		.method = result->method,
		.body = result->body,
		.key = result->key,
		.trace_id = span_of(result->trace_id.bytes, UUID_BYTES),
	};
}

struct client_result *client_refusal(const struct client_ask *ask, enum err err)
{
	struct client_result *result = result_new(CLIENT_REPLY, 0);

	assert(err != ERR_OK);
	result->method = ask->method;
	result->body = ask->request != NULL ? codec_encode(ask->request, &result->arena)
	                                    : arena_span(&result->arena, ask->body);
	result->key = arena_span(&result->arena, ask->key);
	result->trace_id = ask->trace_id.len == UUID_BYTES ? uuid_from_span(ask->trace_id) : uuid_nil;
	result_judge(result, &(struct client_verdict){.err = err});
	return result;
}

/* The key of a WRITE: the caller's, or a new one. */
static struct span make_key(struct arena *arena, struct span given, struct instant now)
{
	struct uuid fresh;

	if (given.len > 0) {
		return arena_span(arena, given);
	}
	fresh = uuid_v7(now.utc_us);
	return arena_span(arena, span_of(fresh.bytes, UUID_BYTES));
}

/* ERR_OK, or why nothing can be asked for at present. */
static enum err ask_check(const struct client *client, const struct client_ask *ask)
{
	bool is_write = ask->method->kind == METHOD_KIND_WRITE;

	assert(ask->request == NULL || ask->request->descriptor == ask->method->request);
	if (client->state == CLIENT_ENDED) {
		return ERR_CONNECT;
	}
	if (client->state == CLIENT_LEAVING) {
		return ERR_GOING_AWAY;
	}
	if (client->calls.count == CLIENT_CALLS_MAX) {
		return ERR_TOO_MANY;
	}
	if (is_write && ask->key.len != 0 && ask->key.len != UUID_BYTES) {
		return ERR_KEY_MISSING;
	}
	return ERR_OK;
}

static struct client_call *call_new(
	struct client *client, struct client_result *result, int64_t deadline_us)
{
	struct client_call *call = calloc(1, sizeof(*call));

	if (call == NULL) {
		abort();
	}
	call->id = client->next_id++;
	call->result = result;
	call->deadline_us = deadline_us;
	result->id = call->id;
	if (!id_map_put(&client->calls, call->id, call)) {
		assert(false && "ask_check left room");
	}
	list_append(&client->waiting, &call->node);
	if (deadline_us < client->calls_due_us) {
		client->calls_due_us = deadline_us;
	}
	return call;
}

enum err client_ask(
	struct client *client, const struct client_ask *ask, struct instant now, uint64_t *out_id)
{
	uint32_t wait_ms = ask->deadline_ms != 0 ? ask->deadline_ms : ask->method->deadline_ms;
	enum err err = ask_check(client, ask);
	struct client_result *result;
	struct client_call *call;

	if (err != ERR_OK) {
		return err;
	}
	result = result_new(CLIENT_REPLY, 0);
	result->method = ask->method;
	if (ask->request != NULL) {
		result->body = codec_encode(ask->request, &result->arena);
	} else if (ask->body.len <= ask->method->body_bytes_max) {
		result->body = arena_span(&result->arena, ask->body);
	}
	if (result->arena.failed || result->body.len > ask->method->body_bytes_max ||
		(ask->request == NULL && result->body.len != ask->body.len)) {
		client_result_free(result);
		return ERR_BODY_SIZE;
	}
	if (ask->method->kind == METHOD_KIND_WRITE) {
		result->key = make_key(&result->arena, ask->key, now);
	}
	result->trace_id =
		ask->trace_id.len == UUID_BYTES ? uuid_from_span(ask->trace_id) : uuid_v7(now.utc_us);
	call = call_new(client, result, now.mono_us + wait_ms * US_PER_MS);
	*out_id = call->id;
	call_send_waiting(client, now);
	client_settle(client);
	return ERR_OK;
}

static void send_request(struct client *client, struct client_call *call, struct instant now)
{
	const struct client_result *result = call->result;
	int64_t left_ms = (call->deadline_us - now.mono_us) / US_PER_MS;
	Pb__Request request = PB__REQUEST__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	left_ms = left_ms < 1 ? 1 : left_ms;
	left_ms = left_ms > REQUEST_DEADLINE_MS_MAX ? REQUEST_DEADLINE_MS_MAX : left_ms;
	request.has_id = true;
	request.id = call->id;
	request.method = (char *)(uintptr_t)result->method->name;
	request.has_body = true;
	request.body = codec_bytes(result->body);
	request.has_key = result->key.len > 0;
	request.key = codec_bytes(result->key);
	request.has_deadline_ms = true;
	request.deadline_ms = (uint32_t)left_ms;
	request.has_trace_id = true;
	request.trace_id = codec_bytes(span_of(result->trace_id.bytes, UUID_BYTES));
	envelope.kind_case = PB__ENVELOPE__KIND_REQUEST;
	envelope.request = &request;
	client_send(client, &envelope.base, now);
}

void call_send_waiting(struct client *client, struct instant now)
{
	while (client->state == CLIENT_READY && !list_empty(&client->waiting) &&
		   client->flying_count < client->server.in_flight_max) {
		struct client_call *call =
			container_of(list_shift(&client->waiting), struct client_call, node);

		assert(!call->is_sent);
		call->is_sent = true;
		list_append(&client->flying, &call->node);
		client->flying_count++;
		send_request(client, call, now);
	}
}

void call_end(struct client *client, struct client_call *call, const struct client_verdict *verdict)
{
	void *known = id_map_remove(&client->calls, call->id);

	assert(known == call);
	(void)known;
	list_remove(&call->node);
	if (call->is_sent) {
		assert(client->flying_count > 0);
		client->flying_count--;
	}
	result_judge(call->result, verdict);
	result_queue(client, call->result);
	free(call);
	if (client->calls.count == 0) {
		client->calls_due_us = INT64_MAX;
	}
}

void call_end_all(struct client *client, struct list *calls, const struct client_verdict *verdict)
{
	while (!list_empty(calls)) {
		call_end(client, container_of(calls->next, struct client_call, node), verdict);
	}
}

/* Tells the server that nobody waits for it any more. */
static void send_cancel(struct client *client, uint64_t id, struct instant now)
{
	Pb__Cancel cancel = PB__CANCEL__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	cancel.has_id = true;
	cancel.id = id;
	envelope.kind_case = PB__ENVELOPE__KIND_CANCEL;
	envelope.cancel = &cancel;
	client_send(client, &envelope.base, now);
}

void client_cancel(struct client *client, uint64_t id, struct instant now)
{
	struct client_call *call = id_map_get(&client->calls, id);
	bool is_sent;

	if (call == NULL) {
		return;
	}
	is_sent = call->is_sent;
	call_end(client, call, &(struct client_verdict){.err = ERR_CANCELLED});
	if (is_sent) {
		send_cancel(client, id, now);
	}
	call_send_waiting(client, now);
	client_settle(client);
}

/* The server is not told: it knows the deadline, and counts cancels like pings. */
static void expire_list(struct client *client, struct list *calls, struct instant now)
{
	list_each (node, after, calls) {
		struct client_call *call = container_of(node, struct client_call, node);

		if (call->deadline_us <= now.mono_us) {
			call_end(client, call, &(struct client_verdict){.err = ERR_DEADLINE});
		} else if (call->deadline_us < client->calls_due_us) {
			client->calls_due_us = call->deadline_us;
		}
	}
}

void call_expire(struct client *client, struct instant now)
{
	client->calls_due_us = INT64_MAX;
	expire_list(client, &client->flying, now);
	expire_list(client, &client->waiting, now);
	call_send_waiting(client, now);
}
