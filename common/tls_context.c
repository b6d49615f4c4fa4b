/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all connections of one side have in common: which TLS is spoken, by whom, and whom is trusted.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "common/tls.h"
#include "common/tls_session.h"

#define SUITES \
	"TLS_AES_256_GCM_SHA384:" \
	"TLS_CHACHA20_POLY1305_SHA256:" \
	"TLS_AES_128_GCM_SHA256"
#define GROUPS "X25519:P-256"

/* As RFC 7301 §3.1 wants it: each name behind its length. */
static const uint8_t alpn_wire[] = {
	sizeof(TLS_ALPN) - 1, 'g', 'u', 'a', 'n', 'j', 'i', 'a', '/', '1'};
static_assert(sizeof(alpn_wire) == sizeof(TLS_ALPN), "one length byte instead of the NUL");

/* A key with a passphrase is refused instead of asking a terminal for it. */
static int on_key_passphrase(char *out, int size, int writing, void *data)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

/* Called only where the client offers any; who offers none is refused after the handshake. */
static int on_alpn_select(SSL *ssl, const unsigned char **out, unsigned char *out_len,
	const unsigned char *offered, unsigned offered_len, void *data)
{
	unsigned char *selected = NULL;
	int result = SSL_select_next_proto(
		&selected, out_len, alpn_wire, sizeof(alpn_wire), offered, offered_len);

	(void)ssl;
	(void)data;
	if (result != OPENSSL_NPN_NEGOTIATED) {
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	*out = selected;
	return SSL_TLSEXT_ERR_OK;
}

/* What both sides have in common. */
static SSL_CTX *new_context(const SSL_METHOD *method, const char **out_reason)
{
	SSL_CTX *context;

	ERR_clear_error();
	context = SSL_CTX_new(method);
	if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
		SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
		SSL_CTX_set_ciphersuites(context, SUITES) != 1 ||
		SSL_CTX_set1_groups_list(context, GROUPS) != 1 ||
		SSL_CTX_set_max_early_data(context, 0) != 1 ||
		SSL_CTX_set_recv_max_early_data(context, 0) != 1) {
		SSL_CTX_free(context);
		*out_reason = "the TLS library lacks a suite, a group or memory";
		return NULL;
	}
	SSL_CTX_set_security_level(context, 2);
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
									 SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_default_passwd_cb(context, on_key_passphrase);
	return context;
}

/* NULL, or what is wrong. The key first: a certificate that differs would make it be refused. */
static const char *load_identity(SSL_CTX *context, const struct tls_files *files)
{
	if (SSL_CTX_use_PrivateKey_file(context, files->key_path, SSL_FILETYPE_PEM) != 1) {
		return "the key file is missing, malformed or has a passphrase";
	}
	if (SSL_CTX_use_certificate_chain_file(context, files->cert_path) != 1) {
		return "the certificate file is missing or malformed";
	}
	if (SSL_CTX_check_private_key(context) != 1) {
		return "the key does not belong to the certificate";
	}
	return NULL;
}

SSL_CTX *tls_server_context(const struct tls_files *files, const char **out_reason)
{
	SSL_CTX *context = new_context(TLS_server_method(), out_reason);
	const char *reason;

	assert(files->cert_path != NULL);
	assert(files->key_path != NULL);
	if (context == NULL) {
		return NULL;
	}
	reason = load_identity(context, files);
	if (reason != NULL) {
		SSL_CTX_free(context);
		*out_reason = reason;
		return NULL;
	}
	tls_session_keep(context, &files->cache);
	SSL_CTX_set_alpn_select_cb(context, on_alpn_select, NULL);
	return context;
}

SSL_CTX *tls_client_context(const struct tls_files *files, const char **out_reason)
{
	SSL_CTX *context = new_context(TLS_client_method(), out_reason);

	assert(files->ca_path != NULL);
	if (context == NULL) {
		return NULL;
	}
	if (SSL_CTX_load_verify_locations(context, files->ca_path, NULL) != 1) {
		*out_reason = "the file of trusted certificates is missing or malformed";
	} else if (SSL_CTX_set_alpn_protos(context, alpn_wire, sizeof(alpn_wire)) != 0) {
		*out_reason = "no memory"; /* 0 is success here, unlike everywhere else */
	} else {
		SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
		return context;
	}
	SSL_CTX_free(context);
	return NULL;
}

void tls_context_hold(SSL_CTX *context)
{
	int done = SSL_CTX_up_ref(context);

	assert(done == 1);
	(void)done;
}

void tls_context_free(SSL_CTX *context)
{
	if (context != NULL) {
		SSL_CTX_flush_sessions(context, 0); /* all; open connections hold the context itself */
	}
	SSL_CTX_free(context);
}
