/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/top_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"

#include "client/admin/cell.h"
#include "client/admin/i18n.h"

#define LABEL_COLUMNS 13
#define METHOD_COLUMNS 22
#define NUMBER_COLUMNS 11
#define NUMBER_MAX 32

static const char *const headings[TOP_ORDERS] = {
	N_("METHOD"), N_("REQUESTS/s"), N_("REFUSED/s"), N_("FAILED/s"), N_("P50"), N_("P99")};

/* "12.3": tenths; from a thousand on whole ones are enough. */
static const char *tenths(uint64_t value, char out[NUMBER_MAX])
{
	if (value >= 10000) {
		(void)snprintf(out, NUMBER_MAX, "%" PRIu64, (value + 5) / 10);
	} else {
		(void)snprintf(out, NUMBER_MAX, "%" PRIu64 ".%" PRIu64, value / 10, value % 10);
	}
	return out;
}

/* "830 us", "1.2 ms", "3.4 s": three digits say enough. */
static const char *duration(uint64_t us, char out[NUMBER_MAX])
{
	if (us < 1000) {
		(void)snprintf(out, NUMBER_MAX, "%" PRIu64 " us", us);
	} else if (us < 1000000) {
		(void)snprintf(out, NUMBER_MAX, "%" PRIu64 ".%" PRIu64 " ms", us / 1000, us / 100 % 10);
	} else {
		(void)snprintf(
			out, NUMBER_MAX, "%" PRIu64 ".%" PRIu64 " s", us / 1000000, us / 100000 % 10);
	}
	return out;
}

static const char *size(uint64_t bytes, char out[NUMBER_MAX])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	size_t unit = 0;

	while (bytes >= 10000 && unit + 1 < COUNT(units)) {
		bytes /= 1000;
		unit++;
	}
	(void)snprintf(out, NUMBER_MAX, "%" PRIu64 " %s", bytes, units[unit]);
	return out;
}

static const char *age(int64_t us, char out[NUMBER_MAX])
{
	long long minutes = us / US_PER_S / 60;

	if (minutes < 24 * 60) {
		(void)snprintf(out, NUMBER_MAX, "%lld:%02lld", minutes / 60, minutes % 60);
	} else {
		(void)snprintf(out, NUMBER_MAX, _("%lld d %lld:%02lld"), minutes / (24 * 60),
			minutes / 60 % 24, minutes % 60);
	}
	return out;
}

/* Blanks up to a width in columns; never cut. */
static struct str pad(struct arena *arena, struct str text, size_t columns, bool is_right)
{
	size_t width = cell_width(text);
	int blanks = (int)(columns > width ? columns - width : 0);

	return is_right ? arena_printf(arena, "%*s%.*s", blanks, "", STR_ARG(text))
	                : arena_printf(arena, "%.*s%*s", STR_ARG(text), blanks, "");
}

static void add(struct top_page *page, struct str line)
{
	assert(page->count < TOP_PAGE_MAX);
	page->lines[page->count++] = line;
}

static void add_pair(struct top_page *page, struct arena *arena, const char *label, struct str text)
{
	struct str padded = pad(arena, str_from_c(label), LABEL_COLUMNS, false);

	add(page, arena_printf(arena, "%.*s%.*s", STR_ARG(padded), STR_ARG(text)));
}

/* --- the lines above the methods --- */

static void add_requests(struct top_page *page, const struct top *top, struct arena *arena)
{
	char numbers[5][NUMBER_MAX];

	add_pair(page, arena, _("requests"),
		arena_printf(arena, _("%s/s  refused %s/s  failed %s/s  p50 %s  p99 %s"),
			tenths(top_tenths_per_s(top, top->sum.requests), numbers[0]),
			tenths(top_tenths_per_s(top, top->sum.refused), numbers[1]),
			tenths(top_tenths_per_s(top, top->sum.failed), numbers[2]),
			duration(top->sum.p50_us, numbers[3]), duration(top->sum.p99_us, numbers[4])));
}

static void add_connections(struct top_page *page, const struct top *top, struct arena *arena)
{
	char numbers[3][NUMBER_MAX];

	add_pair(page, arena, _("connections"),
		arena_printf(arena,
			_("%" PRIu64 "  not logged in %" PRIu64 "  new %s/s  in %s/s  out %s/s"),
			top_value(top, "conn.open"), top_value(top, "conn.guests"),
			tenths(top_tenths_per_s(top, top_rise(top, "conn.accepted")), numbers[0]),
			size(top_tenths_per_s(top, top_rise(top, "conn.in.bytes")) / 10, numbers[1]),
			size(top_tenths_per_s(top, top_rise(top, "conn.out.bytes")) / 10, numbers[2])));
}

/* In tenths: how many shared one on average. */
static uint64_t mean(const struct histogram *spread)
{
	uint64_t count = histogram_count(spread);

	return count == 0 ? 0 : spread->sum * 10 / count;
}

static void add_lanes(struct top_page *page, const struct top *top, struct arena *arena)
{
	struct histogram sizes, times;
	char numbers[3][NUMBER_MAX];

	top_spread(top, "db.read.group", &sizes);
	top_spread(top, "db.read.answer.seconds", &times);
	add_pair(page, arena, _("reading"),
		arena_printf(arena, _("%" PRIu64 " up  waiting %" PRIu64 "  groups %s/s of %s  p99 %s"),
			top_value(top, "db.read.connections"), top_value(top, "db.read.waiting"),
			tenths(top_tenths_per_s(top, histogram_count(&sizes)), numbers[0]),
			tenths(mean(&sizes), numbers[1]),
			duration(histogram_quantile(&times, 990), numbers[2])));
	top_spread(top, "db.write.batch", &sizes);
	top_spread(top, "db.write.commit.seconds", &times);
	add_pair(page, arena, _("writing"),
		arena_printf(arena,
			_("%" PRIu64 " up  waiting %" PRIu64 "  batches %s/s of %s  p99 %s  redone %" PRIu64),
			top_value(top, "db.write.connections"), top_value(top, "db.write.waiting"),
			tenths(top_tenths_per_s(top, histogram_count(&sizes)), numbers[0]),
			tenths(mean(&sizes), numbers[1]), duration(histogram_quantile(&times, 990), numbers[2]),
			top_rise(top, "request.redone")));
}

static void add_live(struct top_page *page, const struct top *top, struct arena *arena)
{
	char numbers[3][NUMBER_MAX];

	add_pair(page, arena, _("live"),
		arena_printf(arena,
			_("watches %" PRIu64 "  events %s/s  held %s/s  behind %" PRIu64 "  feed lag %s"),
			top_value(top, "watch.open"),
			tenths(top_tenths_per_s(top, top_rise(top, "watch.events")), numbers[0]),
			tenths(top_tenths_per_s(top, top_rise(top, "watch.held")), numbers[1]),
			top_value(top, "watch.behind"),
			duration(top_value(top, "feed.lag.seconds"), numbers[2])));
	add_pair(page, arena, _("waiting"),
		arena_printf(arena,
			_("requests %" PRIu64 "  passwords %" PRIu64 "  messages %" PRIu64 ", late %" PRIu64
			  "  log lines lost %" PRIu64),
			top_value(top, "request.now"), top_value(top, "hash.waiting"),
			top_value(top, "outgoing.waiting"), top_value(top, "outgoing.late"),
			top_value(top, "log.dropped")));
}

static void add_machine(struct top_page *page, const struct top *top, struct arena *arena)
{
	/* A hundredth of the span in microseconds is a per cent; in tenths of it. */
	uint64_t cpu = top->span_us <= 0
	                   ? 0
	                   : top_rise(top, "process.cpu.seconds") * 1000 / (uint64_t)top->span_us;
	struct histogram ticks, lags;
	char numbers[4][NUMBER_MAX];

	top_spread(top, "tick.seconds", &ticks);
	top_spread(top, "tick.lag.seconds", &lags);
	add_pair(page, arena, _("process"),
		arena_printf(arena, _("CPU %s %%  memory %s  files %" PRIu64 "  tick p99 %s  late %s"),
			tenths(cpu, numbers[0]),
			size(top_value(top, "process.resident_memory.bytes"), numbers[1]),
			top_value(top, "process.open_fds"),
			duration(histogram_quantile(&ticks, 990), numbers[2]),
			duration(histogram_quantile(&lags, 990), numbers[3])));
}

/* --- the methods --- */

static struct str number_cell(struct arena *arena, const char *text)
{
	return pad(arena, str_from_c(text), NUMBER_COLUMNS, true);
}

static void add_heading(struct top_page *page, const struct top *top, struct arena *arena)
{
	struct str line = {"", 0};

	for (int i = 0; i < TOP_ORDERS; i++) {
		struct str text = arena_printf(arena, i == (int)top->order ? "%s*" : "%s", _(headings[i]));

		text = pad(arena, text, i == 0 ? METHOD_COLUMNS : NUMBER_COLUMNS, i != 0);
		line = arena_printf(arena, "%.*s%.*s", STR_ARG(line), STR_ARG(text));
	}
	page->heading = page->count;
	add(page, line);
}

static void add_row(
	struct top_page *page, const struct top *top, const struct top_row *row, struct arena *arena)
{
	char number[NUMBER_MAX];
	struct str line = cell_clean(arena, str_from_c(row->method), CELL_ONE_LINE);
	const uint64_t counts[] = {row->requests, row->refused, row->failed};
	const uint64_t times[] = {row->p50_us, row->p99_us};

	line = pad(arena, line, METHOD_COLUMNS, false);
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct str cell = number_cell(arena, tenths(top_tenths_per_s(top, counts[i]), number));

		line = arena_printf(arena, "%.*s%.*s", STR_ARG(line), STR_ARG(cell));
	}
	for (size_t i = 0; i < COUNT(times); i++) {
		struct str cell = number_cell(arena, duration(times[i], number));

		line = arena_printf(arena, "%.*s%.*s", STR_ARG(line), STR_ARG(cell));
	}
	add(page, line);
}

void top_page_make(struct top_page *page, const struct top *top, const char *server,
	const char *when, struct arena *arena)
{
	const Pb__ServerMetricsReply *reply = top_reply(top);
	struct str version =
		cell_clean(arena, str_from_c(reply->version == NULL ? "" : reply->version), CELL_ONE_LINE);
	char text[NUMBER_MAX];

	*page = (struct top_page){.count = 0};
	add(page, arena_printf(arena, _("guanjia top  %s  %.*s  up %s  database %s  %s"), server,
				  STR_ARG(version), age(reply->utc_us - reply->started_us, text),
				  top_value(top, "db.up") != 0 ? _("answers") : _("DOWN"), when));
	add_requests(page, top, arena);
	add_connections(page, top, arena);
	add_lanes(page, top, arena);
	add_live(page, top, arena);
	add_machine(page, top, arena);
	assert(page->count == TOP_PAGE_HEAD);
	add(page, STR(""));
	add_heading(page, top, arena);
	for (size_t i = 0; i < top->row_count; i++) {
		add_row(page, top, &top->rows[i], arena);
	}
}

/* --- for programs --- */

static void set_count(json_t *object, const char *name, uint64_t value)
{
	(void)json_object_set_new(object, name, json_integer((json_int_t)value));
}

static json_t *row_json(const struct top_row *row)
{
	json_t *object = json_object();

	if (row->method != NULL) {
		(void)json_object_set_new(object, "method", json_string(row->method));
	}
	set_count(object, "requests", row->requests);
	set_count(object, "refused", row->refused);
	set_count(object, "failed", row->failed);
	set_count(object, "p50_us", row->p50_us);
	set_count(object, "p99_us", row->p99_us);
	return object;
}

json_t *top_page_json(const struct top *top)
{
	const Pb__ServerMetricsReply *reply = top_reply(top);
	json_t *whole = json_object();
	json_t *methods = json_array();
	json_t *values = json_object();

	set_count(whole, "utc_us", (uint64_t)reply->utc_us);
	set_count(whole, "span_us", (uint64_t)top->span_us);
	(void)json_object_set_new(whole, "all", row_json(&top->sum));
	for (size_t i = 0; i < top->row_count; i++) {
		(void)json_array_append_new(methods, row_json(&top->rows[i]));
	}
	(void)json_object_set_new(whole, "methods", methods);
	for (size_t i = 0; i < reply->n_metrics; i++) {
		const Pb__Metric *metric = reply->metrics[i];

		if (metric->n_labels == 0 && metric->has_value && metric->name != NULL) {
			set_count(values, metric->name, metric->value);
		}
	}
	(void)json_object_set_new(whole, "values", values);
	return whole;
}
