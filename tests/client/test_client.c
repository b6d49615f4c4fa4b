/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the client's core against a far end in memory: hello first, calls by id, what is answered
 * how, and how everything ends. The network is cut where the tests like.
 */
#include "tests/check.h"

#include "proto/codec.h"

#include "tests/client/pair.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "place.pb-c.h"
#include "server.pb-c.h"

static void test_hello_is_first_and_calls_wait_for_the_answer(void)
{
	struct pair pair;
	const Pb__Hello *hello;

	pair_begin(&pair);
	(void)pair_ask(&pair, METHOD_session_whoami);
	CHECK_INT_EQ(pair.client.state, CLIENT_OPENING);
	hello = far_end_hear_hello(&pair.far_end);
	CHECK_INT_EQ(hello->version, CLIENT_PROTOCOL_VERSION);
	CHECK_STR_EQ(hello->agent, "test/1");
	CHECK(far_end_hear(&pair.far_end) == NULL);
	far_end_hello(&pair.far_end, 4);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_OPENED);
	CHECK_INT_EQ(pair.client.server.in_flight_max, 4);
	CHECK_STR_EQ(pair.client.server.agent, "guanjiad/0.1.0");
	CHECK_STR_EQ(far_end_hear_request(&pair.far_end)->method, "session.whoami");
	pair_close(&pair);
}

static void test_everything_arrives_one_byte_at_a_time(void)
{
	struct pair pair;
	uint64_t id;
	Pb__ServerStatusReply reply = PB__SERVER_STATUS_REPLY__INIT;
	struct client_result *result;

	pair_begin(&pair);
	pair.piece_bytes = 1;
	pair_carry(&pair);
	(void)far_end_hear_hello(&pair.far_end);
	far_end_hello(&pair.far_end, 1);
	id = pair_ask(&pair, METHOD_server_status);
	CHECK_INT_EQ(far_end_hear_request(&pair.far_end)->id, id);
	reply.version = (char *)(uintptr_t) "0.1.0";
	far_end_reply(&pair.far_end, id, &reply.base);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_OPENED);
	result = client_poll(&pair.client);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	CHECK_STR_EQ(((Pb__ServerStatusReply *)result->message)->version, "0.1.0");
	client_result_free(result);
	pair_close(&pair);
}

static void test_a_write_carries_a_key_and_others_none(void)
{
	static const uint8_t given[UUID_BYTES] = {1, 2, 3};
	struct client_ask ask = {.method = &method_rows[METHOD_crew_create]};
	struct pair pair;
	const Pb__Request *request;
	uint64_t id = 0;

	pair_open(&pair, 8);
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	ask.key = span_of(given, sizeof(given));
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	ask.method = &method_rows[METHOD_community_list];
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	pair_carry(&pair);
	request = far_end_hear_request(&pair.far_end);
	CHECK_INT_EQ(request->key.len, UUID_BYTES);
	CHECK_INT_EQ(request->key.data[6] >> 4, 7); /* RFC 9562 §5.7 */
	request = far_end_hear_request(&pair.far_end);
	CHECK(span_equal(codec_span(request->has_key, request->key), ask.key));
	CHECK(!far_end_hear_request(&pair.far_end)->has_key);
	pair_close(&pair);
}

static void test_answers_may_come_in_another_order(void)
{
	struct pair pair;
	uint64_t first;
	uint64_t second;
	struct pair_result seen;

	pair_open(&pair, 8);
	first = pair_ask(&pair, METHOD_server_status);
	second = pair_ask(&pair, METHOD_session_whoami);
	CHECK(second > first);
	far_end_reply(&pair.far_end, second, NULL);
	far_end_reply(&pair.far_end, first, NULL);
	pair_carry(&pair);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.kind, CLIENT_REPLY);
	CHECK_INT_EQ(seen.id, second);
	CHECK_INT_EQ(pair_poll(&pair).id, first);
	CHECK_INT_EQ(client_call_count(&pair.client), 0);
	pair_close(&pair);
}

static void test_no_more_calls_fly_than_the_server_allows(void)
{
	struct pair pair;
	uint64_t first;

	pair_open(&pair, 2);
	first = pair_ask(&pair, METHOD_server_status);
	(void)pair_ask(&pair, METHOD_server_status);
	(void)pair_ask(&pair, METHOD_session_whoami);
	(void)far_end_hear_request(&pair.far_end);
	(void)far_end_hear_request(&pair.far_end);
	CHECK(far_end_hear(&pair.far_end) == NULL);
	far_end_reply(&pair.far_end, first, NULL);
	pair_carry(&pair);
	CHECK_STR_EQ(far_end_hear_request(&pair.far_end)->method, "session.whoami");
	CHECK_INT_EQ(client_call_count(&pair.client), 2);
	pair_close(&pair);
}

static const uint8_t trace_of_test[UUID_BYTES] = {0x01, 0x98, [15] = 0x07};

/* Each call has one of its own; the same goes out again with it, and what the server says counts. */
static void test_a_trace_goes_with_every_try(void)
{
	const struct client_ask ask = {.method = &method_rows[METHOD_server_status],
		.trace_id = span_of(trace_of_test, UUID_BYTES)};
	struct client_result *result;
	struct uuid first;
	struct pair pair;
	uint64_t id;

	pair_open(&pair, 8);
	(void)pair_ask(&pair, METHOD_server_status);
	first = uuid_from_span(codec_span(true, far_end_hear_request(&pair.far_end)->trace_id));
	(void)pair_ask(&pair, METHOD_server_status);
	CHECK(!uuid_is_nil(first));
	CHECK(!uuid_equal(
		first, uuid_from_span(codec_span(true, far_end_hear_request(&pair.far_end)->trace_id))));
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	pair_carry(&pair);
	CHECK(
		span_equal(codec_span(true, far_end_hear_request(&pair.far_end)->trace_id), ask.trace_id));
	client_lost(&pair.client, ERR_CONNECT, NULL);
	do {
		result = client_poll(&pair.client);
		assert(result != NULL);
		CHECK(result->id != id || span_equal(client_again(result).trace_id, ask.trace_id));
		id = result->id == id ? 0 : id;
		client_result_free(result);
	} while (id != 0);
	pair_close(&pair);
}

/* A failure with everything in it, of a code that may not be known here. */
static void say_failure(struct pair *pair, uint64_t id, const char *code, struct span current)
{
	Pb__Failure failure = PB__FAILURE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	failure.has_id = true;
	failure.id = id;
	failure.code = (char *)(uintptr_t)code;
	failure.field = (char *)(uintptr_t) "window.from_us";
	failure.allowed = (char *)(uintptr_t) "0..10";
	failure.has_retry_after_ms = true;
	failure.retry_after_ms = 1500;
	failure.has_current = true;
	failure.current = codec_bytes(current);
	failure.has_trace_id = true;
	failure.trace_id = codec_bytes(span_of(trace_of_test, UUID_BYTES));
	envelope.kind_case = PB__ENVELOPE__KIND_FAILURE;
	envelope.failure = &failure;
	far_end_say(&pair->far_end, &envelope.base);
	pair_carry(pair);
}

static void test_a_failure_tells_all_it_was_told(void)
{
	Pb__Complaint complaint = PB__COMPLAINT__INIT;
	struct pair pair;
	struct client_result *result;
	ProtobufCMessage *current;

	pair_open(&pair, 8);
	complaint.has_version = true;
	complaint.version = 9;
	say_failure(&pair, pair_ask(&pair, METHOD_complaint_accept), "CONFLICT",
		codec_encode(&complaint.base, &pair.far_end.arena));
	result = client_poll(&pair.client);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->err, ERR_CONFLICT);
	CHECK(result->message == NULL);
	CHECK_STR_EQ(result->code, "CONFLICT");
	CHECK_STR_EQ(result->field, "window.from_us");
	CHECK_STR_EQ(result->allowed, "0..10");
	CHECK(result->has_retry_after);
	CHECK_INT_EQ(result->retry_after_ms, 1500);
	CHECK(span_equal(
		span_of(result->trace_id.bytes, UUID_BYTES), span_of(trace_of_test, UUID_BYTES)));
	current = client_result_current(result);
	CHECK(current != NULL);
	CHECK(current->descriptor == &pb__complaint__descriptor);
	CHECK_INT_EQ(((Pb__Complaint *)current)->version, 9);
	client_result_free(result);
	pair_close(&pair);
}

static void test_an_unknown_code_keeps_its_name(void)
{
	struct pair pair;
	struct client_result *result;

	pair_open(&pair, 8);
	say_failure(
		&pair, pair_ask(&pair, METHOD_server_status), "FROM_TOMORROW", (struct span){NULL, 0});
	result = client_poll(&pair.client);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->err, ERR_REPLY_MALFORMED);
	CHECK_STR_EQ(result->code, "FROM_TOMORROW");
	CHECK(client_result_current(result) == NULL);
	client_result_free(result);
	CHECK_INT_EQ(pair.client.state, CLIENT_READY);
	pair_close(&pair);
}

static void test_a_reply_that_does_not_decode_ends_only_its_call(void)
{
	struct pair pair;
	Pb__Grant wrong = PB__GRANT__INIT;
	uint64_t id;

	pair_open(&pair, 8);
	id = pair_ask(&pair, METHOD_server_status);
	wrong.has_account_id = true; /* field 2, bytes: a number in ServerStatusReply */
	wrong.account_id = codec_bytes(span_from_str(STR("xyz")));
	far_end_reply(&pair.far_end, id, &wrong.base);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_REPLY_MALFORMED);
	CHECK_INT_EQ(pair.client.state, CLIENT_READY);
	pair_close(&pair);
}

static void test_an_answer_to_what_was_never_asked_ends_the_connection(void)
{
	struct pair pair;
	uint64_t id;
	struct pair_result seen;

	pair_open(&pair, 8);
	id = pair_ask(&pair, METHOD_server_status);
	far_end_reply(&pair.far_end, id + 1, NULL);
	pair_carry(&pair);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.id, id);
	CHECK_INT_EQ(seen.err, ERR_REPLY_MALFORMED);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.kind, CLIENT_CLOSED);
	CHECK_INT_EQ(seen.err, ERR_REPLY_MALFORMED);
	CHECK_INT_EQ(pair_poll(&pair).kind, -1);
	pair_close(&pair);
}

static void test_a_cancelled_call_ends_at_once_and_its_answer_is_late(void)
{
	struct pair pair;
	const Pb__Envelope *envelope;
	uint64_t id;

	pair_open(&pair, 8);
	id = pair_ask(&pair, METHOD_complaint_list);
	(void)far_end_hear_request(&pair.far_end);
	client_cancel(&pair.client, id, pair.now);
	client_cancel(&pair.client, id, pair.now);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_CANCELLED);
	pair_carry(&pair);
	envelope = far_end_hear(&pair.far_end);
	CHECK(envelope != NULL);
	CHECK_INT_EQ(envelope->kind_case, PB__ENVELOPE__KIND_CANCEL);
	CHECK_INT_EQ(envelope->cancel->id, id);
	far_end_reply(&pair.far_end, id, NULL);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).kind, -1);
	CHECK_INT_EQ(pair.client.late_count, 1);
	CHECK_INT_EQ(pair.client.state, CLIENT_READY);
	pair_close(&pair);
}

static void test_after_go_away_only_what_flies_is_answered(void)
{
	struct client_ask ask = {.method = &method_rows[METHOD_server_status]};
	Pb__GoAway go_away = PB__GO_AWAY__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	struct pair pair;
	struct pair_result seen;
	uint64_t flying;
	uint64_t waiting;
	uint64_t id = 0;

	pair_open(&pair, 1);
	flying = pair_ask(&pair, METHOD_server_status);
	waiting = pair_ask(&pair, METHOD_server_status);
	go_away.code = (char *)(uintptr_t) "GOING_AWAY";
	envelope.kind_case = PB__ENVELOPE__KIND_GO_AWAY;
	envelope.go_away = &go_away;
	far_end_say(&pair.far_end, &envelope.base);
	far_end_reply(&pair.far_end, flying, NULL);
	pair_carry(&pair);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.kind, CLIENT_GO_AWAY);
	CHECK_INT_EQ(seen.err, ERR_GOING_AWAY);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.id, waiting);
	CHECK_INT_EQ(seen.err, ERR_GOING_AWAY);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.id, flying);
	CHECK_INT_EQ(seen.err, ERR_OK);
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_GOING_AWAY);
	pair_close(&pair);
}

static void test_a_lost_connection_ends_every_call_and_again_is_the_same(void)
{
	Pb__CrewCreate create = PB__CREW_CREATE__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_crew_create], .request = &create.base};
	struct client_ask again;
	struct pair pair;
	struct client_result *result;
	const Pb__Request *request;
	uint64_t id = 0;

	pair_open(&pair, 1);
	create.name = (char *)(uintptr_t) "电梯一组";
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	(void)pair_ask(&pair, METHOD_server_status);
	request = far_end_hear_request(&pair.far_end);
	client_lost(&pair.client, ERR_CONNECT, "test");
	result = client_poll(&pair.client);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->id, id);
	CHECK_INT_EQ(result->err, ERR_CONNECT);
	again = client_again(result);
	CHECK(again.method == ask.method);
	CHECK(span_equal(again.key, codec_span(true, request->key)));
	CHECK(span_equal(again.body, codec_span(true, request->body)));
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_CONNECT);
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_CLOSED);
	CHECK_INT_EQ(client_ask(&pair.client, &again, pair.now, &id), ERR_CONNECT);
	CHECK_INT_EQ(client_deadline_us(&pair.client), INT64_MAX);
	client_result_free(result);
	pair_close(&pair);
}

/* The records of a reply, cut short after `kept` bytes; returns how long they are in all. */
static size_t lose_after(size_t kept)
{
	struct pair pair;
	struct buf wire;
	struct span records;
	size_t len;
	uint64_t id;
	struct pair_result seen;

	pair_open(&pair, 1);
	id = pair_ask(&pair, METHOD_server_status);
	far_end_reply(&pair.far_end, id, NULL);
	buf_init(&wire, 4096);
	far_end_take(&pair.far_end, &wire);
	records = buf_readable(&wire);
	len = records.len;
	client_feed(&pair.client, span_first(records, size_min(kept, len)), pair.now);
	buf_fini(&wire);
	client_lost(&pair.client, ERR_CONNECT, NULL);
	seen = pair_poll(&pair);
	if (!check_that(seen.id == id, __FILE__, __LINE__, "its own call") ||
		!check_int_equal(seen.err, kept < len ? ERR_CONNECT : ERR_OK, __FILE__, __LINE__, "err") ||
		!check_int_equal(pair_poll(&pair).kind, CLIENT_CLOSED, __FILE__, __LINE__, "last")) {
		printf("# cut after %zu bytes\n", kept);
	}
	pair_close(&pair);
	return len;
}

static void test_lost_after_every_byte_of_a_reply(void)
{
	size_t len = lose_after(0);

	for (size_t kept = 1; kept <= len && !check_failed(); kept++) {
		(void)lose_after(kept);
	}
}

static void test_answers_a_ping_with_its_token(void)
{
	Pb__Ping ping = PB__PING__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	const Pb__Envelope *heard;
	struct pair pair;

	pair_open(&pair, 1);
	ping.has_token = true;
	ping.token = UINT64_MAX;
	envelope.kind_case = PB__ENVELOPE__KIND_PING;
	envelope.ping = &ping;
	far_end_say(&pair.far_end, &envelope.base);
	pair_carry(&pair);
	heard = far_end_hear(&pair.far_end);
	CHECK(heard != NULL);
	CHECK_INT_EQ(heard->kind_case, PB__ENVELOPE__KIND_PONG);
	CHECK(heard->pong->token == UINT64_MAX);
	pair_close(&pair);
}

static void test_refuses_what_cannot_be_asked(void)
{
	static const uint8_t bytes[2 * 65536]; /* more than the method takes */
	struct client_ask ask = {.method = &method_rows[METHOD_complaint_submit]};
	struct pair pair;
	uint64_t id = 0;

	pair_open(&pair, 1);
	ask.key = span_of(bytes, UUID_BYTES - 1);
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_KEY_MISSING);
	ask.key.len = UUID_BYTES;
	ask.body = span_of(bytes, ask.method->body_bytes_max + 1);
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_BODY_SIZE);
	CHECK_INT_EQ(id, 0);
	ask.body.len = ask.method->body_bytes_max;
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	ask = (struct client_ask){.method = &method_rows[METHOD_server_status]};
	for (int i = 1; i < CLIENT_CALLS_MAX; i++) {
		CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	}
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_TOO_MANY);
	CHECK_INT_EQ(client_call_count(&pair.client), CLIENT_CALLS_MAX);
	pair_close(&pair);
}

static void test_a_refusal_can_be_a_result(void)
{
	struct client_ask ask = {
		.method = &method_rows[METHOD_crew_create], .body = span_from_str(STR("abc"))};
	struct client_result *result = client_refusal(&ask, ERR_CONNECT);

	CHECK_INT_EQ(result->kind, CLIENT_REPLY);
	CHECK_STR_EQ(result->code, "CONNECT");
	CHECK(span_equal(client_again(result).body, ask.body));
	client_result_free(result);
}

static const struct test tests[] = {
	{"hello_is_first_and_calls_wait_for_the_answer",
		test_hello_is_first_and_calls_wait_for_the_answer},
	{"everything_arrives_one_byte_at_a_time", test_everything_arrives_one_byte_at_a_time},
	{"a_write_carries_a_key_and_others_none", test_a_write_carries_a_key_and_others_none},
	{"answers_may_come_in_another_order", test_answers_may_come_in_another_order},
	{"a_trace_goes_with_every_try", test_a_trace_goes_with_every_try},
	{"no_more_calls_fly_than_the_server_allows", test_no_more_calls_fly_than_the_server_allows},
	{"a_failure_tells_all_it_was_told", test_a_failure_tells_all_it_was_told},
	{"an_unknown_code_keeps_its_name", test_an_unknown_code_keeps_its_name},
	{"a_reply_that_does_not_decode_ends_only_its_call",
		test_a_reply_that_does_not_decode_ends_only_its_call},
	{"an_answer_to_what_was_never_asked_ends_the_connection",
		test_an_answer_to_what_was_never_asked_ends_the_connection},
	{"a_cancelled_call_ends_at_once_and_its_answer_is_late",
		test_a_cancelled_call_ends_at_once_and_its_answer_is_late},
	{"after_go_away_only_what_flies_is_answered", test_after_go_away_only_what_flies_is_answered},
	{"a_lost_connection_ends_every_call_and_again_is_the_same",
		test_a_lost_connection_ends_every_call_and_again_is_the_same},
	{"lost_after_every_byte_of_a_reply", test_lost_after_every_byte_of_a_reply},
	{"answers_a_ping_with_its_token", test_answers_a_ping_with_its_token},
	{"refuses_what_cannot_be_asked", test_refuses_what_cannot_be_asked},
	{"a_refusal_can_be_a_result", test_a_refusal_can_be_a_result},
};

int main(void)
{
	int code;

	pair_prepare();
	code = check_main(tests, COUNT(tests));
	pair_clean_up();
	return code;
}
