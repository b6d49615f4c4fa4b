/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/feed_position.h"

#include "server/db/query.h"

struct feed_position feed_position_of(const struct query *feed_start)
{
	/* Everything below xmin is seen already: a watcher begins behind its last possible row. */
	return (struct feed_position){
		.era = (uint64_t)row_int8(feed_start, 0, 0),
		.xid = row_xid(feed_start, 0, 1) - 1,
		.seq = INT64_MAX,
	};
}

int feed_position_compare(const struct feed_position *a, const struct feed_position *b)
{
	if (a->era != b->era) {
		return a->era < b->era ? -1 : 1;
	}
	if (a->xid != b->xid) {
		return a->xid < b->xid ? -1 : 1;
	}
	return (a->seq > b->seq) - (a->seq < b->seq);
}
