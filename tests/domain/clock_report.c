/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds the clocks against real requests with a deadline from outside, closed and open (product.md row C8):
 *
 *     GUANJIA_REQUESTS=FILE.csv.gz meson test -C build -v 'domain clock report'
 *
 * FILE has the columns opened_at, target_at, closed_at (times without a zone), ontime_status (ONTIME or
 * OVERDUE) and case_status. Without the setting it is ../shared/data/boston311_housing_2015.csv.gz, seen from
 * the project's folder; where there is none the test is skipped. Every closed row with a target must be as
 * late as its flag says; the open ones are judged as of the day the data was drawn, and their counts are
 * those that came with it.
 */
#include "server/domain/clock.h"

#include <unistd.h>

#include "common/sheet.h"
#include "common/clock.h"
#include "common/day.h"
#include "tests/check.h"

#define TEXT_BYTES_MAX (64 * 1024 * 1024)
#define ARENA_BYTES_MAX (256 * 1024 * 1024)
#define COMMAND_MAX 512
#define CLOSED_COUNT 8408
#define OVERDUE_COUNT 3807
#define IN_TIME_COUNT 1096

enum column {
	COLUMN_OPENED,
	COLUMN_TARGET,
	COLUMN_CLOSED,
	COLUMN_FLAG,
	COLUMN_STATUS,
	COLUMN_COUNT
};
static const char *const columns[COLUMN_COUNT] = {
	"opened_at", "target_at", "closed_at", "ontime_status", "case_status"};

struct tally {
	size_t closed_count, agreed_count, overdue_count, in_time_count;
};

/* What was promised: to be done by the deadline itself. */
static const struct promise promise = {.calendar = CALENDAR_24X7,
	.clocks = {[CLOCK_ACCEPT - 1] = {TERM_MINUTES, 60}, [CLOCK_RESOLVE - 1] = {TERM_DEADLINE, 0}}};
static const struct zone zone = {1, {{0, 0}}};
static const struct calendar calendar = {&zone, 0, SERVICE_MINUTES_MAX, NULL, 0, 0};
static const struct clock_rules rules = {&promise, &calendar};

/* 2015-01-31T07:27:13; 0 for an empty cell. */
static int64_t time_of(struct str cell)
{
	int year, month, day_of_month, hour, minute, second;
	char text[32];
	int32_t day;
	bool is_time;

	if (cell.len == 0) {
		return 0;
	}
	(void)snprintf(text, sizeof text, "%.*s", STR_ARG(cell));
	is_time = sscanf(text, "%d-%d-%dT%d:%d:%d", &year, &month, &day_of_month, &hour, &minute,
				  &second) == 6 &&
	          day_from_number((uint32_t)(year * 10000 + month * 100 + day_of_month), &day);
	assert(is_time);
	return (((int64_t)day * 24 + hour) * 60 + minute) * 60 * US_PER_S + second * US_PER_S;
}

/* The request's clock, taken through its steps: accepted when it was opened, answered when it was closed. */
static struct clock_card card_of(int64_t opened_us, int64_t target_us, int64_t closed_us)
{
	struct complaint_record record = {.kind = 1, .state = COMPLAINT_ACCEPTED};
	struct clock_card card;

	clock_begin(&card, &rules, opened_us, target_us, opened_us);
	clock_step(&card, &rules, COMPLAINT_STEP_ACCEPT, COMPLAINT_SUBMITTED, &record, opened_us);
	if (closed_us != 0) {
		record.state = COMPLAINT_PENDING_CONFIRMATION;
		clock_step(&card, &rules, COMPLAINT_STEP_SEND, COMPLAINT_ANSWERED, &record, closed_us);
	}
	return card;
}

static void tally_row(const struct str *cells, int64_t drawn_us, struct tally *out)
{
	int64_t target_us = time_of(cells[COLUMN_TARGET]);
	int64_t closed_us = time_of(cells[COLUMN_CLOSED]);
	bool is_flagged = str_equal(cells[COLUMN_FLAG], STR("OVERDUE"));
	struct clock_card card;
	bool is_late;

	if (target_us == 0) {
		return;
	}
	card = card_of(time_of(cells[COLUMN_OPENED]), target_us, closed_us);
	is_late = clock_is_late(&card, CLOCK_RESOLVE, drawn_us);
	if (closed_us != 0) {
		out->closed_count++;
		out->agreed_count += is_late == is_flagged;
	} else {
		out->overdue_count += is_late;
		out->in_time_count += !is_late;
	}
}

static struct str unpack(const char *path, struct arena *arena)
{
	char command[COMMAND_MAX];
	char *text = arena_alloc(arena, TEXT_BYTES_MAX);
	FILE *pipe;
	size_t len;

	(void)snprintf(command, sizeof command, "gzip -dc '%s'", path);
	pipe = popen(command, "r"); /* NOLINT: the path is the developer's own */
	assert(pipe != NULL && text != NULL);
	len = fread(text, 1, TEXT_BYTES_MAX, pipe);
	(void)pclose(pipe);
	return str_of(text, len);
}

static bool report(const char *path, struct arena *arena)
{
	struct tally tally = {0};
	struct sheet sheet;
	struct sheet_fault fault;

	if (sheet_read(unpack(path, arena), NULL, columns, COLUMN_COUNT, arena, &sheet, &fault) !=
		SHEET_OK) {
		return false;
	}
	for (size_t i = 0; i < sheet.count; i++) {
		tally_row(sheet.rows[i].cells, time_of(STR("2016-01-13T00:00:00")), &tally);
	}
	printf("# closed %zu, agreeing %zu; open: overdue %zu, in time %zu\n", tally.closed_count,
		tally.agreed_count, tally.overdue_count, tally.in_time_count);
	return tally.closed_count == CLOSED_COUNT && tally.agreed_count == CLOSED_COUNT &&
	       tally.overdue_count == OVERDUE_COUNT && tally.in_time_count == IN_TIME_COUNT;
}

int main(int argc, char **argv)
{
	const char *path = getenv("GUANJIA_REQUESTS");
	struct arena arena;
	bool is_good;

	if (path == NULL) {
		path = argc > 1 ? argv[1] : "";
	}
	if (access(path, R_OK) != 0) {
		printf("1..0 # SKIP no requests: GUANJIA_REQUESTS, see tests/domain/clock_report.c\n");
		return 0;
	}
	arena_init(&arena, ARENA_BYTES_MAX);
	is_good = report(path, &arena);
	printf("%s 1 - closed requests are as late as they were found to be\n1..1\n",
		is_good ? "ok" : "not ok");
	arena_fini(&arena);
	return is_good ? 0 : 1;
}
