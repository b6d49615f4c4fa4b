/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/owners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server/outgoing.h"
#include "tests/db/town.h"

#define BYTES_MAX ((size_t)4 * 1024 * 1024)
#define TOLD_MAX 8192
#define TURNS_MAX 100

/* Keys that are nobody's. */
static void init_seal(struct seal *seal)
{
	seal->wrap_key_count = 1;
	seal->wrap_keys[0].id = 1;
	memset(seal->wrap_keys[0].key, 0x17, sizeof seal->wrap_keys[0].key);
	memset(seal->outgoing_key, 0x29, sizeof seal->outgoing_key);
}

void owners_init(struct owners *owners, PGconn *super)
{
	memset(owners, 0, sizeof *owners);
	owners->super = super;
	owners->server.now = (struct instant){.mono_us = 1000, .utc_us = TOWN_NOW};
	init_seal(&owners->server.seal);
	owners->log_fd = memfd_create("log", MFD_CLOEXEC);
	assert(owners->log_fd >= 0);
	log_init(&owners->server.log, owners->log_fd, LOG_DEBUG);
}

void owners_fini(struct owners *owners)
{
	log_fini(&owners->server.log);
	(void)close(owners->log_fd);
}

static void insert(struct owners *owners, uint32_t c, uint32_t n, struct span wrapped,
	struct span name, struct span phone)
{
	struct uuid community_id = town_id(TOWN_COMMUNITY, c);
	struct uuid complaint_id = town_id(TOWN_RECORD, n);
	const char *values[] = {(const char *)community_id.bytes, (const char *)complaint_id.bytes,
		(const char *)wrapped.ptr, (const char *)name.ptr, (const char *)phone.ptr};
	const int lengths[] = {UUID_BYTES, UUID_BYTES, (int)wrapped.len, (int)name.len, (int)phone.len};
	const int formats[] = {1, 1, 1, 1, 1};
	PGresult *result = PQexecParams(owners->super,
		"INSERT INTO complaint_contact (community_id, complaint_id, wrapped_key, name, phone)"
		" VALUES ($1::uuid, $2::uuid, $3, $4, $5)",
		COUNT(values), NULL, values, lengths, formats, 0);

	assert(PQresultStatus(result) == PGRES_COMMAND_OK);
	PQclear(result);
}

void owners_add(struct owners *owners, uint32_t c, uint32_t n, const char *phone)
{
	struct uuid id = town_id(TOWN_RECORD, n);
	struct seal_place name_place = {town_id(TOWN_COMMUNITY, c), id, "complaint_contact.name"};
	struct seal_place phone_place = {town_id(TOWN_COMMUNITY, c), id, "complaint_contact.phone"};
	struct span sealed = {NULL, 0};
	uint8_t key[SEAL_KEY_BYTES];
	struct arena arena;
	struct span wrapped;

	arena_init(&arena, BYTES_MAX);
	wrapped = seal_subject_new(&owners->server.seal, &arena, id, key);
	if (phone != NULL) {
		sealed = seal_text(&arena, key, &phone_place, str_from_c(phone));
	}
	insert(owners, c, n, wrapped, seal_text(&arena, key, &name_place, STR("阿依古丽")), sealed);
	arena_fini(&arena);
}

void owners_add_faulty(struct owners *owners, uint32_t c, uint32_t n)
{
	insert(owners, c, n, span_of("wrapped by nobody", 17), span_of("name", 4), span_of("phone", 5));
}

/* A row: id, kind with language, sealed. */
static size_t put_told(struct owners *owners, uint32_t c, const PGresult *rows, int row, char *out)
{
	struct outgoing_message message = {0};
	struct uuid id = uuid_from_span(span_of(PQgetvalue(rows, row, 0), UUID_BYTES));
	struct arena arena;
	bool is_open;
	int len;

	arena_init(&arena, BYTES_MAX);
	is_open = outgoing_open(&arena, &owners->server.seal, town_id(TOWN_COMMUNITY, c), id,
		span_of(PQgetvalue(rows, row, 2), (size_t)PQgetlength(rows, row, 2)), &message);
	assert(is_open);
	len = snprintf(out, TOLD_MAX, "%s%s %.*s %.*s", row == 0 ? "" : "\n", PQgetvalue(rows, row, 1),
		STR_ARG(message.to), STR_ARG(message.text));
	arena_fini(&arena);
	assert(len > 0 && len < TOLD_MAX);
	return (size_t)len;
}

const char *owners_told(struct owners *owners, uint32_t c, uint32_t n)
{
	static char told[4 * TOLD_MAX];
	struct uuid community_id = town_id(TOWN_COMMUNITY, c);
	struct uuid complaint_id = town_id(TOWN_RECORD, n);
	const char *values[] = {(const char *)community_id.bytes, (const char *)complaint_id.bytes};
	const int lengths[] = {UUID_BYTES, UUID_BYTES};
	const int formats[] = {1, 1};
	size_t len = 0;
	/* Bytes come as they are; a text is the same both ways. */
	PGresult *rows = PQexecParams(owners->super,
		"SELECT outgoing_id, kind || ' ' || language, sealed FROM outgoing"
		" WHERE community_id = $1::uuid AND complaint_id = $2::uuid ORDER BY made_at, outgoing_id",
		COUNT(values), NULL, values, lengths, formats, 1);

	assert(PQresultStatus(rows) == PGRES_TUPLES_OK);
	(void)snprintf(told, sizeof told, "-");
	for (int row = 0; row < PQntuples(rows) && row < 3; row++) {
		len += put_told(owners, c, rows, row, told + len);
	}
	PQclear(rows);
	return told;
}

size_t portion_look(struct portion *portion, struct owners *owners, struct lanes *lanes,
	const struct portion_kind *kind)
{
	struct query *query;

	*portion = (struct portion){.job = {.server = &owners->server, .kind = kind}};
	job_init(&portion->look);
	job_init(&portion->write);
	portion->write.arena.max_bytes = BYTES_MAX;
	query = job_query(&portion->look, kind->look);
	query_time(query, owners->server.now.utc_us);
	query_int4(query, PORTION_ROWS_MAX);
	job_read(lanes, &portion->look);
	lanes_settle(lanes, &portion->look, 1);
	assert(portion->look.errand.outcome == ERRAND_DONE);
	return query_rows(query);
}

void portion_write(struct portion *portion, struct lanes *lanes, size_t writer)
{
	struct query *query = job_query(&portion->write, portion->job.kind->write);

	query_time(query, portion->job.server->now.utc_us);
	portion->job.told_count =
		portion->job.kind->decide(&portion->job, &portion->look.queries[0], query);
	assert(query_is_full(query));
	job_write(lanes, writer, &portion->write);
}

int portion_done(const struct portion *portion)
{
	return portion->write.errand.outcome == ERRAND_DONE ? row_int4(&portion->write.queries[0], 0, 0)
	                                                    : -1;
}

void portion_fini(struct portion *portion)
{
	job_fini(&portion->look);
	job_fini(&portion->write);
}

size_t portions_run(struct owners *owners, struct lanes *lanes, const struct portion_kind *kind)
{
	for (size_t turns = 0; turns < TURNS_MAX; turns++) {
		struct portion portion;
		int done = 0;

		if (portion_look(&portion, owners, lanes, kind) > 0) {
			portion_write(&portion, lanes, turns % lanes->writers.count);
			lanes_run(lanes);
			done = portion_done(&portion);
		}
		portion_fini(&portion);
		if (done <= 0) {
			return turns;
		}
	}
	return TURNS_MAX;
}
