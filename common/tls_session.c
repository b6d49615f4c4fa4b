/* SPDX-License-Identifier: Apache-2.0 */
#include "common/tls_session.h"

#include <limits.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define TRUST_BYTES 32 /* SHA-256, and all that the library allows */
static_assert(TRUST_BYTES <= SSL_MAX_SID_CTX_LENGTH, "it is the session's id context");

void tls_session_keep(SSL_CTX *context, const struct tls_cache *cache)
{
	static const uint8_t name[] = TLS_ALPN;
	bool is_kept = cache->count_max > 0 && cache->lifetime_s > 0;

	assert(cache->count_max < LONG_MAX);
	if (!is_kept) {
		SSL_CTX_set_num_tickets(context, 0);
		return;
	}
	/* With SSL_OP_NO_TICKET what is sent as a ticket is a name in the cache. One a handshake: each
	 * more would be an entry that nobody comes back for. */
	SSL_CTX_set_num_tickets(context, 1);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
	/* One more: the library makes room until there are fewer, the new one included. */
	SSL_CTX_sess_set_cache_size(context, (long)cache->count_max + 1);
	SSL_CTX_set_timeout(context, (long)cache->lifetime_s);
	SSL_CTX_set_session_id_context(context, name, sizeof(name) - 1);
}

static bool add_certificates(EVP_MD_CTX *digest, X509_STORE *store)
{
	STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);

	for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
		const X509 *trusted = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
		uint8_t print[EVP_MAX_MD_SIZE];
		unsigned len = 0;

		if (trusted != NULL && (X509_digest(trusted, EVP_sha256(), print, &len) != 1 ||
								   EVP_DigestUpdate(digest, print, len) != 1)) {
			return false;
		}
	}
	return true;
}

/* Who is trusted and who is expected, as a number: a session is of use only under the same. */
static bool make_trust(SSL_CTX *context, const char *host, uint8_t out[TRUST_BYTES])
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool made = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 &&
	            EVP_DigestUpdate(digest, host, strlen(host) + 1) == 1 &&
	            add_certificates(digest, SSL_CTX_get_cert_store(context)) &&
	            EVP_DigestFinal_ex(digest, out, NULL) == 1;

	EVP_MD_CTX_free(digest);
	return made;
}

static bool is_usable(const SSL_SESSION *session, const uint8_t trust[TRUST_BYTES])
{
	const X509 *peer = SSL_SESSION_get0_peer((SSL_SESSION *)(uintptr_t)session);
	unsigned len = 0;
	const uint8_t *made_under = SSL_SESSION_get0_id_context(session, &len);

	return len == TRUST_BYTES && memcmp(made_under, trust, len) == 0 && peer != NULL &&
	       X509_cmp_current_time(X509_get0_notAfter(peer)) > 0 && SSL_SESSION_is_resumable(session);
}

bool tls_session_offer(SSL *ssl, const char *host, SSL_SESSION **session)
{
	uint8_t trust[TRUST_BYTES];
	SSL_SESSION *offered = *session;
	bool done;

	*session = NULL;
	done = make_trust(SSL_get_SSL_CTX(ssl), host, trust) &&
	       SSL_set_session_id_context(ssl, trust, sizeof(trust)) == 1;
	if (done && offered != NULL && is_usable(offered, trust)) {
		done = SSL_set_session(ssl, offered) == 1; /* with a reference of its own */
	}
	SSL_SESSION_free(offered);
	return done;
}
