/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the database is: the hosts of a connection string, each tried by itself, so that one which
 * swallows what is sent to it does not keep us from the next, and so that names are looked up where
 * nobody waits for them.
 *
 * It also remembers the newest history of the database that any connection has seen: PostgreSQL counts
 * a timeline up whenever a standby takes over. A connection to an older one leads to the old primary,
 * which nobody may trust any more, whatever it says of itself.
 */
#pragma once

#include <libpq-fe.h>

#include "common/base.h"

#define SOURCE_HOSTS_MAX 16

struct source_host {
	const char
		*name; /* NULL: libpq's own default; with a '/' in front: the directory of a socket */
	const char *address; /* NULL where only a name was given */
	const char *port;    /* NULL: the default */
};

struct source {
	PQconninfoOption *options; /* owned: the connection string in its parts */
	char *lists[3];            /* owned: hosts, addresses and ports, cut at their commas */
	struct source_host hosts[SOURCE_HOSTS_MAX];
	size_t host_count;  /* at least 1 */
	int64_t connect_ms; /* for a name's look-up, and for a connection to one address */
	uint64_t system;    /* identifier of the cluster seen last; 0: none yet */
	uint32_t timeline;  /* the highest seen of it */
	size_t ready_count; /* connections that were admitted and not given back */
	uint64_t news;      /* rises when somebody knows that it is back: nobody waits on */
};

/* What is wrong with a connection string. */
struct source_fault {
	char text[256];
};

/* False with *out_fault for a string that libpq does not understand, or with too many hosts. */
bool source_init(
	struct source *source, const char *conninfo, struct source_fault *out_fault) must_check;
/* May be called twice. */
void source_fini(struct source *source);

/* The name to be looked up before this host can be connected to; NULL where there is none. */
const char *source_name_of(const struct source *source, size_t host);

/*
 * Begins to connect to one host, as PQconnectStart does.
 *
 *   address  of its name, in numbers; NULL where it has none to be looked up
 */
PGconn *source_connect(const struct source *source, size_t host, const char *address);

/*
 * Whether a server may be trusted that shows this identifier and timeline: not one whose successor is
 * known, nor another cluster than the one that other connections lead to. If so it counts as ready.
 */
bool source_admit(struct source *source, uint64_t system, uint32_t timeline) must_check;
/* The connection that was admitted is gone. */
void source_release(struct source *source);

/*
 * For what is done before the loop runs: connects to whatever host answers as it should, and waits. The
 * caller looks at PQstatus and finishes it; NULL: out of memory.
 */
PGconn *source_open(const char *conninfo);
