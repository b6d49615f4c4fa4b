/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/call.h"

#include "client/core/client.h"
#include "client/core/json.h"
#include "common/clock.h"
#include "proto/codec.h"

/* ---- making a request ----------------------------------------------------------------------- */

/* 16 bytes of an id, or a text's own: keys and traces of other lengths are wanted here too. */
static bool read_id_bytes(struct run *run, struct cursor *rest, const char *what, struct span *out)
{
	struct uuid id;
	struct str text;
	json_t *json = cursor_json(rest);

	if (!json_is_string(json)) {
		return run_fail(run, "%s: want a text", what);
	}
	text = str_of(json_string_value(json), json_string_length(json));
	*out = uuid_parse(text, &id) ? arena_span(&run->arena, span_of(id.bytes, UUID_BYTES))
	                             : span_from_str(text);
	return true;
}

static bool read_key(struct run *run, struct cursor *rest, struct call *call)
{
	if (cursor_take(rest, "none")) {
		call->has_key = false;
		return true;
	}
	call->has_key = true;
	if (cursor_take(rest, "same")) {
		call->key = arena_span(&run->arena, span_of(run->key.bytes, UUID_BYTES));
		return true;
	}
	return read_id_bytes(run, rest, "key", &call->key);
}

static bool read_body(struct run *run, struct cursor *rest, struct call *call)
{
	struct json_fault fault = {0};
	json_t *json = cursor_json(rest);
	ProtobufCMessage *message;

	if (json == NULL) {
		return false;
	}
	if (call->row == NULL) {
		return run_fail(run, "there is no method '%s' to make a message for", call->name);
	}
	message = message_from_json(call->row->request, json, &run->arena, &fault);
	if (message == NULL) {
		return run_fail(run, "%s %s", fault.path, fault.text);
	}
	call->body = codec_encode(message, &run->arena);
	return true;
}

/* Protobuf fields put behind a message count as part of it. */
static bool read_more_bytes(struct run *run, struct cursor *rest, struct call *call)
{
	struct span more;
	uint8_t *whole;

	if (!cursor_bytes(rest, &more)) {
		return false;
	}
	whole = arena_alloc(&run->arena, call->body.len + more.len);
	assert(whole != NULL);
	if (call->body.len > 0) {
		memcpy(whole, call->body.ptr, call->body.len);
	}
	memcpy(whole + call->body.len, more.ptr, more.len);
	call->body = span_of(whole, call->body.len + more.len);
	return true;
}

static bool read_number(struct cursor *rest, uint64_t *out)
{
	int64_t number;

	if (!cursor_number(rest, &number)) {
		return false;
	}
	*out = (uint64_t)number;
	return true;
}

static bool read_option(struct run *run, struct cursor *rest, struct call *call)
{
	uint64_t number;

	if (cursor_has_json(rest)) {
		return read_body(run, rest, call);
	}
	if (cursor_take(rest, "key")) {
		return read_key(run, rest, call);
	}
	if (cursor_take(rest, "trace")) {
		call->has_trace = true;
		return read_id_bytes(run, rest, "trace", &call->trace_id);
	}
	if (cursor_take(rest, "id")) {
		return read_number(rest, &call->id);
	}
	if (cursor_take(rest, "bytes")) {
		return read_more_bytes(run, rest, call);
	}
	if (cursor_take(rest, "deadline")) {
		if (!read_number(rest, &number)) {
			return false;
		}
		call->deadline_ms = (uint32_t)number;
		return true;
	}
	return run_fail(run, "'%.40s' is no option, JSON or bytes", rest->at);
}

static void choose_key(struct run *run, struct call *call)
{
	run->key = uuid_v7(clock_now().utc_us);
	call->has_key = true;
	call->key = arena_span(&run->arena, span_of(run->key.bytes, UUID_BYTES));
}

bool call_read(struct run *run, struct cursor *rest, struct call *out)
{
	struct call call = {.name = cursor_word(rest)};
	bool is_key_said = false;

	if (call.name == NULL) {
		return false;
	}
	call.row = method_find(str_from_c(call.name));
	while (!cursor_is_at_end(rest)) {
		is_key_said = is_key_said || strncmp(rest->at, "key ", 4) == 0;
		if (!read_option(run, rest, &call)) {
			return false;
		}
	}
	if (!is_key_said && call.row != NULL && call.row->kind == METHOD_KIND_WRITE) {
		choose_key(run, &call);
	}
	assert(!run->arena.failed);
	*out = call;
	return true;
}

struct span call_encode(struct run *run, const struct call *call)
{
	Pb__Request request = PB__REQUEST__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	request.has_id = true;
	request.id = call->id;
	request.method = (char *)(uintptr_t)call->name;
	request.has_body = call->body.len > 0;
	request.body = codec_bytes(call->body);
	request.has_key = call->has_key;
	request.key = codec_bytes(call->key);
	request.has_deadline_ms = call->deadline_ms > 0;
	request.deadline_ms = call->deadline_ms;
	request.has_trace_id = call->has_trace;
	request.trace_id = codec_bytes(call->trace_id);
	envelope.kind_case = PB__ENVELOPE__KIND_REQUEST;
	envelope.request = &request;
	return codec_encode(&envelope.base, &run->arena);
}

bool call_send(struct run *run, const struct call *call)
{
	struct call sent = *call;
	char key[UUID_TEXT_LEN + 1];

	if (run->link == NULL) {
		return run_fail(run, "no connection yet: `as` somebody, or `connect`");
	}
	if (run->answer.is_there && run->answer.is_failure && !run->answer.is_judged) {
		return run_fail(run, "the answer before was %s, and nothing expects it", run->answer.code);
	}
	if (run->asked_count == RUN_ASKED_MAX) {
		return run_fail(run, "more than %d requests", RUN_ASKED_MAX);
	}
	if (sent.id == 0) {
		sent.id = run->link->next_id++;
	}
	run->asked[run->asked_count++] =
		(struct asked){.link = run->link, .id = sent.id, .method = sent.row};
	run->last_id = sent.id;
	run_set(run, "id", json_integer((json_int_t)sent.id));
	if (sent.has_key && sent.key.len == UUID_BYTES) {
		run->key = uuid_from_span(sent.key);
		uuid_format(run->key, key);
		run_set(run, "key", json_string(key));
	}
	link_send_frame(run->link, call_encode(run, &sent));
	return true;
}

/* ---- its answer ----------------------------------------------------------------------------- */

/* The answer to this id, or the connection's own failure. */
static bool is_answer(const Pb__Envelope *envelope, uint64_t id)
{
	if (envelope->kind_case == PB__ENVELOPE__KIND_REPLY) {
		return envelope->reply->id == id;
	}
	return envelope->kind_case == PB__ENVELOPE__KIND_FAILURE &&
	       (envelope->failure->id == id || envelope->failure->id == 0);
}

static const struct method_row *method_asked(const struct run *run, uint64_t id)
{
	for (size_t i = run->asked_count; i-- > 0;) {
		if (run->asked[i].link == run->link && run->asked[i].id == id) {
			return run->asked[i].method;
		}
	}
	return NULL;
}

static bool take_reply(struct run *run, const Pb__Reply *reply, const struct method_row *method)
{
	struct codec_fault fault;
	ProtobufCMessage *message;

	if (method == NULL) {
		return run_fail(run, "a reply to a method that there is not");
	}
	message =
		codec_decode(method->reply, codec_span(reply->has_body, reply->body), &run->arena, &fault);
	if (message == NULL) {
		return run_fail(run, "the reply does not decode: %s %s", err_name(fault.err), fault.field);
	}
	run->answer = (struct answer){.is_there = true,
		.is_repeat = reply->is_repeat,
		.code = "OK",
		.json = run_keep(run, message_to_json(message))};
	return true;
}

/* As JSON, with the record that came with it instead of its bytes. */
static bool take_failure(
	struct run *run, const Pb__Failure *failure, const struct method_row *method)
{
	const ProtobufCMessageDescriptor *noun = method == NULL ? NULL : client_noun(method);
	json_t *json = run_keep(run, message_to_json(&failure->base));
	struct codec_fault fault;
	ProtobufCMessage *current;

	if (failure->has_current && noun != NULL) {
		current = codec_decode(noun, codec_span(true, failure->current), &run->arena, &fault);
		if (current == NULL) {
			return run_fail(run, "`current` does not decode: %s", err_name(fault.err));
		}
		(void)json_object_set_new(json, "current", message_to_json(current));
	}
	(void)json_object_del(json, "id");
	run->answer = (struct answer){.is_there = true,
		.is_failure = true,
		.code = failure->code == NULL ? "" : failure->code,
		.json = json};
	return true;
}

bool call_await(struct run *run, uint64_t id)
{
	const Pb__Envelope *envelope = link_hear(run, run->link, is_answer, id);
	const struct method_row *method = method_asked(run, id);

	if (envelope == NULL) {
		return run_fail(run, "the server closed without an answer");
	}
	if (envelope->kind_case == PB__ENVELOPE__KIND_REPLY) {
		return take_reply(run, envelope->reply, method);
	}
	return take_failure(run, envelope->failure, method);
}

json_t *call_simply(struct run *run, const char *method, json_t *body)
{
	struct call call = {.name = method, .row = method_find(str_from_c(method))};
	struct json_fault fault = {0};
	ProtobufCMessage *message;

	assert(call.row != NULL);
	message = message_from_json(call.row->request, run_keep(run, body), &run->arena, &fault);
	if (message == NULL) {
		(void)run_fail(run, "%s: %s %s", method, fault.path, fault.text);
		return NULL;
	}
	call.body = codec_encode(message, &run->arena);
	if (call.row->kind == METHOD_KIND_WRITE) {
		choose_key(run, &call);
	}
	if (!call_send(run, &call) || !call_await(run, run->last_id)) {
		return NULL;
	}
	run->answer.is_judged = true;
	if (run->answer.is_failure) {
		(void)run_fail(run, "%s: %s", method, run_show(run, run->answer.json));
		return NULL;
	}
	return run->answer.json;
}
