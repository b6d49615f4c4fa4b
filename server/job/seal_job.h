/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that seals the record: what is committed for good, in order of (era, xid, seq), at most so many entries a
 * seal, signed, and copied to a file outside the database. docs/record.md says what a seal is.
 *
 *   IDLE ─▶ LOOKING ─▶ READING ─▶ WRITING ─┐    how far it is; what comes next; its seal
 *             ▲  │                         │
 *             │  └─▶ FETCHING ─▶ COPYING ──┤    seals that the file has not yet, into it
 *             └────────────────────────────┘    until there is nothing more
 *
 * Of several servers one writes each seal: its number is the table's key, and the statement asks that the one before
 * is still the last. Every server copies all of them to a file of its own. Where the table does not have what the
 * file has, somebody cut it off or made it anew: that is said aloud, nothing more is copied, sealing goes on. Where the
 * table's last seal is not one of ours (seal_trust.h), nothing is sealed behind it, and that is said aloud until it is gone.
 */
#pragma once

#include <uv.h>

#include "common/arena.h"
#include "common/record_check.h"
#include "server/db/errand.h"
#include "server/job/seal_file.h"
#include "server/record_key.h"

struct server;

enum seal_phase {
	SEAL_IDLE,
	SEAL_LOOKING,
	SEAL_READING,
	SEAL_WRITING,
	SEAL_FETCHING,
	SEAL_COPYING
};

struct seal_job {
	struct server *server;
	const struct record_key *key; /* borrowed; NULL: nothing is sealed */
	struct seal_file *file;       /* borrowed */
	enum seal_phase phase;
	bool is_answered;          /* the tick takes what came */
	bool is_behind;            /* the table has not what the file has */
	bool is_copy_forged;       /* a seal that the file has not yet is not one of ours */
	struct record_seal last;   /* of the table, as far as LOOKING tells: number, hash */
	struct record_place place; /* where it ends */
	uint32_t count;            /* of the seal that is being written */
	int64_t due_mono_us;
	int64_t sealed_mono_us; /* when everything there was, was sealed; 0: not yet */
	struct errand errand;
	struct query query;
	struct arena arena; /* of one phase */
	uv_work_t work;
	struct span lines;         /* in the arena, as is what follows */
	struct record_seal *seals; /* of them */
	size_t seal_count;
	struct seal_file copied; /* where the file ends when they are in it */
	bool is_copied;
	enum record_fault copy_fault; /* of the first that is not ours … */
	int64_t copy_number;          /* … and which it is */
};

void seal_job_init(struct seal_job *job, struct server *server);
/* After the lanes' stop, and once it is closed. */
void seal_job_fini(struct seal_job *job);

/* In the tick, before the lanes are flushed. */
void seal_job_run(struct seal_job *job);
int64_t seal_job_due(const struct seal_job *job);
/* No thread has anything of it. */
bool seal_job_is_closed(const struct seal_job *job);
/* How long ago everything that had been committed was sealed; from the server's start on. */
int64_t seal_job_lag_us(const struct server *server);
