/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that plain text arrives whole however the network cuts it, that what the network changes
 * never arrives, and how a connection ends.
 */
#include "common/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tests/check.h"
#include "tests/common/certs.h"
#include "tests/common/tls_ends.h"

#define DAY_S (24L * 60 * 60)

static struct certs certs; /* made once by main */

/* The records that an end has to say, to be fed by hand; free() them. */
static uint8_t *take_records(struct tls *tls, size_t *out_len)
{
	struct buf network;
	bool taken;

	buf_init(&network, ENDS_PLAIN_MAX * 2);
	taken = tls_take(tls, &network);
	assert(taken);
	return buf_take(&network, out_len);
}

static void test_long_texts_arrive_whole(void)
{
	static const size_t lens[] = {1, 16384, 16385, 100000, ENDS_PLAIN_MAX};
	static const size_t pieces[] = {1000, 4096, SIZE_MAX};
	static uint8_t text[ENDS_PLAIN_MAX];
	struct ends ends;

	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = (uint8_t)(i * 31 >> 3);
	}
	ends_agree(&ends, &certs);
	for (size_t i = 0; i < COUNT(lens) * COUNT(pieces); i++) {
		struct span sent = span_of(text, lens[i % COUNT(lens)]);

		CHECK(tls_write(&ends.client, sent));
		CHECK(ends_carry(&ends.client, &ends.server, pieces[i / COUNT(lens)]));
		CHECK(span_equal(buf_readable(&ends.server.plain), sent));
		buf_consume(&ends.server.plain, sent.len);
	}
	ends_close(&ends);
}

static void test_nothing_is_written_for_no_text(void)
{
	struct ends ends;

	ends_agree(&ends, &certs);
	CHECK(tls_write(&ends.client, span_of(NULL, 0)));
	CHECK(!ends_carry(&ends.client, &ends.server, SIZE_MAX));
	ends_close(&ends);
}

static void test_plain_over_maximum_fails(void)
{
	static const uint8_t text[ENDS_PLAIN_MAX + 1];

	for (size_t over = 0; over <= 1; over++) {
		struct ends ends;

		ends_agree(&ends, &certs);
		CHECK(tls_write(&ends.client, span_of(text, ENDS_PLAIN_MAX)));
		CHECK(tls_write(&ends.client, span_of(text, over)));
		CHECK(ends_carry(&ends.client, &ends.server, SIZE_MAX));
		CHECK_INT_EQ(ends.server.state, over > 0 ? TLS_FAILED : TLS_OPEN);
		CHECK_STR_EQ(ends.server.reason, over > 0 ? "more plain text than allowed" : NULL);
		CHECK_INT_EQ(buf_readable(&ends.server.plain).len, ENDS_PLAIN_MAX);
		ends_close(&ends);
	}
}

/* Records cut at each byte: nothing of the last one arrives before its last byte. */
static void test_record_cut_at_each_byte_waits(void)
{
	struct ends ends;
	uint8_t *records;
	size_t len;

	ends_agree(&ends, &certs);
	CHECK(tls_write(&ends.client, span_of("abc", 3)));
	records = take_records(&ends.client, &len);
	for (size_t i = 0; i < len; i++) {
		CHECK_STR_EQ(ends_plain(&ends.server), "");
		CHECK_INT_EQ(tls_feed(&ends.server, span_of(records + i, 1)), TLS_OPEN);
	}
	CHECK_STR_EQ(ends_plain(&ends.server), "abc");
	free(records);
	ends_close(&ends);
}

/* Each bit of its eighth turned in each byte: the text never arrives, and no goodbye is seen. */
static void test_record_changed_at_each_byte_never_arrives(void)
{
	size_t len = 1;

	for (size_t i = 0; i < len; i++) {
		struct ends ends;
		uint8_t *records;
		enum tls_state state;

		ends_agree(&ends, &certs);
		CHECK(tls_write(&ends.client, span_of("abc", 3)));
		records = take_records(&ends.client, &len);
		records[i] ^= (uint8_t)(1 << i % 8);
		state = tls_feed(&ends.server, span_of(records, len));
		CHECK_STR_EQ(ends_plain(&ends.server), "");
		/* A length that has grown makes it wait for more; anything else is found out. */
		CHECK(state == TLS_FAILED || (state == TLS_OPEN && (i == 3 || i == 4)));
		CHECK_INT_EQ(tls_feed(&ends.server, span_of(records, len)) == TLS_CLOSED, false);
		free(records);
		ends_close(&ends);
	}
	CHECK(len > 20);
}

/* A hello cut at each byte is waited for; changed, it never leads to an open connection. */
static void test_hello_cut_at_each_byte_waits(void)
{
	struct ends ends;
	uint8_t *hello;
	size_t len;

	ends_contexts(&ends, &certs);
	ends_open(&ends, "server.test");
	hello = take_records(&ends.client, &len);
	for (size_t i = 0; i < len; i++) {
		CHECK(!ends_carry(&ends.server, &ends.client, SIZE_MAX));
		CHECK_INT_EQ(tls_feed(&ends.server, span_of(hello + i, 1)), TLS_HANDSHAKE);
	}
	CHECK(ends_carry(&ends.server, &ends.client, SIZE_MAX));
	free(hello);
	ends_close(&ends);
}

static void test_other_protocols_are_refused(void)
{
	static const char *const texts[] = {"GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct ends ends;

		ends_contexts(&ends, &certs);
		ends_open(&ends, "server.test");
		CHECK_INT_EQ(tls_feed(&ends.server, span_from_str(str_from_c(texts[i]))), TLS_FAILED);
		CHECK(ends.server.reason != NULL);
		/* What comes after a failure is not looked at. */
		CHECK_INT_EQ(tls_feed(&ends.server, span_of("x", 1)), TLS_FAILED);
		ends_close(&ends);
	}
}

static void test_goodbye_closes_and_comes_after_the_text(void)
{
	for (int by_server = 0; by_server <= 1; by_server++) {
		struct ends ends;
		struct tls *speaker;
		struct tls *listener;

		ends_agree(&ends, &certs);
		speaker = by_server ? &ends.server : &ends.client;
		listener = by_server ? &ends.client : &ends.server;
		CHECK(tls_write(speaker, span_of("last", 4)));
		tls_shutdown(speaker);
		tls_shutdown(speaker); /* says it once */
		CHECK(ends_carry(speaker, listener, 1));
		CHECK_INT_EQ(listener->state, TLS_CLOSED);
		CHECK_STR_EQ(ends_plain(listener), "last");
		CHECK_INT_EQ(speaker->state, TLS_OPEN); /* until the answer */
		tls_shutdown(listener);
		CHECK(ends_carry(listener, speaker, 1));
		CHECK_INT_EQ(speaker->state, TLS_CLOSED);
		CHECK_INT_EQ(tls_feed(listener, span_of("x", 1)), TLS_CLOSED);
		CHECK(listener->reason == NULL);
		ends_close(&ends);
	}
}

static void test_goodbye_is_silent_before_agreement(void)
{
	struct ends ends;

	ends_contexts(&ends, &certs);
	ends_open(&ends, "server.test");
	tls_shutdown(&ends.server);
	CHECK(!ends_carry(&ends.server, &ends.client, SIZE_MAX));
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.server.state, TLS_OPEN);
	ends_close(&ends);
}

static void test_write_after_own_goodbye_fails(void)
{
	struct ends ends;

	ends_agree(&ends, &certs);
	tls_shutdown(&ends.client);
	CHECK(!tls_write(&ends.client, span_of("late", 4)));
	CHECK_INT_EQ(ends.client.state, TLS_FAILED);
	CHECK_STR_EQ(ends.client.reason, "protocol is shutdown");
	ends_close(&ends);
}

/* The answer to a key update comes with the next write, and both ends go on with the new keys. */
static void test_key_update_is_followed(void)
{
	struct ends ends;

	ends_agree(&ends, &certs);
	for (int i = 0; i < 3; i++) {
		CHECK_INT_EQ(SSL_key_update(ends.client.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		CHECK(tls_write(&ends.client, span_of("up", 2)));
		ends_carry_all(&ends, 1);
		CHECK(tls_write(&ends.server, span_of("down", 4)));
		ends_carry_all(&ends, 1);
		CHECK_STR_EQ(ends_plain(&ends.server), "up");
		CHECK_STR_EQ(ends_plain(&ends.client), "down");
		buf_consume(&ends.server.plain, 2);
		buf_consume(&ends.client.plain, 4);
	}
	ends_close(&ends);
}

/* Taken into a queue that is full, records stay and keep their order. */
static void test_take_into_full_queue_goes_on_later(void)
{
	static const uint8_t text[100000];
	struct ends ends;
	struct buf network;
	bool whole = false;
	int turn_count = 0;

	ends_agree(&ends, &certs);
	buf_init(&network, 1000);
	CHECK(tls_write(&ends.client, span_of(text, sizeof(text))));
	while (!whole) {
		whole = tls_take(&ends.client, &network);
		CHECK(buf_readable(&network).len > 0);
		CHECK_INT_EQ(tls_feed(&ends.server, buf_readable(&network)), TLS_OPEN);
		buf_consume(&network, buf_readable(&network).len);
		turn_count++;
	}
	CHECK(turn_count > 100);
	CHECK(span_equal(buf_readable(&ends.server.plain), span_of(text, sizeof(text))));
	CHECK(tls_take(&ends.client, &network));
	CHECK_INT_EQ(buf_readable(&network).len, 0);
	ends_close(&ends);
}

/* Neither the handshake nor a long text leaves a buffer behind. */
static void test_idle_connection_holds_no_buffers(void)
{
	static const uint8_t text[200000];
	struct ends ends;

	ends_agree(&ends, &certs);
	CHECK(ends.client.to_network.bytes == NULL);
	CHECK(ends.server.to_network.bytes == NULL);
	CHECK(tls_write(&ends.client, span_of(text, sizeof(text))));
	CHECK(ends.client.to_network.capacity > sizeof(text));
	ends_carry_all(&ends, SIZE_MAX);
	buf_consume(&ends.server.plain, sizeof(text));
	CHECK(ends.server.plain.bytes == NULL);
	CHECK(ends.client.to_network.bytes == NULL);
	CHECK(tls_write(&ends.client, span_of("abc", 3)));
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_STR_EQ(ends_plain(&ends.server), "abc");
	ends_close(&ends);
}

/* What another user of the library left in its queue is not taken for an error of ours. */
static void test_stale_errors_change_nothing(void)
{
	struct ends ends;

	ERR_raise(ERR_LIB_SSL, SSL_R_BAD_VALUE);
	ends_contexts(&ends, &certs);
	ERR_raise(ERR_LIB_SSL, SSL_R_BAD_VALUE);
	ends_open(&ends, "server.test");
	for (int i = 0; i < 10; i++) {
		ERR_raise(ERR_LIB_SSL, SSL_R_BAD_VALUE);
		(void)ends_carry(&ends.client, &ends.server, SIZE_MAX);
		ERR_raise(ERR_LIB_SSL, SSL_R_BAD_VALUE);
		(void)ends_carry(&ends.server, &ends.client, SIZE_MAX);
	}
	CHECK_INT_EQ(ends.server.state, TLS_OPEN);
	ERR_raise(ERR_LIB_SSL, SSL_R_BAD_VALUE);
	CHECK(tls_write(&ends.client, span_of("abc", 3)));
	ERR_raise(ERR_LIB_SSL, SSL_R_BAD_VALUE);
	CHECK(ends_carry(&ends.client, &ends.server, SIZE_MAX));
	CHECK_STR_EQ(ends_plain(&ends.server), "abc");
	ERR_clear_error();
	ends_close(&ends);
}

/* A new key from the client, on its way to the server; with a text behind it if asked for. */
static void update_key(struct ends *ends, bool with_text)
{
	int done = SSL_key_update(ends->client.ssl, SSL_KEY_UPDATE_NOT_REQUESTED);

	assert(done == 1);
	done = SSL_do_handshake(ends->client.ssl);
	assert(done == 1);
	if (with_text) {
		CHECK(tls_write(&ends->client, span_of("x", 1)));
	}
	(void)ends_carry(&ends->client, &ends->server, SIZE_MAX);
}

static void test_key_updates_without_text_are_a_flood(void)
{
	struct ends ends;

	ends_agree(&ends, &certs);
	for (int i = 0; i < 3 * TLS_KEY_UPDATES_MAX; i++) {
		update_key(&ends, true);
	}
	CHECK_INT_EQ(ends.server.state, TLS_OPEN);
	for (int i = 0; i < TLS_KEY_UPDATES_MAX; i++) {
		update_key(&ends, false);
	}
	CHECK_INT_EQ(ends.server.state, TLS_OPEN);
	update_key(&ends, false);
	CHECK_INT_EQ(ends.server.state, TLS_FAILED);
	CHECK_STR_EQ(ends.server.reason, "too many key updates");
	ends_close(&ends);
}

static const struct test tests[] = {
	{"long_texts_arrive_whole", test_long_texts_arrive_whole},
	{"nothing_is_written_for_no_text", test_nothing_is_written_for_no_text},
	{"plain_over_maximum_fails", test_plain_over_maximum_fails},
	{"record_cut_at_each_byte_waits", test_record_cut_at_each_byte_waits},
	{"record_changed_at_each_byte_never_arrives", test_record_changed_at_each_byte_never_arrives},
	{"hello_cut_at_each_byte_waits", test_hello_cut_at_each_byte_waits},
	{"other_protocols_are_refused", test_other_protocols_are_refused},
	{"goodbye_closes_and_comes_after_the_text", test_goodbye_closes_and_comes_after_the_text},
	{"goodbye_is_silent_before_agreement", test_goodbye_is_silent_before_agreement},
	{"write_after_own_goodbye_fails", test_write_after_own_goodbye_fails},
	{"key_update_is_followed", test_key_update_is_followed},
	{"key_updates_without_text_are_a_flood", test_key_updates_without_text_are_a_flood},
	{"take_into_full_queue_goes_on_later", test_take_into_full_queue_goes_on_later},
	{"idle_connection_holds_no_buffers", test_idle_connection_holds_no_buffers},
	{"stale_errors_change_nothing", test_stale_errors_change_nothing},
};

int main(void)
{
	int result;

	certs_make(&certs, "DNS:server.test", DAY_S);
	result = check_main(tests, COUNT(tests));
	certs_remove(&certs);
	return result;
}
