/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that nobody can hold a connection by doing too little: peers that speak no TLS or the wrong
 * one, say nothing at any stage, or say it a byte at a time. The server's limits are set low by a
 * reload; what is waited for is its closing, never the time.
 */
#include "tests/check.h"

#include <openssl/ssl.h>

#include "tests/faults/desk.h"

#define DRIP_MS 20          /* between two bytes */
#define DRIP_BYTES_MAX 1000 /* whoever has sent so many was not stopped */

static struct desk desk;

/* ---- not our TLS ---------------------------------------------------------------------------- */

/* A client of the library that believes anything; ALPN as on the wire, NULL: none. */
static SSL_CTX *foreign_context(int version_max, const char *alpn)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	int done = context != NULL && SSL_CTX_set_max_proto_version(context, version_max) == 1 &&
	           (alpn == NULL || SSL_CTX_set_alpn_protos(context, (const unsigned char *)alpn,
									(unsigned)strlen(alpn)) == 0);

	assert(done);
	(void)done;
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	return context;
}

static void test_other_tls_is_refused(void)
{
	static const struct {
		const char *what;
		int version_max;
		const char *alpn;
	} rows[] = {
		{"another ALPN", TLS1_3_VERSION, "\x02h2\x08http/1.1"},
		{"ours of tomorrow", TLS1_3_VERSION, "\x09guanjia/2"},
		{"no ALPN", TLS1_3_VERSION, NULL},
		{"TLS 1.2", TLS1_2_VERSION, "\x09guanjia/1"},
		{"TLS 1.2 without ALPN", TLS1_2_VERSION, NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		SSL_CTX *context = foreign_context(rows[i].version_max, rows[i].alpn);
		struct peer peer;

		peer_open(&peer, &desk.server, context);
		peer_say(&peer, peer_hello(&peer));
		CHECK(peer_await_end(&peer));
		CHECK_INT_EQ(buf_readable(&peer.tls.plain).len, 0);
		peer_close(&peer);
		tls_context_free(context);
		CHECK(desk_is_well(&desk));
	}
	CHECK(desk_is_quiet(&desk));
}

static void test_what_is_no_tls_is_refused(void)
{
	static const uint8_t zeroes[64 * 1024];
	static const struct {
		const char *what;
		const char *bytes;
		size_t len;
	} rows[] = {
		{"another protocol", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35},
		{"a record of 64 KiB", "\x16\x03\x01\xff\xff\x01\x00\x00\x00", 9},
		{"data before the handshake", "\x17\x03\x03\x00\x05hello", 10},
		{"an alert", "\x15\x03\x03\x00\x02\x02\x28", 7},
		{"zeroes", (const char *)zeroes, sizeof(zeroes)},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct peer peer;

		peer_open(&peer, &desk.server, NULL);
		peer_send_raw(&peer, span_of(rows[i].bytes, rows[i].len));
		CHECK(peer_await_end(&peer));
		peer_close(&peer);
		CHECK(desk_is_well(&desk));
	}
	CHECK(desk_is_quiet(&desk));
}

/* Good TLS, and then bytes that are none. */
static void test_tls_that_breaks_ends(void)
{
	struct peer peer;

	peer_greet(&peer, &desk.server, desk.context);
	peer_send_raw(&peer, span_of("\x17\x03\x03\x00\x20 thirty-two bytes of nonsense....", 38));
	CHECK(peer_await_end(&peer));
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

/* ---- silence -------------------------------------------------------------------------------- */

static void test_silence_before_login_is_ended(void)
{
	struct peer after_tcp;
	struct peer after_tls;
	struct peer after_hello;

	desk_set(&desk, "handshake_ms = 300\nlogin_ms = 300\n");
	peer_open(&after_tcp, &desk.server, NULL);
	peer_open(&after_tls, &desk.server, desk.context);
	peer_greet(&after_hello, &desk.server, desk.context);
	CHECK(peer_await_end(&after_tcp));
	CHECK_STR_EQ(peer_hear_failure(&after_tls, 0), "TOO_SLOW");
	CHECK(peer_await_end(&after_tls));
	CHECK_STR_EQ(peer_hear_failure(&after_hello, 0), "TOO_SLOW");
	CHECK(peer_await_end(&after_hello));
	peer_close(&after_tcp);
	peer_close(&after_tls);
	peer_close(&after_hello);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
}

/* Being busy with what a guest may do is no login. */
static void test_guest_that_only_pings_is_ended(void)
{
	struct peer peer;

	desk_set(&desk, "handshake_ms = 300\nlogin_ms = 300\npings_per_minute = 1000\n");
	peer_greet(&peer, &desk.server, desk.context);
	for (size_t i = 0; i < DRIP_BYTES_MAX && !peer_ends_within(&peer, DRIP_MS); i++) {
		peer_say(&peer, peer_ping(&peer, i));
	}
	CHECK(peer.is_ended);
	peer_close(&peer);
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
}

static void test_silent_member_is_ended(void)
{
	struct peer peer;

	live_server_reload(&desk.server, "idle_ms = 1000\n");
	peer_enter(&peer, &desk.honest, desk.context);
	CHECK_STR_EQ(peer_hear_failure(&peer, 0), "TOO_SLOW");
	CHECK(peer_await_end(&peer));
	peer_close(&peer);
	desk_set(&desk, NULL);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

/* ---- drips ---------------------------------------------------------------------------------- */

/* True where the server ends it before the bytes do. */
static bool drips(struct peer *peer, struct span bytes, void (*send)(struct peer *, struct span))
{
	for (size_t i = 0; i < bytes.len; i++) {
		send(peer, span_of(bytes.ptr + i, 1));
		if (peer_ends_within(peer, DRIP_MS)) {
			return true;
		}
	}
	return false;
}

static void test_drip_of_a_handshake_is_ended(void)
{
	/* The head of a client's hello of 16 KiB; what follows it may be anything. */
	static uint8_t bytes[DRIP_BYTES_MAX] = "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03";
	struct peer peer;

	desk_set(&desk, "handshake_ms = 500\n");
	peer_open(&peer, &desk.server, NULL);
	CHECK(drips(&peer, span_of(bytes, sizeof(bytes)), peer_send_raw));
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
}

static void test_drip_of_a_hello_is_ended(void)
{
	static uint8_t bytes[DRIP_BYTES_MAX] = {0, 0, 0x03, 0xe8};
	struct peer peer;

	desk_set(&desk, "frame_ms = 500\n");
	peer_open(&peer, &desk.server, desk.context);
	CHECK(drips(&peer, span_of(bytes, sizeof(bytes)), peer_send));
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
}

/* Every frame of it is good; only the last never ends. */
static void test_drip_of_a_member_is_ended(void)
{
	static uint8_t bytes[DRIP_BYTES_MAX] = {0, 0, 0x03, 0xe8};
	struct peer peer;

	desk_set(&desk, "frame_ms = 500\n");
	peer_enter(&peer, &desk.honest, desk.context);
	for (uint64_t id = 1; id <= 3; id++) {
		peer_say(&peer, desk_get(&desk, &peer, id));
	}
	CHECK(drips(&peer, span_of(bytes, sizeof(bytes)), peer_send));
	peer_close(&peer);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
	desk_set(&desk, NULL);
}

/* A TLS record that never becomes whole gives no bytes of a frame: silence ends it. */
static void test_drip_of_a_record_is_ended(void)
{
	static uint8_t bytes[DRIP_BYTES_MAX] = "\x17\x03\x03\x40\x00";
	struct peer peer;

	live_server_reload(&desk.server, "idle_ms = 1000\n");
	peer_enter(&peer, &desk.honest, desk.context);
	CHECK(drips(&peer, span_of(bytes, sizeof(bytes)), peer_send_raw));
	peer_close(&peer);
	desk_set(&desk, NULL);
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"other_tls_is_refused", test_other_tls_is_refused},
	{"what_is_no_tls_is_refused", test_what_is_no_tls_is_refused},
	{"tls_that_breaks_ends", test_tls_that_breaks_ends},
	{"silence_before_login_is_ended", test_silence_before_login_is_ended},
	{"guest_that_only_pings_is_ended", test_guest_that_only_pings_is_ended},
	{"silent_member_is_ended", test_silent_member_is_ended},
	{"drip_of_a_handshake_is_ended", test_drip_of_a_handshake_is_ended},
	{"drip_of_a_hello_is_ended", test_drip_of_a_hello_is_ended},
	{"drip_of_a_member_is_ended", test_drip_of_a_member_is_ended},
	{"drip_of_a_record_is_ended", test_drip_of_a_record_is_ended},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
