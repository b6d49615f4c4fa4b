/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May the next seal stand on the last one? Whoever owns the database can write any row there, but not sign it. A row
 * that is not a seal of ours would hide what it says is sealed already, and a signature behind it would make it look true.
 */
#pragma once

#include "common/record_check.h"

struct query;

/* The last row of the table, and what stands around it. */
struct seal_end {
	struct record_seal seal;
	bool is_seal;              /* false: what stands there cannot be one */
	struct record_place first; /* as the row's columns say, which nobody signed */
	struct record_place last;  /* … and where the job would go on */
	struct span before;        /* the hash of the one before; ptr NULL: there is none */
};

/* Of seal_end, which has a seal; it lies in the row. */
void seal_end_read(const struct query *query, struct seal_end *out);

/*
 * RECORD_WHOLE, or why not: REMOVED the one before is not there, CHANGED its parts do not fit each other, UNCHAINED it
 * does not follow, STRANGE and FORGED as everywhere. Look at the arena's flag first: without memory nothing is known.
 */
enum record_fault seal_trust_end(
	const struct seal_end *end, const struct record_keys *keys, struct arena *arena);

/* The seal alone, wherever it stands. */
enum record_fault seal_trust(
	const struct record_seal *seal, const struct record_keys *keys, struct arena *arena);
