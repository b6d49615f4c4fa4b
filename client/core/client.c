/* SPDX-License-Identifier: Apache-2.0 */
/* The connection itself: its beginning, its bytes, its time and its end. */
#include "client/core/client.h"

#include "proto/codec.h"
#include "proto/frame.h"

#include "client/core/call.h"

#include "envelope.pb-c.h"

/* Fed in slices, so that what is decrypted is one unfinished frame and one slice at most. */
#define SLICE_BYTES ((size_t)16 * 1024)
#define PLAIN_BYTES_MAX (FRAME_HEADER_BYTES + FRAME_BODY_BYTES_MAX + 2 * SLICE_BYTES)
#define FRAME_BYTES_MAX (FRAME_HEADER_BYTES + FRAME_BODY_BYTES_MAX)

static void end_with(struct client *client, enum err err, const char *reason)
{
	client_end(client, &(struct client_verdict){.err = err}, reason);
}

/* Leaves in its place what the next connection may offer. */
static void keep_session(struct client *client)
{
	SSL_SESSION *next = client->session != NULL ? tls_session(&client->tls) : NULL;

	if (next != NULL) {
		tls_session_free(*client->session);
		*client->session = next;
	}
}

bool client_init(struct client *client, SSL_CTX *context, const char *host, const char *agent,
	SSL_SESSION **session, struct instant now)
{
	SSL_SESSION *none = NULL;

	assert(host != NULL);
	assert(strlen(agent) <= CLIENT_AGENT_BYTES_MAX);
	*client = (struct client){
		.session = session,
		.state = CLIENT_OPENING,
		.next_id = 1,
		.calls_due_us = INT64_MAX,
		.opened_us = now.mono_us,
		.heard_us = now.mono_us,
		.spoke_us = now.mono_us,
		.pinged_us = now.mono_us,
	};
	memcpy(client->agent, agent, strlen(agent));
	list_init(&client->waiting);
	list_init(&client->flying);
	list_init(&client->results);
	id_map_init(&client->calls, CLIENT_CALLS_MAX);
	buf_init(&client->plain, FRAME_BYTES_MAX);
	return tls_init_again(
		&client->tls, context, host, PLAIN_BYTES_MAX, session != NULL ? session : &none);
}

void client_fini(struct client *client)
{
	struct client_result *result;

	if (client == NULL || client->next_id == 0) {
		return;
	}
	/* Ending moves the calls' results to the queue, where all can be freed alike. */
	end_with(client, ERR_CONNECT, NULL);
	while ((result = client_poll(client)) != NULL) {
		client_result_free(result);
	}
	keep_session(client);
	tls_fini(&client->tls);
	buf_fini(&client->plain);
	id_map_fini(&client->calls);
	*client = (struct client){0};
}

void client_end(struct client *client, const struct client_verdict *verdict, const char *reason)
{
	struct client_result *closed;

	assert(verdict->err != ERR_OK);
	if (client->state == CLIENT_ENDED) {
		return;
	}
	client->state = CLIENT_ENDED;
	client->err = verdict->err;
	client->reason = reason;
	/* In the order of asking: what is in flight is older than what waits. */
	call_end_all(client, &client->flying, verdict);
	call_end_all(client, &client->waiting, verdict);
	closed = result_new(CLIENT_CLOSED, 0);
	result_judge(closed, verdict);
	result_queue(client, closed);
	assert(client->flying_count == 0);
	assert(client_call_count(client) == 0);
}

void client_lost(struct client *client, enum err err, const char *reason)
{
	end_with(client, err, reason);
}

void client_close(struct client *client)
{
	if (client->state == CLIENT_ENDED) {
		return;
	}
	tls_shutdown(&client->tls);
	end_with(client, ERR_CONNECT, "closed here");
}

void client_send(struct client *client, const ProtobufCMessage *envelope, struct instant now)
{
	struct span frame;
	bool sent;

	if (client->tls.state != TLS_OPEN) {
		return;
	}
	/* A call's body is within its method's limit, and everything else is small. */
	if (!codec_frame(envelope, &client->plain)) {
		assert(false && "every envelope of ours fits into a frame");
	}
	frame = buf_readable(&client->plain);
	sent = tls_write(&client->tls, frame);
	assert(sent || client->tls.state == TLS_FAILED); /* where client_settle finds it */
	(void)sent;
	explicit_bzero((void *)(uintptr_t)frame.ptr, frame.len); /* it may have held a password */
	buf_consume(&client->plain, frame.len);
	client->spoke_us = now.mono_us;
}

void client_settle(struct client *client)
{
	if (client->tls.state == TLS_FAILED) {
		end_with(client, ERR_TLS, client->tls.reason);
	}
}

static void send_hello(struct client *client, struct instant now)
{
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	assert(!client->is_greeted);
	hello.has_version = true;
	hello.version = CLIENT_PROTOCOL_VERSION;
	hello.agent = client->agent;
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &hello;
	client->is_greeted = true;
	client_send(client, &envelope.base, now);
}

/* Ends: every turn consumes a frame of what one slice has brought, or leaves. */
static void read_frames(struct client *client, struct instant now)
{
	while (client->state != CLIENT_ENDED) {
		struct span body;
		size_t want = 0;
		enum frame_verdict verdict =
			frame_decode(buf_readable(&client->tls.plain), FRAME_BODY_BYTES_MAX, &body, &want);

		if (verdict == FRAME_SHORT) {
			return;
		}
		if (verdict == FRAME_BAD) {
			end_with(client, ERR_REPLY_MALFORMED, "a frame of impossible size");
			return;
		}
		inbound_frame(client, body, now);
		buf_consume(&client->tls.plain, want);
	}
}

static void on_plain(struct client *client, struct instant now)
{
	if (client->tls.state == TLS_OPEN && !client->is_greeted) {
		send_hello(client, now);
	}
	/* Frames in front of a goodbye still count. */
	read_frames(client, now);
	client_settle(client);
	if (client->tls.state == TLS_CLOSED) {
		end_with(client, ERR_CONNECT, "the server closed the connection");
	}
}

void client_feed(struct client *client, struct span bytes, struct instant now)
{
	while (bytes.len > 0 && client->state != CLIENT_ENDED) {
		size_t slice_bytes = size_min(bytes.len, SLICE_BYTES);

		client->heard_us = now.mono_us;
		(void)tls_feed(&client->tls, span_first(bytes, slice_bytes));
		bytes = span_after(bytes, slice_bytes);
		on_plain(client, now);
	}
}

bool client_take(struct client *client, struct buf *out)
{
	return tls_take(&client->tls, out);
}

static int64_t ping_due_us(const struct client *client)
{
	int64_t quiet_us = client->heard_us < client->spoke_us ? client->heard_us : client->spoke_us;

	/* One ping a stretch of silence: without an answer `heard_us` stays where it is. */
	if (quiet_us < client->pinged_us) {
		quiet_us = client->pinged_us;
	}
	return quiet_us + CLIENT_PING_MS * US_PER_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t client_deadline_us(const struct client *client)
{
	int64_t due_us = client->calls_due_us;

	switch (client->state) {
	case CLIENT_OPENING:
		return earlier(due_us, client->opened_us + CLIENT_OPEN_MS * US_PER_MS);
	case CLIENT_READY:
	case CLIENT_LEAVING:
		due_us = earlier(due_us, client->heard_us + CLIENT_SILENCE_MS * US_PER_MS);
		return earlier(due_us, ping_due_us(client));
	case CLIENT_ENDED:
		return INT64_MAX;
	}
	unreachable();
}

static void send_ping(struct client *client, struct instant now)
{
	Pb__Ping ping = PB__PING__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	ping.has_token = true;
	ping.token = ++client->ping_token;
	envelope.kind_case = PB__ENVELOPE__KIND_PING;
	envelope.ping = &ping;
	client->pinged_us = now.mono_us;
	client_send(client, &envelope.base, now);
}

void client_tick(struct client *client, struct instant now)
{
	if (client->state == CLIENT_ENDED) {
		return;
	}
	if (client->calls_due_us <= now.mono_us) {
		call_expire(client, now);
	}
	if (client->state == CLIENT_OPENING) {
		if (now.mono_us >= client->opened_us + CLIENT_OPEN_MS * US_PER_MS) {
			end_with(client, ERR_CONNECT, "no hello in time");
		}
		return;
	}
	if (now.mono_us >= client->heard_us + CLIENT_SILENCE_MS * US_PER_MS) {
		end_with(client, ERR_CONNECT, "nothing heard for too long");
		return;
	}
	if (now.mono_us >= ping_due_us(client)) {
		send_ping(client, now);
	}
	client_settle(client);
	assert(client->state == CLIENT_ENDED || client_deadline_us(client) > now.mono_us);
}
