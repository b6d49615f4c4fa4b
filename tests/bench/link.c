/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/link.h"

#include <stdlib.h>

#include "proto/frame.h"
#include "tests/bench/question.h"

#define HOST "127.0.0.1"
#define PLAIN_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define OUT_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define READ_BYTES ((size_t)256 * 1024)

static void end(struct link *link, const char *why)
{
	if (!link->is_closing) {
		link_close(link);
		link->calls->on_end(link, why);
	}
}

static void on_written(uv_write_t *write, int status)
{
	struct link *link = container_of(write, struct link, write);

	free(link->writing);
	link->writing = NULL;
	if (status < 0) {
		end(link, "writing failed");
	} else if (!link->is_closing) {
		link_flush(link);
	}
}

/* What the socket takes at once goes at once; only the rest is kept. */
static void write_records(struct link *link)
{
	struct span records;
	uv_buf_t chunk;
	size_t len = 0;
	int written;

	if (link->writing != NULL) {
		return;
	}
	records = buf_readable(&link->out);
	if (records.len == 0) {
		return;
	}
	chunk = uv_buf_init((char *)(uintptr_t)records.ptr, (unsigned)records.len);
	written = uv_try_write((uv_stream_t *)&link->tcp, &chunk, 1);
	if (written > 0) {
		buf_consume(&link->out, (size_t)written);
	}
	link->writing = buf_take(&link->out, &len);
	if (link->writing == NULL) {
		return;
	}
	chunk = uv_buf_init((char *)link->writing, (unsigned)len);
	if (uv_write(&link->write, (uv_stream_t *)&link->tcp, &chunk, 1, on_written) < 0) {
		end(link, "writing failed");
	}
}

void link_say(struct link *link, struct span frame)
{
	bool fits = buf_append(&link->saying, frame);

	assert(fits);
}

void link_flush(struct link *link)
{
	struct span frames = buf_readable(&link->saying);

	if (link->is_closing) {
		return;
	}
	if (frames.len > 0 && link->tls.state == TLS_OPEN) {
		if (!tls_write(&link->tls, frames)) {
			end(link, "TLS cannot write");
			return;
		}
		buf_consume(&link->saying, frames.len);
	}
	if (!tls_take(&link->tls, &link->out)) {
		end(link, "the server takes nothing any more");
		return;
	}
	write_records(link);
}

static void say_and_free(struct link *link, uint8_t *frame, size_t len)
{
	link_say(link, span_of(frame, len));
	free(frame);
}

/* Before it is ready: the hello, then the session. */
static void greet(struct link *link, const struct answer *answer)
{
	size_t len = 0;

	if (answer->kind == ANSWER_HELLO) {
		uint8_t *frame = question_resume(link->account_id, &len);

		say_and_free(link, frame, len);
	} else if (answer->kind == ANSWER_REPLY) {
		link->is_ready = true;
		link->calls->on_ready(link);
	} else {
		end(link, "the session was not resumed");
	}
}

static void take_frames(struct link *link)
{
	struct span body;
	size_t want;

	while (!link->is_closing) {
		struct answer answer;
		enum frame_verdict verdict =
			frame_decode(buf_readable(&link->tls.plain), FRAME_BODY_BYTES_MAX, &body, &want);

		if (verdict == FRAME_SHORT) {
			return;
		}
		answer =
			verdict == FRAME_READY ? answer_read(body) : (struct answer){.kind = ANSWER_BROKEN};
		if (answer.kind == ANSWER_BROKEN) {
			end(link, "what the server says is no frame");
		} else if (!link->is_ready) {
			greet(link, &answer);
		} else {
			link->calls->on_answer(link, &answer);
		}
		if (!link->is_closing) {
			buf_consume(&link->tls.plain, want);
		}
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	static char room[READ_BYTES]; /* read and decrypted within one callback: one is enough */

	(void)handle;
	(void)suggested;
	*out = uv_buf_init(room, sizeof(room));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *room)
{
	struct link *link = container_of(stream, struct link, tcp);
	size_t len = 0;

	if (count < 0) {
		end(link, "the server hung up");
		return;
	}
	switch (tls_feed(&link->tls, span_of(room->base, (size_t)count))) {
	case TLS_HANDSHAKE:
		break;
	case TLS_OPEN:
		if (!link->was_greeted) {
			uint8_t *frame = question_hello(&len);

			link->was_greeted = true;
			say_and_free(link, frame, len);
		}
		take_frames(link);
		break;
	case TLS_CLOSED:
		end(link, "the server said goodbye");
		return;
	case TLS_FAILED:
		end(link, link->tls.reason);
		return;
	}
	link_flush(link);
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct link *link = container_of(connect, struct link, connect);

	if (link->is_closing) {
		return;
	}
	if (status < 0 || uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) < 0) {
		end(link, "no connection");
		return;
	}
	(void)uv_tcp_nodelay(&link->tcp, 1); /* without it only slower */
	link_flush(link);
}

bool link_open(struct link *link, uv_loop_t *loop, SSL_CTX *context, uint16_t port,
	struct uuid account_id, const struct link_calls *calls)
{
	struct sockaddr_in address;

	*link = (struct link){.calls = calls, .account_id = account_id};
	buf_init(&link->saying, OUT_BYTES_MAX);
	buf_init(&link->out, OUT_BYTES_MAX);
	return tls_init(&link->tls, context, HOST, PLAIN_BYTES_MAX) &&
	       uv_tcp_init(loop, &link->tcp) == 0 && uv_ip4_addr(HOST, port, &address) == 0 &&
	       uv_tcp_connect(
			   &link->connect, &link->tcp, (const struct sockaddr *)&address, on_connected) == 0;
}

void link_close(struct link *link)
{
	if (!link->is_closing) {
		link->is_closing = true;
		uv_close((uv_handle_t *)&link->tcp, NULL);
	}
}

void link_fini(struct link *link)
{
	tls_fini(&link->tls);
	buf_fini(&link->saying);
	buf_fini(&link->out);
	free(link->writing);
	link->writing = NULL;
}
