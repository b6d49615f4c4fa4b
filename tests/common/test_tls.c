/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves who may talk to whom, and that each refusal names its reason on the end that refuses.
 */
#include "common/tls.h"

#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "tests/check.h"
#include "tests/common/certs.h"
#include "tests/common/tls_ends.h"

#define DAY_S (24L * 60 * 60)

/* Made once by main. */
static struct certs certs;
static struct certs other_certs; /* of another authority */

static void test_handshake_in_pieces_opens_both(void)
{
	static const size_t pieces[] = {1, 2, 7, 100, 4096, SIZE_MAX};

	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct ends ends;

		ends_contexts(&ends, &certs);
		ends_open(&ends, "server.test");
		ends_carry_all(&ends, pieces[i]);
		CHECK_INT_EQ(ends.client.state, TLS_OPEN);
		CHECK_INT_EQ(ends.server.state, TLS_OPEN);
		CHECK(tls_write(&ends.client, span_of("to server", 9)));
		CHECK(tls_write(&ends.server, span_of("to client", 9)));
		ends_carry_all(&ends, pieces[i]);
		CHECK_STR_EQ(ends_plain(&ends.server), "to server");
		CHECK_STR_EQ(ends_plain(&ends.client), "to client");
		ends_close(&ends);
	}
}

static void test_agreement_is_what_the_contexts_say(void)
{
	struct ends ends;

	ends_agree(&ends, &certs);
	CHECK_STR_EQ(SSL_get_version(ends.server.ssl), "TLSv1.3");
	CHECK_STR_EQ(SSL_get_cipher_name(ends.server.ssl), "TLS_AES_256_GCM_SHA384");
	CHECK_INT_EQ(SSL_get_negotiated_group(ends.server.ssl), NID_X25519);
	CHECK(!SSL_session_reused(ends.server.ssl));
	ends_close(&ends);
}

/* A ticket would be the first thing a server says after the client's last flight. */
static void test_server_sends_no_tickets(void)
{
	struct ends ends;

	ends_contexts(&ends, &certs);
	ends_open(&ends, "server.test");
	CHECK(ends_carry(&ends.client, &ends.server, SIZE_MAX));
	CHECK(ends_carry(&ends.server, &ends.client, SIZE_MAX));
	CHECK(ends_carry(&ends.client, &ends.server, SIZE_MAX));
	CHECK_INT_EQ(ends.server.state, TLS_OPEN);
	CHECK(!ends_carry(&ends.server, &ends.client, SIZE_MAX));
	ends_close(&ends);
}

/* A client may offer another name, or none; a server may choose none. */
static void test_other_or_no_alpn_is_refused(void)
{
	static const uint8_t http[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
	static const uint8_t longer[] = {10, 'g', 'u', 'a', 'n', 'j', 'i', 'a', '/', '1', '1'};
	static const struct {
		const uint8_t *offered;
		unsigned offered_bytes;
		const char *server_reason;
		const char *client_reason;
	} cases[] = {
		{http, sizeof(http), "no application protocol", "tlsv1 alert no application protocol"},
		{longer, sizeof(longer), "no application protocol", "tlsv1 alert no application protocol"},
		{NULL, 0, "no ALPN", "no ALPN"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ends ends;

		ends_contexts(&ends, &certs);
		(void)SSL_CTX_set_alpn_protos(
			ends.client_context, cases[i].offered, cases[i].offered_bytes);
		ends_open(&ends, "server.test");
		ends_carry_all(&ends, SIZE_MAX);
		CHECK_INT_EQ(ends.server.state, TLS_FAILED);
		CHECK_INT_EQ(ends.client.state, TLS_FAILED);
		CHECK_STR_EQ(ends.server.reason, cases[i].server_reason);
		CHECK_STR_EQ(ends.client.reason, cases[i].client_reason);
		ends_close(&ends);
	}
}

static void test_ours_among_other_alpn_is_taken(void)
{
	static const uint8_t offered[] = "\x08http/1.1\x09guanjia/1";
	struct ends ends;

	ends_contexts(&ends, &certs);
	(void)SSL_CTX_set_alpn_protos(ends.client_context, offered, sizeof(offered) - 1);
	ends_open(&ends, "server.test");
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.server.state, TLS_OPEN);
	CHECK_INT_EQ(ends.client.state, TLS_OPEN);
	ends_close(&ends);
}

static void test_client_refuses_server_without_alpn(void)
{
	struct ends ends;

	ends_contexts(&ends, &certs);
	SSL_CTX_set_alpn_select_cb(ends.server_context, NULL, NULL);
	ends_open(&ends, "server.test");
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.client.state, TLS_FAILED);
	CHECK_STR_EQ(ends.client.reason, "no ALPN");
	ends_close(&ends);
}

static void test_tls_1_2_is_refused_by_either_end(void)
{
	for (int old_server = 0; old_server <= 1; old_server++) {
		struct ends ends;
		SSL_CTX *old;

		ends_contexts(&ends, &certs);
		old = old_server ? ends.server_context : ends.client_context;
		CHECK_INT_EQ(SSL_CTX_set_min_proto_version(old, TLS1_2_VERSION), 1);
		CHECK_INT_EQ(SSL_CTX_set_max_proto_version(old, TLS1_2_VERSION), 1);
		ends_open(&ends, "server.test");
		ends_carry_all(&ends, SIZE_MAX);
		CHECK_INT_EQ(ends.server.state, TLS_FAILED);
		CHECK_INT_EQ(ends.client.state, TLS_FAILED);
		CHECK_STR_EQ(ends.server.reason, "unsupported protocol");
		ends_close(&ends);
	}
}

static void test_other_groups_are_refused(void)
{
	struct ends ends;

	ends_contexts(&ends, &certs);
	CHECK_INT_EQ(SSL_CTX_set1_groups_list(ends.client_context, "P-384"), 1);
	ends_open(&ends, "server.test");
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.server.state, TLS_FAILED);
	CHECK_STR_EQ(ends.server.reason, "no suitable key share");
	ends_close(&ends);
}

static void test_client_checks_the_host(void)
{
	static const struct {
		const char *host;
		const char *reason; /* NULL: trusted */
	} cases[] = {
		{"server.test", NULL},
		{"SERVER.test", NULL},
		{"127.0.0.1", NULL},
		{"::1", NULL},
		{"other.test", "hostname mismatch"},
		{"a.server.test", "hostname mismatch"},
		{"server.tes", "hostname mismatch"},
		{"127.0.0.2", "IP address mismatch"},
		{"::2", "IP address mismatch"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool trusted = cases[i].reason == NULL;
		struct ends ends;

		ends_contexts(&ends, &certs);
		ends_open(&ends, cases[i].host);
		ends_carry_all(&ends, SIZE_MAX);
		CHECK_INT_EQ(ends.client.state, trusted ? TLS_OPEN : TLS_FAILED);
		CHECK_INT_EQ(ends.server.state, trusted ? TLS_OPEN : TLS_FAILED);
		CHECK_STR_EQ(ends.client.reason, cases[i].reason);
		ends_close(&ends);
	}
}

/* Also where there is no other name in the certificate. */
static void test_common_name_is_no_host(void)
{
	struct certs nameless;
	struct ends ends;

	certs_make(&nameless, "IP:127.0.0.1", DAY_S);
	ends_contexts(&ends, &nameless);
	ends_open(&ends, "common.name.test");
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.client.state, TLS_FAILED);
	CHECK_STR_EQ(ends.client.reason, "hostname mismatch");
	ends_close(&ends);
	certs_remove(&nameless);
}

/* These would not check any name, or every name below one. */
static void test_hosts_that_mean_any_are_refused(void)
{
	static const char *const hosts[] = {"", ".", ".test"};
	struct ends ends;

	ends_contexts(&ends, &certs);
	for (size_t i = 0; i < COUNT(hosts); i++) {
		CHECK(!tls_init(&ends.client, ends.client_context, hosts[i], ENDS_PLAIN_MAX));
		tls_fini(&ends.client);
	}
	ends_close(&ends);
}

static void test_client_refuses_another_authority(void)
{
	struct ends ends;

	ends_contexts(&ends, &certs);
	SSL_CTX_set_cert_store(ends.client_context, X509_STORE_new());
	CHECK_INT_EQ(SSL_CTX_load_verify_locations(ends.client_context, other_certs.ca_path, NULL), 1);
	ends_open(&ends, "server.test");
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.client.state, TLS_FAILED);
	CHECK_INT_EQ(ends.server.state, TLS_FAILED);
	CHECK_STR_EQ(ends.client.reason, "unable to get local issuer certificate");
	ends_close(&ends);
}

static void test_client_refuses_an_expired_certificate(void)
{
	struct certs expired;
	struct ends ends;

	certs_make(&expired, "DNS:server.test", -DAY_S);
	ends_contexts(&ends, &expired);
	ends_open(&ends, "server.test");
	ends_carry_all(&ends, SIZE_MAX);
	CHECK_INT_EQ(ends.client.state, TLS_FAILED);
	CHECK_STR_EQ(ends.client.reason, "certificate has expired");
	ends_close(&ends);
	certs_remove(&expired);
}

static void test_context_names_what_is_wrong(void)
{
	const char *missing = "/nonexistent/file.pem";
	const char *key_reason = "the key file is missing, malformed or has a passphrase";
	const char *cert_reason = "the certificate file is missing or malformed";
	const struct {
		struct tls_files files;
		const char *reason;
	} cases[] = {
		{{.cert_path = certs.cert_path, .key_path = missing}, key_reason},
		{{.cert_path = certs.cert_path, .key_path = certs.cert_path}, key_reason},
		{{.cert_path = missing, .key_path = certs.key_path}, cert_reason},
		{{.cert_path = certs.key_path, .key_path = certs.key_path}, cert_reason},
		{{.cert_path = certs.cert_path, .key_path = other_certs.key_path},
			"the key does not belong to the certificate"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *reason = NULL;

		CHECK(tls_server_context(&cases[i].files, &reason) == NULL);
		CHECK_STR_EQ(reason, cases[i].reason);
	}
}

static void test_client_context_needs_certificates(void)
{
	const char *const paths[] = {"/nonexistent/file.pem", certs.key_path, "/dev/null"};

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct tls_files files = {.ca_path = paths[i]};
		const char *reason = NULL;

		CHECK(tls_client_context(&files, &reason) == NULL);
		CHECK_STR_EQ(reason, "the file of trusted certificates is missing or malformed");
	}
}

/* No terminal is asked; where a test has none anyway, only the callback being set proves it. */
static void test_key_with_passphrase_is_refused(void)
{
	char path[128];
	struct tls_files files = {.cert_path = certs.cert_path, .key_path = path};
	EVP_PKEY *key = EVP_EC_gen("P-256");
	const char *reason = NULL;
	struct ends ends;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/locked.pem", certs.directory);
	file = fopen(path, "w");
	CHECK(file != NULL);
	CHECK_INT_EQ(
		PEM_write_PrivateKey(file, key, EVP_aes_128_cbc(), NULL, 0, NULL, "passphrase"), 1);
	fclose(file);
	EVP_PKEY_free(key);
	CHECK(tls_server_context(&files, &reason) == NULL);
	CHECK_STR_EQ(reason, "the key file is missing, malformed or has a passphrase");
	CHECK_INT_EQ(unlink(path), 0);
	ends_contexts(&ends, &certs);
	CHECK(SSL_CTX_get_default_passwd_cb(ends.server_context) != NULL);
	ends_close(&ends);
}

static void test_fini_takes_null_zeroed_and_twice(void)
{
	struct tls zeroed = {0};
	struct ends ends;

	tls_fini(NULL);
	tls_fini(&zeroed);
	tls_context_free(NULL);
	ends_agree(&ends, &certs);
	tls_fini(&ends.server);
	tls_fini(&ends.server);
	ends_close(&ends);
}

static const struct test tests[] = {
	{"handshake_in_pieces_opens_both", test_handshake_in_pieces_opens_both},
	{"agreement_is_what_the_contexts_say", test_agreement_is_what_the_contexts_say},
	{"server_sends_no_tickets", test_server_sends_no_tickets},
	{"other_or_no_alpn_is_refused", test_other_or_no_alpn_is_refused},
	{"ours_among_other_alpn_is_taken", test_ours_among_other_alpn_is_taken},
	{"client_refuses_server_without_alpn", test_client_refuses_server_without_alpn},
	{"tls_1_2_is_refused_by_either_end", test_tls_1_2_is_refused_by_either_end},
	{"other_groups_are_refused", test_other_groups_are_refused},
	{"client_checks_the_host", test_client_checks_the_host},
	{"common_name_is_no_host", test_common_name_is_no_host},
	{"hosts_that_mean_any_are_refused", test_hosts_that_mean_any_are_refused},
	{"client_refuses_another_authority", test_client_refuses_another_authority},
	{"client_refuses_an_expired_certificate", test_client_refuses_an_expired_certificate},
	{"context_names_what_is_wrong", test_context_names_what_is_wrong},
	{"client_context_needs_certificates", test_client_context_needs_certificates},
	{"key_with_passphrase_is_refused", test_key_with_passphrase_is_refused},
	{"fini_takes_null_zeroed_and_twice", test_fini_takes_null_zeroed_and_twice},
};

int main(void)
{
	int result;

	certs_make(&certs, "DNS:server.test,IP:127.0.0.1,IP:::1", DAY_S);
	certs_make(&other_certs, "DNS:server.test", DAY_S);
	result = check_main(tests, COUNT(tests));
	certs_remove(&certs);
	certs_remove(&other_certs);
	return result;
}
