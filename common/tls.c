/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine is behind a BIO of our own: the library believes that it reads and writes a network
 * that is never full and often empty. (Its memory BIOs would keep what they once held, for every idle
 * connection.) Three of its habits are kept in here (pitfalls 16 to 18): it
 * may hold whole records while saying that nothing is pending, it writes when it is asked to read,
 * and an old error left in its queue turns the next success into a failure.
 */
#include "common/tls.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "common/tls_session.h"

#define RECORD_PLAIN_BYTES_MAX ((size_t)16 * 1024) /* RFC 8446 §5.1 */
/* Sealed at one time: what bounds it is the plain text that the caller gives. */
#define NETWORK_BYTES_MAX (SIZE_MAX / 4)

/*
 * Makes the certificate have to be of this host. Names are looked for in subjectAltName only
 * (RFC 9525 §2), and the two forms that the library understands as "any" are refused: the empty
 * name, and one with a dot in front, which stands for every name below it.
 */
static bool expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *expected = SSL_get0_param(ssl);

	if (host[0] == '\0' || host[0] == '.') {
		return false;
	}
	if (X509_VERIFY_PARAM_set1_ip_asc(expected, host) == 1) {
		return true;
	}
	X509_VERIFY_PARAM_set_hostflags(
		expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(expected, host, 0) == 1 &&
	       SSL_set_tlsext_host_name(ssl, host) == 1;
}

/* ---- the network, as the library sees it ------------------------------------------------------ */

static int on_bio_read(BIO *bio, char *out, size_t room, size_t *out_len)
{
	struct tls *tls = BIO_get_data(bio);
	size_t len = size_min(room, tls->from_network.len);

	BIO_clear_retry_flags(bio);
	if (len == 0) {
		BIO_set_retry_read(bio); /* to the library: not yet */
		return 0;
	}
	memcpy(out, tls->from_network.ptr, len);
	tls->from_network = span_after(tls->from_network, len);
	*out_len = len;
	return 1;
}

static int on_bio_write(BIO *bio, const char *bytes, size_t len, size_t *out_len)
{
	struct tls *tls = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!buf_append(&tls->to_network, span_of(bytes, len))) {
		return 0;
	}
	*out_len = len;
	return 1;
}

/* The library flushes after each flight; nothing else is asked that it cannot do without. */
static long on_bio_control(BIO *bio, int command, long number, void *ptr)
{
	(void)bio;
	(void)number;
	(void)ptr;
	return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method; /* made once, kept; NULL without memory */
static CRYPTO_ONCE bio_method_once = CRYPTO_ONCE_STATIC_INIT;

static void make_bio_method(void)
{
	bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "guanjia");
	if (bio_method == NULL || BIO_meth_set_read_ex(bio_method, on_bio_read) != 1 ||
		BIO_meth_set_write_ex(bio_method, on_bio_write) != 1 ||
		BIO_meth_set_ctrl(bio_method, on_bio_control) != 1) {
		BIO_meth_free(bio_method);
		bio_method = NULL;
	}
}

/* One for both directions; it has no data yet. */
static bool attach_bios(SSL *ssl)
{
	BIO *bio = NULL;

	if (CRYPTO_THREAD_run_once(&bio_method_once, make_bio_method) == 1 && bio_method != NULL) {
		bio = BIO_new(bio_method);
	}
	if (bio == NULL) {
		return false;
	}
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio); /* owns it from here */
	return true;
}

/* ---- the engine ------------------------------------------------------------------------------- */

static bool usable(const struct tls *tls)
{
	return tls->state == TLS_HANDSHAKE || tls->state == TLS_OPEN;
}

static void fail(struct tls *tls, const char *reason)
{
	assert(reason != NULL);
	tls->state = TLS_FAILED;
	tls->reason = reason;
}

/* The library's texts are static; some of its errors have none. */
static const char *library_reason(const struct tls *tls)
{
	long verdict = SSL_get_verify_result(tls->ssl);
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	if (!tls->is_server && verdict != X509_V_OK) {
		return X509_verify_cert_error_string(verdict);
	}
	return reason != NULL ? reason : "the TLS library failed";
}

/* What a call that did not succeed means; wanting more of the network means nothing. */
static void judge(struct tls *tls, int result)
{
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		break;
	case SSL_ERROR_ZERO_RETURN:
		tls->state = TLS_CLOSED;
		break;
	default: /* an int, not an enum; a memory BIO never lets a write wait (pitfall 15) */
		fail(tls, library_reason(tls));
		break;
	}
}

static void check_agreement(struct tls *tls)
{
	const unsigned char *alpn = NULL;
	unsigned alpn_len = 0;

	SSL_get0_alpn_selected(tls->ssl, &alpn, &alpn_len);
	if (SSL_version(tls->ssl) != TLS1_3_VERSION) {
		fail(tls, "not TLS 1.3");
	} else if (alpn_len == 0) {
		fail(tls, "no ALPN");
	} else if (!span_equal(span_of(alpn, alpn_len), span_from_str(STR(TLS_ALPN)))) {
		fail(tls, "another ALPN");
	} else {
		tls->state = TLS_OPEN;
	}
}

static void step_handshake(struct tls *tls)
{
	int result;

	assert(tls->state == TLS_HANDSHAKE);
	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	if (result == 1) {
		check_agreement(tls);
	} else {
		judge(tls, result);
	}
}

/* The library's one callback: it counts, and nothing else. */
static void on_message(
	int is_write, int version, int content_type, const void *bytes, size_t len, SSL *ssl, void *arg)
{
	struct tls *tls = arg;

	(void)version;
	(void)ssl;
	if (!is_write && content_type == SSL3_RT_HANDSHAKE && len > 0 &&
		*(const uint8_t *)bytes == SSL3_MT_KEY_UPDATE) {
		tls->key_update_count++;
	}
}

/*
 * Reads until the library wants more. Ends: every turn takes plain text from the one slice that was fed. It
 * goes by way of a record's room on the stack, so that the buffer grows to what came and not to what could. A
 * full buffer is over its maximum only if a byte more comes, so one is asked for.
 */
static void read_plain(struct tls *tls)
{
	uncleared uint8_t room[RECORD_PLAIN_BYTES_MAX];
	size_t used_bytes = 0;

	while (tls->state == TLS_OPEN) {
		size_t left = tls->plain.max_bytes - buf_readable(&tls->plain).len;
		size_t read_bytes = 0;
		int result;

		ERR_clear_error();
		result = SSL_read_ex(tls->ssl, room, size_min(size_max(left, 1), sizeof room), &read_bytes);
		used_bytes = size_max(used_bytes, read_bytes);
		if (result != 1) {
			judge(tls, result);
		} else if (!buf_append(&tls->plain, span_of(room, read_bytes))) {
			fail(tls, left == 0 ? "more plain text than allowed" : "no memory");
		} else {
			tls->key_update_count = 0;
		}
		if (tls->key_update_count > TLS_KEY_UPDATES_MAX && usable(tls)) {
			fail(tls, "too many key updates");
		}
		if (result != 1) {
			break;
		}
	}
	explicit_bzero(room, used_bytes); /* passwords pass here */
}

static void step(struct tls *tls)
{
	if (tls->state == TLS_HANDSHAKE) {
		step_handshake(tls);
	}
	if (tls->state == TLS_OPEN) {
		read_plain(tls);
	}
}

/* What a client needs before its hello is made. */
static bool prepare_client(SSL *ssl, const char *host, SSL_SESSION **session)
{
	return expect_host(ssl, host) && tls_session_offer(ssl, host, session);
}

bool tls_init_again(
	struct tls *tls, SSL_CTX *context, const char *host, size_t plain_max, SSL_SESSION **session)
{
	SSL *ssl;

	assert(context != NULL);
	*tls = (struct tls){.state = TLS_HANDSHAKE, .is_server = host == NULL};
	buf_init(&tls->plain, plain_max);
	buf_init(&tls->to_network, NETWORK_BYTES_MAX);
	ERR_clear_error();
	ssl = SSL_new(context);
	if (ssl == NULL || !attach_bios(ssl) || (host != NULL && !prepare_client(ssl, host, session))) {
		SSL_free(ssl);
		return false;
	}
	assert(SSL_is_server(ssl) == tls->is_server);
	SSL_set_msg_callback(ssl, on_message);
	SSL_set_msg_callback_arg(ssl, tls);
	BIO_set_data(SSL_get_rbio(ssl), tls);
	tls->ssl = ssl;
	if (tls->is_server) {
		SSL_set_accept_state(ssl);
	} else {
		SSL_set_connect_state(ssl);
		step(tls); /* a client speaks first: there is a hello to take */
	}
	return usable(tls);
}

bool tls_init(struct tls *tls, SSL_CTX *context, const char *host, size_t plain_max)
{
	SSL_SESSION *none = NULL;

	return tls_init_again(tls, context, host, plain_max, &none);
}

SSL_SESSION *tls_session(const struct tls *tls)
{
	SSL_SESSION *session;

	assert(!tls->is_server);
	if (tls->ssl == NULL || (tls->state != TLS_OPEN && tls->state != TLS_CLOSED)) {
		return NULL;
	}
	session = SSL_get1_session(tls->ssl);
	if (session != NULL && !SSL_SESSION_is_resumable(session)) {
		SSL_SESSION_free(session); /* the server has given none */
		session = NULL;
	}
	return session;
}

void tls_session_free(SSL_SESSION *session)
{
	SSL_SESSION_free(session);
}

bool tls_is_resumed(const struct tls *tls)
{
	return SSL_session_reused(tls->ssl) == 1;
}

void tls_fini(struct tls *tls)
{
	if (tls == NULL) {
		return;
	}
	/*
	 * Without a goodbye the library would forget the session, as TLS 1.0 wanted it; but those whose
	 * network has gone are the ones who come back. What failed is forgotten.
	 */
	if (tls->ssl != NULL && (tls->state == TLS_OPEN || tls->state == TLS_CLOSED)) {
		SSL_set_shutdown(tls->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	}
	SSL_free(tls->ssl);
	buf_fini(&tls->plain);
	buf_fini(&tls->to_network);
	*tls = (struct tls){0};
}

enum tls_state tls_feed(struct tls *tls, struct span records)
{
	assert(tls->ssl != NULL);
	tls->from_network = records;
	if (records.len > 0 && usable(tls)) {
		step(tls);
	}
	/* Read to its end, or the rest does not matter any more: it is borrowed until now. */
	assert(tls->from_network.len == 0 || !usable(tls));
	tls->from_network = (struct span){NULL, 0};
	assert((tls->state == TLS_FAILED) == (tls->reason != NULL));
	return tls->state;
}

bool tls_write(struct tls *tls, struct span plain)
{
	size_t written = 0;

	assert(tls->state == TLS_OPEN);
	if (plain.len == 0) {
		return true;
	}
	ERR_clear_error();
	if (SSL_write_ex(tls->ssl, plain.ptr, plain.len, &written) != 1) {
		fail(tls, library_reason(tls));
		return false;
	}
	assert(written == plain.len); /* no partial writes without the mode for them */
	return true;
}

void tls_shutdown(struct tls *tls)
{
	bool agreed = tls->state == TLS_OPEN || tls->state == TLS_CLOSED;

	/* During the handshake and after a failure the library refuses; twice it would read. */
	if (!agreed || (SSL_get_shutdown(tls->ssl) & SSL_SENT_SHUTDOWN) != 0) {
		return;
	}
	ERR_clear_error();
	(void)SSL_shutdown(tls->ssl);
}

bool tls_take(struct tls *tls, struct buf *out)
{
	struct span waiting = buf_readable(&tls->to_network);
	size_t moved = size_min(waiting.len, out->max_bytes - buf_readable(out).len);
	bool fits = buf_append(out, span_first(waiting, moved));

	if (!fits) { /* no memory */
		return false;
	}
	buf_consume(&tls->to_network, moved);
	return moved == waiting.len;
}
