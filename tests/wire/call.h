/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests and their answers, as `call` and the runner's own preparations make them.
 */
#pragma once

#include "tests/wire/cursor.h"
#include "tests/wire/link.h"

/* A request before it is sent. Borrowed from the run. */
struct call {
	const char *name;             /* of the method */
	const struct method_row *row; /* NULL: there is none of this name */
	struct span body;
	bool has_key;
	struct span key;
	uint32_t deadline_ms; /* 0: none is said */
	bool has_trace;
	struct span trace_id;
	uint64_t id;
};

/* Reads what stands behind `call`; takes an id and, for a WRITE, a key. False after run_fail. */
bool call_read(struct run *run, struct cursor *rest, struct call *out);

/* The encoded Envelope. */
struct span call_encode(struct run *run, const struct call *call);

/* Sends it on the run's link. */
bool call_send(struct run *run, const struct call *call);

/* Waits for the answer to this id on the run's link and makes it the run's answer. */
bool call_await(struct run *run, uint64_t id);

/*
 * Asks on the run's link and expects success.
 *
 *   body     taken over
 *   returns  the reply, borrowed from the run; NULL after run_fail
 */
json_t *call_simply(struct run *run, const char *method, json_t *body);
