/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event a line, `key=value` pairs, control characters escaped, lengths capped.
 *
 *     2026-11-23T18:20:00.123456Z info conn.open id=7 peer=127.0.0.1
 *
 * Where the descriptor is systemd's journal (JOURNAL_STREAM says so), the line's priority stands before it, "<6>":
 * the journal takes that off and keeps it (sd-daemon(3)).
 *
 * Values are ids, codes, counts and times: never names, phones or texts of people. Lines are kept in
 * memory until log_flush writes what the descriptor takes; what does not fit into the buffer is
 * counted and reported in a line of its own, so a full pipe never stops the server.
 */
#pragma once

#include "common/base.h"
#include "common/buf.h"
#include "common/span.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log {
	int fd;              /* borrowed; non-blocking where it is a pipe or socket */
	enum log_level from; /* lines below are not made */
	bool is_journal;     /* each line begins with its priority */
	int64_t utc_us;      /* time of the lines to come; the tick sets it */
	struct buf pending;
	uint64_t dropped_count; /* lines lost since the last report */
	uint64_t dropped_total; /* … since the beginning */
};

void log_init(struct log *log, int fd, enum log_level from);
void log_fini(struct log *log); /* writes what is pending, waiting for at most a second */

/* `event` is dotted lower case (noun.verb); `format` makes space-separated key=value pairs. */
void log_line(struct log *log, enum log_level level, const char *event, const char *format, ...)
	printf_like(4, 5);

/* Text from outside as a value: quoted, escaped, cut at 200 bytes. Returns out. */
const char *log_quote(char out[512], struct str text);

/* Writes what the descriptor takes now; true where something is left. */
bool log_flush(struct log *log);

bool log_level_parse(struct str text, enum log_level *out) must_check;
