/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the client does with envelopes that are not answers to calls: hellos, events, and
 * everything that a server must not send; and with TLS that is not what it should be.
 */
#include "tests/check.h"

#include "proto/codec.h"
#include "proto/frame.h"

#include "tests/client/pair.h"
#include "tests/common/certs.h"

#include "complaint.pb-c.h"

static void say_event(struct pair *pair, uint64_t watch_id, const char *topic, struct span body)
{
	Pb__Position position = PB__POSITION__INIT;
	Pb__Event event = PB__EVENT__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	position.has_era = position.has_xid = position.has_seq = true;
	position.era = 1;
	position.xid = 2;
	position.seq = 3;
	event.has_watch_id = true;
	event.watch_id = watch_id;
	event.topic = (char *)(uintptr_t)topic;
	event.has_body = true;
	event.body = codec_bytes(body);
	event.position = &position;
	envelope.kind_case = PB__ENVELOPE__KIND_EVENT;
	envelope.event = &event;
	far_end_say(&pair->far_end, &envelope.base);
}

static void test_an_event_comes_behind_its_watchs_reply(void)
{
	Pb__ComplaintEvent body = PB__COMPLAINT_EVENT__INIT;
	struct pair pair;
	struct client_result *result;
	uint64_t id;

	pair_open(&pair, 1);
	id = pair_ask(&pair, METHOD_watch_open);
	body.has_version = true;
	body.version = 4;
	far_end_reply(&pair.far_end, id, NULL);
	say_event(&pair, id, "complaint", codec_encode(&body.base, &pair.far_end.arena));
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_REPLY);
	result = client_poll(&pair.client);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->kind, CLIENT_EVENT);
	CHECK_INT_EQ(result->id, id);
	CHECK(result->topic == &topic_rows[TOPIC_complaint]);
	CHECK(!result->is_resync);
	CHECK(result->has_position);
	CHECK_INT_EQ(result->position_xid, 2);
	CHECK_INT_EQ(((Pb__ComplaintEvent *)result->message)->version, 4);
	client_result_free(result);
	pair_close(&pair);
}

static void test_an_event_that_cannot_be_read_asks_to_load_anew(void)
{
	struct pair pair;
	struct client_result *result;
	uint64_t id;

	pair_open(&pair, 1);
	id = pair_ask(&pair, METHOD_watch_open);
	say_event(&pair, id, "complaint", span_from_str(STR("\xFF")));
	pair_carry(&pair);
	result = client_poll(&pair.client);
	CHECK(result != NULL);
	CHECK(result->is_resync);
	CHECK(result->message == NULL);
	client_result_free(result);
	pair_close(&pair);
}

static void test_an_unknown_topic_is_passed_over(void)
{
	struct pair pair;
	uint64_t id;

	pair_open(&pair, 1);
	id = pair_ask(&pair, METHOD_watch_open);
	say_event(&pair, id, "weather", (struct span){NULL, 0});
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).kind, -1);
	CHECK_INT_EQ(pair.client.late_count, 1);
	CHECK_INT_EQ(pair.client.state, CLIENT_READY);
	pair_close(&pair);
}

static void test_many_events_ask_to_stop_reading(void)
{
	struct pair pair;
	uint64_t id;

	pair_open(&pair, 1);
	id = pair_ask(&pair, METHOD_watch_open);
	for (int i = 0; i < CLIENT_RESULTS_MAX; i++) {
		CHECK(!client_is_full(&pair.client));
		say_event(&pair, id, "complaint", (struct span){NULL, 0});
		pair_carry(&pair);
	}
	CHECK(client_is_full(&pair.client));
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_EVENT);
	CHECK(!client_is_full(&pair.client));
	pair_close(&pair);
}

/* What a server must not send, before its hello or after. */
static const struct {
	const char *label;
	bool after_hello;
	struct str plain;
} violations[] = {
	{"a frame of no bytes", true, STR("\0\0\0\0")},
	{"a frame of too many bytes", true, STR("\0\x10\0\1")},
	{"bytes that are no envelope", true, STR("\0\0\0\1\xFF")},
	{"an envelope of nothing it knows", true, STR("\0\0\0\3\xA2\x06\0")},
	{"a second hello", true, STR("\0\0\0\4\x0A\2\x08\1")},
	{"a hello without a version", false, STR("\0\0\0\2\x0A\0")},
	{"a pong before the hello", false, STR("\0\0\0\2\x3A\0")},
	{"a request", true, STR("\0\0\0\7\x12\5\x08\1\x12\1a")},
	{"a cancel", true, STR("\0\0\0\4\x42\2\x08\1")},
	{"a reply without an id", true, STR("\0\0\0\2\x1A\0")},
	{"a reply to a call never made", true, STR("\0\0\0\4\x1A\2\x08\x09")},
	{"a failure of a call never made", true, STR("\0\0\0\4\x22\2\x08\x09")},
	{"an event of a watch never opened", true, STR("\0\0\0\4\x2A\2\x08\x09")},
};

static void test_what_a_server_must_not_send_ends_the_connection(void)
{
	for (size_t i = 0; i < COUNT(violations); i++) {
		struct pair pair;

		if (violations[i].after_hello) {
			pair_open(&pair, 1);
		} else {
			pair_begin(&pair);
			pair_carry(&pair);
		}
		far_end_say_bytes(&pair.far_end, span_from_str(violations[i].plain));
		pair_carry(&pair);
		printf("# %s: %s\n", violations[i].label,
			pair.client.reason == NULL ? "-" : pair.client.reason);
		CHECK_INT_EQ(pair.client.state, CLIENT_ENDED);
		CHECK_INT_EQ(pair.client.err, ERR_REPLY_MALFORMED);
		CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_CLOSED);
		pair_close(&pair);
	}
}

static void test_the_servers_last_word_is_why_everything_ends(void)
{
	struct pair pair;
	struct pair_result seen;
	uint64_t id;

	pair_begin(&pair);
	id = pair_ask(&pair, METHOD_server_status);
	far_end_fail(&pair.far_end, 0, "TOO_MANY");
	pair_carry(&pair);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.id, id);
	CHECK_INT_EQ(seen.err, ERR_TOO_MANY);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.kind, CLIENT_CLOSED);
	CHECK_INT_EQ(seen.err, ERR_TOO_MANY);
	pair_close(&pair);
}

static void test_a_server_that_serves_only_newer_versions_is_left(void)
{
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	struct pair pair;

	pair_begin(&pair);
	pair_carry(&pair);
	hello.has_version = hello.has_version_min = true;
	hello.version = hello.version_min = CLIENT_PROTOCOL_VERSION + 1;
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &hello;
	far_end_say(&pair.far_end, &envelope.base);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_VERSION_OLD);
	pair_close(&pair);
}

static void test_a_goodbye_ends_what_flies_behind_the_last_reply(void)
{
	struct pair pair;
	struct pair_result seen;
	uint64_t first;
	uint64_t second;

	pair_open(&pair, 2);
	first = pair_ask(&pair, METHOD_server_status);
	second = pair_ask(&pair, METHOD_server_status);
	far_end_reply(&pair.far_end, first, NULL);
	tls_shutdown(&pair.far_end.tls);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_OK);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.id, second);
	CHECK_INT_EQ(seen.err, ERR_CONNECT);
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_CLOSED);
	pair_close(&pair);
}

static void test_closing_says_goodbye(void)
{
	struct pair pair;

	pair_open(&pair, 1);
	(void)pair_ask(&pair, METHOD_server_status);
	client_close(&pair.client);
	client_close(&pair.client);
	pair_carry(&pair);
	CHECK_INT_EQ(pair.far_end.tls.state, TLS_CLOSED);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_CONNECT);
	CHECK_INT_EQ(pair_poll(&pair).kind, CLIENT_CLOSED);
	pair_close(&pair);
}

static void test_a_stranger_is_not_trusted(void)
{
	struct certs stranger;
	struct tls_files files = {0};
	struct pair pair;
	const char *reason = NULL;
	SSL_CTX *context;

	certs_make(&stranger, "DNS:server.test", 3600);
	files.cert_path = stranger.cert_path;
	files.key_path = stranger.key_path;
	context = tls_server_context(&files, &reason);
	CHECK(context != NULL);
	pair_begin(&pair);
	far_end_fini(&pair.far_end);
	far_end_init(&pair.far_end, context);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_TLS);
	CHECK(pair.client.reason != NULL);
	pair_close(&pair);
	tls_context_free(context);
	certs_remove(&stranger);
}

static void test_bytes_that_are_no_tls_end_it(void)
{
	struct pair pair;

	pair_begin(&pair);
	client_feed(&pair.client, span_from_str(STR("HTTP/1.1 400 Bad Request\r\n\r\n")), pair.now);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_TLS);
	client_feed(&pair.client, span_from_str(STR("more")), pair.now);
	CHECK_INT_EQ(pair_poll(&pair).kind, -1);
	pair_close(&pair);
}

static const struct test tests[] = {
	{"an_event_comes_behind_its_watchs_reply", test_an_event_comes_behind_its_watchs_reply},
	{"an_event_that_cannot_be_read_asks_to_load_anew",
		test_an_event_that_cannot_be_read_asks_to_load_anew},
	{"an_unknown_topic_is_passed_over", test_an_unknown_topic_is_passed_over},
	{"many_events_ask_to_stop_reading", test_many_events_ask_to_stop_reading},
	{"what_a_server_must_not_send_ends_the_connection",
		test_what_a_server_must_not_send_ends_the_connection},
	{"the_servers_last_word_is_why_everything_ends",
		test_the_servers_last_word_is_why_everything_ends},
	{"a_server_that_serves_only_newer_versions_is_left",
		test_a_server_that_serves_only_newer_versions_is_left},
	{"a_goodbye_ends_what_flies_behind_the_last_reply",
		test_a_goodbye_ends_what_flies_behind_the_last_reply},
	{"closing_says_goodbye", test_closing_says_goodbye},
	{"a_stranger_is_not_trusted", test_a_stranger_is_not_trusted},
	{"bytes_that_are_no_tls_end_it", test_bytes_that_are_no_tls_end_it},
};

int main(void)
{
	int code;

	pair_prepare();
	code = check_main(tests, COUNT(tests));
	pair_clean_up();
	return code;
}
