/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshakes, one after the other, each on a connection of its own, with a hello behind it and an end: when the
 * server has closed too, all its work on it is done. Says "ready", then for each line of its input shakes COUNT
 * hands and says "shaken COUNT resumed N".
 *
 * The hello is there because its answer comes behind the session that the server may give; and a library that has said
 * goodbye looks at no session any more.
 *
 * A blocking socket under the library: what the client costs does not matter here, and whether a session
 * is resumed is the server's to decide. Trust, suites and ALPN are those of common/tls.c.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/knock/knock.h"

#define COUNT_MAX 1000000

static int open_socket(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	knock_need(fd >= 0, "socket");
	knock_need(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/*
 * One connection from its beginning to its end. Offers *session where there is one, and leaves there what
 * may be offered the next time: the newest, each once.
 *
 *   returns  whether it was resumed
 */
static bool shake_one(struct knock *knock, struct span hello, SSL_SESSION **session)
{
	int fd = open_socket(knock->server.port);
	SSL *ssl = SSL_new(knock->context);
	bool is_resumed;
	char answer[512];

	knock_need(ssl != NULL && SSL_set_fd(ssl, fd) == 1, "no TLS");
	knock_need(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), LIVE_HOST) == 1, "no address");
	knock_need(*session == NULL || SSL_set_session(ssl, *session) == 1, "no session");
	knock_need(SSL_connect(ssl) == 1, "no handshake");
	is_resumed = SSL_session_reused(ssl) == 1;
	knock_need(SSL_write(ssl, hello.ptr, (int)hello.len) == (int)hello.len, "no hello");
	knock_need(SSL_read(ssl, answer, sizeof(answer)) > 0, "no answer to a hello");
	SSL_SESSION_free(*session);
	*session = SSL_get1_session(ssl);
	(void)SSL_shutdown(ssl);
	knock_need(SSL_read(ssl, answer, sizeof(answer)) <= 0, "no end");
	if (*session != NULL && SSL_SESSION_is_resumable(*session) != 1) {
		SSL_SESSION_free(*session);
		*session = NULL;
	}
	/* The server answers a goodbye by TCP's; without this the library would throw the session away. */
	SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(ssl);
	(void)close(fd);
	return is_resumed;
}

void knock_shake(struct knock *knock)
{
	size_t count = knock_number(knock, 0, COUNT_MAX);
	bool is_resuming = strcmp(knock->arguments[1], "resumed") == 0;
	SSL_SESSION *session = NULL;
	struct peer peer = {.fd = -1}; /* only for its words */
	struct span hello;

	arena_init(&peer.arena, 4096);
	hello = peer_frame(&peer, peer_hello(&peer));
	knock_need(is_resuming || strcmp(knock->arguments[1], "full") == 0, "full or resumed?");
	(void)shake_one(knock, hello, &session); /* the first can resume nothing */
	knock_say("ready");
	while (knock_await()) {
		size_t resumed_count = 0;

		for (size_t i = 0; i < count; i++) {
			if (!is_resuming) {
				SSL_SESSION_free(session);
				session = NULL;
			}
			resumed_count += shake_one(knock, hello, &session) ? 1 : 0;
		}
		knock_say("shaken %zu resumed %zu", count, resumed_count);
	}
	SSL_SESSION_free(session);
	arena_fini(&peer.arena);
}
