/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is made complete on the stack and then kept whole or not at all. Only printable ASCII
 * leaves: a reader's terminal and a reader's program are both safe from what is logged.
 */
#include "common/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

#define PENDING_BYTES_MAX ((size_t)256 * 1024)
/* The pairs of one line before escaping, and the line: most of it is left for the escaped pairs. */
#define BODY_BYTES_MAX 1024
#define LINE_BYTES_MAX 4096
/* Outside text in one value before escaping, and what the header promises to fill at most. */
#define QUOTE_BYTES_MAX 200
#define QUOTE_OUT_BYTES 512
/* \xHH */
#define ESCAPE_LEN_MAX 4
#define FINI_WAIT_US US_PER_S

static const char cut_mark[] = "...";

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

/* Those of syslog(3). */
static const char *const priorities[] = {
	[LOG_DEBUG] = "<7>",
	[LOG_INFO] = "<6>",
	[LOG_WARN] = "<4>",
	[LOG_ERROR] = "<3>",
};

enum escape { ESCAPE_LINE, ESCAPE_QUOTED };

/* Text that is being put together in memory of a fixed size; what does not fit is left out. */
struct text {
	char *bytes;
	size_t len;
	size_t max_len;
};

static bool text_add(struct text *text, const char *bytes, size_t len)
{
	if (len > text->max_len - text->len) {
		return false;
	}
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	return true;
}

/* One byte as it may stand in a line; inside of quotes also the quote and the backslash change. */
static size_t escape_byte(char byte, enum escape escape, char out[ESCAPE_LEN_MAX])
{
	static const char digits[] = "0123456789abcdef";
	static const char from[] = "\n\r\t\"\\";
	static const char to[] = "nrt\"\\";
	const char *found = byte == '\0' ? NULL : strchr(from, byte);

	if (found != NULL && (escape == ESCAPE_QUOTED || found < from + 3)) {
		out[0] = '\\';
		out[1] = to[found - from];
		return 2;
	}
	if (byte >= 0x20 && byte <= 0x7E) {
		out[0] = byte;
		return 1;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[(uint8_t)byte >> 4];
	out[3] = digits[(uint8_t)byte & 0x0F];
	return 4;
}

/* False where not all of it went in; what went in ends behind a whole escape. */
static bool text_add_escaped(struct text *text, struct str from, enum escape escape)
{
	for (size_t i = 0; i < from.len; i++) {
		char escaped[ESCAPE_LEN_MAX];
		size_t len = escape_byte(from.ptr[i], escape, escaped);

		if (!text_add(text, escaped, len)) {
			return false;
		}
	}
	return true;
}

/* Time, level and event. */
static void text_add_prefix(
	struct text *text, int64_t utc_us, enum log_level level, const char *event)
{
	int64_t us = utc_us % US_PER_S;
	time_t seconds;
	struct tm utc = {0};
	char prefix[128];
	int len;

	us += us < 0 ? US_PER_S : 0; /* before 1970 the fraction still counts upward */
	seconds = (time_t)((utc_us - us) / US_PER_S);
	(void)gmtime_r(&seconds, &utc);
	len = snprintf(prefix, sizeof(prefix), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ %s ",
		utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		(int)us, level_names[level]);
	assert(len > 0);
	assert((size_t)len < sizeof(prefix));
	(void)text_add(text, prefix, (size_t)len);
	(void)text_add_escaped(text, str_from_c(event), ESCAPE_LINE);
}

/* A whole line in `out`; returns its length, the line feed included. */
static size_t make_line(char out[LINE_BYTES_MAX], const struct log *log, enum log_level level,
	const char *event, const char *format, va_list arguments)
{
	struct text line = {out, 0, LINE_BYTES_MAX - sizeof(cut_mark)};
	char body[BODY_BYTES_MAX];
	int made = vsnprintf(body, sizeof(body), format, arguments);
	bool whole = made >= 0 && (size_t)made < sizeof(body);

	if (log->is_journal) {
		(void)text_add(&line, priorities[level], strlen(priorities[level]));
	}
	text_add_prefix(&line, log->utc_us, level, event);
	if (made > 0) {
		size_t body_len = size_min((size_t)made, sizeof(body) - 1);

		whole &= text_add(&line, " ", 1);
		whole &= text_add_escaped(&line, str_of(body, body_len), ESCAPE_LINE);
	}
	line.max_len = LINE_BYTES_MAX; /* what was held back for these two */
	if (!whole) {
		(void)text_add(&line, cut_mark, sizeof(cut_mark) - 1);
	}
	whole = text_add(&line, "\n", 1);
	assert(whole);
	return line.len;
}

printf_like(5, 6) static size_t make_line_of(char out[LINE_BYTES_MAX], const struct log *log,
	enum log_level level, const char *event, const char *format, ...)
{
	va_list arguments;
	size_t len;

	va_start(arguments, format);
	len = make_line(out, log, level, event, format, arguments);
	va_end(arguments);
	return len;
}

/*
 * Keeps the line if it fits. A report of lost lines that is due goes before it, and only together
 * with it: else each line lost after a report would make another report.
 */
static void keep_line(struct log *log, struct span line)
{
	char both[2 * LINE_BYTES_MAX];
	size_t report_len = 0;

	if (log->dropped_count > 0) {
		report_len = make_line_of(both, log, LOG_WARN, "log.dropped", "count=%llu",
			(unsigned long long)log->dropped_count);
	}
	if (line.len > 0) {
		memcpy(both + report_len, line.ptr, line.len);
	}
	if (!buf_append(&log->pending, span_of(both, report_len + line.len))) {
		log->dropped_count += line.len > 0 ? 1 : 0;
		log->dropped_total += line.len > 0 ? 1 : 0;
		return;
	}
	log->dropped_count = 0;
}

/*
 * As many whole lines as a pipe takes in one piece or not at all: others may write to it too (each loop of a server
 * has a log of its own), and would else stand in the middle of one of ours. source: pipe(7), PIPE_BUF
 */
static size_t whole_lines(struct span left)
{
	const uint8_t *end;

	static_assert(LINE_BYTES_MAX <= PIPE_BUF, "a line is one piece");
	if (left.len <= PIPE_BUF) {
		return left.len;
	}
	end = memrchr(left.ptr, '\n', PIPE_BUF);
	assert(end != NULL);
	return (size_t)(end - left.ptr) + 1;
}

/* Writes until the descriptor takes no more. False where waiting for it would not help. */
static bool write_pending(struct log *log)
{
	struct span left;

	/* Ends: each turn writes a byte, or was interrupted by a signal. */
	while ((left = buf_readable(&log->pending)).len > 0) {
		ssize_t written = write(log->fd, left.ptr, whole_lines(left));

		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written <= 0) {
			return written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
		}
		buf_consume(&log->pending, (size_t)written);
	}
	return true;
}

/* Writes, and reports lost lines as soon as everything before them is out. */
static bool write_all(struct log *log)
{
	bool usable = write_pending(log);

	if (log->dropped_count > 0 && buf_readable(&log->pending).len == 0) {
		keep_line(log, (struct span){NULL, 0});
		usable = write_pending(log);
	}
	return usable;
}

/*
 * "device:inode" of what the program was started with as its standard error; compared, because the
 * environment stays when that is sent elsewhere (systemd.exec(5), JOURNAL_STREAM).
 */
static bool is_journal(int fd)
{
	const char *wanted = getenv("JOURNAL_STREAM");
	char own[48];
	struct stat stat;

	if (wanted == NULL || fd < 0 || fstat(fd, &stat) != 0) {
		return false;
	}
	(void)snprintf(own, sizeof(own), "%llu:%llu", (unsigned long long)stat.st_dev,
		(unsigned long long)stat.st_ino);
	return strcmp(own, wanted) == 0;
}

void log_init(struct log *log, int fd, enum log_level from)
{
	assert(from >= LOG_DEBUG);
	assert(from <= LOG_ERROR);
	*log = (struct log){
		.fd = fd, .from = from, .utc_us = clock_now().utc_us, .is_journal = is_journal(fd)};
	buf_init(&log->pending, PENDING_BYTES_MAX);
}

void log_fini(struct log *log)
{
	int64_t deadline_us = clock_now().mono_us + FINI_WAIT_US;

	if (log == NULL) {
		return;
	}
	while (log->fd >= 0 && write_all(log) && buf_readable(&log->pending).len > 0) {
		struct pollfd writable = {.fd = log->fd, .events = POLLOUT};
		int64_t left_ms = (deadline_us - clock_now().mono_us) / US_PER_MS;

		if (left_ms <= 0) {
			break;
		}
		(void)poll(&writable, 1, (int)left_ms); /* interrupted or not, the next write tells */
	}
	buf_fini(&log->pending);
	log->dropped_count = 0;
}

void log_line(struct log *log, enum log_level level, const char *event, const char *format, ...)
{
	char line[LINE_BYTES_MAX];
	va_list arguments;
	size_t len;

	assert(level >= LOG_DEBUG);
	assert(level <= LOG_ERROR);
	if (log->fd < 0 || level < log->from) {
		return;
	}
	va_start(arguments, format);
	len = make_line(line, log, level, event, format, arguments);
	va_end(arguments);
	keep_line(log, span_of(line, len));
}

const char *log_quote(char out[QUOTE_OUT_BYTES], struct str text)
{
	/* Behind the text: the closing quote, the mark, and the NUL, which sizeof counts. */
	struct text quoted = {out, 0, QUOTE_OUT_BYTES - sizeof("\"") - (sizeof(cut_mark) - 1)};
	size_t cut_len = size_min(text.len, QUOTE_BYTES_MAX);
	bool whole = text_add(&quoted, "\"", 1);

	whole &= text_add_escaped(&quoted, str_of(text.ptr, cut_len), ESCAPE_QUOTED);
	whole &= cut_len == text.len;
	quoted.max_len = QUOTE_OUT_BYTES;
	(void)text_add(&quoted, "\"", 1);
	if (!whole) {
		(void)text_add(&quoted, cut_mark, sizeof(cut_mark) - 1);
	}
	(void)text_add(&quoted, "", 1);
	assert(out[quoted.len - 1] == '\0');
	return out;
}

bool log_flush(struct log *log)
{
	if (log->fd < 0) {
		return false;
	}
	(void)write_all(log);
	return buf_readable(&log->pending).len > 0;
}

bool log_level_parse(struct str text, enum log_level *out)
{
	assert(out != NULL);
	for (size_t i = 0; i < COUNT(level_names); i++) {
		if (str_equal(text, str_from_c(level_names[i]))) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}
