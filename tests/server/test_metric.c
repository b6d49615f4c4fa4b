/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what is told of measurements: whose doing each error is, that every row of counter.def and metric.def is walked
 * over with what it measures, how the text writes numbers, times and spreads, that several loops' are told as one, when the server is well; and that the
 * endpoint takes no address but the machine's own.
 */
#include <arpa/inet.h>
#include <string.h>

#include "common/arena.h"
#include "server/loops.h"
#include "server/metric_text.h"
#include "server/net/address.h"
#include "server/net/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "tests/check.h"

static struct config config;
static struct server server;

/* A server in which nothing has happened and nothing is connected. */
static void begin(void)
{
	config_init(&config, "/nowhere");
	server = (struct server){.config = &config, .schema = 9};
	server.feed.server = &server;
	list_init(&server.conns);
	list_init(&server.closed);
	list_init(&server.requests);
	list_init(&server.watches);
	list_init(&server.reader.waiting);
	server.writers.count = 1;
	list_init(&server.writers.each[0].batch);
	list_init(&server.writers.each[0].waiting);
}

static void test_every_error_is_somebodys_doing(void)
{
	static const enum err ours[] = {ERR_TOO_SLOW, ERR_TOO_MANY, ERR_BUSY, ERR_TRY_LATER,
		ERR_DEADLINE, ERR_GOING_AWAY, ERR_INTERNAL, ERR_CONNECT};

	CHECK_INT_EQ(metric_outcome(ERR_OK), OUTCOME_OK);
	for (size_t i = 0; i < err_row_count; i++) {
		bool is_ours = false;

		CHECK((size_t)err_rows[i].err < METRIC_ERRORS_END);
		for (size_t k = 0; k < COUNT(ours); k++) {
			is_ours = is_ours || ours[k] == err_rows[i].err;
		}
		CHECK_INT_EQ(metric_outcome(err_rows[i].err) == OUTCOME_FAILED, is_ours);
	}
}

/* The text, with a NUL; the caller's. */
static char *text_now(void)
{
	struct buf out;
	size_t len;
	char *text;
	bool fits;

	buf_init(&out, METRIC_TEXT_BYTES_MAX);
	fits = metric_text(&server, &out) && buf_append(&out, span_of("", 1));
	assert(fits);
	text = (char *)buf_take(&out, &len);
	return text;
}

static void check_line(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (at == NULL || at[strlen(line)] != '\n' || (at != text && at[-1] != '\n')) {
		printf("# there is no line: %s\n", line);
	}
	CHECK(at != NULL && at[strlen(line)] == '\n' && (at == text || at[-1] == '\n'));
}

static void test_numbers_are_written_with_their_units(void)
{
	char *text;

	begin();
	server.started_us = INT64_C(1795739528750147);
	server.counters.bytes_in = 1234567890123;
	server.counters.requests = 7;
	server.writers.each[0].waiting_count = 3;
	server.metrics.errors[ERR_CONFLICT] = 2;
	text = text_now();
	check_line(text, "guanjia_build_info{version=\"" GUANJIA_VERSION "\",schema=\"9\"} 1");
	check_line(text, "process_start_time_seconds 1795739528.750147");
	check_line(text, "# UNIT guanjia_conn_in_bytes bytes");
	check_line(text, "guanjia_conn_in_bytes_total 1234567890123");
	check_line(text, "# TYPE guanjia_request counter");
	check_line(text, "guanjia_request_total 7");
	check_line(text, "guanjia_db_write_waiting 3");
	check_line(text, "guanjia_request_errors_total{code=\"CONFLICT\"} 2");
	CHECK(strstr(text, "code=\"BUSY\"") == NULL); /* there was none */
	CHECK_STR_EQ(text + strlen(text) - strlen("\n# EOF\n"), "\n# EOF\n");
	free(text);
}

/* What another loop put down beside what this one has: added up, or the latest, or only if both. */
static void test_all_loops_are_told_as_one(void)
{
	struct loops loops;
	struct loop_seat *other;
	char *text;

	begin();
	loops_init(&loops, 2);
	server.loops = &loops;
	other = &loops.seats[1];
	server.counters.requests = 7;
	other->figures.counters.requests = 5;
	other->figures.census.states[CONN_MEMBER] = 3;
	server.hashes_running = 1;
	other->figures.census.hashes_running = 2;
	other->figures.census.feed_lag_us = 1500000;
	server.backups.taken_us = 1795739528750147;
	other->figures.census.is_database_up = true; /* here it is not */
	server.metrics.errors[ERR_CONFLICT] = 2;
	other->metrics.errors[ERR_CONFLICT] = 3;
	metric_answered(&server.metrics, METHOD_complaint_get, ERR_OK, 31);
	metric_answered(&other->metrics, METHOD_complaint_get, ERR_OK, 32);
	histogram_add(&server.reader.group_sizes, 1);
	for (size_t i = 0; i < FIGURES_SPREADS; i++) {
		histogram_add(&other->figures.spreads[i], 2);
	}
	text = text_now();
	check_line(text, "guanjia_request_total 12");
	check_line(text, "guanjia_conn_state{state=\"member\"} 3");
	check_line(text, "guanjia_hash_running 3");
	check_line(text, "guanjia_feed_lag_seconds 1.500000");
	check_line(text, "guanjia_backup_time_seconds 1795739528.750147");
	check_line(text, "guanjia_db_up 0");
	check_line(text, "guanjia_request_errors_total{code=\"CONFLICT\"} 5");
	check_line(text, "guanjia_request_seconds_count{method=\"complaint.get\",outcome=\"ok\"} 2");
	check_line(text, "guanjia_db_read_group_count 2");
	check_line(text, "guanjia_db_read_group_sum 3");
	CHECK_INT_EQ(server.metrics.errors[ERR_CONFLICT], 2); /* its own stay its own */
	server.loop_no = 1;
	server.loops->seats[0].figures.counters.requests = 1;
	free(text);
	text = text_now();
	check_line(
		text, "guanjia_request_total 8"); /* the first one's as it was put down, and not its own */
	free(text);
	loops_fini(&loops);
}

static void test_an_answer_is_in_its_methods_spread(void)
{
	char *text;

	begin();
	metric_answered(&server.metrics, METHOD_complaint_get, ERR_OK, 31);
	metric_answered(&server.metrics, METHOD_complaint_get, ERR_OK, 32);
	metric_answered(&server.metrics, METHOD_complaint_get, ERR_NOT_FOUND, 5000000);
	metric_answered(&server.metrics, METHOD_COUNT, ERR_METHOD_UNKNOWN, -1);
	text = text_now();
	check_line(text, "guanjia_request_seconds_bucket{method=\"complaint.get\",outcome=\"ok\",le="
					 "\"0.000032\"} 1");
	check_line(text, "guanjia_request_seconds_bucket{method=\"complaint.get\",outcome=\"ok\",le="
					 "\"0.000064\"} 2");
	check_line(
		text, "guanjia_request_seconds_sum{method=\"complaint.get\",outcome=\"ok\"} 0.000063");
	check_line(text, "guanjia_request_seconds_count{method=\"complaint.get\",outcome=\"ok\"} 2");
	check_line(text, "guanjia_request_seconds_bucket{method=\"complaint.get\",outcome=\"refused\","
					 "le=\"4.194304\"} 0");
	check_line(text, "guanjia_request_seconds_bucket{method=\"complaint.get\",outcome=\"refused\","
					 "le=\"8.388608\"} 1");
	check_line(text, "guanjia_request_seconds_count{method=\"unknown\",outcome=\"refused\"} 1");
	check_line(text, "guanjia_request_errors_total{code=\"NOT_FOUND\"} 1");
	CHECK(strstr(text, "complaint.list") == NULL);
	free(text);
}

static void test_sizes_have_whole_edges(void)
{
	char *text;

	begin();
	histogram_add(&server.writers.figures.batch_sizes, 1);
	histogram_add(&server.writers.figures.batch_sizes, 32);
	text = text_now();
	check_line(text, "guanjia_db_write_batch_bucket{le=\"1.0\"} 1");
	check_line(text, "guanjia_db_write_batch_bucket{le=\"31.0\"} 1");
	check_line(text, "guanjia_db_write_batch_bucket{le=\"63.0\"} 2");
	check_line(text, "guanjia_db_write_batch_bucket{le=\"+Inf\"} 2");
	check_line(text, "guanjia_db_write_batch_sum 33");
	free(text);
}

/* Connections, requests and watches are counted where they stand. */
static void test_what_waits_is_counted(void)
{
	struct conn conns[3] = {{.state = CONN_GUEST}, {.state = CONN_MEMBER}, {.state = CONN_MEMBER}};
	struct request requests[2] = {{.step = STEP_LOAD}, {.step = STEP_COMMIT}};
	char *text;

	begin();
	for (size_t i = 0; i < COUNT(conns); i++) {
		list_append(&server.conns, &conns[i].node);
	}
	for (size_t i = 0; i < COUNT(requests); i++) {
		list_append(&server.requests, &requests[i].all_node);
	}
	text = text_now();
	check_line(text, "guanjia_conn_state{state=\"guest\"} 1");
	check_line(text, "guanjia_conn_state{state=\"member\"} 2");
	check_line(text, "guanjia_request_step{step=\"load\"} 1");
	check_line(text, "guanjia_request_step{step=\"commit\"} 1");
	check_line(text, "guanjia_request_step{step=\"decide\"} 0");
	free(text);
}

/* Woken by something earlier is not late; at its own time or behind it, it is by so much. */
static void test_the_loop_is_late_by_what_is_behind_its_time(void)
{
	begin();
	metric_tick_begins(&server.metrics, 1000); /* the first: nothing was set */
	server.metrics.armed_mono_us = 5000;
	metric_tick_begins(&server.metrics, 4999);
	CHECK_INT_EQ(histogram_count(&server.metrics.lags), 0);
	metric_tick_begins(&server.metrics, 5700);
	CHECK_INT_EQ(histogram_count(&server.metrics.lags), 1);
	CHECK_INT_EQ(server.metrics.lags.sum, 700);
}

static void check_health(bool expected, const char *part)
{
	struct buf out;
	bool is_well = !expected;
	size_t len;
	char *text;

	buf_init(&out, 1024);
	CHECK(metric_health(&server, &out, &is_well) && buf_append(&out, span_of("", 1)));
	text = (char *)buf_take(&out, &len);
	CHECK_INT_EQ(is_well, expected);
	CHECK(strstr(text, part) != NULL);
	free(text);
}

static void test_it_is_well_while_it_serves_with_a_database(void)
{
	static const char address[] = "host=127.0.0.1 port=1";
	struct source_fault fault;

	begin();
	check_health(false, "\"is_well\":false,\"is_database_up\":false,\"is_draining\":false");
	CHECK_INT_EQ(uv_loop_init(&server.loop), 0);
	CHECK(source_init(&server.source, address, &fault));
	reader_init(&server.reader, &server.loop, &server.log, &server.source, 1, 0);
	check_health(false, "\"is_database_up\":false");
	server.writers.each[0].pg.state = PGCONN_READY;
	check_health(false, "\"is_database_up\":false"); /* nobody reads */
	check_health(false, "\"is_record_forged\":false");
	server.counters.record_forged = 1;
	check_health(false, "\"is_record_forged\":true");
	server.life = SERVER_DRAINING;
	check_health(false, "\"is_draining\":true");
	reader_fini(&server.reader);
	source_fini(&server.source);
	CHECK_INT_EQ(uv_loop_close(&server.loop), 0);
}

static void test_only_loopback_is_listened_on(void)
{
	static const struct {
		const char *text;
		const char *why; /* NULL: it does */
	} rows[] = {
		{"", NULL},
		{"127.0.0.1:0", NULL},
		{"127.9.9.9:0", NULL},
		{"[::1]:0", NULL},
		{"0.0.0.0:0", "not an address of this machine alone"},
		{"[::]:0", "not an address of this machine alone"},
		{"192.0.2.7:9464", "not an address of this machine alone"},
		{"[::ffff:192.0.2.7]:0", "not an address of this machine alone"},
		{"localhost:9464", "want address:port"},
		{"127.0.0.1", "want address:port"},
		{"127.0.0.1:70000", "want address:port"},
		{"9464", "want address:port"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct config_fault fault = {{0}};
		struct scrape scrape;

		begin();
		config.metrics = rows[i].text;
		CHECK_INT_EQ(uv_loop_init(&server.loop), 0);
		CHECK_INT_EQ(scrape_open(&scrape, &server, &fault), rows[i].why == NULL);
		CHECK(rows[i].why == NULL || strstr(fault.text, rows[i].why) != NULL);
		CHECK_INT_EQ(scrape.port != 0, rows[i].why == NULL && rows[i].text[0] != '\0');
		scrape_close(&scrape);
		scrape_close(&scrape);
		CHECK_INT_EQ(uv_run(&server.loop, UV_RUN_DEFAULT), 0);
		CHECK_INT_EQ(uv_loop_close(&server.loop), 0);
	}
}

static const struct test tests[] = {
	{"every_error_is_somebodys_doing", test_every_error_is_somebodys_doing},
	{"numbers_are_written_with_their_units", test_numbers_are_written_with_their_units},
	{"all_loops_are_told_as_one", test_all_loops_are_told_as_one},
	{"an_answer_is_in_its_methods_spread", test_an_answer_is_in_its_methods_spread},
	{"sizes_have_whole_edges", test_sizes_have_whole_edges},
	{"what_waits_is_counted", test_what_waits_is_counted},
	{"the_loop_is_late_by_what_is_behind_its_time",
		test_the_loop_is_late_by_what_is_behind_its_time},
	{"it_is_well_while_it_serves_with_a_database", test_it_is_well_while_it_serves_with_a_database},
	{"only_loopback_is_listened_on", test_only_loopback_is_listened_on},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
