/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners of a town's complaints: their telephones, sealed as the server would, and what they are told. And the
 * server's own portion jobs, step by step through the real lanes, so that two servers can be in the midst of one.
 */
#pragma once

#include <libpq-fe.h>

#include "server/job/portion_job.h"
#include "server/server.h"
#include "tests/db/lanes.h"

/* As much of a server as a job's decision looks at: seal, clock, log. */
struct owners {
	struct server server;
	PGconn *super;
	int log_fd;
};

void owners_init(struct owners *owners, PGconn *super);
void owners_fini(struct owners *owners);

/* The contact of record n of community c; NULL: a name without a telephone. */
void owners_add(struct owners *owners, uint32_t c, uint32_t n, const char *phone);
/* One that no key opens. */
void owners_add_faulty(struct owners *owners, uint32_t c, uint32_t n);

/*
 * What the owner of a record of community c was told, in the order of making: "kind language to text", a line each;
 * "-" for nothing. Static.
 */
const char *owners_told(struct owners *owners, uint32_t c, uint32_t n);

/* One turn of a job. */
struct portion {
	struct portion_job job;
	struct job look;
	struct job write;
};

/* Reads what is due at the server's clock: how many rows. */
size_t portion_look(struct portion *portion, struct owners *owners, struct lanes *lanes,
	const struct portion_kind *kind);
/* Decides and hands the write to a writer: two of them are two servers. lanes_run comes next. */
void portion_write(struct portion *portion, struct lanes *lanes, size_t writer);
/* How many rows the guard let through; -1: it was to be done again. */
int portion_done(const struct portion *portion);
void portion_fini(struct portion *portion);

/* All of it, until nothing is due or nothing is let through. How many turns that took. */
size_t portions_run(struct owners *owners, struct lanes *lanes, const struct portion_kind *kind);
