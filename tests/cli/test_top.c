/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what `guanjia top` makes of two looks: rates and quantiles of the time between them, everything since the start
 * at the first look and after a restart, orders; and that no line is wider than a terminal of 80 columns.
 */
#include "client/admin/top.h"

#include <locale.h>
#include <string.h>

#include "common/arena.h"

#include "client/admin/cell.h"
#include "client/admin/top_page.h"
#include "client/core/client.h"
#include "tests/check.h"

#define SECOND INT64_C(1000000)
#define START_US (INT64_C(1795739528) * SECOND)
#define METRICS_MAX 64

/* A reply being made; everything lies in its result's arena. */
struct making {
	struct client_result *result;
	Pb__ServerMetricsReply *reply;
};

static struct making begin(int64_t started_us, int64_t after_us)
{
	struct making making = {.result = calloc(1, sizeof(*making.result))};

	assert(making.result != NULL);
	arena_init(&making.result->arena, 1024 * 1024);
	making.reply = arena_new(&making.result->arena, Pb__ServerMetricsReply);
	pb__server_metrics_reply__init(making.reply);
	making.result->message = &making.reply->base;
	making.reply->version = (char *)(uintptr_t) "0.1.0";
	making.reply->started_us = started_us;
	making.reply->utc_us = started_us + after_us;
	making.reply->mono_us = 7 * SECOND + after_us;
	making.reply->metrics =
		arena_alloc(&making.result->arena, METRICS_MAX * sizeof(making.reply->metrics[0]));
	return making;
}

static Pb__Metric *add(struct making *making, const char *name)
{
	Pb__Metric *metric = arena_new(&making->result->arena, Pb__Metric);

	assert(making->reply->n_metrics < METRICS_MAX);
	pb__metric__init(metric);
	metric->name = (char *)(uintptr_t)name;
	making->reply->metrics[making->reply->n_metrics++] = metric;
	return metric;
}

static void add_value(struct making *making, const char *name, uint64_t value)
{
	Pb__Metric *metric = add(making, name);

	metric->has_value = true;
	metric->value = value;
}

/* `count` times this size. */
static void add_spread(
	struct making *making, const char *method, const char *outcome, uint64_t size, uint64_t count)
{
	struct arena *arena = &making->result->arena;
	Pb__Metric *metric = add(making, method == NULL ? "tick.seconds" : "request.seconds");

	metric->spread = arena_new(arena, Pb__Histogram);
	pb__histogram__init(metric->spread);
	metric->spread->bucket_first = (uint32_t)histogram_bucket(size);
	metric->spread->counts = arena_alloc(arena, sizeof(metric->spread->counts[0]));
	metric->spread->counts[0] = count;
	metric->spread->n_counts = 1;
	metric->spread->sum = size * count;
	if (method != NULL) {
		metric->labels = arena_alloc(arena, 2 * sizeof(metric->labels[0]));
		metric->labels[metric->n_labels++] = (char *)(uintptr_t)method;
		metric->labels[metric->n_labels++] = (char *)(uintptr_t)outcome;
	}
}

static void check_row(const struct top_row *row, const struct top_row *expected)
{
	CHECK_STR_EQ(row->method, expected->method);
	CHECK_INT_EQ(row->requests, expected->requests);
	CHECK_INT_EQ(row->refused, expected->refused);
	CHECK_INT_EQ(row->failed, expected->failed);
	CHECK_INT_EQ(row->p50_us, expected->p50_us);
	CHECK_INT_EQ(row->p99_us, expected->p99_us);
}

/* Ten gets of 4 µs since the start, then in two seconds 30 more, of 5 µs, and one refused submit. */
static void look_twice(struct top *top)
{
	struct making making = begin(START_US, 100 * SECOND);

	add_value(&making, "conn.accepted", 50);
	add_value(&making, "conn.open", 9);
	add_spread(&making, "complaint.get", "ok", 4, 10);
	top_look(top, making.result);
	making = begin(START_US, 102 * SECOND);
	add_value(&making, "conn.accepted", 53);
	add_value(&making, "conn.open", 8);
	add_spread(&making, "complaint.get", "ok", 5, 30);
	add_spread(&making, "complaint.submit", "refused", 7, 1);
	add_spread(&making, NULL, NULL, 6, 4);
	top_look(top, making.result);
}

static void test_the_first_look_is_of_all_since_the_start(void)
{
	struct making making = begin(START_US, 100 * SECOND);
	struct top top = {.order = TOP_BY_REQUESTS};

	add_value(&making, "conn.accepted", 50);
	add_spread(&making, "complaint.get", "ok", 4, 10);
	add_spread(&making, "complaint.get", "failed", 6, 30);
	top_look(&top, making.result);
	CHECK_INT_EQ(top.span_us, 100 * SECOND);
	CHECK_INT_EQ(top.row_count, 1);
	check_row(&top.rows[0], &(struct top_row){"complaint.get", 40, 0, 30, 6, 6});
	CHECK_INT_EQ(top_tenths_per_s(&top, top_rise(&top, "conn.accepted")), 5);
	top_fini(&top);
}

static void test_the_second_is_of_what_came_between(void)
{
	struct top top = {.order = TOP_BY_REQUESTS};
	struct histogram ticks;

	look_twice(&top);
	CHECK_INT_EQ(top.span_us, 2 * SECOND);
	CHECK_INT_EQ(top.row_count, 2);
	check_row(&top.rows[0], &(struct top_row){"complaint.get", 30, 0, 0, 5, 5});
	check_row(&top.rows[1], &(struct top_row){"complaint.submit", 1, 1, 0, 7, 7});
	CHECK_INT_EQ(top.sum.requests, 31);
	CHECK_INT_EQ(top.sum.refused, 1);
	CHECK_INT_EQ(top_value(&top, "conn.open"), 8);
	CHECK_INT_EQ(top_rise(&top, "conn.accepted"), 3);
	CHECK_INT_EQ(top_tenths_per_s(&top, 3), 15);
	top_spread(&top, "tick.seconds", &ticks);
	CHECK_INT_EQ(histogram_count(&ticks), 4);
	CHECK_INT_EQ(top_value(&top, "nothing"), 0);
	top_fini(&top);
}

static void test_after_a_restart_it_begins_anew(void)
{
	struct top top = {.order = TOP_BY_REQUESTS};
	struct making making;

	look_twice(&top);
	making = begin(START_US + 200 * SECOND, 5 * SECOND);
	add_value(&making, "conn.accepted", 2);
	add_spread(&making, "complaint.get", "ok", 4, 3);
	top_look(&top, making.result);
	CHECK_INT_EQ(top.span_us, 5 * SECOND);
	CHECK_INT_EQ(top_rise(&top, "conn.accepted"), 2);
	check_row(&top.rows[0], &(struct top_row){"complaint.get", 3, 0, 0, 4, 4});
	top_fini(&top);
}

static void test_each_order_puts_its_largest_first(void)
{
	static const char *const first[TOP_ORDERS] = {
		[TOP_BY_METHOD] = "complaint.get",
		[TOP_BY_REQUESTS] = "complaint.get",
		[TOP_BY_REFUSED] = "complaint.submit",
		[TOP_BY_FAILED] = "complaint.get", /* none: by name */
		[TOP_BY_P50] = "complaint.submit",
		[TOP_BY_P99] = "complaint.submit",
	};
	struct top top = {.order = TOP_BY_REQUESTS};

	look_twice(&top);
	for (int i = 0; i < TOP_ORDERS; i++) {
		top.order = (enum top_order)i;
		top_sort(&top);
		CHECK_STR_EQ(top.rows[0].method, first[i]);
	}
	top_fini(&top);
}

/* What a server says is not believed: buckets beyond ours, counts that fall, names that are missing. */
static void test_strange_replies_do_no_harm(void)
{
	struct top top = {.order = TOP_BY_REQUESTS};
	struct making making;

	look_twice(&top);
	making = begin(START_US, 103 * SECOND);
	add_spread(&making, "complaint.get", "ok", 5, 2); /* fewer than before */
	making.reply->metrics[0]->spread->bucket_first = UINT32_MAX;
	add_spread(&making, "complaint.list", "ok", 5, 2);
	add(&making, NULL);
	top_look(&top, making.result);
	CHECK_INT_EQ(top.row_count, 1);
	CHECK_STR_EQ(top.rows[0].method, "complaint.list");
	making = begin(START_US, 103 * SECOND); /* no time has passed */
	top_look(&top, making.result);
	CHECK_INT_EQ(top_tenths_per_s(&top, 5), 0);
	CHECK_INT_EQ(top.row_count, 0);
	top_fini(&top);
}

static void test_a_busy_server_fits_into_80_columns(void)
{
	static const char *const names[] = {"conn.open", "conn.guests", "conn.in.bytes",
		"conn.out.bytes", "db.read.waiting", "db.write.waiting", "watch.open", "watch.events",
		"request.now", "outgoing.waiting", "process.open_fds"};
	struct making making = begin(START_US - 30 * 86400 * SECOND, 40 * 86400 * SECOND);
	struct top top = {.order = TOP_BY_P99};
	struct top_page page;
	struct arena arena;

	for (size_t i = 0; i < COUNT(names); i++) {
		add_value(&making, names[i], 9999);
	}
	add_value(&making, "process.resident_memory.bytes", 9999999999);
	add_spread(&making, "complaint.report_up", "ok", 999999, UINT64_C(34560000000));
	add_spread(&making, "complaint.report_up", "refused", 999999, UINT64_C(34560000000));
	top_look(&top, making.result);
	arena_init(&arena, 1024 * 1024);
	top_page_make(&page, &top, "127.0.0.1:7443", "18:20:00", &arena);
	CHECK(page.count == TOP_PAGE_HEAD + 3);
	for (size_t i = 0; i < page.count; i++) {
		if (cell_width(page.lines[i]) > 80) {
			printf("# %.*s\n", STR_ARG(page.lines[i]));
		}
		CHECK(cell_width(page.lines[i]) <= 80);
	}
	CHECK(!arena.failed);
	arena_fini(&arena);
	top_fini(&top);
}

static const struct test tests[] = {
	{"the_first_look_is_of_all_since_the_start", test_the_first_look_is_of_all_since_the_start},
	{"the_second_is_of_what_came_between", test_the_second_is_of_what_came_between},
	{"after_a_restart_it_begins_anew", test_after_a_restart_it_begins_anew},
	{"each_order_puts_its_largest_first", test_each_order_puts_its_largest_first},
	{"strange_replies_do_no_harm", test_strange_replies_do_no_harm},
	{"a_busy_server_fits_into_80_columns", test_a_busy_server_fits_into_80_columns},
};

int main(void)
{
	(void)setlocale(LC_ALL, "");
	return check_main(tests, COUNT(tests));
}
