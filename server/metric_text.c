/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: OpenMetrics 1.0, https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
#include "server/metric_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/loops.h"
#include "server/server.h"

#define LINE_BYTES_MAX 512
#define NAME_BYTES_MAX 96
#define LABELS_BYTES_MAX 160

/* Edges that are told: powers of two of the unit inside. 32 µs to 17 s; 1 to 256 of a batch. */
#define SECONDS_OCTAVE_MIN 5
#define SECONDS_OCTAVE_MAX 24
#define COUNT_OCTAVE_MIN 1
#define COUNT_OCTAVE_MAX 8

struct text {
	struct metric_sink sink; /* first */
	struct buf *out;
	const struct metric_row *row; /* of the last sample */
	char name[NAME_BYTES_MAX];    /* of its family */
	bool is_full;
};

static void say(struct text *text, const char *format, ...) printf_like(2, 3);

static void say(struct text *text, const char *format, ...)
{
	char line[LINE_BYTES_MAX];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	assert(len >= 0 && (size_t)len < sizeof line); /* our own rows, none as long */
	text->is_full = text->is_full || !buf_append(text->out, span_of(line, (size_t)len));
}

/* "conn.in.bytes" → "guanjia_conn_in_bytes"; a last ".count" says nothing that "_total" does not. */
static void name_family(const struct metric_row *row, char out[NAME_BYTES_MAX])
{
	const char *prefix = strncmp(row->name, "process.", 8) == 0 ? "" : "guanjia_";
	int len = snprintf(out, NAME_BYTES_MAX, "%s%s", prefix, row->name);

	assert(len > 0 && len < NAME_BYTES_MAX);
	if (metric_is_in(row, "count")) {
		out[len - (int)strlen(".count")] = '\0';
	}
	for (char *at = out; *at != '\0'; at++) {
		*at = *at == '.' ? '_' : *at;
	}
}

/* HELP ends at its line; backslash and quote are escaped too. */
static void say_help(struct text *text)
{
	char help[LINE_BYTES_MAX / 2];
	size_t len = 0;

	for (const char *at = text->row->text; *at != '\0'; at++) {
		assert(*at != '\n' && len + 3 < sizeof help);
		if (*at == '\\' || *at == '"') {
			help[len++] = '\\';
		}
		help[len++] = *at;
	}
	help[len] = '\0';
	say(text, "# HELP %s %s\n", text->name, help);
}

static void begin_family(struct text *text, const struct metric_row *row)
{
	static const char *const types[] = {
		[METRIC_GAUGE] = "gauge", [METRIC_TOTAL] = "counter", [METRIC_SPREAD] = "histogram"};

	text->row = row;
	name_family(row, text->name);
	say(text, "# TYPE %s %s\n", text->name, types[row->kind]);
	if (metric_is_in(row, "seconds") || metric_is_in(row, "bytes")) {
		say(text, "# UNIT %s %s\n", text->name, strrchr(row->name, '.') + 1);
	}
	say_help(text);
}

/* `method="complaint.get",outcome="ok"`, without the braces. The values are names of ours. */
static void make_labels(const struct metric_sample *sample, char out[LABELS_BYTES_MAX])
{
	const char *name = sample->row->labels;
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; name != NULL && i < METRIC_LABELS_MAX; i++) {
		const char *comma = strchr(name, ',');
		int name_len = comma == NULL ? (int)strlen(name) : (int)(comma - name);

		used += (size_t)snprintf(out + used, LABELS_BYTES_MAX - used, "%s%.*s=\"%s\"",
			i == 0 ? "" : ",", name_len, name, sample->labels[i]);
		assert(used < LABELS_BYTES_MAX);
		name = comma == NULL ? NULL : comma + 1;
	}
}

/* Microseconds are told in seconds. */
static const char *show(const struct metric_row *row, uint64_t value, char out[32])
{
	if (metric_is_in(row, "seconds")) {
		(void)snprintf(out, 32, "%" PRIu64 ".%06" PRIu64, value / 1000000, value % 1000000);
	} else {
		(void)snprintf(out, 32, "%" PRIu64, value);
	}
	return out;
}

static void say_value(struct text *text, const struct metric_sample *sample)
{
	char labels[LABELS_BYTES_MAX];
	char value[32];

	make_labels(sample, labels);
	say(text, "%s%s%s%s%s %s\n", text->name, sample->row->kind == METRIC_TOTAL ? "_total" : "",
		labels[0] == '\0' ? "" : "{", labels, labels[0] == '\0' ? "" : "}",
		show(sample->row, sample->value, value));
}

/* A size is whole: below 2^n is at most 2^n - 1. A time is not, and what was cut off belongs below 2^n. */
static void say_spread(struct text *text, const struct metric_sample *sample)
{
	const struct histogram *spread = sample->spread;
	bool is_time = metric_is_in(sample->row, "seconds");
	unsigned last = is_time ? SECONDS_OCTAVE_MAX : COUNT_OCTAVE_MAX;
	char labels[LABELS_BYTES_MAX];
	char value[32];

	make_labels(sample, labels);
	for (unsigned i = is_time ? SECONDS_OCTAVE_MIN : COUNT_OCTAVE_MIN; i <= last; i++) {
		uint64_t edge = (UINT64_C(1) << i) - (is_time ? 0 : 1);

		say(text, "%s_bucket{%s%sle=\"%s%s\"} %" PRIu64 "\n", text->name, labels,
			labels[0] == '\0' ? "" : ",", show(sample->row, edge, value), is_time ? "" : ".0",
			histogram_count_below(spread, i));
	}
	say(text, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", text->name, labels,
		labels[0] == '\0' ? "" : ",", histogram_count(spread));
	say(text, "%s_sum%s%s%s %s\n", text->name, labels[0] == '\0' ? "" : "{", labels,
		labels[0] == '\0' ? "" : "}", show(sample->row, spread->sum, value));
	say(text, "%s_count%s%s%s %" PRIu64 "\n", text->name, labels[0] == '\0' ? "" : "{", labels,
		labels[0] == '\0' ? "" : "}", histogram_count(spread));
}

static void take(struct metric_sink *sink, const struct metric_sample *sample)
{
	struct text *text = (struct text *)sink;

	if (text->row != sample->row) {
		begin_family(text, sample->row);
	}
	if (sample->spread != NULL) {
		say_spread(text, sample);
	} else {
		say_value(text, sample);
	}
}

bool metric_text(struct server *server, struct buf *out)
{
	struct text text = {.sink = {take}, .out = out};

	say(&text, "# TYPE guanjia_build info\n# HELP guanjia_build which server this is\n");
	say(&text, "guanjia_build_info{version=\"%s\",schema=\"%d\"} 1\n", GUANJIA_VERSION,
		server->schema);
	metric_walk(server, &text.sink);
	say(&text, "# EOF\n");
	return !text.is_full;
}

bool metric_health(struct server *server, struct buf *out, bool *out_is_well)
{
	struct text text = {.out = out};
	struct figures figures;
	bool is_well;

	(void)loops_figures(server, &figures);
	is_well = figures.census.is_database_up && server->life == SERVER_SERVING;
	say(&text,
		"{\"is_well\":%s,\"is_database_up\":%s,\"is_draining\":%s,\"version\":\"%s\",\"schema\":%d,"
		"\"feed_lag_ms\":%llu,\"is_record_forged\":%s}\n",
		is_well ? "true" : "false", figures.census.is_database_up ? "true" : "false",
		server->life == SERVER_SERVING ? "false" : "true", GUANJIA_VERSION, server->schema,
		(unsigned long long)(figures.census.feed_lag_us / US_PER_MS),
		server->counters.record_forged == 0 ? "false" : "true"); /* people work on; the seals are the first loop's */
	*out_is_well = is_well;
	return !text.is_full;
}
