/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a server says to a client that has asked many things: frames one behind the other.
 * They are given to the client behind TLS, whose bytes are another target. What must hold:
 *
 *   - each call ends exactly once, whatever is said; behind the connection's end nothing comes
 *   - what came can be shown as JSON, and read back
 *   - the client holds no more results than there were calls and frames
 */
#include "client/core/call.h"
#include "client/core/client.h"
#include "client/core/json.h"
#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "tests/common/certs.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/mutate_frame.h"
#include "tests/proto/wire_put.h"

/* One of each method; the id of a method's call is one more than its number. */
#define CALLS METHOD_COUNT

static SSL_CTX *context;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct certs certs;
	struct tls_files files;
	const char *reason = NULL;

	(void)argc;
	(void)argv;
	certs_make(&certs, "DNS:server.test", 3600);
	files = (struct tls_files){.ca_path = certs.ca_path};
	context = tls_client_context(&files, &reason);
	certs_remove(&certs);
	must(context != NULL);
	return 0;
}

static void ask_everything(struct client *client, struct instant now)
{
	for (size_t i = 0; i < CALLS; i++) {
		struct client_ask ask = {.method = &method_rows[i]};
		uint64_t id = 0;

		must(client_ask(client, &ask, now, &id) == ERR_OK);
		must(id == i + 1);
	}
}

/* The server's hello, so that every input begins where something can be said. */
static void greet(struct client *client, struct instant now)
{
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	struct arena arena;

	hello.has_version = hello.has_version_min = hello.has_in_flight_max = true;
	hello.version = hello.version_min = 1;
	hello.in_flight_max = CALLS;
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &hello;
	arena_init(&arena, 4096);
	inbound_frame(client, codec_encode(&envelope.base, &arena), now);
	arena_fini(&arena);
	must(client->state == CLIENT_READY);
}

static void check_message(const ProtobufCMessage *message, struct arena *arena)
{
	struct json_fault fault;
	json_t *json = message_to_json(message);
	ProtobufCMessage *again;

	must(json != NULL);
	again = message_from_json(message->descriptor, json, arena, &fault);
	must(again != NULL || arena->failed);
	json_decref(json);
}

/* Takes what has come; counts the calls that have ended. */
static size_t take_results(struct client *client, uint64_t *ended, bool *is_closed)
{
	struct client_result *result;
	size_t count = 0;

	while ((result = client_poll(client)) != NULL) {
		must(!*is_closed);
		*is_closed = result->kind == CLIENT_CLOSED;
		if (result->kind == CLIENT_REPLY) {
			must(result->id >= 1 && result->id <= CALLS && ended[result->id - 1] == 0);
			ended[result->id - 1] = 1;
			count++;
		}
		must((result->message != NULL) <=
			 (result->kind == CLIENT_REPLY || result->kind == CLIENT_EVENT));
		if (result->message != NULL) {
			check_message(result->message, &result->arena);
		}
		(void)client_result_current(result);
		client_result_free(result);
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct instant now = {.mono_us = 1000, .utc_us = INT64_C(1795000000000000)};
	struct span rest = span_of(data, size);
	struct span body = {NULL, 0};
	uint64_t ended[CALLS] = {0};
	bool is_closed = false;
	struct client client;
	size_t count = 0;
	size_t want = 0;

	must(context != NULL);
	must(client_init(&client, context, "server.test", "fuzz/1", NULL, now));
	ask_everything(&client, now);
	greet(&client, now);
	while (client.state != CLIENT_ENDED &&
		   frame_decode(rest, FRAME_BODY_BYTES_MAX, &body, &want) == FRAME_READY) {
		inbound_frame(&client, body, now);
		rest = span_after(rest, want);
		count += take_results(&client, ended, &is_closed);
		must(client_call_count(&client) == CALLS - count);
	}
	client_close(&client);
	count += take_results(&client, ended, &is_closed);
	must(is_closed && count == CALLS);
	client_fini(&client);
	return 0;
}

/* The numbers of envelope.proto. */
enum { KIND_REPLY = 3, KIND_FAILURE = 4, KIND_EVENT = 5 };

static void put_event(struct specimen *chance, size_t index, struct buf *body, struct buf *out)
{
	const struct topic_row *topic = &topic_rows[index % TOPIC_COUNT];

	mutate_make(topic->message, chance, body);
	wire_put_number(out, 1, index + 1);
	wire_put_bytes(out, 2, span_from_str(str_from_c(topic->name)));
	wire_put_bytes(out, 3, buf_readable(body));
}

static void put_failure(struct specimen *chance, size_t index, struct buf *body, struct buf *out)
{
	const ProtobufCMessageDescriptor *noun = client_noun(&method_rows[index]);

	wire_put_number(out, 1, index + 1);
	wire_put_bytes(
		out, 2, span_from_str(str_from_c(chance->random % 2 == 0 ? "CONFLICT" : "DENIED")));
	if (noun != NULL) {
		mutate_make(noun, chance, body);
		wire_put_bytes(out, 6, buf_readable(body));
	}
}

static void put_reply(struct specimen *chance, size_t index, struct buf *body, struct buf *out)
{
	mutate_make(method_rows[index].reply, chance, body);
	wire_put_number(out, 1, index + 1);
	wire_put_bytes(out, 2, buf_readable(body));
}

/* What answers one of the calls with a body of its method, mostly; or an event; or anything. */
static void put_new(struct specimen *chance, struct buf *out)
{
	size_t index = (size_t)specimen_random(chance, METHOD_COUNT);
	uint32_t kind = (uint32_t)specimen_random(chance, 6);
	struct buf inner;
	struct buf body;

	if (kind == 0) {
		mutate_make(&pb__envelope__descriptor, chance, out);
		return;
	}
	buf_init(&inner, FRAME_BODY_BYTES_MAX);
	buf_init(&body, FRAME_BODY_BYTES_MAX);
	if (kind == KIND_EVENT) {
		put_event(chance, index, &body, &inner);
	} else if (kind == KIND_FAILURE) {
		put_failure(chance, index, &body, &inner);
	} else {
		kind = KIND_REPLY;
		put_reply(chance, index, &body, &inner);
	}
	wire_put_bytes(out, kind, buf_readable(&inner));
	buf_fini(&inner);
	buf_fini(&body);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	struct specimen chance = {.kind = SPECIMEN_RANDOM, .random = seed};

	return mutate_frames(data, size, size_max, put_new, &chance);
}
