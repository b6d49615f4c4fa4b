/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server says. It is trusted to be the server (TLS), not to be right: whatever it sends that
 * the protocol does not allow ends the connection with ERR_REPLY_MALFORMED, and what belongs to a
 * call that has ended here already is counted and dropped.
 */
#include "proto/codec.h"

#include "client/core/call.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "export.pb-c.h"
#include "file.pb-c.h"
#include "filter.pb-c.h"
#include "place.pb-c.h"
#include "price.pb-c.h"
#include "promise.pb-c.h"
#include "staff.pb-c.h"

#define ENVELOPE_BUDGET_BYTES ((size_t)4 * 1024 * 1024)
/* Before a hello has said more: one after the other. */
#define IN_FLIGHT_DEFAULT 1

static void violation(struct client *client, const char *reason)
{
	client_end(client, &(struct client_verdict){.err = ERR_REPLY_MALFORMED}, reason);
}

/* A code by name; a name this version does not know is understood no further. */
static enum err parse_code(const char *code)
{
	enum err err = ERR_REPLY_MALFORMED;

	if (!err_parse(codec_str(code), &err) || err == ERR_OK) {
		return ERR_REPLY_MALFORMED;
	}
	return err;
}

/* NULL where the id is of no call now; whether it ever was, decides what that means. */
static struct client_call *find_call(struct client *client, bool has_id, uint64_t id)
{
	struct client_call *call = id_map_get(&client->calls, id);

	if (!has_id || id == 0 || id >= client->next_id || (call != NULL && !call->is_sent)) {
		violation(client, "an answer to what was never asked");
		return NULL;
	}
	if (call == NULL) {
		client->late_count++;
	}
	return call;
}

static void on_hello(struct client *client, const Pb__Hello *hello, struct instant now)
{
	struct client_server *server = &client->server;
	struct str agent = codec_str(hello->agent);

	if (client->state != CLIENT_OPENING) {
		violation(client, "a second hello");
		return;
	}
	if (hello->has_version_min && hello->version_min > CLIENT_PROTOCOL_VERSION) {
		client_end(client, &(struct client_verdict){.err = ERR_VERSION_OLD}, NULL);
		return;
	}
	server->version = hello->version;
	server->version_min = hello->version_min;
	server->frame_bytes_max = hello->frame_bytes_max;
	server->in_flight_max = hello->in_flight_max > 0 ? hello->in_flight_max : IN_FLIGHT_DEFAULT;
	server->idle_ms = hello->idle_ms;
	server->utc_us = hello->utc_us;
	if (agent.len > 0 && agent.len < sizeof(server->agent)) { /* field.def: it is no longer */
		memcpy(server->agent, agent.ptr, agent.len);
	}
	client->state = CLIENT_READY;
	result_queue(client, result_new(CLIENT_OPENED, 0));
	call_send_waiting(client, now);
}

static void on_reply(struct client *client, const Pb__Reply *reply, struct instant now)
{
	struct client_call *call = find_call(client, reply->has_id, reply->id);
	struct client_verdict verdict = {.err = ERR_OK};
	struct codec_fault fault;
	struct client_result *result;

	if (call == NULL) {
		return;
	}
	result = call->result;
	result->is_repeat = reply->is_repeat;
	result->message = codec_decode(
		result->method->reply, codec_span(reply->has_body, reply->body), &result->arena, &fault);
	if (result->message == NULL) {
		verdict.err = ERR_REPLY_MALFORMED;
		verdict.field = str_from_c(fault.field);
		verdict.allowed = str_from_c(fault.allowed);
	}
	call_end(client, call, &verdict);
	call_send_waiting(client, now);
}

static void on_failure(struct client *client, const Pb__Failure *failure, struct instant now)
{
	struct client_verdict verdict = {
		.err = parse_code(failure->code),
		.code = codec_str(failure->code),
		.field = codec_str(failure->field),
		.allowed = codec_str(failure->allowed),
		.has_retry_after = failure->has_retry_after_ms,
		.retry_after_ms = failure->retry_after_ms,
		.current = codec_span(failure->has_current, failure->current),
		.trace_id = codec_span(failure->has_trace_id, failure->trace_id),
	};
	struct client_call *call;

	if (failure->id == 0) {
		client_end(client, &verdict, "the server said so");
		return;
	}
	call = find_call(client, failure->has_id, failure->id);
	if (call != NULL) {
		call_end(client, call, &verdict);
		call_send_waiting(client, now);
	}
}

static void on_event(struct client *client, const Pb__Event *event)
{
	const struct topic_row *topic = topic_find(codec_str(event->topic));
	struct codec_fault fault;
	struct client_result *result;

	if (event->watch_id == 0 || event->watch_id >= client->next_id) {
		violation(client, "an event of a watch that was never asked for");
		return;
	}
	if (topic == NULL) { /* the server is newer than this program */
		client->late_count++;
		return;
	}
	result = result_new(CLIENT_EVENT, event->watch_id);
	result->topic = topic;
	result->is_resync = event->is_resync;
	result->is_mark = event->is_mark && !event->is_resync;
	if (event->position != NULL) {
		result->has_position = true;
		result->position_era = event->position->era;
		result->position_xid = event->position->xid;
		result->position_seq = event->position->seq;
	}
	if (!result->is_resync && !result->is_mark) {
		result->message = codec_decode(
			topic->message, codec_span(event->has_body, event->body), &result->arena, &fault);
		/* An event that cannot be read has been missed. */
		result->is_resync = result->message == NULL;
	}
	result_queue(client, result);
}

static void on_ping(struct client *client, const Pb__Ping *ping, struct instant now)
{
	Pb__Pong pong = PB__PONG__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	pong.has_token = ping->has_token;
	pong.token = ping->token;
	envelope.kind_case = PB__ENVELOPE__KIND_PONG;
	envelope.pong = &pong;
	client_send(client, &envelope.base, now);
}

static void on_go_away(struct client *client, const Pb__GoAway *go_away)
{
	struct client_verdict verdict = {
		.err = parse_code(go_away->code), .code = codec_str(go_away->code)};
	struct client_result *result;

	if (client->state == CLIENT_LEAVING) {
		return;
	}
	client->state = CLIENT_LEAVING;
	result = result_new(CLIENT_GO_AWAY, 0);
	result_judge(result, &verdict);
	result_queue(client, result);
	call_end_all(client, &client->waiting, &(struct client_verdict){.err = ERR_GOING_AWAY});
}

static void on_envelope(struct client *client, const Pb__Envelope *envelope, struct instant now)
{
	bool is_open = client->state != CLIENT_OPENING;
	bool may_open = envelope->kind_case == PB__ENVELOPE__KIND_HELLO ||
	                envelope->kind_case == PB__ENVELOPE__KIND_FAILURE;

	if (!is_open && !may_open) {
		violation(client, "no hello first");
		return;
	}
	switch ((int)envelope->kind_case) { /* an int: protobuf-c adds a value of its own */
	case PB__ENVELOPE__KIND_HELLO:
		on_hello(client, envelope->hello, now);
		return;
	case PB__ENVELOPE__KIND_REPLY:
		on_reply(client, envelope->reply, now);
		return;
	case PB__ENVELOPE__KIND_FAILURE:
		on_failure(client, envelope->failure, now);
		return;
	case PB__ENVELOPE__KIND_EVENT:
		on_event(client, envelope->event);
		return;
	case PB__ENVELOPE__KIND_PING:
		on_ping(client, envelope->ping, now);
		return;
	case PB__ENVELOPE__KIND_PONG: /* that something was heard is all it says */
		return;
	case PB__ENVELOPE__KIND_GO_AWAY:
		on_go_away(client, envelope->go_away);
		return;
	default:
		violation(client, "an envelope that a server does not send");
		return;
	}
}

void inbound_frame(struct client *client, struct span body, struct instant now)
{
	struct arena arena;
	struct codec_fault fault;
	ProtobufCMessage *message;

	assert(client->state != CLIENT_ENDED);
	arena_init(&arena, ENVELOPE_BUDGET_BYTES);
	message = codec_decode(&pb__envelope__descriptor, body, &arena, &fault);
	if (message == NULL) {
		violation(client, "an envelope that does not decode");
	} else {
		on_envelope(client, (const Pb__Envelope *)message, now);
	}
	arena_fini(&arena);
}

/* The record that CONFLICT and STEP_REFUSED show, by the method's noun. */
static const struct {
	struct str noun;
	const ProtobufCMessageDescriptor *message;
} nouns[] = {
	{STR("absence"), &pb__absence__descriptor},
	{STR("account"), &pb__account__descriptor},
	{STR("community"), &pb__community__descriptor},
	{STR("complaint"), &pb__complaint__descriptor},
	{STR("crew"), &pb__crew__descriptor},
	{STR("export"), &pb__export__descriptor},
	{STR("file"), &pb__file__descriptor},
	{STR("filter"), &pb__filter__descriptor},
	{STR("grant"), &pb__grant__descriptor},
	{STR("holiday"), &pb__holiday_year__descriptor},
	{STR("price"), &pb__price__descriptor},
	{STR("promise"), &pb__promise_set__descriptor},
	{STR("qualification"), &pb__qualification__descriptor},
	{STR("team"), &pb__team__descriptor},
};

const ProtobufCMessageDescriptor *client_noun(const struct method_row *method)
{
	struct str noun = str_of(method->name, strcspn(method->name, "."));

	for (size_t i = 0; i < COUNT(nouns); i++) {
		if (str_equal(nouns[i].noun, noun)) {
			return nouns[i].message;
		}
	}
	return NULL;
}

ProtobufCMessage *client_result_current(struct client_result *result)
{
	const ProtobufCMessageDescriptor *noun;
	struct codec_fault fault;

	if (result->method == NULL || result->current.len == 0) {
		return NULL;
	}
	noun = client_noun(result->method);
	return noun == NULL ? NULL : codec_decode(noun, result->current, &result->arena, &fault);
}
