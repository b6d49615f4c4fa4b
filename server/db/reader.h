/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading lane: a few connections that everybody shares. What a tick gathered goes out as one group
 * a connection: rights_epoch first, then every errand's queries, then one sync. A query that fails
 * spoils the rest of its group; those are sent again, each in order, without it.
 */
#pragma once

#include "common/histogram.h"
#include "server/db/errand.h"
#include "server/db/pgconn.h"

#define READER_COUNT_MAX 64

struct reader_conn;

struct reader {
	struct reader_conn *conns; /* owned */
	size_t conn_count;
	struct list waiting; /* errands not sent */
	struct log *log;
	struct source *source; /* borrowed */
	uint64_t epoch;        /* the highest rights_epoch seen; 0 before the first */
	uint32_t timeline;     /* of the source, when that was seen */
	uint64_t loss_count;   /* connections lost: what comes next may come from another server */
	int64_t down_mono_us;  /* since when no connection is ready; 0: one is */
	uint64_t group_count;  /* sent, for the counters */
	uint64_t query_count;
	int64_t collected_mono_us;    /* the tick's time when results came */
	struct histogram group_sizes; /* errands */
	struct histogram answer_us;   /* of groups, from sending to the sync */
};

/* For whoever counts what is where. */
struct reader_census {
	size_t up_count; /* connections that are ready */
	size_t waiting_count;
	size_t group_count; /* in flight */
};

void reader_init(struct reader *reader, uv_loop_t *loop, struct log *log, struct source *source,
	size_t conn_count, int64_t mono_us);
/* Every errand still there is done as ERRAND_DOWN. */
void reader_stop(struct reader *reader);
void reader_fini(struct reader *reader);

void reader_submit(struct reader *reader, struct errand *errand);
/* Step 2 of the tick: results in, errands done. */
void reader_collect(struct reader *reader, int64_t mono_us);
/* Step 5 of the tick: groups out. */
void reader_flush(struct reader *reader, int64_t mono_us);
int64_t reader_due(const struct reader *reader);
bool reader_is_up(const struct reader *reader);
struct reader_census reader_take_census(const struct reader *reader);
