/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs about single envelopes, frames and bytes, and about what the server says by itself. */
#include "client/core/json.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "tests/wire/call.h"
#include "tests/wire/match.h"

static bool has_link(struct run *run)
{
	return run->link != NULL || run_fail(run, "no connection yet: `as` somebody, or `connect`");
}

/* ---- sending -------------------------------------------------------------------------------- */

/* An encoded Envelope from JSON, with bytes behind it where they are given. */
static bool read_envelope(struct run *run, struct cursor *rest, struct buf *out)
{
	struct json_fault fault = {0};
	json_t *json = cursor_json(rest);
	ProtobufCMessage *message;
	struct span more = {NULL, 0};

	if (json == NULL) {
		return false;
	}
	message = message_from_json(&pb__envelope__descriptor, json, &run->arena, &fault);
	if (message == NULL) {
		return run_fail(run, "%s %s", fault.path, fault.text);
	}
	if (cursor_take(rest, "bytes") && !cursor_bytes(rest, &more)) {
		return false;
	}
	return cursor_end(rest) && buf_append(out, codec_encode(message, &run->arena)) &&
	       buf_append(out, more);
}

static bool send_envelope(struct run *run, struct cursor *rest)
{
	struct buf body;
	bool made;

	buf_init(&body, 64 * 1024 * 1024);
	made = has_link(run) && read_envelope(run, rest, &body);
	if (made) {
		link_send_frame(run->link, buf_readable(&body));
	}
	buf_fini(&body);
	return made;
}

bool step_envelope(struct run *run, struct cursor *rest)
{
	return send_envelope(run, rest);
}

bool step_hello(struct run *run, struct cursor *rest)
{
	struct cursor usual = cursor_of(run, "{\"hello\": {\"version\": 1, \"agent\": \"wire\"}}");
	json_t *json;
	struct cursor given;

	if (cursor_is_at_end(rest)) {
		return send_envelope(run, &usual);
	}
	json = cursor_json(rest);
	if (json == NULL || !cursor_end(rest)) {
		return false;
	}
	given = cursor_of(run, run_show(run, run_keep(run, json_pack("{s:O}", "hello", json))));
	return send_envelope(run, &given);
}

bool step_frame(struct run *run, struct cursor *rest)
{
	struct span body;

	if (!has_link(run) || !cursor_bytes(rest, &body)) {
		return false;
	}
	link_send_frame(run->link, body);
	return true;
}

bool step_raw(struct run *run, struct cursor *rest)
{
	struct span bytes;

	if (!has_link(run) || !cursor_bytes(rest, &bytes)) {
		return false;
	}
	link_send(run->link, bytes);
	return true;
}

/* A connection of its own, on which so much of the frame is sent. */
static bool send_cut(struct run *run, struct span frame, size_t len)
{
	if (!run_statement(run, "connect cut")) {
		return false;
	}
	link_send(run->link, span_first(frame, len));
	return true;
}

bool step_cuts(struct run *run, struct cursor *rest)
{
	uint8_t header[FRAME_HEADER_BYTES];
	struct call call;
	struct span body;
	uint8_t *frame;

	if (!cursor_take(rest, "call") || !call_read(run, rest, &call)) {
		return run_fail(run, "want cuts call METHOD …");
	}
	call.id = 1;
	body = call_encode(run, &call);
	frame = arena_alloc(&run->arena, sizeof(header) + body.len);
	assert(frame != NULL);
	frame_header(frame, body.len);
	memcpy(frame + sizeof(header), body.ptr, body.len);
	for (size_t len = 0; len < sizeof(header) + body.len; len++) {
		if (!send_cut(run, span_of(frame, sizeof(header) + body.len), len) ||
			!run_statement(run, len % 2 == 0 ? "drop" : "close")) {
			return false;
		}
	}
	/* Whole, on a last one: the server is as well as ever. */
	return run_statement(run, "connect cut") && call_send(run, &call) && call_await(run, call.id);
}

bool step_times(struct run *run, struct cursor *rest)
{
	int64_t count;

	if (!cursor_number(rest, &count)) {
		return false;
	}
	for (int64_t i = 0; i < count; i++) {
		if (!run_statement(run, rest->at)) {
			return run_fail(run, "at number %lld", (long long)i + 1);
		}
	}
	return true;
}

/* The statement fails, and says so: how scripts about the runner itself are written. */
bool step_wrong(struct run *run, struct cursor *rest)
{
	json_t *text = cursor_json(rest);
	bool is_said;

	if (!json_is_string(text)) {
		return run_fail(run, "want wrong TEXT STATEMENT");
	}
	if (run_statement(run, rest->at)) {
		return run_fail(run, "it was not wrong");
	}
	is_said = strstr(run->failure, json_string_value(text)) != NULL;
	if (is_said) {
		run->failure[0] = '\0';
	}
	return is_said;
}

/* ---- hearing -------------------------------------------------------------------------------- */

static bool is_anything(const Pb__Envelope *envelope, uint64_t number)
{
	(void)envelope;
	(void)number;
	return true;
}

static bool is_event(const Pb__Envelope *envelope, uint64_t number)
{
	(void)number;
	return envelope->kind_case == PB__ENVELOPE__KIND_EVENT;
}

static bool is_pong(const Pb__Envelope *envelope, uint64_t token)
{
	return envelope->kind_case == PB__ENVELOPE__KIND_PONG && envelope->pong->token == token;
}

static bool expect(struct run *run, struct cursor *rest, json_t *json)
{
	char why[MATCH_WHY_MAX];
	json_t *pattern = cursor_json(rest);

	if (pattern == NULL || !cursor_end(rest)) {
		return false;
	}
	if (!match(pattern, json, why)) {
		return run_fail(run, "what came differs:%s\n  it is %s", why, run_show(run, json));
	}
	return true;
}

bool step_hear(struct run *run, struct cursor *rest)
{
	const Pb__Envelope *envelope;

	if (!has_link(run)) {
		return false;
	}
	envelope = link_hear(run, run->link, is_anything, 0);
	if (envelope == NULL) {
		return run_fail(run, "the server closed and said nothing");
	}
	return expect(run, rest, run_keep(run, message_to_json(&envelope->base)));
}

/* The event with its own message instead of bytes. */
static json_t *show_event(struct run *run, const Pb__Event *event)
{
	const struct topic_row *topic = topic_find(codec_str(event->topic));
	json_t *json = run_keep(run, message_to_json(&event->base));
	struct codec_fault fault;
	ProtobufCMessage *body;

	if (topic == NULL) {
		(void)run_fail(run, "an event of no topic: %s", run_show(run, json));
		return NULL;
	}
	if (event->has_body) {
		body = codec_decode(topic->message, codec_span(true, event->body), &run->arena, &fault);
		if (body == NULL) {
			(void)run_fail(run, "the event's body does not decode: %s", err_name(fault.err));
			return NULL;
		}
		(void)json_object_set_new(json, "body", message_to_json(body));
	}
	return json;
}

bool step_event(struct run *run, struct cursor *rest)
{
	const Pb__Envelope *envelope;
	json_t *json;

	if (!has_link(run)) {
		return false;
	}
	envelope = link_hear(run, run->link, is_event, 0);
	if (envelope == NULL) {
		return run_fail(run, "no event came");
	}
	json = show_event(run, envelope->event);
	return json != NULL && expect(run, rest, json);
}

/* A ping is answered behind everything that was said before it. */
bool step_no(struct run *run, struct cursor *rest)
{
	Pb__Ping ping = PB__PING__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	const Pb__Envelope *event;

	if (!cursor_take(rest, "event") || !cursor_end(rest) || !has_link(run)) {
		return run_fail(run, "want: no event");
	}
	ping.has_token = true;
	ping.token = run->link->next_id++;
	envelope.kind_case = PB__ENVELOPE__KIND_PING;
	envelope.ping = &ping;
	link_send_envelope(run, run->link, &envelope);
	if (link_hear(run, run->link, is_pong, ping.token) == NULL) {
		return run_fail(run, "the server closed");
	}
	event = link_heard(run->link, is_event, 0);
	return event == NULL || run_fail(run, "an event came: %s",
								run_show(run, run_keep(run, message_to_json(&event->base))));
}
