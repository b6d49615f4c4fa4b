/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves when a client comes back with a short handshake, and when it must not: under other trust,
 * to another host, after the server's certificate or context has changed, after the session's time,
 * after a failure. And that a session is used once, and that a server keeps no more than it may.
 */
#include "common/tls.h"

#include <time.h>

#include <openssl/ssl.h>

#include "tests/check.h"
#include "tests/common/certs.h"
#include "tests/common/tls_ends.h"

#define DAY_S (24L * 60 * 60)
#define KEPT_MAX 8
#define LIFETIME_S 3600

/* Made once by main. */
static struct certs certs;
static struct certs other_certs; /* of another authority, for the same names */

static SSL_CTX *new_server_context(size_t count_max, uint32_t lifetime_s)
{
	struct tls_files files = {
		.cert_path = certs.cert_path,
		.key_path = certs.key_path,
		.cache = {.count_max = count_max, .lifetime_s = lifetime_s},
	};
	const char *reason = NULL;
	SSL_CTX *context = tls_server_context(&files, &reason);

	assert(context != NULL);
	return context;
}

/* Contexts whose server keeps sessions. */
static void contexts(struct ends *ends)
{
	ends_contexts(ends, &certs);
	tls_context_free(ends->server_context);
	ends->server_context = new_server_context(KEPT_MAX, LIFETIME_S);
}

/* A connection that offers *session; both ends are open afterwards, or the test ends. */
static void connect_again(struct ends *ends, const char *host, SSL_SESSION **session)
{
	bool server_made = tls_init(&ends->server, ends->server_context, NULL, ENDS_PLAIN_MAX);
	bool client_made =
		tls_init_again(&ends->client, ends->client_context, host, ENDS_PLAIN_MAX, session);

	assert(server_made);
	assert(client_made);
	ends_carry_all(ends, SIZE_MAX);
}

/* Leaves without a word, as those whose network has gone; what the next may offer. */
static SSL_SESSION *hang_up(struct ends *ends)
{
	SSL_SESSION *session = tls_session(&ends->client);

	tls_fini(&ends->client);
	tls_fini(&ends->server);
	return session;
}

/* One connection, and what it leaves. */
static SSL_SESSION *visit(struct ends *ends)
{
	SSL_SESSION *none = NULL;

	connect_again(ends, "server.test", &none);
	return hang_up(ends);
}

/* Comes back; whether the handshake was a short one, by both ends' word. It always ends well. */
static bool is_resumed(struct ends *ends, const char *host, SSL_SESSION **session)
{
	bool resumed;

	connect_again(ends, host, session);
	assert(ends->client.state == TLS_OPEN);
	assert(ends->server.state == TLS_OPEN);
	assert(*session == NULL); /* taken in any case */
	resumed = tls_is_resumed(&ends->client);
	assert(resumed == tls_is_resumed(&ends->server));
	tls_session_free(hang_up(ends));
	return resumed;
}

static long kept_count(const struct ends *ends)
{
	return SSL_CTX_sess_number(ends->server_context);
}

static void test_who_comes_back_is_resumed_each_time(void)
{
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	session = visit(&ends);
	for (int turn = 0; turn < 5; turn++) {
		CHECK(session != NULL);
		connect_again(&ends, "server.test", &session);
		CHECK(session == NULL);
		CHECK_INT_EQ(ends.server.state, TLS_OPEN);
		CHECK(tls_is_resumed(&ends.client) && tls_is_resumed(&ends.server));
		/* New keys by a key exchange of its own: what was recorded stays closed. */
		CHECK_INT_EQ(SSL_get_negotiated_group(ends.server.ssl), NID_X25519);
		CHECK_STR_EQ(SSL_get_cipher_name(ends.server.ssl), "TLS_AES_256_GCM_SHA384");
		CHECK(tls_write(&ends.client, span_of("to server", 9)));
		CHECK(tls_write(&ends.server, span_of("to client", 9)));
		ends_carry_all(&ends, 7);
		CHECK_STR_EQ(ends_plain(&ends.server), "to server");
		CHECK_STR_EQ(ends_plain(&ends.client), "to client");
		session = hang_up(&ends);
	}
	tls_session_free(session);
	ends_close(&ends);
}

/* The name of a session, 32 bytes of chance; a ticket would hold it all, encrypted. */
static void test_only_a_name_goes_to_the_client(void)
{
	const uint8_t *ticket = NULL;
	SSL_SESSION *session;
	struct ends ends;
	size_t len = 0;

	contexts(&ends);
	session = visit(&ends);
	SSL_SESSION_get0_ticket(session, &ticket, &len);
	CHECK_INT_EQ(len, SSL_MAX_SSL_SESSION_ID_LENGTH);
	CHECK_INT_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), LIFETIME_S);
	CHECK_INT_EQ(SSL_SESSION_get_max_early_data(session), 0);
	CHECK_INT_EQ(kept_count(&ends), 1);
	tls_session_free(session);
	ends_close(&ends);
}

static void test_server_that_keeps_none_gives_none(void)
{
	static const struct tls_cache none[] = {{0, LIFETIME_S}, {KEPT_MAX, 0}, {0, 0}};

	for (size_t i = 0; i < COUNT(none); i++) {
		struct ends ends;

		ends_contexts(&ends, &certs);
		tls_context_free(ends.server_context);
		ends.server_context = new_server_context(none[i].count_max, none[i].lifetime_s);
		CHECK(visit(&ends) == NULL);
		CHECK_INT_EQ(kept_count(&ends), 0);
		ends_close(&ends);
	}
}

static void test_another_host_is_a_full_handshake(void)
{
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	session = visit(&ends);
	CHECK(!is_resumed(&ends, "127.0.0.1", &session)); /* the same certificate has this name too */
	session = visit(&ends);
	CHECK(is_resumed(&ends, "server.test", &session));
	ends_close(&ends);
}

/* Were it offered, a server that is trusted no more would be believed without its certificate. */
static void test_other_trust_is_a_full_handshake(void)
{
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	session = visit(&ends);
	SSL_CTX_set_cert_store(ends.client_context, X509_STORE_new());
	CHECK_INT_EQ(SSL_CTX_load_verify_locations(ends.client_context, other_certs.ca_path, NULL), 1);
	connect_again(&ends, "server.test", &session);
	CHECK(session == NULL);
	CHECK_INT_EQ(ends.client.state, TLS_FAILED);
	CHECK_STR_EQ(ends.client.reason, "unable to get local issuer certificate");
	ends_close(&ends);
}

/* Two contexts made of the same file trust the same. */
static void test_the_same_trust_in_a_new_context_is_resumed(void)
{
	struct tls_files files = {.ca_path = certs.ca_path};
	const char *reason = NULL;
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	session = visit(&ends);
	tls_context_free(ends.client_context);
	ends.client_context = tls_client_context(&files, &reason);
	CHECK(ends.client_context != NULL);
	CHECK(is_resumed(&ends, "server.test", &session));
	ends_close(&ends);
}

/* The certificate of the session is looked at again, since the handshake will not show it. */
static void test_ended_certificate_is_not_offered(void)
{
	SSL_SESSION *session;
	struct ends ends;
	X509 *peer;

	contexts(&ends);
	session = visit(&ends);
	peer = SSL_SESSION_get0_peer(session);
	CHECK(X509_gmtime_adj(X509_getm_notAfter(peer), -1) != NULL);
	CHECK(!is_resumed(&ends, "server.test", &session));
	ends_close(&ends);
}

static void test_new_server_context_knows_none(void)
{
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	session = visit(&ends);
	tls_context_free(ends.server_context);
	ends.server_context = new_server_context(KEPT_MAX, LIFETIME_S);
	CHECK(!is_resumed(&ends, "server.test", &session));
	ends_close(&ends);
}

/* Open connections keep an old context alive, but not what could be resumed of it. */
static void test_sessions_end_with_their_context(void)
{
	SSL_SESSION *none = NULL;
	struct ends ends;

	contexts(&ends);
	connect_again(&ends, "server.test", &none);
	CHECK_INT_EQ(kept_count(&ends), 1);
	CHECK_INT_EQ(SSL_CTX_up_ref(ends.server_context), 1);
	tls_context_free(ends.server_context);
	CHECK_INT_EQ(kept_count(&ends), 0);
	ends_close(&ends);
}

static void test_session_over_its_time_is_refused(void)
{
	SSL_SESSION *none = NULL;
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	connect_again(&ends, "server.test", &none);
	/* The server's clock cannot be moved, but its entry can: this one is that. */
	(void)SSL_SESSION_set_time(SSL_get_session(ends.server.ssl), (long)time(NULL) - LIFETIME_S - 1);
	session = hang_up(&ends);
	CHECK(!is_resumed(&ends, "server.test", &session));
	ends_close(&ends);
}

static void test_server_keeps_no_more_than_it_may(void)
{
	SSL_SESSION *oldest;
	SSL_SESSION *newest;
	struct ends ends;

	contexts(&ends);
	oldest = visit(&ends);
	for (int i = 0; i < KEPT_MAX + 3; i++) {
		tls_session_free(visit(&ends));
		CHECK(kept_count(&ends) <= KEPT_MAX);
	}
	newest = visit(&ends);
	CHECK_INT_EQ(kept_count(&ends), KEPT_MAX);
	CHECK(!is_resumed(&ends, "server.test", &oldest));
	CHECK(is_resumed(&ends, "server.test", &newest));
	ends_close(&ends);
}

/* Whoever broke the protocol comes back with a full handshake; neither end keeps anything. */
static void test_failed_connection_is_forgotten(void)
{
	static const uint8_t garbage[64] = "this is no record of TLS, whatever it looks like";
	SSL_SESSION *none = NULL;
	struct ends ends;

	contexts(&ends);
	connect_again(&ends, "server.test", &none);
	CHECK_INT_EQ(kept_count(&ends), 1);
	CHECK_INT_EQ(tls_feed(&ends.server, span_of(garbage, sizeof(garbage))), TLS_FAILED);
	CHECK_INT_EQ(tls_feed(&ends.client, span_of(garbage, sizeof(garbage))), TLS_FAILED);
	CHECK(hang_up(&ends) == NULL);
	CHECK_INT_EQ(kept_count(&ends), 0);
	ends_close(&ends);
}

/* A session says nothing about the protocol inside. */
static void test_alpn_is_asked_for_again(void)
{
	SSL_SESSION *session;
	struct ends ends;

	contexts(&ends);
	session = visit(&ends);
	(void)SSL_CTX_set_alpn_protos(ends.client_context, NULL, 0);
	connect_again(&ends, "server.test", &session);
	CHECK_INT_EQ(ends.server.state, TLS_FAILED);
	CHECK_STR_EQ(ends.server.reason, "no ALPN");
	ends_close(&ends);
}

static void test_free_takes_null(void)
{
	SSL_SESSION *session;
	struct ends ends;

	tls_session_free(NULL);
	contexts(&ends);
	session = visit(&ends);
	tls_session_free(session);
	ends_close(&ends);
}

static const struct test tests[] = {
	{"who_comes_back_is_resumed_each_time", test_who_comes_back_is_resumed_each_time},
	{"only_a_name_goes_to_the_client", test_only_a_name_goes_to_the_client},
	{"server_that_keeps_none_gives_none", test_server_that_keeps_none_gives_none},
	{"another_host_is_a_full_handshake", test_another_host_is_a_full_handshake},
	{"other_trust_is_a_full_handshake", test_other_trust_is_a_full_handshake},
	{"the_same_trust_in_a_new_context_is_resumed", test_the_same_trust_in_a_new_context_is_resumed},
	{"ended_certificate_is_not_offered", test_ended_certificate_is_not_offered},
	{"new_server_context_knows_none", test_new_server_context_knows_none},
	{"sessions_end_with_their_context", test_sessions_end_with_their_context},
	{"session_over_its_time_is_refused", test_session_over_its_time_is_refused},
	{"server_keeps_no_more_than_it_may", test_server_keeps_no_more_than_it_may},
	{"failed_connection_is_forgotten", test_failed_connection_is_forgotten},
	{"alpn_is_asked_for_again", test_alpn_is_asked_for_again},
	{"free_takes_null", test_free_takes_null},
};

int main(void)
{
	int result;

	certs_make(&certs, "DNS:server.test,IP:127.0.0.1", DAY_S);
	certs_make(&other_certs, "DNS:server.test", DAY_S);
	result = check_main(tests, COUNT(tests));
	certs_remove(&certs);
	certs_remove(&other_certs);
	return result;
}
