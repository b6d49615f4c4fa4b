/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record held against its seals, stretch by stretch, whoever brings both: a server's answers, a file. It stops at
 * the first thing that is not as it was sealed and says what and where. It trusts the keys that it is given, and
 * nothing else.
 *
 *     record_check_seal       begins a stretch: number, chain, hash, signature
 *     record_check_entry …    what there is in it, in order
 *     record_check_end        holds them against the seal's list
 *     record_check_tail …     what is not sealed yet
 */
#pragma once

#include "common/record_seal.h"

enum record_fault {
	RECORD_WHOLE,
	RECORD_SEAL_REMOVED,   /* a number is missing */
	RECORD_SEAL_CHANGED,   /* its hash is another, or the copy outside the database differs */
	RECORD_SEAL_FORGED,    /* not signed by the key that it names */
	RECORD_SEAL_STRANGE,   /* signed by a key that we were not given */
	RECORD_SEAL_UNCHAINED, /* does not follow from the one before */
	RECORD_CUT_OFF,        /* the copy outside the database goes further */
	RECORD_ENTRY_REMOVED,
	RECORD_ENTRY_INSERTED,
	RECORD_ENTRY_CHANGED,
	RECORD_ENTRY_MOVED, /* it has another's place, or stands in another order */
	RECORD_WORDS_CHANGED,
	RECORD_FAULT_COUNT
};

/* What programs and logs compare: "ENTRY_CHANGED". */
const char *record_fault_name(enum record_fault fault);

struct record_finding {
	enum record_fault fault;
	int64_t number; /* of the seal */
	struct record_place
		place; /* of the entry; of a seal that is not there or not right, its first one, where known */
	int64_t other_seq; /* MOVED: whose place it has; 0: none's */
};

/* An entry that there is. */
struct record_present {
	struct record_place place;
	uint8_t hash[SHA256_BYTES]; /* as the seal's form has it; of one that cannot be so, zeros */
	bool are_words_changed;
};

#define RECORD_PRESENT_MAX ((size_t)2 * RECORD_SEAL_ENTRIES_MAX)

struct record_check {
	const struct record_keys *keys; /* borrowed */
	bool is_partial;                /* an export of one community: what is missing is another's */
	struct arena arena;             /* of one stretch */
	struct record_seal seal;        /* of it */
	struct record_present
		*present; /* owned; the first of them, which is enough to find the first fault */
	size_t present_count;
	int64_t number; /* of the last seal; 0: none yet */
	uint8_t hash[SHA256_BYTES];
	uint64_t entry_count; /* in the stretches that were held against their seals */
	uint64_t tail_count;  /* not sealed yet */
	uint64_t erased_count;
	struct record_finding finding; /* the first */
};

/*
 *   first_number  1, or the seal that an export begins with: its own predecessor is not looked at
 *   returns       false where memory is out
 */
bool record_check_init(
	struct record_check *check, const struct record_keys *keys, int64_t first_number) must_check;
void record_check_fini(struct record_check *check);

/* All return false once something was found. */
bool record_check_seal(struct record_check *check, const struct record_seal *seal) must_check;
bool record_check_entry(struct record_check *check, const struct record_place *place,
	struct span entry, bool are_words_changed) must_check;
bool record_check_end(struct record_check *check) must_check;
void record_check_tail(struct record_check *check);

/* What the caller found, by holding the seals against their copy; the first counts. Returns false. */
bool record_check_found(struct record_check *check, const struct record_finding *finding);
