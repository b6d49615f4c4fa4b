/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers: a reply, or a failure with what helps to do better. Each request has exactly one.
 */
#include "envelope.pb-c.h"
#include "proto/frame.h"
#include "server/net/conn.h"
#include "server/request.h"
#include "server/request_step.h"
#include "server/server.h"

#define ENVELOPE_BYTES 64 /* around a reply's body, at most */

struct conn *request_conn(const struct request *r)
{
	return conn_find(r->server, r->conn_id);
}

static void send_failure(struct request *r, struct conn *conn, enum err err)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Failure failure = PB__FAILURE__INIT;

	failure.has_id = true;
	failure.id = r->id;
	failure.code = (char *)err_name(err);
	failure.field = r->fault.field[0] == '\0' ? NULL : r->fault.field;
	failure.allowed = r->fault.allowed[0] == '\0' ? NULL : r->fault.allowed;
	if (err_row(err)->retry == ERR_RETRY_SAME) {
		failure.has_retry_after_ms = true;
		failure.retry_after_ms = r->retry_after_ms != 0 ? r->retry_after_ms : 1000;
	}
	failure.has_trace_id = true;
	failure.trace_id = codec_bytes(span_of(r->trace_id.bytes, UUID_BYTES));
	if (r->current.len > 0) {
		failure.has_current = true;
		failure.current = codec_bytes(r->current);
	}
	envelope.kind_case = PB__ENVELOPE__KIND_FAILURE;
	envelope.failure = &failure;
	conn_send(conn, &envelope.base);
	r->server->counters.failures++;
}

/* ERR_OK, or what the answer is after all. */
static enum err send_reply(struct request *r, struct conn *conn)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Reply reply = PB__REPLY__INIT;

	if (r->reply_bytes.ptr == NULL && r->reply != NULL) {
		r->reply_bytes = codec_encode(r->reply, &r->arena);
	}
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	if (r->reply_bytes.len > FRAME_BODY_BYTES_MAX - ENVELOPE_BYTES) {
		return ERR_INTERNAL; /* a list without pages has outgrown its frame */
	}
	reply.has_id = true;
	reply.id = r->id;
	reply.has_body = true;
	reply.body = codec_bytes(r->reply_bytes);
	reply.has_is_repeat = r->is_repeat;
	reply.is_repeat = r->is_repeat;
	envelope.kind_case = PB__ENVELOPE__KIND_REPLY;
	envelope.reply = &reply;
	conn_send(conn, &envelope.base);
	return ERR_OK;
}

void request_answer(struct request *r, enum err err)
{
	struct conn *conn = request_conn(r);
	size_t method = r->row == NULL ? METHOD_COUNT : (size_t)(r->row - method_rows);

	if (conn == NULL || r->is_answered) {
		return;
	}
	r->is_answered = true;
	if (err == ERR_OK) {
		err = send_reply(r, conn);
	}
	if (err != ERR_OK) {
		send_failure(r, conn, err);
	}
	metric_answered(&r->server->metrics, method, err, clock_mono_us() - r->began_mono_us);
}
