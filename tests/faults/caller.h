/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One person's connection that comes back for as long as it is wanted: connects to its port of the proxy, resumes
 * the session of its token, and when it ends, begins anew. On a loop with others; what is heard goes to whoever
 * owns it, and what had no answer is told with ERR_CONNECT.
 *
 *     AWAY ──due──▶ OPENING ──hello──▶ RESUMING ──reply──▶ HERE ──go-away──▶ LEAVING
 *      ▲───────────────────── closed, however it ended ─────────────────────────┘
 */
#pragma once

#include "client/loop/transport.h"

enum caller_state { CALLER_AWAY, CALLER_OPENING, CALLER_RESUMING, CALLER_HERE, CALLER_LEAVING };

struct caller;

struct caller_hooks {
	/* A reply, an event, or NULL: it is HERE, anew. The result is the caller's. */
	void (*on_result)(struct caller *caller, const struct client_result *result);
	/* Resuming was refused for good. */
	void (*on_refused)(struct caller *caller, enum err err);
	void *user;
};

/* Filled by its owner but for what stands last. */
struct caller {
	uv_loop_t *loop;      /* borrowed */
	SSL_CTX *context;     /* borrowed */
	const uint8_t *token; /* 32 bytes, borrowed */
	struct caller_hooks hooks;
	size_t number; /* for its owner */
	uint16_t port;
	int64_t again_ms; /* from the end of a connection to the next one */
	bool is_wanted;   /* false: does not come back */

	enum caller_state state;
	struct transport transport;
	uint64_t resume_id;
	int64_t again_us; /* mono; AWAY: when it connects */
	int64_t until_us; /* mono; OPENING, RESUMING: it gives up */
	size_t open_count;
};

/* Once a turn of the loop: connects, gives up, frees what has ended. */
void caller_turn(struct caller *caller, int64_t now_us);

/* Only when HERE; anything but ERR_OK: not now. */
enum err caller_ask(
	struct caller *caller, const struct client_ask *ask, uint64_t *out_id) must_check;

/* Drops the connection; calls without an answer are told so in the next turns. */
void caller_drop(struct caller *caller);

/* Nothing of it is left in the loop. */
bool caller_is_away(const struct caller *caller);
