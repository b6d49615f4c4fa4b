/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that messages come through the codec as they were sent, that bytes cut anywhere do no
 * harm, and that memory stays within the arena's budget. How: every message of every method, made
 * by specimen.h, there and back and cut at every byte; every budget from nothing to enough.
 */
#include "proto/codec.h"

#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "proto/frame.h"
#include "proto/method.h"
#include "shape.pb-c.h"
#include "tests/check.h"
#include "tests/proto/specimen.h"
#include "tests/proto/wire_put.h"

#define BYTES_MAX (4 * 1024 * 1024)
#define BUDGET_BYTES (8 * 1024 * 1024)
#define BUDGET_PROBE_MAX 8192

/* Whatever is checked and unpacked and packed again is the same message. */
static void check_round_trip(const ProtobufCMessageDescriptor *message, struct span bytes)
{
	struct codec_fault fault = {0};
	struct arena arena;
	ProtobufCMessage *first;
	ProtobufCMessage *second;
	struct span once;
	struct span twice;

	arena_init(&arena, BUDGET_BYTES);
	first = codec_decode(message, bytes, &arena, &fault);
	CHECK(first != NULL);
	CHECK(first->descriptor == message);
	once = codec_encode(first, &arena);
	second = codec_unpack(message, once, &arena);
	CHECK(second != NULL);
	twice = codec_encode(second, &arena);
	CHECK(!arena.failed);
	CHECK(span_equal(once, twice));
	CHECK(once.len > 0 || bytes.len == 0);
	arena_fini(&arena);
}

static void check_message(const ProtobufCMessageDescriptor *message)
{
	for (size_t i = 0; i < 12 && !check_failed(); i++) {
		struct specimen specimen = {.kind = (enum specimen_kind)(i % 4), .random = i, .member = i};
		struct buf bytes;

		buf_init(&bytes, BYTES_MAX);
		specimen_message(&specimen, message, &bytes);
		check_round_trip(message, buf_readable(&bytes));
		buf_fini(&bytes);
	}
}

static void test_every_message_survives_a_round_trip(void)
{
	check_message(&pb__envelope__descriptor);
	check_message(&shape__scalars__descriptor);
	check_message(&shape__lists__descriptor);
	check_message(&shape__choice__descriptor);
	check_message(&shape__deep__descriptor);
	for (size_t i = 0; i < METHOD_COUNT && !check_failed(); i++) {
		check_message(method_rows[i].request);
		check_message(method_rows[i].reply);
	}
	for (size_t i = 0; i < TOPIC_COUNT && !check_failed(); i++) {
		check_message(topic_rows[i].message);
	}
}

static void test_decode_gives_back_what_was_sent(void)
{
	Pb__ComplaintSubmit sent = PB__COMPLAINT_SUBMIT__INIT;
	char text[] = "电梯困人，请尽快处理";
	struct span id = span_from_str(STR("0123456789abcdef"));
	struct codec_fault fault = {0};
	const Pb__ComplaintSubmit *got;
	struct arena arena;

	arena_init(&arena, BUDGET_BYTES);
	sent.has_community_id = true;
	sent.community_id = codec_bytes(id);
	sent.has_kind = true;
	sent.kind = PB__COMPLAINT__KIND__REPAIR;
	sent.has_channel = true;
	sent.channel = PB__COMPLAINT__CHANNEL__PHONE;
	sent.text = text;
	got = (const Pb__ComplaintSubmit *)codec_decode(
		&pb__complaint_submit__descriptor, codec_encode(&sent.base, &arena), &arena, &fault);
	CHECK(got != NULL);
	CHECK(span_equal(codec_span(got->has_community_id, got->community_id), id));
	CHECK_INT_EQ(got->kind, PB__COMPLAINT__KIND__REPAIR);
	CHECK(!got->has_urgency);
	CHECK_STR_EQ(codec_str(got->text), text);
	CHECK(got->title == NULL);
	CHECK_INT_EQ(codec_str(got->title).len, 0);
	CHECK_INT_EQ(codec_span(false, got->community_id).len, 0);
	arena_fini(&arena);
}

/* Cut anywhere, a message is refused or is a shorter message; never does anything else happen. */
static void check_every_cut(const ProtobufCMessageDescriptor *message, struct span bytes)
{
	for (size_t len = 0; len < bytes.len; len++) {
		uint8_t *copy = malloc(len > 0 ? len : 1);
		struct codec_fault fault = {0};
		struct arena arena;
		ProtobufCMessage *decoded;

		assert(copy != NULL);
		memcpy(copy, bytes.ptr, len);
		arena_init(&arena, BUDGET_BYTES);
		decoded = codec_decode(message, span_of(copy, len), &arena, &fault);
		CHECK((decoded == NULL) == (fault.err != ERR_OK));
		CHECK(!arena.failed);
		arena_fini(&arena);
		free(copy);
	}
}

static void check_cuts_of(const ProtobufCMessageDescriptor *message)
{
	for (size_t member = 0; member < 9 && !check_failed(); member++) {
		struct specimen specimen = {.kind = SPECIMEN_MODEST, .member = member};
		struct buf bytes;

		buf_init(&bytes, BYTES_MAX);
		specimen_message(&specimen, message, &bytes);
		check_every_cut(message, buf_readable(&bytes));
		buf_fini(&bytes);
	}
}

static void test_every_message_can_be_cut_anywhere(void)
{
	check_cuts_of(&pb__envelope__descriptor);
	check_cuts_of(&shape__lists__descriptor);
	check_cuts_of(&shape__choice__descriptor);
	for (size_t i = 0; i < METHOD_COUNT && !check_failed(); i++) {
		check_cuts_of(method_rows[i].request);
		check_cuts_of(method_rows[i].reply);
	}
}

/* One field set, and cut within that field: there is nothing shorter that it could be. */
static void test_a_cut_field_is_always_refused(void)
{
	for (unsigned i = 0; i < shape__scalars__descriptor.n_fields; i++) {
		struct specimen specimen = {.kind = SPECIMEN_MOST};
		struct codec_fault fault = {0};
		struct span whole;
		struct buf bytes;

		buf_init(&bytes, BYTES_MAX);
		specimen_field(
			&specimen, &shape__scalars__descriptor, &shape__scalars__descriptor.fields[i], &bytes);
		whole = buf_readable(&bytes);
		CHECK_INT_EQ(codec_check(&shape__scalars__descriptor, whole, &fault), ERR_OK);
		for (size_t len = 1; len < whole.len; len++) {
			CHECK_INT_EQ(codec_check(&shape__scalars__descriptor, span_first(whole, len), &fault),
				ERR_BODY_MALFORMED);
		}
		buf_fini(&bytes);
	}
}

/* Every budget from nothing to enough ends in a message or in a clean refusal. */
static void test_decode_stays_within_every_budget(void)
{
	struct specimen specimen = {.kind = SPECIMEN_MODEST};
	size_t refused_count = 0;
	struct buf bytes;

	buf_init(&bytes, BYTES_MAX);
	specimen_message(&specimen, &shape__lists__descriptor, &bytes);
	for (size_t budget = 0; budget < BUDGET_PROBE_MAX; budget += 8) {
		struct codec_fault fault = {0};
		struct arena arena;
		ProtobufCMessage *decoded;

		arena_init(&arena, budget);
		decoded = codec_decode(&shape__lists__descriptor, buf_readable(&bytes), &arena, &fault);
		CHECK(arena.used_bytes <= budget);
		CHECK_INT_EQ(arena.failed, decoded == NULL);
		CHECK_INT_EQ(fault.err, decoded == NULL ? ERR_BODY_MALFORMED : ERR_OK);
		CHECK_STR_EQ(fault.allowed, decoded == NULL ? "fewer parts: it needs too much memory" : "");
		refused_count += decoded == NULL;
		arena_fini(&arena);
	}
	CHECK(refused_count > 0 && refused_count < BUDGET_PROBE_MAX / 8);
	buf_fini(&bytes);
}

static void test_a_mebibyte_of_empty_messages_fails_cleanly(void)
{
	struct codec_fault fault = {0};
	struct arena arena;
	struct buf bytes;

	buf_init(&bytes, BYTES_MAX);
	while (buf_readable(&bytes).len < FRAME_BODY_BYTES_MAX) {
		wire_put_bytes(&bytes, 2, span_of(NULL, 0));
	}
	CHECK_INT_EQ(codec_check(&shape__deep__descriptor, buf_readable(&bytes), &fault), ERR_OK);
	arena_init(&arena, BUDGET_BYTES);
	CHECK(codec_decode(&shape__deep__descriptor, buf_readable(&bytes), &arena, &fault) == NULL);
	CHECK(arena.failed);
	CHECK(arena.used_bytes <= BUDGET_BYTES);
	CHECK_INT_EQ(fault.err, ERR_BODY_MALFORMED);
	arena_fini(&arena);
	buf_fini(&bytes);
}

/* protobuf-c refuses what it cannot hold even where nobody checked the bytes first. */
static void test_unpack_takes_no_broken_bytes(void)
{
	struct arena arena;

	arena_init(&arena, BUDGET_BYTES);
	CHECK(codec_unpack(&pb__hello__descriptor, span_from_str(STR("\x08")), &arena) == NULL);
	CHECK(codec_unpack(&pb__hello__descriptor, span_of(NULL, 0), &arena) != NULL);
	CHECK(!arena.failed);
	arena_fini(&arena);
}

static void test_encode_is_empty_where_nothing_is_set_or_nothing_is_left(void)
{
	Pb__Ping ping = PB__PING__INIT;
	struct arena arena;

	arena_init(&arena, 8);
	CHECK_INT_EQ(codec_encode(&ping.base, &arena).len, 0);
	CHECK(!arena.failed);
	ping.has_token = true;
	CHECK_INT_EQ(codec_encode(&ping.base, &arena).len, 0);
	CHECK(arena.failed);
	arena_fini(&arena);
}

static void test_frame_is_decoded_to_the_same_envelope(void)
{
	Pb__Ping ping = PB__PING__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	struct codec_fault fault = {0};
	struct span body = {NULL, 0};
	const Pb__Envelope *got;
	struct arena arena;
	struct buf out;
	size_t want = 0;

	buf_init(&out, 64);
	arena_init(&arena, BUDGET_BYTES);
	ping.has_token = true;
	ping.token = 7;
	envelope.kind_case = PB__ENVELOPE__KIND_PING;
	envelope.ping = &ping;
	CHECK(codec_frame(&envelope.base, &out));
	CHECK(codec_frame(&envelope.base, &out));
	CHECK_INT_EQ(frame_decode(buf_readable(&out), FRAME_BODY_BYTES_MAX, &body, &want), FRAME_READY);
	CHECK_INT_EQ(want * 2, buf_readable(&out).len);
	got = (const Pb__Envelope *)codec_decode(&pb__envelope__descriptor, body, &arena, &fault);
	CHECK(got != NULL);
	CHECK_INT_EQ(got->kind_case, PB__ENVELOPE__KIND_PING);
	CHECK_INT_EQ(got->ping->token, 7);
	arena_fini(&arena);
	buf_fini(&out);
}

static void test_frame_refuses_a_full_buf_and_too_large_an_envelope(void)
{
	static uint8_t bytes[FRAME_BODY_BYTES_MAX];
	Pb__Reply reply = PB__REPLY__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	struct buf out;

	buf_init(&out, 2 * FRAME_BODY_BYTES_MAX);
	envelope.kind_case = PB__ENVELOPE__KIND_REPLY;
	envelope.reply = &reply;
	reply.has_body = true;
	reply.body = codec_bytes(span_of(bytes, sizeof(bytes)));
	CHECK(!codec_frame(&envelope.base, &out));
	CHECK_INT_EQ(buf_readable(&out).len, 0);
	/* Keys and lengths of body and reply take 8 bytes. */
	reply.body.len = sizeof(bytes) - 8;
	CHECK(codec_frame(&envelope.base, &out));
	CHECK_INT_EQ(buf_readable(&out).len, FRAME_HEADER_BYTES + FRAME_BODY_BYTES_MAX);
	CHECK(!codec_frame(&envelope.base, &out));
	CHECK_INT_EQ(buf_readable(&out).len, FRAME_HEADER_BYTES + FRAME_BODY_BYTES_MAX);
	buf_fini(&out);
}

static void check_frame_bytes(Pb__Envelope *envelope, struct str expected)
{
	struct codec_fault fault = {0};
	struct buf out;

	buf_init(&out, 256);
	CHECK(codec_frame(&envelope->base, &out));
	CHECK(span_equal(buf_readable(&out), span_from_str(expected)));
	CHECK_INT_EQ(codec_check(&pb__envelope__descriptor,
					 span_after(buf_readable(&out), FRAME_HEADER_BYTES), &fault),
		ERR_OK);
	buf_fini(&out);
}

/* The bytes of proto/README.md §13. */
static void test_frames_are_those_of_the_contract(void)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Request request = PB__REQUEST__INIT;
	Pb__Failure failure = PB__FAILURE__INIT;
	char agent[] = "example/1.0";
	char method[] = "server.status";
	char code[] = "UNAUTHENTICATED";

	hello.has_version = true;
	hello.version = 1;
	hello.agent = agent;
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &hello;
	check_frame_bytes(&envelope, STR("\x00\x00\x00\x11\x0A\x0F\x08\x01\x1A\x0B"
									 "example/1.0"));
	request.has_id = true;
	request.id = 1;
	request.method = method;
	envelope.kind_case = PB__ENVELOPE__KIND_REQUEST;
	envelope.request = &request;
	check_frame_bytes(&envelope, STR("\x00\x00\x00\x13\x12\x11\x08\x01\x12\x0D"
									 "server.status"));
	failure.has_id = true;
	failure.id = 1;
	failure.code = code;
	envelope.kind_case = PB__ENVELOPE__KIND_FAILURE;
	envelope.failure = &failure;
	check_frame_bytes(&envelope, STR("\x00\x00\x00\x15\x22\x13\x08\x01\x12\x0F"
									 "UNAUTHENTICATED"));
}

static const struct test tests[] = {
	{"every_message_survives_a_round_trip", test_every_message_survives_a_round_trip},
	{"decode_gives_back_what_was_sent", test_decode_gives_back_what_was_sent},
	{"every_message_can_be_cut_anywhere", test_every_message_can_be_cut_anywhere},
	{"a_cut_field_is_always_refused", test_a_cut_field_is_always_refused},
	{"decode_stays_within_every_budget", test_decode_stays_within_every_budget},
	{"a_mebibyte_of_empty_messages_fails_cleanly", test_a_mebibyte_of_empty_messages_fails_cleanly},
	{"unpack_takes_no_broken_bytes", test_unpack_takes_no_broken_bytes},
	{"encode_is_empty_where_nothing_is_set_or_nothing_is_left",
		test_encode_is_empty_where_nothing_is_set_or_nothing_is_left},
	{"frame_is_decoded_to_the_same_envelope", test_frame_is_decoded_to_the_same_envelope},
	{"frames_are_those_of_the_contract", test_frames_are_those_of_the_contract},
	{"frame_refuses_a_full_buf_and_too_large_an_envelope",
		test_frame_refuses_a_full_buf_and_too_large_an_envelope},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
