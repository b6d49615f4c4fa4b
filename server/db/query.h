/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One statement with its parameters, and its rows when they have come. Binary both ways.
 *
 * Parameters are added in order and held against the types of stmt.def, so a wrong one stops the
 * program in its first test. Their bytes live in the arena given at the start. Rows live until
 * query_fini. Times are UTC microseconds since 1970 on our side, infinity is INT64_MAX; days are counted
 * from 1970 as in common/day.h, infinity is DAY_NEVER.
 */
#pragma once

#include <libpq-fe.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"
#include "common/uuid.h"
#include "server/db/stmt.h"

/* What PostgreSQL answered; it goes when the last query that has rows of it lets go. */
struct rows {
	PGresult *result; /* owned */
	size_t user_count;
};

struct query {
	enum stmt stmt;
	struct arena *arena; /* borrowed; NULL where the statement has no parameters */
	size_t param_count;  /* added so far */
	const char **values; /* in the arena, as many as the statement has; NULL: SQL null */
	int *lengths;
	struct rows *rows; /* what came, perhaps for others too; NULL until then */
	size_t first_row;  /* of them the first of this query's */
	size_t row_count;
};

void query_init(struct query *query, enum stmt stmt, struct arena *arena);
/* Gives the rows back; may be called twice. */
void query_fini(struct query *query);
/* Every parameter is there. */
bool query_is_full(const struct query *query);

/*
 * Its answer. Takes ownership of the result.
 *
 *   returns  false  there is no memory for it
 */
bool query_take(struct query *query, PGresult *result);

void query_null(struct query *query);
void query_uuid(struct query *query, struct uuid value);
void query_uuid_or_null(struct query *query, struct uuid value); /* nil: null */
void query_bool(struct query *query, bool value);
void query_int2(struct query *query, int value);
void query_number_or_null(struct query *query, int value); /* an int2; 0: null */
void query_int4(struct query *query, int32_t value);
void query_int8(struct query *query, int64_t value);
void query_xid(struct query *query, uint64_t value);
void query_text(struct query *query, struct str value);
void query_text_or_null(struct query *query, struct str value); /* empty: null */
void query_bytes(struct query *query, struct span value);
void query_bytes_or_null(struct query *query, struct span value); /* NULL: null */
void query_time(struct query *query, int64_t utc_us);
void query_time_or_null(struct query *query, int64_t utc_us); /* 0: null */
void query_day(struct query *query, int32_t day);
/* The trace of the request: where the statement ends with one, when all the others are there. */
void query_trace_if_last(struct query *query, struct uuid trace_id);
void query_uuids(struct query *query, const struct uuid *values, size_t count);
void query_int2s(struct query *query, const int *values, size_t count);
void query_int8s(struct query *query, const int64_t *values, size_t count);
void query_texts(struct query *query, const struct str *values, size_t count);
void query_times(struct query *query, const int64_t *values, size_t count); /* 0: a null in it */
void query_spans(struct query *query, const struct span *values, size_t count);

/* Rows. Asking for a column of another type, or a null where none can be, is a bug. */
size_t query_rows(const struct query *query);
bool row_is_null(const struct query *query, size_t row, int column);
/* Of any type, as PostgreSQL sends it; null: NULL. */
struct span row_raw(const struct query *query, size_t row, int column);
struct uuid row_uuid(const struct query *query, size_t row, int column); /* null: nil */
/* Its bytes where they lie; empty for null and for nil. */
struct span row_uuid_span(const struct query *query, size_t row, int column);
bool row_bool(const struct query *query, size_t row, int column);
int row_int2(const struct query *query, size_t row, int column); /* null: 0 */
int32_t row_int4(const struct query *query, size_t row, int column);
int64_t row_int8(const struct query *query, size_t row, int column);
uint64_t row_xid(const struct query *query, size_t row, int column);
int64_t row_time(const struct query *query, size_t row, int column);    /* null: 0 */
int32_t row_day(const struct query *query, size_t row, int column);     /* null: 0 */
struct str row_text(const struct query *query, size_t row, int column); /* null: empty */
/* With a NUL behind it, which libpq puts behind every value; null: NULL. */
const char *row_c_text(const struct query *query, size_t row, int column);
struct span row_bytes(const struct query *query, size_t row, int column); /* null: empty */
/* An array of numbers of 16 bits: how many it has; the first `max` of them go to out. Null: none. */
size_t row_int2s(const struct query *query, size_t row, int column, int *out, size_t max);
/* The same of numbers of 64 bits, and of times, where a null in it is 0. */
size_t row_int8s(const struct query *query, size_t row, int column, int64_t *out, size_t max);
size_t row_times(const struct query *query, size_t row, int column, int64_t *out, size_t max);
