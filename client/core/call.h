/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside client/core only: one call from its ask to its result, and the queue of results.
 *
 *     client->waiting ──send──▶ client->flying ──answer, deadline, cancel, loss──▶ client->results
 *
 * A call makes its result when it is asked, with the request's bytes and key in the result's arena;
 * ending it moves the result to the queue and frees the rest.
 */
#pragma once

#include "client/core/client.h"

/* On client->waiting or client->flying, and in client->calls. */
struct client_call {
	struct list node;
	uint64_t id;
	int64_t deadline_us; /* mono */
	bool is_sent;
	struct client_result *result; /* owned until the call ends */
};

/* What the server, or this end, says to a call or to the connection. */
struct client_verdict {
	enum err err;
	struct str code; /* empty: err's own name */
	struct str field;
	struct str allowed;
	bool has_retry_after;
	uint32_t retry_after_ms;
	struct span current;
	struct span trace_id; /* 16 bytes where the server says one */
};

/* A result that is on no list yet; its arena is empty. */
struct client_result *result_new(enum client_result_kind kind, uint64_t id);
/* Sets err and its details, copied into the result's arena. */
void result_judge(struct client_result *result, const struct client_verdict *verdict);
/* To the end of the queue. */
void result_queue(struct client *client, struct client_result *result);

/* Ends a call: its result goes to the queue, the call is freed. */
void call_end(
	struct client *client, struct client_call *call, const struct client_verdict *verdict);
/* Ends all that wait, or all that are in flight. */
void call_end_all(struct client *client, struct list *calls, const struct client_verdict *verdict);
/* Ends those whose deadline has passed. */
void call_expire(struct client *client, struct instant now);
/* Sends what waits, as many as the server allows at once. */
void call_send_waiting(struct client *client, struct instant now);

/* Frames an envelope and encrypts it. Where TLS fails, nothing more is sent; client_settle ends it. */
void client_send(struct client *client, const ProtobufCMessage *envelope, struct instant now);
/* The last line of what the owner calls: ends a client whose TLS failed while something was sent. */
void client_settle(struct client *client);
/* Ends the connection: every call, then CLIENT_CLOSED. Nothing happens the second time. */
void client_end(struct client *client, const struct client_verdict *verdict, const char *reason);

/* Acts on one envelope from the server, still encoded. */
void inbound_frame(struct client *client, struct span body, struct instant now);
