/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a reader of the log relies on: whole lines of printable ASCII, capped, and every lost
 * line counted. The log writes into a pipe that the test reads, or leaves full.
 */
#include "common/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"

#define UTC_US INT64_C(1795458000123456) /* 2026-11-23T18:20:00.123456Z */

struct pipe_log {
	struct log log;
	int read_fd;
	int write_fd;
};

/* A small, non-blocking pipe with a log on it. */
static void open_log(struct pipe_log *pipe_log, enum log_level from)
{
	int fds[2] = {-1, -1};
	int made = pipe2(fds, O_NONBLOCK | O_CLOEXEC);
	int pipe_bytes = fcntl(fds[1], F_SETPIPE_SZ, 4096);

	assert(made == 0);
	assert(pipe_bytes > 0);
	pipe_log->read_fd = fds[0];
	pipe_log->write_fd = fds[1];
	log_init(&pipe_log->log, fds[1], from);
	pipe_log->log.utc_us = UTC_US;
}

static void close_log(struct pipe_log *pipe_log)
{
	log_fini(&pipe_log->log);
	close(pipe_log->write_fd);
	close(pipe_log->read_fd);
}

/* What is in the pipe now. */
static struct str read_pipe(const struct pipe_log *pipe_log, char *out, size_t out_bytes)
{
	ssize_t len = read(pipe_log->read_fd, out, out_bytes);

	return str_of(out, len < 0 ? 0 : (size_t)len);
}

static void test_line_has_time_level_event_and_pairs(void)
{
	struct pipe_log it;
	char out[4096];

	open_log(&it, LOG_DEBUG);
	log_line(&it.log, LOG_INFO, "conn.open", "id=%d peer=%s", 7, "127.0.0.1");
	log_line(&it.log, LOG_ERROR, "server.stop", "%s", "");
	it.log.utc_us = -1;
	log_line(&it.log, LOG_DEBUG, "a.b", "c=1");
	CHECK(!log_flush(&it.log));
	CHECK_STR_EQ(read_pipe(&it, out, sizeof(out)),
		"2026-11-23T18:20:00.123456Z info conn.open id=7 peer=127.0.0.1\n"
		"2026-11-23T18:20:00.123456Z error server.stop\n"
		"1969-12-31T23:59:59.999999Z debug a.b c=1\n");
	close_log(&it);
}

/* As systemd says which descriptor is its journal: by the device and number of the file behind it. */
static void say_journal(int fd, unsigned long long skew)
{
	struct stat stat;
	char text[64];
	int known = fstat(fd, &stat);

	assert(known == 0);
	(void)snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)stat.st_dev,
		(unsigned long long)stat.st_ino + skew);
	known = setenv("JOURNAL_STREAM", text, 1);
	assert(known == 0);
}

static void test_journal_is_told_the_priority(void)
{
	static const char *const wanted[] = {
		"<7>2026-11-23T18:20:00.123456Z debug a.b c=1\n",
		"<6>2026-11-23T18:20:00.123456Z info a.b c=1\n",
		"<4>2026-11-23T18:20:00.123456Z warn a.b c=1\n",
		"<3>2026-11-23T18:20:00.123456Z error a.b c=1\n",
	};

	for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
		for (unsigned long long skew = 0; skew <= 1; skew++) { /* 1: another file is the journal */
			struct pipe_log it;
			char out[4096];

			open_log(&it, LOG_DEBUG);
			say_journal(it.write_fd, skew);
			log_init(&it.log, it.write_fd, LOG_DEBUG);
			it.log.utc_us = UTC_US;
			log_line(&it.log, (enum log_level)level, "a.b", "c=1");
			CHECK(!log_flush(&it.log));
			CHECK_STR_EQ(read_pipe(&it, out, sizeof(out)), wanted[level] + 3 * skew);
			close_log(&it);
			(void)unsetenv("JOURNAL_STREAM");
		}
	}
}

static void test_lines_below_the_level_are_not_made(void)
{
	for (int from = LOG_DEBUG; from <= LOG_ERROR; from++) {
		struct pipe_log it;
		size_t line_count = 0;
		struct str text;
		char out[4096];

		open_log(&it, (enum log_level)from);
		for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
			log_line(&it.log, (enum log_level)level, "a.b", "level=%d", level);
		}
		CHECK(!log_flush(&it.log));
		text = read_pipe(&it, out, sizeof(out));
		for (size_t i = 0; i < text.len; i++) {
			line_count += text.ptr[i] == '\n' ? 1 : 0;
		}
		CHECK_INT_EQ(line_count, LOG_ERROR - from + 1);
		close_log(&it);
	}
}

/* Whatever is logged, one line comes out, and it is printable ASCII. */
static void test_no_control_character_escapes(void)
{
	for (unsigned byte = 1; byte <= 0xFF; byte++) {
		struct pipe_log it;
		struct str text;
		char quoted[512];
		char raw[2] = {(char)byte, '\0'};
		char out[4096];

		open_log(&it, LOG_DEBUG);
		log_line(&it.log, LOG_INFO, raw, "a=%s b=%s", raw, log_quote(quoted, str_of(raw, 1)));
		CHECK(!log_flush(&it.log));
		text = read_pipe(&it, out, sizeof(out));
		CHECK(text.len > 1);
		for (size_t i = 0; i + 1 < text.len; i++) {
			CHECK(text.ptr[i] >= 0x20);
			CHECK(text.ptr[i] <= 0x7E);
		}
		CHECK_INT_EQ(text.ptr[text.len - 1], '\n');
		close_log(&it);
	}
}

static void test_quote_escapes_what_could_end_it(void)
{
	static const struct {
		struct str text;
		const char *quoted;
	} cases[] = {
		{STR(""), "\"\""},
		{STR("plain text"), "\"plain text\""},
		{STR("a\"b\\c"), "\"a\\\"b\\\\c\""},
		{STR("a\nb\rc\td"), "\"a\\nb\\rc\\td\""},
		{STR("\0\x1B[31m\x7F"), "\"\\x00\\x1b[31m\\x7f\""},
		{STR("\xC2\x9B"), "\"\\xc2\\x9b\""}, /* a control character of two bytes */
		{{NULL, 0}, "\"\""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[512];

		CHECK(log_quote(out, cases[i].text) == out);
		CHECK_STR_EQ(out, cases[i].quoted);
	}
}

static bool ends_with(struct str text, struct str end)
{
	return text.len >= end.len && str_equal(str_of(text.ptr + text.len - end.len, end.len), end);
}

/* At every length of plain and of escaped text; the array's end is watched by ASan. */
static void test_quote_is_capped(void)
{
	char plain[300];
	char control[300];

	memset(plain, 'a', sizeof(plain));
	memset(control, 1, sizeof(control));
	for (size_t len = 0; len <= sizeof(plain); len++) {
		bool cut = len > 200;
		char out[512];
		struct str quoted = str_from_c(log_quote(out, str_of(plain, len)));

		CHECK_INT_EQ(quoted.len, size_min(len, 200) + 2 + (cut ? 3 : 0));
		CHECK_INT_EQ(ends_with(quoted, STR("\"...")), cut);
		/* Escaped, there is room for 126 of them beside the quotes and the mark. */
		quoted = str_from_c(log_quote(out, str_of(control, len)));
		CHECK(quoted.len < sizeof(out));
		CHECK_INT_EQ(ends_with(quoted, STR("\"...")), len > 126);
	}
}

static void test_line_is_capped(void)
{
	static const char fills[] = {'a', '\x01'};

	for (size_t i = 0; i < COUNT(fills); i++) {
		struct pipe_log it;
		struct str text;
		char value[9000];
		char out[8192];

		memset(value, fills[i], sizeof(value));
		open_log(&it, LOG_DEBUG);
		log_line(&it.log, LOG_INFO, "a.b", "c=%.*s", (int)sizeof(value), value);
		(void)log_flush(&it.log);
		text = read_pipe(&it, out, sizeof(out));
		CHECK(text.len > 1000);
		CHECK(text.len <= 4096);
		CHECK(ends_with(text, STR("...\n")));
		close_log(&it);
	}
}

/* What a reader of the whole log sees. */
struct tally {
	uint64_t line_count;
	uint64_t dropped_count; /* as the log reports them */
	uint64_t next_number;
	struct buf text;
};

/* Takes whole lines: numbers ascend, and where they skip, a report has said by how many. */
static void tally_lines(struct tally *tally)
{
	for (;;) {
		struct span text = buf_readable(&tally->text);
		const char *end = text.len == 0 ? NULL : memchr(text.ptr, '\n', text.len);
		char line[256] = "";
		unsigned long long number = 0;
		size_t len;

		if (end == NULL) {
			return;
		}
		len = (size_t)(end - (const char *)text.ptr);
		CHECK(len < sizeof(line));
		memcpy(line, text.ptr, len);
		buf_consume(&tally->text, len + 1);
		if (sscanf(line, "%*s warn log.dropped count=%llu", &number) == 1) {
			tally->dropped_count += number;
			tally->next_number += number;
		} else {
			CHECK_INT_EQ(sscanf(line, "%*s info a.b number=%llu", &number), 1);
			CHECK_INT_EQ(number, tally->next_number);
			tally->line_count++;
			tally->next_number++;
		}
	}
}

static void drain_into(const struct pipe_log *it, struct tally *tally)
{
	char out[4096];
	struct str text;

	while ((text = read_pipe(it, out, sizeof(out))).len > 0) {
		CHECK(buf_append(&tally->text, span_from_str(text)));
		tally_lines(tally);
		if (check_failed()) {
			return;
		}
	}
}

static void test_full_pipe_counts_every_lost_line(void)
{
	struct tally tally = {0};
	struct pipe_log it;
	uint64_t logged_count = 0;

	buf_init(&tally.text, (size_t)64 * 1024);
	open_log(&it, LOG_DEBUG);
	for (int round = 0; round < 3; round++) {
		while (it.log.dropped_count < 1000) {
			/* Of changing lengths, so that one may fit where one with a report does not. */
			log_line(&it.log, LOG_INFO, "a.b", "number=%llu pad=%0*d",
				(unsigned long long)logged_count, (int)(logged_count * 7 % 100), 0);
			logged_count++;
			CHECK(log_flush(&it.log) || logged_count < 1000);
		}
		CHECK(it.log.pending.max_bytes < (size_t)1024 * 1024);
		drain_into(&it, &tally); /* room for some of it: the report goes between the lines */
		log_line(&it.log, LOG_INFO, "a.b", "number=%llu", (unsigned long long)logged_count++);
	}
	while (log_flush(&it.log)) {
		drain_into(&it, &tally);
	}
	drain_into(&it, &tally);
	CHECK_INT_EQ(it.log.dropped_count, 0);
	CHECK(tally.dropped_count >= 1000);
	CHECK_INT_EQ(tally.line_count + tally.dropped_count, logged_count);
	CHECK_INT_EQ(buf_readable(&tally.text).len, 0);
	buf_fini(&tally.text);
	close_log(&it);
}

/* A pipe of packets: a read is what one write was. Others may write between two of them, and not within a line. */
static void test_lines_are_written_whole(void)
{
	char out[8192];
	struct log log;
	size_t lines = 0;
	ssize_t len;
	int fds[2] = {-1, -1};
	int made = pipe2(fds, O_DIRECT | O_NONBLOCK | O_CLOEXEC);

	assert(made == 0);
	log_init(&log, fds[1], LOG_INFO);
	for (int i = 0; i < 100; i++) {
		log_line(&log, LOG_INFO, "a.b", "text=%0*d", 50 + i, i);
	}
	CHECK(!log_flush(&log));
	while ((len = read(fds[0], out, sizeof(out))) > 0) {
		CHECK(out[len - 1] == '\n');
		for (ssize_t i = 0; i < len; i++) {
			lines += out[i] == '\n' ? 1 : 0;
		}
	}
	CHECK_INT_EQ(lines, 100);
	log_fini(&log);
	close(fds[0]);
	close(fds[1]);
}

static void test_closed_pipe_is_survived(void)
{
	struct pipe_log it;

	signal(SIGPIPE, SIG_IGN);
	open_log(&it, LOG_DEBUG);
	close(it.read_fd);
	log_line(&it.log, LOG_INFO, "a.b", "c=1");
	CHECK(log_flush(&it.log));
	log_fini(&it.log); /* and does not wait for it */
	close(it.write_fd);
}

static void test_fini_writes_what_is_pending(void)
{
	struct pipe_log it;
	char out[4096];

	open_log(&it, LOG_DEBUG);
	log_line(&it.log, LOG_WARN, "a.b", "c=1");
	log_fini(&it.log);
	CHECK_STR_EQ(read_pipe(&it, out, sizeof(out)), "2026-11-23T18:20:00.123456Z warn a.b c=1\n");
	close_log(&it);
}

static void test_no_descriptor_discards(void)
{
	struct log zeroed = {0};
	struct log log;

	log_init(&log, -1, LOG_DEBUG);
	log_line(&log, LOG_ERROR, "a.b", "c=%d", 1);
	CHECK_INT_EQ(buf_readable(&log.pending).len, 0);
	CHECK_INT_EQ(log.dropped_count, 0);
	CHECK(!log_flush(&log));
	log_fini(&log);
	log_fini(&log);
	log_fini(&zeroed);
	log_fini(NULL);
}

static void test_level_parse_takes_exact_names(void)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};

	for (size_t i = 0; i < COUNT(names); i++) {
		enum log_level level = LOG_DEBUG;

		CHECK(log_level_parse(str_from_c(names[i]), &level));
		CHECK_INT_EQ(level, i);
		for (size_t len = 0; len < strlen(names[i]); len++) {
			CHECK(!log_level_parse(str_of(names[i], len), &level));
		}
		CHECK_INT_EQ(level, i);
	}
	CHECK(!log_level_parse(STR("INFO"), &(enum log_level){LOG_DEBUG}));
	CHECK(!log_level_parse(STR("infos"), &(enum log_level){LOG_DEBUG}));
}

static const struct test tests[] = {
	{"line_has_time_level_event_and_pairs", test_line_has_time_level_event_and_pairs},
	{"journal_is_told_the_priority", test_journal_is_told_the_priority},
	{"lines_below_the_level_are_not_made", test_lines_below_the_level_are_not_made},
	{"no_control_character_escapes", test_no_control_character_escapes},
	{"quote_escapes_what_could_end_it", test_quote_escapes_what_could_end_it},
	{"quote_is_capped", test_quote_is_capped},
	{"line_is_capped", test_line_is_capped},
	{"full_pipe_counts_every_lost_line", test_full_pipe_counts_every_lost_line},
	{"lines_are_written_whole", test_lines_are_written_whole},
	{"closed_pipe_is_survived", test_closed_pipe_is_survived},
	{"fini_writes_what_is_pending", test_fini_writes_what_is_pending},
	{"no_descriptor_discards", test_no_descriptor_discards},
	{"level_parse_takes_exact_names", test_level_parse_takes_exact_names},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
