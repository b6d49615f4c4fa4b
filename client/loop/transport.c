/* SPDX-License-Identifier: Apache-2.0 */
#include "client/loop/transport.h"

#include <stdio.h>
#include <stdlib.h>

static void connect_next(struct transport *transport);

struct instant transport_now(struct transport *transport)
{
	uv_update_time(transport->loop);
	return clock_now();
}

/* uv_strerror allocates for numbers it does not know. */
static const char *reason_of(int status)
{
	const char *name = uv_err_name(status);

	return name != NULL && strncmp(name, "Unknown", 7) != 0 ? uv_strerror(status) : "network error";
}

static void lost(struct transport *transport, int status)
{
	const char *reason = status == UV_EOF ? "the server closed the connection" : reason_of(status);

	client_lost(&transport->client, ERR_CONNECT, reason);
}

/* ---- closing -------------------------------------------------------------------------------- */

static void note_closed(struct transport *transport)
{
	transport->is_closed =
		transport->is_closing && transport->handles_open == 0 && !transport->is_lookup_pending;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct transport *transport = handle->data;

	assert(transport->handles_open > 0);
	transport->handles_open--;
	note_closed(transport);
}

/* The goodbye, or the alert: one attempt, since nobody waits for it to arrive. */
static void write_last(struct transport *transport)
{
	struct buf last;
	struct span bytes;
	uv_buf_t chunk;

	if (!transport->is_connected || transport->writing != NULL) {
		return;
	}
	buf_init(&last, TRANSPORT_WRITE_BYTES_MAX);
	(void)client_take(&transport->client, &last);
	bytes = buf_readable(&last);
	if (bytes.len > 0) {
		chunk = uv_buf_init((char *)(uintptr_t)bytes.ptr, (unsigned)bytes.len);
		(void)uv_try_write((uv_stream_t *)&transport->tcp, &chunk, 1);
	}
	buf_fini(&last);
}

static void begin_close(struct transport *transport)
{
	if (transport->is_closing) {
		return;
	}
	transport->is_closing = true;
	write_last(transport);
	if (transport->is_lookup_pending) {
		(void)uv_cancel((uv_req_t *)&transport->lookup); /* its callback still comes */
	}
	/* A tcp that is being replaced (connect_next) is closing already. */
	if (transport->has_tcp && !uv_is_closing((uv_handle_t *)&transport->tcp)) {
		uv_close((uv_handle_t *)&transport->tcp, on_handle_closed);
	}
	uv_close((uv_handle_t *)&transport->timer, on_handle_closed);
	uv_close((uv_handle_t *)&transport->prepare, on_handle_closed);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void on_write(uv_write_t *write, int status)
{
	struct transport *transport = write->data;

	free(transport->writing);
	transport->writing = NULL;
	if (status < 0) {
		lost(transport, status);
	}
}

/* One write in flight; what gathers meanwhile goes with the next. */
static void write_outgoing(struct transport *transport)
{
	struct buf outgoing;
	size_t len = 0;
	uv_buf_t chunk;
	int status;

	if (!transport->is_connected || transport->writing != NULL) {
		return;
	}
	buf_init(&outgoing, TRANSPORT_WRITE_BYTES_MAX);
	(void)client_take(&transport->client, &outgoing); /* what did not fit goes next time */
	transport->writing = buf_take(&outgoing, &len);
	if (transport->writing == NULL) {
		return;
	}
	chunk = uv_buf_init((char *)transport->writing, (unsigned)len);
	transport->write.data = transport;
	status = uv_write(&transport->write, (uv_stream_t *)&transport->tcp, &chunk, 1, on_write);
	if (status < 0) {
		on_write(&transport->write, status);
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct transport *transport = handle->data;

	(void)suggested;
	*out = uv_buf_init((char *)transport->reading, TRANSPORT_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
	struct transport *transport = stream->data;

	if (count < 0) {
		lost(transport, (int)count);
	} else if (count > 0) {
		client_feed(&transport->client, span_of(buf->base, (size_t)count), clock_now());
	}
}

/* Reads only while somebody takes the results. */
static void steer_reading(struct transport *transport)
{
	bool wanted = transport->is_connected && !client_is_full(&transport->client) &&
	              transport->client.state != CLIENT_ENDED;
	uv_stream_t *stream = (uv_stream_t *)&transport->tcp;

	if (wanted == transport->is_reading) {
		return;
	}
	if (wanted) {
		int status = uv_read_start(stream, on_alloc, on_read);

		if (status < 0) {
			lost(transport, status);
			return;
		}
	} else {
		(void)uv_read_stop(stream); /* always 0 */
	}
	transport->is_reading = wanted;
}

/* ---- the tick ------------------------------------------------------------------------------- */

/* That the loop woke is all: uv_prepare comes after timers in the same turn. */
static void on_timer(uv_timer_t *timer)
{
	(void)timer;
}

static void set_timer(struct transport *transport, int64_t now_us)
{
	int64_t due_us = client_deadline_us(&transport->client);
	uint64_t wait_ms = 0;

	/* Results that came while results were being handled (a cancelled call, say). */
	if (transport->on_results != NULL && transport->client.result_count > 0) {
		due_us = now_us;
	}
	if (due_us == INT64_MAX) {
		(void)uv_timer_stop(&transport->timer);
		return;
	}
	if (due_us > now_us) { /* rounded up, or it would wake a moment early and again */
		wait_ms = (uint64_t)((due_us - now_us + US_PER_MS - 1) / US_PER_MS);
	}
	(void)uv_timer_start(&transport->timer, on_timer, wait_ms, 0);
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct transport *transport = prepare->data;
	struct instant now = transport_now(transport);

	client_tick(&transport->client, now);
	if (transport->on_results != NULL && transport->client.result_count > 0) {
		transport->on_results(transport, transport->user);
	}
	if (transport->is_closing) {
		return;
	}
	write_outgoing(transport);
	steer_reading(transport);
	if (transport->client.state == CLIENT_ENDED &&
		(transport->on_results == NULL || transport->client.result_count == 0)) {
		begin_close(transport);
		return;
	}
	set_timer(transport, now.mono_us);
}

void transport_wake(struct transport *transport)
{
	if (transport->is_closing) {
		return;
	}
	uv_update_time(transport->loop);
	(void)uv_timer_start(&transport->timer, on_timer, 0, 0);
}

/* ---- connecting ----------------------------------------------------------------------------- */

static void free_addresses(struct transport *transport)
{
	uv_freeaddrinfo(transport->addresses);
	transport->addresses = NULL;
	transport->address = NULL;
}

/* The handle of an attempt that failed is gone: the next address gets a new one. */
static void on_attempt_closed(uv_handle_t *handle)
{
	struct transport *transport = handle->data;

	transport->has_tcp = false;
	on_handle_closed(handle);
	if (!transport->is_closing) {
		connect_next(transport);
	}
}

static void attempt_failed(struct transport *transport, int status)
{
	assert(transport->address != NULL);
	transport->address = transport->address->ai_next;
	if (transport->address == NULL) {
		lost(transport, status); /* of the last address: usually the one that matters */
		return;
	}
	uv_close((uv_handle_t *)&transport->tcp, on_attempt_closed);
}

static void on_connect(uv_connect_t *connect, int status)
{
	struct transport *transport = connect->data;

	if (transport->is_closing) {
		return;
	}
	if (status < 0) {
		attempt_failed(transport, status);
		return;
	}
	free_addresses(transport);
	(void)uv_tcp_nodelay(&transport->tcp, 1); /* without it only slower */
	transport->is_connected = true;
}

static void connect_next(struct transport *transport)
{
	int status = uv_tcp_init(transport->loop, &transport->tcp);

	assert(!transport->has_tcp);
	assert(transport->address != NULL);
	if (status < 0) {
		lost(transport, status);
		return;
	}
	transport->tcp.data = transport;
	transport->has_tcp = true;
	transport->handles_open++;
	transport->connect.data = transport;
	status = uv_tcp_connect(
		&transport->connect, &transport->tcp, transport->address->ai_addr, on_connect);
	if (status < 0) {
		attempt_failed(transport, status);
	}
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *addresses)
{
	struct transport *transport = lookup->data;

	transport->is_lookup_pending = false;
	transport->addresses = addresses;
	transport->address = addresses;
	if (transport->is_closing) {
		note_closed(transport);
	} else if (status < 0 || addresses == NULL) {
		lost(transport, status < 0 ? status : UV_EAI_NONAME);
	} else {
		connect_next(transport);
	}
}

static int begin_lookup(struct transport *transport, const struct transport_target *target)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
	char port[8];
	int status;

	(void)snprintf(port, sizeof(port), "%u", target->port);
	transport->lookup.data = transport;
	status =
		uv_getaddrinfo(transport->loop, &transport->lookup, on_lookup, target->host, port, &hints);
	transport->is_lookup_pending = status == 0;
	return status;
}

enum err transport_open(struct transport *transport, uv_loop_t *loop,
	const struct transport_target *target, transport_on_results on_results, void *user)
{
	*transport = (struct transport){.loop = loop, .on_results = on_results, .user = user};
	transport->reading = malloc(TRANSPORT_READ_BYTES);
	transport->has_client = true;
	if (transport->reading == NULL ||
		!client_init(&transport->client, target->context, target->host, target->agent,
			target->session, transport_now(transport)) ||
		begin_lookup(transport, target) != 0) {
		client_fini(&transport->client);
		free(transport->reading);
		*transport = (struct transport){0};
		return ERR_CONNECT;
	}
	/* These cannot fail: they only link the handles into the loop. */
	(void)uv_timer_init(loop, &transport->timer);
	(void)uv_prepare_init(loop, &transport->prepare);
	transport->timer.data = transport;
	transport->prepare.data = transport;
	transport->handles_open = 2;
	(void)uv_prepare_start(&transport->prepare, on_prepare);
	return ERR_OK;
}

void transport_close(struct transport *transport)
{
	if (!transport->has_client || transport->is_closing) {
		return;
	}
	uv_update_time(transport->loop);
	client_close(&transport->client);
	begin_close(transport);
}

void transport_fini(struct transport *transport)
{
	if (transport == NULL || !transport->has_client) {
		return;
	}
	assert(transport->is_closed);
	assert(transport->writing == NULL);
	if (transport->addresses != NULL) {
		free_addresses(transport);
	}
	client_fini(&transport->client);
	free(transport->reading);
	*transport = (struct transport){0};
}
