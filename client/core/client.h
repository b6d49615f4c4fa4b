/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a server, from the client's end: bytes in, bytes out, a deadline, and a queue of
 * results. It runs the same under libuv, under GLib and under a test that feeds recorded bytes.
 *
 *     client_feed(bytes from the network) ─┐                      ┌─▶ client_take(bytes to send)
 *     client_tick(at client_deadline_us) ──┼─▶  TLS, hello, ──────┼─▶ client_deadline_us()
 *     client_ask(method, message) ─────────┘    calls, pings      └─▶ client_poll(): results, in order
 *
 * It never touches a socket, a loop, a clock or a screen, and never calls back: what happened waits in
 * the queue until it is polled. After every call of feed, ask, cancel, tick and close there may be
 * bytes to take, and the deadline may have moved.
 *
 *   hello     sent as soon as TLS stands; calls made before the server's hello wait for it.
 *   login     is a call like any other (session.login, session.resume), made by the owner of this.
 *             Until it has been answered the server takes frames of at most FRAME_BODY_BYTES_GUEST.
 *   calls     as many at once as the server's hello allows; more wait here, in order.
 *   keys      a WRITE call carries a key; the same bytes with the same key again are the same request.
 *   loss      however a connection ends, every call that has no answer ends too, with a result whose
 *             err is ERR_CONNECT or what the server said; client_again() makes the same ask of it, for
 *             the next connection. After that, CLIENT_CLOSED is the last result.
 *   watches   events of watch.open come as results with that call's id, after its reply. One that was
 *             on its way when watch.close was asked may still come.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/id_map.h"
#include "common/list.h"
#include "common/span.h"
#include "common/tls.h"
#include "common/uuid.h"

#include "proto/method.h"

#define CLIENT_PROTOCOL_VERSION 1
#define CLIENT_OPEN_MS 15000    /* from client_init to the server's hello */
#define CLIENT_PING_MS 20000    /* silence in either direction, then a ping */
#define CLIENT_SILENCE_MS 60000 /* nothing heard for so long: the connection is lost */
#define CLIENT_CALLS_MAX 4096   /* waiting and in flight; more are ERR_TOO_MANY */
#define CLIENT_RESULTS_MAX 1024 /* unpolled; then client_is_full() asks to stop reading */
#define CLIENT_RESULT_BYTES_MAX (8 * 1024 * 1024)
#define CLIENT_AGENT_BYTES_MAX 64

enum client_state {
	CLIENT_OPENING, /* TLS and hellos are on their way */
	CLIENT_READY,   /* calls go out */
	CLIENT_LEAVING, /* the server said go-away: what is in flight is still answered */
	CLIENT_ENDED,   /* client->err says why; only polling is left */
};

/* What the server's hello said, after CLIENT_OPENED; 0 where it said nothing. */
struct client_server {
	uint32_t version;
	uint32_t version_min;
	uint32_t frame_bytes_max;
	uint32_t in_flight_max;
	uint32_t idle_ms;
	int64_t utc_us;
	char agent[4 * CLIENT_AGENT_BYTES_MAX + 1]; /* 64 characters of any kind */
};

struct client {
	struct tls tls;        /* owned */
	SSL_SESSION **session; /* where the next connection's is left; borrowed; NULL: nowhere */
	enum client_state state;
	enum err err;                /* why it ended */
	const char *reason;          /* more words for a log, static; NULL where err says it all */
	struct client_server server; /* the other end */
	bool is_greeted;             /* our hello was sent */
	struct buf plain;            /* frames being made, before they are encrypted */
	struct list waiting;         /* calls not yet sent, oldest first; owned */
	struct list flying;          /* calls sent and not answered; owned */
	struct id_map calls;         /* by id: those of both lists */
	size_t flying_count;
	struct list results; /* not yet polled, oldest first; owned */
	size_t result_count;
	uint64_t next_id;     /* of the next call; ids below it were used */
	uint64_t late_count;  /* answers that came after their call had ended here */
	int64_t calls_due_us; /* mono: no call's deadline lies before it; INT64_MAX: there is none */
	int64_t opened_us;    /* mono: client_init */
	int64_t heard_us;     /* mono: last bytes from the server */
	int64_t spoke_us;     /* mono: last frame of ours */
	int64_t pinged_us;    /* mono: last ping of ours, or client_init */
	uint64_t ping_token;  /* of the last ping */
	char agent[CLIENT_AGENT_BYTES_MAX + 1]; /* our hello's: "guanjia/0.1.0" */
};

/* What to ask. Everything is borrowed, and copied where it has to live longer. */
struct client_ask {
	const struct method_row *method;
	const ProtobufCMessage *request; /* NULL: `body` holds the message, encoded already */
	struct span body;
	struct span key;      /* WRITE: 16 bytes, or empty: one is made. Others: unused */
	uint32_t deadline_ms; /* how long to wait for the answer; 0: the method's own time */
	struct span trace_id; /* 16 bytes, of the intention that it serves; empty: one is made */
};

enum client_result_kind {
	CLIENT_OPENED,  /* hellos were exchanged; client->server is set */
	CLIENT_REPLY,   /* a call ended, well (err is ERR_OK, message is the reply) or not */
	CLIENT_EVENT,   /* a watch has something; id is the watch's */
	CLIENT_GO_AWAY, /* ask nothing more here; err and code say why */
	CLIENT_CLOSED,  /* the connection has ended, err and code say why; the last one */
};

/* Owned by whoever polled it, with everything that hangs on it: one arena. */
struct client_result {
	struct list node;
	struct arena arena;
	enum client_result_kind kind;
	uint64_t id; /* of the call or watch; 0 for the connection's own */

	enum err err;       /* ERR_REPLY_MALFORMED also for a code this version does not know */
	struct str code;    /* the code's name, as the server sent it or as err's row has it */
	struct str field;   /* which field was refused; often empty */
	struct str allowed; /* what is allowed there, for developers; often empty */
	bool has_retry_after;
	uint32_t retry_after_ms; /* with has_retry_after */
	struct span current;     /* the record as it is now, encoded; see client_result_current */

	const struct method_row *method; /* REPLY: what was asked */
	struct span body;                /* REPLY: the request's bytes as sent */
	struct span key;                 /* REPLY: 16 bytes with a WRITE, else empty */
	struct uuid trace_id;            /* REPLY: the same for every try; what the server's log has */
	bool is_repeat;                  /* REPLY: it had been done before; this is that answer again */

	const struct topic_row *topic; /* EVENT */
	bool is_resync;                /* EVENT: something may have been missed; there is no message */
	bool is_mark;                  /* EVENT: told up to the position; there is no message */
	bool has_position;             /* EVENT: the three below are set */
	uint64_t position_era;
	uint64_t position_xid;
	int64_t position_seq;

	ProtobufCMessage *message; /* REPLY with ERR_OK: the reply; EVENT: the event; else NULL */
};

/*
 * Begins a connection; its first bytes can be taken at once.
 *
 *   context  borrowed, from tls_client_context; must outlive the client
 *   host     name or address expected in the server's certificate
 *   agent    program and release, at most 64 bytes
 *   session  of TLS, from the connection before: offered and taken, and when this one is freed, the
 *            one for the next is left there; must outlive the client. NULL: none is kept. Whose it is
 *            (tls_session_free) and where it lies is the caller's business
 *   returns  false where the library has no memory, or the host is no host; client_fini frees
 */
bool client_init(struct client *client, SSL_CTX *context, const char *host, const char *agent,
	SSL_SESSION **session, struct instant now) must_check;

/* Frees calls and results that nobody polled, without a goodbye. */
void client_fini(struct client *client);

/* Bytes from the network, any number, cut anywhere. */
void client_feed(struct client *client, struct span bytes, struct instant now);

/* Moves bytes for the network to the end of `out`; false where that is full. */
bool client_take(struct client *client, struct buf *out);

/* When client_tick wants to be called, mono_us; INT64_MAX: never. May lie in the past. */
int64_t client_deadline_us(const struct client *client);

/* Deadlines that have passed, pings that are due. May be called at any time. */
void client_tick(struct client *client, struct instant now);

/*
 * The network is gone or was never reached: ends with `err`, often ERR_CONNECT. Nothing is sent.
 *
 *   reason   static text, or NULL
 */
void client_lost(struct client *client, enum err err, const char *reason);

/* Says goodbye (take what it leaves); calls without an answer end with ERR_CONNECT. */
void client_close(struct client *client);

/*
 * Makes a call. Its result comes with the id given here, exactly once, unless it was refused here.
 *
 *   returns  ERR_OK | CONNECT (has ended) | GOING_AWAY | TOO_MANY (CLIENT_CALLS_MAX) |
 *            BODY_SIZE (larger than the method allows) | KEY_MISSING (a key that is not 16 bytes)
 *   out_id   set only with ERR_OK; rises from call to call, never 0
 */
enum err client_ask(struct client *client, const struct client_ask *ask, struct instant now,
	uint64_t *out_id) must_check;

/*
 * Wants no answer any more: the call ends at once with ERR_CANCELLED, and the server is told. What it
 * had decided still takes effect. An id that has ended already is ignored.
 */
void client_cancel(struct client *client, uint64_t id, struct instant now);

/* The oldest result, now the caller's (client_result_free); NULL where there is none. */
struct client_result *client_poll(struct client *client) must_check;

/* True while so many results wait that no more bytes should be read from the network. */
bool client_is_full(const struct client *client);

/* Calls that have not ended, waiting and in flight. */
size_t client_call_count(const struct client *client);

void client_result_free(struct client_result *result);

/* A REPLY that says why client_ask refused, for callers that want every answer to be a result. */
struct client_result *client_refusal(const struct client_ask *ask, enum err err) must_check;

/* The same ask as a REPLY result's, bytes and key alike; borrows from the result. */
struct client_ask client_again(const struct client_result *result);

/*
 * The record that a method's CONFLICT and STEP_REFUSED show: the message of its noun (complaint.* →
 * Complaint); NULL where the noun has none.
 */
const ProtobufCMessageDescriptor *client_noun(const struct method_row *method);

/*
 * `current` decoded into the result's arena, by client_noun. NULL where there is none, or it is not
 * understood.
 */
ProtobufCMessage *client_result_current(struct client_result *result);
