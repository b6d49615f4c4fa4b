/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/top.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

#include "client/core/client.h"

static const Pb__ServerMetricsReply *reply_of(const struct client_result *result)
{
	return result == NULL ? NULL : (const void *)result->message;
}

const Pb__ServerMetricsReply *top_reply(const struct top *top)
{
	return reply_of(top->now);
}

void top_fini(struct top *top)
{
	client_result_free(top->before);
	client_result_free(top->now);
	*top = (struct top){0};
}

/* The sample of this name and these labels (NULL: without any); NULL where there is none. */
static const Pb__Metric *find(
	const Pb__ServerMetricsReply *reply, const char *name, char *const *labels, size_t count)
{
	for (size_t i = 0; reply != NULL && i < reply->n_metrics; i++) {
		const Pb__Metric *metric = reply->metrics[i];
		bool fits =
			metric->name != NULL && strcmp(metric->name, name) == 0 && metric->n_labels == count;

		for (size_t k = 0; fits && k < count; k++) {
			fits = strcmp(metric->labels[k], labels[k]) == 0;
		}
		if (fits) {
			return metric;
		}
	}
	return NULL;
}

/* A server's numbers are counted, not believed: what does not fit into the buckets is left out. */
static void add_spread(struct histogram *out, const Pb__Metric *metric)
{
	const Pb__Histogram *spread = metric == NULL ? NULL : metric->spread;

	for (size_t i = 0; spread != NULL && i < spread->n_counts; i++) {
		if (spread->bucket_first + i < HISTOGRAM_BUCKETS) {
			out->counts[spread->bucket_first + i] += spread->counts[i];
		}
	}
	out->sum += spread == NULL ? 0 : spread->sum;
}

/* What came since; a count that fell (another server answers under the name) is taken as it is. */
static void add_between(const struct top *top, struct histogram *out, const Pb__Metric *now)
{
	struct histogram first = {0};
	struct histogram last = {0};

	add_spread(&last, now);
	add_spread(&first, find(reply_of(top->before), now->name, now->labels, now->n_labels));
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		out->counts[i] +=
			last.counts[i] - (first.counts[i] <= last.counts[i] ? first.counts[i] : 0);
	}
	out->sum += last.sum - (first.sum <= last.sum ? first.sum : 0);
}

void top_spread(const struct top *top, const char *name, struct histogram *out)
{
	const Pb__Metric *now = find(top_reply(top), name, NULL, 0);

	*out = (struct histogram){0};
	if (now != NULL) {
		add_between(top, out, now);
	}
}

uint64_t top_value(const struct top *top, const char *name)
{
	const Pb__Metric *now = find(top_reply(top), name, NULL, 0);

	return now == NULL ? 0 : now->value;
}

uint64_t top_rise(const struct top *top, const char *name)
{
	const Pb__Metric *before = find(reply_of(top->before), name, NULL, 0);
	uint64_t now = top_value(top, name);

	return before == NULL || before->value > now ? now : now - before->value;
}

uint64_t top_tenths_per_s(const struct top *top, uint64_t count)
{
	return top->span_us <= 0 ? 0 : count * 10 * (uint64_t)US_PER_S / (uint64_t)top->span_us;
}

/* --- methods --- */

struct gather {
	struct histogram all; /* of the method, every outcome */
	struct top_row row;
};

static void finish_row(struct top *top, struct gather *gather)
{
	if (gather->row.requests > 0 && top->row_count < COUNT(top->rows)) {
		gather->row.p50_us = histogram_quantile(&gather->all, 500);
		gather->row.p99_us = histogram_quantile(&gather->all, 990);
		top->rows[top->row_count++] = gather->row;
	}
	*gather = (struct gather){.row = {0}};
}

static void count_outcome(struct top_row *row, const char *outcome, uint64_t count)
{
	row->requests += count;
	row->refused += strcmp(outcome, "refused") == 0 ? count : 0;
	row->failed += strcmp(outcome, "failed") == 0 ? count : 0;
}

/* The outcomes of a method follow each other: "request.seconds" with its name and "ok", "refused", "failed". */
static void gather_rows(struct top *top)
{
	const Pb__ServerMetricsReply *reply = top_reply(top);
	struct histogram everything = {0};
	struct gather gather = {.row = {0}};

	top->row_count = 0;
	top->sum = (struct top_row){0};
	for (size_t i = 0; i < reply->n_metrics; i++) {
		const Pb__Metric *metric = reply->metrics[i];
		struct histogram fresh = {0};

		if (metric->n_labels != 2 || metric->name == NULL ||
			strcmp(metric->name, "request.seconds") != 0) {
			continue;
		}
		if (gather.row.method != NULL && strcmp(gather.row.method, metric->labels[0]) != 0) {
			finish_row(top, &gather);
		}
		gather.row.method = metric->labels[0];
		add_between(top, &fresh, metric);
		add_between(top, &gather.all, metric);
		add_between(top, &everything, metric);
		count_outcome(&gather.row, metric->labels[1], histogram_count(&fresh));
		count_outcome(&top->sum, metric->labels[1], histogram_count(&fresh));
	}
	finish_row(top, &gather);
	top->sum.p50_us = histogram_quantile(&everything, 500);
	top->sum.p99_us = histogram_quantile(&everything, 990);
}

static uint64_t weight(const struct top_row *row, enum top_order order)
{
	switch (order) {
	case TOP_BY_METHOD:
	case TOP_ORDERS:
		return 0;
	case TOP_BY_REQUESTS:
		return row->requests;
	case TOP_BY_REFUSED:
		return row->refused;
	case TOP_BY_FAILED:
		return row->failed;
	case TOP_BY_P50:
		return row->p50_us;
	case TOP_BY_P99:
		return row->p99_us;
	}
	unreachable();
}

/* qsort_r's third is the order. */
static int compare(const void *a, const void *b, void *order)
{
	const struct top_row *left = a;
	const struct top_row *right = b;
	uint64_t left_weight = weight(left, *(const enum top_order *)order);
	uint64_t right_weight = weight(right, *(const enum top_order *)order);

	if (left_weight != right_weight) {
		return left_weight > right_weight ? -1 : 1;
	}
	return strcmp(left->method, right->method);
}

void top_sort(struct top *top)
{
	assert(top->order < TOP_ORDERS);
	qsort_r(top->rows, top->row_count, sizeof(top->rows[0]), compare, &top->order);
}

void top_look(struct top *top, struct client_result *result)
{
	const Pb__ServerMetricsReply *reply = reply_of(result);

	client_result_free(top->before);
	top->before = top->now;
	top->now = result;
	if (top->before != NULL && reply_of(top->before)->started_us != reply->started_us) {
		client_result_free(top->before); /* another server, or the same anew */
		top->before = NULL;
	}
	top->span_us = top->before == NULL ? reply->utc_us - reply->started_us
	                                   : reply->mono_us - reply_of(top->before)->mono_us;
	gather_rows(top);
	top_sort(top);
}
