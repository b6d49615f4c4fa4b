/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/method/bench.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/day.h"
#include "tests/db/columns.h"

#define BENCH_BYTES_MAX (16 * 1024 * 1024)
#define EPOCH_2000_US INT64_C(946684800000000)
#define EPOCH_2000_DAY 10957
#define COLUMNS_MAX 64

static const struct method_impl *const impls[METHOD_COUNT] = {
#define M(noun, verb, message, right, kind, ms, bytes) \
	[METHOD_##noun##_##verb] = &impl_##noun##_##verb,
#include "proto/method.def"
#undef M
};

static const enum right rights[METHOD_COUNT] = {
#define M(noun, verb, message, right, kind, ms, bytes) [METHOD_##noun##_##verb] = RIGHT_##right,
#include "proto/method.def"
#undef M
};

static void begin_request(struct bench *bench, enum method method)
{
	struct request *r = &bench->r;

	*r = (struct request){
		.server = &bench->server,
		.conn_id = bench->conn.id,
		.id = 1,
		.row = &method_rows[method],
		.impl = impls[method],
		.right = rights[method],
		.principal = &bench->principal,
		.key = BENCH_KEY,
	};
	memset(r->hash, 0x5A, sizeof r->hash);
	arena_init(&r->arena, (size_t)bench->config.request_bytes_max);
}

/* Keys that are nobody's, but not all alike. */
static void init_seal(struct seal *seal)
{
	seal->wrap_key_count = 1;
	seal->wrap_keys[0].id = 1;
	memset(seal->wrap_keys[0].key, 0x11, sizeof seal->wrap_keys[0].key);
	memset(seal->outgoing_key, 0x22, sizeof seal->outgoing_key);
	memset(seal->phone_index_key, 0x33, sizeof seal->phone_index_key);
	memset(seal->receipt_code_key, 0x44, sizeof seal->receipt_code_key);
	memset(seal->one_time_code_key, 0x55, sizeof seal->one_time_code_key);
}

void bench_begin(struct bench *bench, enum method method, struct access_grants grants)
{
	bool put;

	memset(bench, 0, sizeof *bench);
	arena_init(&bench->arena, BENCH_BYTES_MAX);
	config_init(&bench->config, "/nonexistent");
	bench->config.hash_kib = BENCH_HASH_KIB;
	bench->server.config = &bench->config;
	bench->server.now = (struct instant){.mono_us = 1000, .utc_us = TOWN_NOW};
	memset(bench->server.cursor_key, 0xC5, sizeof bench->server.cursor_key);
	init_seal(&bench->server.seal);
	bench->log_fd = memfd_create("log", MFD_CLOEXEC);
	assert(bench->log_fd >= 0);
	log_init(&bench->server.log, bench->log_fd, LOG_DEBUG);
	id_map_init(&bench->server.conns_by_id, 4);
	list_init(&bench->server.conns);
	list_init(&bench->server.closed);
	list_init(&bench->server.requests);
	list_init(&bench->server.watches);
	list_init(&bench->server.reader.waiting);
	bench->conn =
		(struct conn){.server = &bench->server, .id = 7, .state = CONN_GUEST, .peer = "192.0.2.7"};
	list_init(&bench->conn.watches);
	bench->server.feed.server = &bench->server;
	put = id_map_put(&bench->server.conns_by_id, bench->conn.id, &bench->conn);
	assert(put);
	bench->principal = (struct principal){
		.ref_count = 1,
		.account_id = town_id(TOWN_ACCOUNT, 1),
		.device_id = town_id(TOWN_DEVICE, 1),
		.login = STR("wang.lin"),
		.name = STR("王琳"),
		.grants = grants,
	};
	begin_request(bench, method);
}

static void end_request(struct request *r)
{
	for (size_t i = 0; i < r->query_count; i++) {
		query_fini(&r->queries[i]);
	}
	arena_fini(&r->arena);
}

void bench_end(struct bench *bench)
{
	end_request(&bench->r);
	for (size_t i = 0; i < bench->fact_count; i++) {
		PQclear(bench->facts[i].result);
	}
	log_fini(&bench->server.log);
	(void)close(bench->log_fd);
	id_map_fini(&bench->server.conns_by_id);
	arena_fini(&bench->arena);
}

bool bench_logged(struct bench *bench, struct str text)
{
	char log[8192];
	ssize_t len;

	(void)log_flush(&bench->server.log);
	len = pread(bench->log_fd, log, sizeof log, 0);
	assert(len >= 0 && (size_t)len < sizeof log);
	return memmem(log, (size_t)len, text.ptr, text.len) != NULL;
}

void bench_again(struct bench *bench, enum method method)
{
	end_request(&bench->r);
	bench->message = NULL;
	begin_request(bench, method);
}

/* --- facts --- */

void bench_next(struct bench *bench, enum stmt stmt)
{
	struct bench_fact *fact = &bench->facts[bench->fact_count++];
	const char *columns = columns_of(stmt);
	PGresAttDesc attributes[COLUMNS_MAX] = {0};
	int count = (int)strlen(columns);
	bool made;

	assert(bench->fact_count <= BENCH_FACTS_MAX && count <= COLUMNS_MAX);
	for (int i = 0; i < count; i++) {
		attributes[i] = (PGresAttDesc){
			.name = (char *)"column", .format = 1, .typid = stmt_oid(columns[i]), .typlen = -1};
	}
	*fact = (struct bench_fact){stmt, PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK)};
	made = PQsetResultAttrs(fact->result, count, attributes) != 0;
	assert(made);
}

static struct bench_fact *last_fact(struct bench *bench, enum stmt stmt)
{
	for (size_t i = bench->fact_count; i > 0; i--) {
		/* What an earlier request found is gone. */
		if (bench->facts[i - 1].stmt == stmt && bench->facts[i - 1].result != NULL) {
			return &bench->facts[i - 1];
		}
	}
	bench_next(bench, stmt);
	return &bench->facts[bench->fact_count - 1];
}

struct cell {
	uint8_t number[8];
	const void *ptr; /* NULL: null */
	size_t len;
};

static void set_number(struct cell *cell, int64_t value, size_t len, bool is_null)
{
	for (size_t i = 0; i < len; i++) {
		cell->number[i] = (uint8_t)((uint64_t)value >> (8 * (len - 1 - i)));
	}
	cell->ptr = is_null ? NULL : cell->number;
	cell->len = len;
}

static void set_id(struct bench *bench, struct cell *cell, struct uuid id)
{
	struct span copy = arena_span(&bench->arena, span_of(id.bytes, UUID_BYTES));

	cell->ptr = uuid_is_nil(id) ? NULL : copy.ptr;
	cell->len = UUID_BYTES;
}

/* Sets the cell to a value that is an int64_t, of the type behind the letter. */
static void set_long(struct cell *cell, char letter, int64_t value)
{
	if (letter == 'z') {
		set_number(cell, value == INT64_MAX ? value : value - EPOCH_2000_US, 8, value == 0);
	} else {
		set_number(cell, value, 8, false);
	}
}

static void set_int(struct cell *cell, char letter, int value)
{
	size_t len = letter == 'B' ? 1 : letter == 's' ? 2 : 4;

	if (letter == 'd' && value != DAY_NEVER) {
		value -= EPOCH_2000_DAY;
	}
	set_number(cell, value, len, letter == 's' && value == 0);
}

/* One number for each character: its code less '0'. As array_send of PostgreSQL writes it. */
static void set_shorts(struct bench *bench, struct cell *cell, const char *digits)
{
	size_t count = strlen(digits);
	uint8_t *bytes = arena_alloc(&bench->arena, 20 + 6 * count);

	assert(bytes != NULL);
	cell->ptr = bytes;
	cell->len = count == 0 ? 12 : 20 + 6 * count;
	put_u32(bytes, count > 0);
	put_u32(bytes + 8, stmt_oid('s'));
	put_u32(bytes + 12, (uint32_t)count);
	put_u32(bytes + 16, 1);
	for (size_t i = 0; i < count; i++) {
		put_u32(bytes + 20 + 6 * i, 2);
		bytes[25 + 6 * i] = (uint8_t)(digits[i] - '0');
	}
}

static void set_longs(struct bench *bench, struct cell *cell, struct search_pairs numbers)
{
	uint8_t *bytes = arena_alloc(&bench->arena, 20 + 12 * numbers.count);

	assert(bytes != NULL);
	cell->ptr = bytes;
	cell->len = numbers.count == 0 ? 12 : 20 + 12 * numbers.count;
	put_u32(bytes, numbers.count > 0);
	put_u32(bytes + 8, stmt_oid('l'));
	put_u32(bytes + 12, (uint32_t)numbers.count);
	put_u32(bytes + 16, 1);
	for (size_t i = 0; i < numbers.count; i++) {
		put_u32(bytes + 20 + 12 * i, 8);
		put_u64(bytes + 24 + 12 * i, (uint64_t)numbers.ptr[i]);
	}
}

static void put_cell(PGresult *result, int row, int column, const struct cell *cell)
{
	bool put = PQsetvalue(result, row, column, (char *)(cell->ptr == NULL ? NULL : cell->ptr),
				   cell->ptr == NULL ? -1 : (int)cell->len) != 0;

	assert(put);
}

void bench_row_put(struct bench *bench, enum stmt stmt, ...)
{
	struct bench_fact *fact = last_fact(bench, stmt);
	const char *columns = columns_of(stmt);
	int row = PQntuples(fact->result);
	va_list values;

	va_start(values, stmt);
	for (int i = 0; columns[i] != '\0'; i++) {
		struct cell cell = {0};

		if (columns[i] == 'u') {
			set_id(bench, &cell, va_arg(values, struct uuid));
		} else if (columns[i] == 't') {
			cell.ptr = va_arg(values, const char *);
			cell.len = cell.ptr == NULL ? 0 : strlen(cell.ptr);
		} else if (columns[i] == 'b') {
			struct span bytes = va_arg(values, struct span);

			cell.ptr = bytes.ptr;
			cell.len = bytes.len;
		} else if (columns[i] == 'S') {
			set_shorts(bench, &cell, va_arg(values, const char *));
		} else if (columns[i] == 'L') {
			set_longs(bench, &cell, va_arg(values, struct search_pairs));
		} else if (columns[i] == 'z' || columns[i] == 'l' || columns[i] == 'x') {
			set_long(&cell, columns[i], va_arg(values, int64_t));
		} else {
			set_int(&cell, columns[i], va_arg(values, int));
		}
		put_cell(fact->result, row, i, &cell);
	}
	if (va_arg(values, int64_t) != BENCH_ROW_END) {
		(void)fprintf(stderr, "%s has other columns\n", stmt_rows[stmt].name);
		abort();
	}
	va_end(values);
}

static void take(struct query *query, PGresult *result)
{
	bool is_taken = query_take(query, result);

	assert(is_taken);
}

/* As a lane asks it, but on its own. */
static void ask_database(PGconn *pg, struct query *query)
{
	const struct stmt_row *row = &stmt_rows[query->stmt];
	Oid oids[STMT_PARAM_MAX];
	int formats[STMT_PARAM_MAX];
	PGresult *result;

	for (size_t i = 0; i < query->param_count; i++) {
		oids[i] = stmt_oid(row->types[i]);
		formats[i] = 1;
	}
	result = PQexecParams(
		pg, row->sql, (int)query->param_count, oids, query->values, query->lengths, formats, 1);
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		printf("# %s: %s", row->name, PQresultErrorMessage(result));
		abort();
	}
	take(query, result);
}

/* Each query gets the first fact of its statement that is left; without one it finds no rows. */
static void find(struct bench *bench, struct query *query)
{
	if (bench->pg != NULL) {
		ask_database(bench->pg, query);
		return;
	}
	for (size_t i = 0; i < bench->fact_count; i++) {
		if (bench->facts[i].stmt == query->stmt && bench->facts[i].result != NULL) {
			take(query, bench->facts[i].result);
			bench->facts[i].result = NULL;
			return;
		}
	}
	take(query, PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK));
}

bool bench_may(const struct bench *bench)
{
	const struct request *r = &bench->r;

	return r->right <= RIGHT_NONE ||
	       (access_roles(r->principal->grants, TOWN_NOW) & right_roles(r->right)) != 0;
}

/* --- asking: the steps of request_step.c without what waits --- */

static enum err load(struct bench *bench)
{
	struct request *r = &bench->r;

	r->looks_back = r->row->kind == METHOD_KIND_WRITE;
	if (r->impl->load != NULL) {
		r->impl->load(r);
	}
	if (r->looks_back) {
		struct query *applied = request_query(r, STMT_applied_get);

		query_uuid(applied, r->community_id);
		query_uuid(applied, r->principal->account_id);
		query_uuid(applied, r->key);
	}
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < r->query_count; i++) {
		assert(query_is_full(&r->queries[i]));
		find(bench, &r->queries[i]);
	}
	return r->impl->may(r);
}

/* What writes writes, but for whole files, of which it may only be told what is wrong. */
static bool may_only_tell(const struct method_impl *impl)
{
	return impl == &impl_place_import || impl == &impl_holiday_load ||
	       impl == &impl_promise_propose;
}

static enum err decide(struct bench *bench)
{
	struct request *r = &bench->r;
	enum err err;

	if (r->impl->work != NULL) {
		r->impl->work(r);
	}
	err = r->impl->decide(r);
	if (err == ERR_OK && r->arena.failed) {
		return ERR_BUSY;
	}
	if (r->effect != NULL) {
		query_trace_if_last(r->effect, r->trace_id);
	}
	assert(err != ERR_OK || r->row->kind != METHOD_KIND_WRITE || r->effect != NULL ||
		   may_only_tell(r->impl));
	return err;
}

enum err bench_ask(struct bench *bench)
{
	struct span body = {NULL, 0};

	if (bench->message != NULL) {
		body = codec_encode(bench->message, &bench->arena);
	}
	return bench_ask_bytes(bench, body);
}

/* Where only a look at the database tells whose record it is. */
static enum err locate(struct bench *bench)
{
	struct request *r = &bench->r;
	enum err err;

	if (r->impl->locate == NULL) {
		return ERR_OK;
	}
	r->impl->locate(r);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < r->query_count; i++) {
		find(bench, &r->queries[i]);
	}
	err = r->impl->located(r);
	for (size_t i = 0; i < r->query_count; i++) {
		query_fini(&r->queries[i]);
	}
	r->query_count = 0;
	return err;
}

enum err bench_ask_bytes(struct bench *bench, struct span body)
{
	struct request *r = &bench->r;
	enum err err;

	r->message = codec_decode(r->row->request, body, &r->arena, &r->fault);
	if (r->message == NULL) {
		return r->fault.err;
	}
	err = r->impl->check == NULL ? ERR_OK : r->impl->check(r);
	if (err != ERR_OK) {
		return err;
	}
	if (!bench_may(bench)) {
		return ERR_DENIED;
	}
	err = locate(bench);
	if (err == ERR_OK) {
		err = load(bench);
	}
	return err == ERR_OK ? decide(bench) : err;
}
