/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter that came inside another request, or was kept from one, run through the functions of complaint.list
 * (list_filter.h) as if it had been asked for itself. Between begin and end the request's message and state are the
 * list's; whoever begins ends, in the same function.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/request.h"

struct list_inside {
	Pb__ComplaintList *list; /* in the arena */
	void *state;             /* of the list's functions, between two of them */
	const ProtobufCMessage *outer_message;
	void *outer_state;
};

void list_inside_begin(struct request *r, struct list_inside *inside);
void list_inside_end(struct request *r, struct list_inside *inside);

/*
 * May this filter be kept? It has to be of the request's community, and hold no telephone: neither in its place nor
 * among the words. What only one page is about is taken out of it. `inside` keeps it for later functions.
 *
 *   out_bytes  as it is stored, in the arena
 *   returns    ERR_OK | a refusal whose field begins with "list."
 */
enum err list_inside_keep(
	struct request *r, struct list_inside *inside, struct span *out_bytes) must_check;

/* What was kept, valid by the rules of today; NULL where it is not. */
Pb__ComplaintList *list_inside_kept(struct arena *arena, struct span bytes);
