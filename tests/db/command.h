/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands as data, and what became of them. commands_run does with them what a request does: hands them
 * to a writer, and where the guard no longer held, or nobody knows whether it did, looks the key up and
 * tries again.
 */
#pragma once

#include "server/receipt.h"
#include "tests/db/lanes.h"

/* Where the number of an acknowledgement will stand. */
#define COMMAND_TOKEN STR("7KD2M0QX93ABZ")

/* What is 0 or nil has the value in brackets. Records and the like are numbers of their town_id. */
struct command {
	enum stmt
		stmt; /* complaint_submit, complaint_step, complaint_step_full, _split, _note, crew_create, grant_add,
			   * absence_add (worker, from_h, to_h), absence_end (version, to_h, slot),
			   * qualification_add (worker), qualification_verify, qualification_end (version) */
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
	bool is_told;             /* complaint_submit: with contact, acknowledgement and message */
	const struct uuid *files; /* complaint_submit */
	size_t file_count;
	/* The two steps: */
	int to;   /* (the next state) */
	int step; /* (numbered as the state they lead to) */
	const char *words;
	/* complaint_step_full: */
	uint32_t worker;  /* an account, with the window */
	int from_h, to_h; /* hours from now */
	uint32_t slot;    /* taken for the worker */
	bool frees;       /* every other slot */
	uint32_t master;  /* with to MERGED */
	int master_version;
	uint32_t outgoing, new_code;
	uint32_t used_code;
	uint8_t used_hash;     /* its first byte */
	uint32_t receipt;      /* new, or with sign_method signed */
	size_t material_count; /* … of a new one */
	int sign_method;
	uint32_t left_master; /* the master it is taken out of */
	int orders_max;       /* the slot is one of so many orders */
	uint32_t proof;       /* a qualification that it rests on */
	int proof_version;
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

/* Of the request that the command stands for. */
struct uuid command_trace(const struct command *command);

/* The hash that `applied` keeps of a command. */
void command_hash(const struct command *command, uint8_t out[32]);

/* Makes the job's one statement. */
void command_job(const struct command *command, struct job *job);

/* $10 and what follows of a step. */
void command_step(struct query *query, const struct command *command);

/* The same of absence_* and qualification_*. */
void command_staff(struct query *query, const struct command *command);
/* $45 and what follows of a part that is split off `master`; $10 and what follows of a note: asked again. */
void command_split(struct query *query, const struct command *command);
void command_note(struct query *query, const struct command *command);

/* The acknowledgement of a complaint with this number and text, in the arena. */
void command_receipt(
	struct arena *arena, struct str number, struct str text, struct receipt_bytes *out);

/* All at once; verdicts in their order. Ends with nothing pending. */
void commands_run(
	struct lanes *lanes, const struct command *commands, size_t count, enum verdict *out_verdicts);
