/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/errand.h"

#include <string.h>

static const struct {
	const char *class; /* the first characters of the SQLSTATE */
	enum err err;
	bool is_blamed;
} rows[] = {
	/* PostgreSQL manual, appendix A. The first that fits counts. */
	{"23", ERR_CONFLICT, true},      /* a constraint */
	{"22", ERR_INTERNAL, true},      /* a value the codec should have refused */
	{"53", ERR_TRY_LATER, false},    /* no disk, memory or connections */
	{"40", ERR_TRY_LATER, false},    /* deadlock, serialisation */
	{"55", ERR_TRY_LATER, false},    /* lock_timeout */
	{"57", ERR_TRY_LATER, false},    /* cancelled, shutting down, statement_timeout */
	{"58", ERR_TRY_LATER, false},    /* I/O */
	{"08", ERR_TRY_LATER, false},    /* connection */
	{"25006", ERR_TRY_LATER, false}, /* became read-only: a failover */
};

static size_t row_of(const char *sqlstate)
{
	size_t i = 0;

	while (i < COUNT(rows) && strncmp(sqlstate, rows[i].class, strlen(rows[i].class)) != 0) {
		i++;
	}
	return i;
}

void errand_finish(struct errand *errand, enum errand_outcome outcome)
{
	list_remove(&errand->node);
	errand->outcome = outcome;
	errand->done(errand);
}

const char *errand_trace(const struct errand *errand, char out[UUID_TEXT_LEN + 1])
{
	if (uuid_is_nil(errand->trace_id)) {
		return "-";
	}
	uuid_format(errand->trace_id, out);
	return out;
}

static bool is_broken(const struct errand *errand)
{
	for (size_t i = 0; i < errand->query_count; i++) {
		const struct arena *arena = errand->queries[i].arena;

		if (arena != NULL && arena->failed) {
			return true;
		}
	}
	return false;
}

size_t errand_drop_broken(struct list *errands)
{
	size_t count = 0;

	list_each (node, after, errands) {
		struct errand *errand = container_of(node, struct errand, node);

		if (is_broken(errand)) {
			errand_finish(errand, ERRAND_DOWN);
			count++;
		}
	}
	return count;
}

enum err errand_err(const char *sqlstate)
{
	size_t row = row_of(sqlstate);

	return row < COUNT(rows) ? rows[row].err : ERR_INTERNAL;
}

bool errand_is_slow(const char *sqlstate)
{
	return strcmp(sqlstate, "57014") == 0 || strcmp(sqlstate, "55P03") == 0;
}

bool errand_is_blamed(const char *sqlstate)
{
	size_t row = row_of(sqlstate);

	return row < COUNT(rows) ? rows[row].is_blamed : true;
}
