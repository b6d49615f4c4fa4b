/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "common/clock.h"

#define PLAIN_BYTES_MAX (64 * 1024)
#define OUT_BYTES_MAX (64 * 1024)
#define READ_BYTES 4096

void probe_init(struct probe *probe)
{
	*probe = (struct probe){.fd = -1};
}

void probe_fini(struct probe *probe)
{
	tls_fini(&probe->tls);
	tls_context_free(probe->context);
	if (probe->fd >= 0) {
		(void)close(probe->fd);
	}
	if (probe->addresses != NULL) {
		freeaddrinfo(probe->addresses);
	}
	probe_init(probe);
}

const char *probe_lookup(struct probe *probe, const char *host, uint16_t port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	char service[8];
	int error;

	assert(probe->addresses == NULL);
	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	error = getaddrinfo(host, service, &hints, &probe->addresses);
	if (error == EAI_SYSTEM) {
		return strerror(errno);
	}
	return error == 0 ? NULL : gai_strerror(error);
}

/* Until the socket can do `events`, or the deadline; an errno, 0 for success. */
static int wait_for(int fd, short events, int64_t until_us)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int64_t left_us = until_us - clock_now().mono_us;
	int ready;

	if (left_us <= 0) {
		return ETIMEDOUT;
	}
	ready = poll(&poll_fd, 1, (int)(left_us / US_PER_MS) + 1);
	if (ready == 0) {
		return ETIMEDOUT;
	}
	return ready < 0 && errno != EINTR ? errno : 0;
}

static int try_address(const struct addrinfo *address, int64_t until_us, int *out_fd)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(int);
	int error = 0;

	if (fd < 0) {
		return errno;
	}
	if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
		error = errno == EINPROGRESS ? wait_for(fd, POLLOUT, until_us) : errno;
	}
	if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0) {
		error = errno;
	}
	if (error == 0) {
		*out_fd = fd;
	} else {
		(void)close(fd);
	}
	return error;
}

const char *probe_connect(struct probe *probe, uint32_t wait_ms)
{
	int64_t until_us = clock_now().mono_us + wait_ms * US_PER_MS;
	int error = EHOSTUNREACH;

	assert(probe->fd < 0);
	for (const struct addrinfo *i = probe->addresses; i != NULL; i = i->ai_next) {
		error = try_address(i, until_us, &probe->fd);
		(void)getnameinfo(i->ai_addr, i->ai_addrlen, probe->address, sizeof(probe->address), NULL,
			0, NI_NUMERICHOST);
		if (error == 0) {
			return NULL;
		}
	}
	return strerror(error);
}

/* Sends what TLS has to say; an errno, 0 for success. */
static int flush_records(struct probe *probe, struct buf *out, int64_t until_us)
{
	int error = 0;

	if (!tls_take(&probe->tls, out)) {
		return ENOBUFS;
	}
	while (error == 0 && buf_readable(out).len > 0) {
		struct span bytes = buf_readable(out);
		ssize_t count = send(probe->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (count > 0) {
			buf_consume(out, (size_t)count);
		} else if (count < 0 && errno != EAGAIN && errno != EINTR) {
			error = errno;
		} else {
			error = wait_for(probe->fd, POLLOUT, until_us);
		}
	}
	return error;
}

/* Feeds TLS with what comes next; an errno, 0 for success. */
static int take_records(struct probe *probe, int64_t until_us)
{
	uint8_t bytes[READ_BYTES];
	int error = wait_for(probe->fd, POLLIN, until_us);
	ssize_t count;

	if (error != 0) {
		return error;
	}
	count = recv(probe->fd, bytes, sizeof(bytes), 0);
	if (count > 0) {
		(void)tls_feed(&probe->tls, span_of(bytes, (size_t)count));
		return 0;
	}
	if (count == 0) {
		return ECONNRESET;
	}
	return errno == EAGAIN || errno == EINTR ? 0 : errno;
}

const char *probe_handshake(
	struct probe *probe, const char *ca_path, const char *host, uint32_t wait_ms)
{
	struct tls_files files = {.ca_path = ca_path};
	int64_t until_us = clock_now().mono_us + wait_ms * US_PER_MS;
	const char *reason = NULL;
	struct buf out;
	int error = 0;

	assert(probe->fd >= 0 && probe->context == NULL);
	probe->context = tls_client_context(&files, &reason);
	if (probe->context == NULL) {
		return reason;
	}
	if (!tls_init(&probe->tls, probe->context, host, PLAIN_BYTES_MAX)) {
		return strerror(ENOMEM);
	}
	buf_init(&out, OUT_BYTES_MAX);
	while (error == 0 && probe->tls.state == TLS_HANDSHAKE) {
		error = flush_records(probe, &out, until_us);
		if (error == 0) {
			error = take_records(probe, until_us);
		}
	}
	(void)flush_records(probe, &out, until_us); /* the last word, or the alert */
	buf_fini(&out);
	return error == 0 ? NULL : strerror(error);
}

bool probe_days_left(const struct probe *probe, int *out_days)
{
	const X509 *cert = probe->tls.ssl == NULL ? NULL : SSL_get0_peer_certificate(probe->tls.ssl);
	int days;
	int seconds;

	if (cert == NULL || ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)) != 1) {
		return false;
	}
	*out_days = days;
	return true;
}
