/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two looks at a server, and what happened between them: rates, and quantiles of that time alone. The first look stands
 * against the server's start. It asks nothing and shows nothing.
 */
#pragma once

#include "common/base.h"
#include "common/histogram.h"
#include "proto/method.h"

#include "server.pb-c.h"

struct client_result;

enum top_order {
	TOP_BY_METHOD,
	TOP_BY_REQUESTS,
	TOP_BY_REFUSED,
	TOP_BY_FAILED,
	TOP_BY_P50,
	TOP_BY_P99,
	TOP_ORDERS
};

/* One method between the looks. */
struct top_row {
	const char *method; /* of the newer reply */
	uint64_t requests;
	uint64_t refused;
	uint64_t failed;
	uint64_t p50_us;
	uint64_t p99_us;
};

struct top {
	struct client_result *before; /* owned; NULL: the first look, or another server since */
	struct client_result *now;    /* owned; NULL before the first */
	int64_t span_us;              /* between them */
	struct top_row rows[METHOD_COUNT + 1];
	size_t row_count;
	struct top_row sum; /* of all methods; its method is NULL */
	enum top_order order;
};

void top_fini(struct top *top);

/* A reply to server.metrics; takes it over. */
void top_look(struct top *top, struct client_result *result);

/* Orders the rows, the largest first; methods by their name. */
void top_sort(struct top *top);

const Pb__ServerMetricsReply *top_reply(const struct top *top);

/* A number as it is now, or how much it rose between the looks; 0 where the server does not tell it. */
uint64_t top_value(const struct top *top, const char *name);
uint64_t top_rise(const struct top *top, const char *name);
/* So many of it a second, in tenths. */
uint64_t top_tenths_per_s(const struct top *top, uint64_t count);
/* What was recorded between the looks under a name without labels. */
void top_spread(const struct top *top, const char *name, struct histogram *out);
