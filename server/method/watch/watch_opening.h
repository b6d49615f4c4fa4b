/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What watch.open knows between its functions: what is wished for, the rows that it rests on, and from where events
 * will come.
 */
#pragma once

#include "server.pb-c.h"
#include "server/push/watch.h"
#include "server/request.h"

struct opening {
	struct watch_wish wish;
	struct query *now; /* feed_start */
	struct query *community;
	struct query *team; /* this and what follows: NULL where it is not asked for */
	struct query *complaint;
	struct query *behind;
	struct feed_position from; /* where it begins */
	bool is_resumed;
};

/* The second authorisation: is what is named theirs, and can the scope ever tell them anything? */
enum err watch_opening_may(struct request *r);

/* Decides from where: `from`, the position and the word about it in the reply. */
void watch_opening_begin(struct request *r, Pb__WatchOpenReply *out);
