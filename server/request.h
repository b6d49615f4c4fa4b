/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, from its frame to its answer. A method gives plain functions over plain data and never
 * waits; only request.c knows about waiting. The steps, and what may follow each, are one table there:
 *
 *   DECODE ─▶ IDENTIFY ─▶ AUTHORISE ─▶ LOCATE ─▶ LOAD ─▶ WORK ─▶ DECIDE ─▶ COMMIT ─▶ REPLY ─▶ PUSH ─▶ DONE
 *               waits                  waits     waits   waits             waits
 *
 * Across a wait it keeps ids: the connection may be gone when the rows come, and that is normal. All of
 * its memory is one arena; freeing it is one call.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <uv.h>

#include "common/arena.h"
#include "common/list.h"
#include "common/uuid.h"
#include "proto/codec.h"
#include "proto/method.h"
#include "server/db/errand.h"
#include "server/domain/access.h"

struct conn;
struct principal;
struct request;
struct server;

#define REQUEST_QUERY_MAX 12

/* What a method is made of. The functions of one request run one after the other, never at once. */
struct method_impl {
	/* Message shape beyond field.def; sets r->community_id where the method has one. May be NULL. */
	enum err (*check)(struct request *r);
	/*
	 * Only where the message does not name the record (an owner has a receipt's code): what to read first,
	 * and what its rows say: r->community_id and the method's own. NULL, both, everywhere else.
	 */
	void (*locate)(struct request *r);
	enum err (*located)(struct request *r);
	/* Message → statements to read, by request_query. NULL: needs no database at all. */
	void (*load)(struct request *r);
	/* The second authorisation: is this object theirs? NOT_FOUND where not. Never NULL. */
	enum err (*may)(struct request *r);
	/* Slow computation in a thread: touches only the request's arena and work_*. May be NULL. */
	void (*work)(struct request *r);
	/*
	 * Work of many waits, of an object of its own (file_check.h), in the place of `work`. *out_waits: it
	 * began, and ends by request_make_ready. NULL nearly everywhere.
	 */
	enum err (*toil)(struct request *r, bool *out_waits);
	/* Facts → reply and at most one effect. A refusal may come with an effect (a wrong password). */
	enum err (*decide)(struct request *r);
	/* Puts what the database minted into the reply. NULL: nothing is minted. */
	void (*mint)(struct request *r, struct str minted);
	/* After the effect is committed: its rows, into the reply, which may borrow of them. May be NULL. */
	void (*fill)(struct request *r);
	/* After the effect is committed, before the reply: what changes on the connection. May be NULL. */
	void (*settle)(struct request *r);
	/* What it moves through the file lane at a time; without room for it BUSY. */
	size_t file_bytes;
};

#define M(noun, verb, message, right, kind, ms, bytes) \
	extern const struct method_impl impl_##noun##_##verb;
#include "proto/method.def"
#undef M

enum step {
	STEP_DECODE,
	STEP_IDENTIFY,
	STEP_AUTHORISE,
	STEP_LOCATE,
	STEP_LOAD,
	STEP_WORK,
	STEP_DECIDE,
	STEP_COMMIT,
	STEP_REPLY,
	STEP_PUSH,
	STEP_DONE,
	STEP_COUNT
};

enum next { NEXT_MORE, NEXT_WAIT, NEXT_END };

struct request {
	struct list node;      /* server->ready, or a key's followers, while it is not in a lane */
	struct list conn_node; /* the connection's requests */
	struct list all_node;  /* the server's requests, oldest first */
	struct server *server;
	uint64_t conn_id;
	uint64_t id; /* the client's */
	/* The client's, or made here: in every line of the log about it, its failure, its event. */
	struct uuid trace_id;
	const struct method_row *row;
	const struct method_impl *impl;
	enum right right;
	enum step step;
	bool is_waiting;  /* true exactly while a lane, a thread or a key's holder has it */
	bool is_answered; /* cancelled or too late: it goes on, quietly */
	bool is_repeat;   /* the key had been applied: reply_bytes are from then */
	bool looks_back;  /* LOAD asks what the key did before, too */
	int tries;        /* times it went back to LOAD */
	int64_t began_mono_us;
	int64_t deadline_mono_us;

	struct arena arena;
	struct span body;      /* as received; in the arena */
	struct uuid key;       /* nil for methods that carry none */
	uint64_t key_slot;     /* in server->keys while it holds its key; 0 else */
	struct list followers; /* requests with the same key that came later */
	uint8_t hash[32];      /* keyed, of method and body: what `applied` compares */
	const ProtobufCMessage *message;
	struct uuid community_id;    /* nil: company-wide */
	struct principal *principal; /* one reference; NULL before IDENTIFY */

	struct query queries[REQUEST_QUERY_MAX];
	size_t query_count;
	struct errand errand;
	uv_work_t work;
	enum err work_err;    /* what the thread found … */
	struct span work_out; /* … and made; in the arena */
	bool has_toiled;      /* its toil is done, or there was none to do */
	size_t file_bytes;    /* room that it holds in the file lane */

	struct query *effect; /* NULL: nothing to commit */
	struct errand_key effect_key;
	bool effect_has_key; /* its guard holds only while the request's key is new */
	bool
		writes_outgoing; /* set by decide: the effect writes messages, whose job then looks at once */
	ProtobufCMessage *reply; /* set by decide; NULL with an error */
	struct span reply_bytes;
	struct span current; /* with CONFLICT and STEP_REFUSED */
	enum err err;
	struct codec_fault fault; /* field and what is allowed there */
	uint32_t retry_after_ms;
	void *state; /* the method's own, between its functions; in the arena */
};

/* From a decoded Request envelope; makes it ready. The body is copied. NULL where memory is out. */
struct request *request_new(struct conn *conn, uint64_t id, struct str method, struct span body,
	struct span key, uint32_t deadline_ms);

/* Whose intention it serves; nil: one is made. Once, before it runs. */
void request_set_trace(struct request *r, struct uuid trace_id);

/*
 * Reads the connection's principal anew, answering nobody: those who only watch send no requests, and
 * this must not keep their session awake either.
 */
void request_refresh(struct conn *conn);

/* Runs until it waits or ends; only the tick calls it. It may be gone afterwards. */
void request_run(struct request *r);

/* Answers, once: what comes later is not sent. The request itself goes on quietly to its end. */
void request_answer(struct request *r, enum err err);

/* Its trace as text, for the log. Returns out. */
const char *request_trace(const struct request *r, char out[UUID_TEXT_LEN + 1]);

/* For methods: one more statement to read. Its rows are at the same place after LOAD. */
struct query *request_query(struct request *r, enum stmt stmt);

/* For methods: the reply message, zeroed and initialised, in the arena. */
void *request_reply(struct request *r);

/* For methods whose reply has a version: the reply with nothing else set. */
void request_reply_version(struct request *r, uint32_t version);

/* For methods: names the field that is wrong, and what would be right. */
enum err request_refuse(struct request *r, enum err err, const char *field, const char *allowed);

/*
 * For methods that write: begins the effect with the nine parameters of every command, after the reply
 * has been filled in; the statement's own parameters follow. NULL where memory is out.
 */
struct query *request_effect(
	struct request *r, enum stmt stmt, struct uuid record_id, struct uuid grant_id);

/* For SESSION methods: an effect without key and reply. */
struct query *request_plain_effect(struct request *r, enum stmt stmt);

/* Who is recorded: nil where the method asks for nobody, whoever else is logged in on the connection. */
struct uuid request_account(const struct request *r);

/* For methods: what their grants reach, at this tick's time. */
role_set request_reach(const struct request *r, const struct area *area);
/* The grant by which one of these roles reaches the area, for the record; nil where none does. */
struct uuid request_grant(const struct request *r, role_set roles, const struct area *area);
int64_t request_now_us(const struct request *r);

/*
 * For settle: the connection that a session or watch begins on. NULL where it is gone, or the client was
 * answered already (it cancelled, or it was too late) and does not expect one.
 */
struct conn *request_settled(const struct request *r);

/* `may` of methods whose right is all they need. */
enum err may_always(struct request *r);
