/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all steps of a complaint have in common: which one, from which version; is it theirs; does the
 * table allow it; one guarded statement. A method's file says what is special about its step:
 *
 *     check    complaint_step_begin, then what the message alone shows to be good: state.given
 *     load     complaint_step_load, behind it what else the step rests on
 *     decide   what else was found good: state.given; then complaint_step_decide, which asks the table,
 *              applies the move to the record and calls state.apply for what only this step changes
 *
 * With state.tells the owner's words can be written: what they need is loaded too (complaint_tell.h, complaint_receipt.h).
 */
#pragma once

#include "common/span.h"
#include "server/domain/complaint_record.h"
#include "server/method/complaint/complaint_row.h"
#include "server/request.h"

#define COMPLAINT_MATERIAL_MAX 50

/* A one-time code made by the step. */
struct complaint_new_code {
	int purpose; /* 0: none; Receipt.Purpose */
	struct uuid code_id;
	uint8_t hash[32];
	int64_t expires_us;
};

/* A receipt made by the step. */
struct complaint_new_receipt {
	int kind; /* 0: none; Receipt.Kind */
	uint8_t code_hash[32];
	struct span body;
	struct str text;
	struct span photo_hashes;
	/* Materials, an array a column. */
	const struct str *names;
	const int64_t *quantities;
	const struct str *units;
	const int64_t *prices;
	size_t material_count;
};

/* Lives in request.state. */
struct complaint_step_state {
	struct uuid complaint_id;
	uint32_t version; /* that the client saw; an owner sees none: taken from the record */
	enum complaint_step step;
	unsigned given; /* bits of NEED_* that came and were found good */
	bool was_loaded;
	unsigned given_first; /* given before anything was loaded */
	bool tells;           /* load what words to the owner need */

	/* What the message brings that those words speak of; 0 and nil: as the record has it. */
	int64_t asked_from_us;
	int64_t asked_to_us;
	int64_t asked_until_us;
	struct uuid asked_crew_id;
	struct uuid asked_worker_id;
	int64_t pauses_us; /* with a suspension: all pauses, the one that is asked for too */

	bool has_handled; /* complaint_ask says what */
	bool is_owner;    /* asked by the owner, without a session, by a code that was right */

	/* Set by complaint_step_decide, before apply. */
	struct complaint_verdict verdict;
	struct complaint_relation relation; /* empty for an owner */
	struct complaint_record before;
	struct complaint_record record; /* the move is applied; apply changes the rest */

	/* What only this step changes. With an error nothing is done. May be NULL. */
	enum err (*apply)(struct request *r, struct complaint_step_state *state);

	/* Writes what was decided. NULL: complaint_effect. */
	void (*effect)(struct request *r, struct uuid grant_id);

	/* The event. */
	uint32_t chosen_category; /* by a person; 0: as it was. No other thing is left behind then */
	int reason;               /* Complaint.Reason; 0: none */
	int score;                /* 0: none */
	struct uuid receipt_id;   /* made or signed by the step; nil: none */
	struct str words;         /* for the timeline, erasable */
	struct uuid other_id;     /* another complaint that it has to do with; nil: none */

	/* What else is committed with it. */
	struct uuid outgoing_id; /* nil: nothing is said to the owner */
	int outgoing_kind;
	struct span outgoing_sealed;
	struct complaint_new_code new_code;
	struct uuid used_code_id; /* nil: none */
	uint8_t used_code_hash[32];
	bool takes_slot;      /* of record.worker_id in the window */
	bool sends;           /* somebody is sent: what the work needs is asked for */
	int orders_max;       /* with takes_slot: it is one of so many open orders; 0: it is none */
	struct uuid proof_id; /* the qualification that it rests on; nil: none */
	uint32_t proof_version;
	struct complaint_new_receipt receipt;
	int sign_method; /* 0: not signed by this step */
	struct str sign_reason;
	struct span sign_hash;   /* of the drawn signature; empty: none */
	uint32_t master_version; /* 0: no other record is guarded */
};

/* In check: the step's target, from the message's first three fields. NULL where memory is out. */
struct complaint_step_state *complaint_step_begin(struct request *r,
	ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id, uint32_t version,
	enum complaint_step step);

struct complaint_step_state *complaint_step_of(const struct request *r);

/* For the method's row: loads the complaint; NOT_FOUND where nothing of theirs reaches it; decides. */
void complaint_step_load(struct request *r);
enum err complaint_step_may(struct request *r);
enum err complaint_step_decide(struct request *r);

/* complaint_step_load.c: queries after complaint_step_load; the method's own begin at complaint_step_own. */
const struct query *complaint_step_row(const struct request *r);
bool complaint_step_has_officer(const struct request *r);            /* the complaint's team, now */
const struct query *complaint_step_around(const struct request *r);  /* with state.tells */
const struct query *complaint_step_contact(const struct request *r); /* with state.tells */
size_t complaint_step_own(const struct request *r);

/* Refuses a need by its row of complaint.def. */
enum err complaint_step_refuse(struct request *r, enum complaint_need need);

/* complaint_effect.c: the guarded statement of what was decided; the reply must be filled in. */
void complaint_effect(struct request *r, struct uuid grant_id);
/* Three parameters of an event: salt, words, their hash; or three nulls. */
void complaint_effect_words(struct request *r, struct query *query, struct str words);

/* Who took it: Complaint.Actor. */
int complaint_step_actor(const struct complaint_step_state *state);

/* complaint_note.c: the same for a step after which it stands where it stood. */
void complaint_note_effect(struct request *r, struct uuid grant_id);
/* complaint_effect_full.c, for complaint_effect.c: does it leave more behind than the record, and what. */
bool complaint_effect_is_full(const struct complaint_step_state *state);
void complaint_effect_full(struct request *r, struct query *query);
