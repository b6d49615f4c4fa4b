/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands as data, and what became of them. commands_run does with them what a request does: hands them
 * to a writer, and where the guard no longer held, or nobody knows whether it did, looks the key up and
 * tries again.
 */
#pragma once

#include "tests/db/lanes.h"

/* What is 0 or nil has the value in brackets. */
struct command {
	enum stmt stmt;       /* complaint_submit, complaint_step, crew_create or grant_add */
	uint32_t record;      /* number of its town_id */
	uint32_t key;         /* (record) */
	uint32_t account;     /* (1) */
	uint32_t community;   /* of complaints (1); its team has the same number */
	const char *body;     /* what was asked for, in words: its hash is compared (—) */
	const char *name;     /* of a crew (body) */
	int version;          /* complaint_step: the one seen */
	int from;             /* … and the state (1); the step leads to the next */
	int rating;           /* … 9 breaks a CHECK */
	int role;             /* grant_add (LEADER) */
	int64_t submitted_us; /* complaint_submit (TOWN_NOW) */
	size_t writer;
};

enum verdict {
	VERDICT_NONE,
	APPLIED, /* it took effect now */
	REPEAT,  /* the key had been applied, to the same request */
	REUSED,  /* the key had been applied, to another request */
	STALE,   /* its guard does not hold, however often it is tried */
	REFUSED, /* the database refused the statement */
	DOWN,
	VERDICT_COUNT
};

/* The hash that `applied` keeps of a command. */
void command_hash(const struct command *command, uint8_t out[32]);

/* Makes the job's one statement. */
void command_job(const struct command *command, struct job *job);

/* All at once; verdicts in their order. Ends with nothing pending. */
void commands_run(
	struct lanes *lanes, const struct command *commands, size_t count, enum verdict *out_verdicts);
