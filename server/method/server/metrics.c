/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.metrics: every measurement as it is now; it answers also while the database does not.
 */
#include <string.h>

#include "server.pb-c.h"
#include "server/metric.h"
#include "server/request.h"
#include "server/server.h"

#define SAMPLES_MAX 1024 /* rows, and what comes in kinds: methods by outcome, errors */

struct gather {
	struct metric_sink sink; /* first */
	struct request *request;
	Pb__ServerMetricsReply *out;
};

static_assert(
	METHOD_COUNT * OUTCOME_COUNT + METRIC_ERRORS_END + 256 <= SAMPLES_MAX, "room for all");

/* From the first bucket that has something to the last. */
static Pb__Histogram *histogram_message(struct request *r, const struct histogram *spread)
{
	Pb__Histogram *out = arena_new(&r->arena, Pb__Histogram);
	size_t first = 0;
	size_t end = HISTOGRAM_BUCKETS;

	if (out == NULL) {
		return NULL;
	}
	pb__histogram__init(out);
	while (end > 0 && spread->counts[end - 1] == 0) {
		end--;
	}
	while (first < end && spread->counts[first] == 0) {
		first++;
	}
	out->has_bucket_first = out->has_sum = true;
	out->bucket_first = (uint32_t)first;
	out->sum = spread->sum;
	out->counts = arena_alloc(&r->arena, (end - first) * sizeof out->counts[0]);
	if (out->counts != NULL) {
		out->n_counts = end - first;
		memcpy(out->counts, spread->counts + first, (end - first) * sizeof out->counts[0]);
	}
	return out;
}

static void set_labels(struct request *r, Pb__Metric *out, const struct metric_sample *sample)
{
	if (sample->row->labels == NULL) {
		return;
	}
	out->labels = arena_alloc(&r->arena, METRIC_LABELS_MAX * sizeof out->labels[0]);
	for (size_t i = 0; out->labels != NULL && i < METRIC_LABELS_MAX && sample->labels[i] != NULL;
		 i++) {
		out->labels[out->n_labels++] = (char *)(uintptr_t)sample->labels[i];
	}
}

static void take(struct metric_sink *sink, const struct metric_sample *sample)
{
	struct gather *gather = (struct gather *)sink;
	struct request *r = gather->request;
	Pb__Metric *out = arena_new(&r->arena, Pb__Metric);

	if (out == NULL) {
		return;
	}
	assert(gather->out->n_metrics < SAMPLES_MAX);
	pb__metric__init(out);
	out->name = (char *)(uintptr_t)sample->row->name;
	out->has_value = sample->spread == NULL;
	out->value = sample->value;
	out->spread = sample->spread == NULL ? NULL : histogram_message(r, sample->spread);
	set_labels(r, out, sample);
	gather->out->metrics[gather->out->n_metrics++] = out;
}

static enum err decide(struct request *r)
{
	Pb__ServerMetricsReply *out = request_reply(r);
	struct gather gather = {.sink = {take}, .request = r, .out = out};

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->metrics = arena_alloc(&r->arena, SAMPLES_MAX * sizeof out->metrics[0]);
	if (out->metrics == NULL) {
		return ERR_BUSY;
	}
	out->version = GUANJIA_VERSION;
	out->has_started_us = out->has_utc_us = out->has_mono_us = true;
	out->started_us = r->server->started_us;
	out->utc_us = request_now_us(r);
	out->mono_us = r->server->now.mono_us;
	metric_walk(r->server, &gather.sink);
	return ERR_OK;
}

const struct method_impl impl_server_metrics = {
	.may = may_always,
	.decide = decide,
};
