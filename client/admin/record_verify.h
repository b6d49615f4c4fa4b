/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record held against its seals (common/record_check.h), and the seals against a copy that was kept elsewhere.
 */
#pragma once

#include "client/admin/record_source.h"
#include "common/record_check.h"

struct record_verdict {
	struct record_finding finding; /* WHOLE, or the first that is not */
	int64_t last_number;           /* of the seals that held */
	int64_t last_sealed_us;
	uint64_t seal_count;
	uint64_t entry_count;
	uint64_t tail_count;   /* not sealed yet */
	uint64_t erased_count; /* entries whose words are gone, as they may be */
	int64_t copy_number;   /* the last of the copy; 0: there was none */
};

struct record_plan {
	const struct record_keys *keys;
	struct record_seals *copy; /* NULL: none */
	int64_t first_number;      /* 1, or an export's first seal */
	bool is_partial;
};

/* ERR_OK with the verdict, whatever that is; an error where it could not be found out. */
enum err record_verify(struct record_source *source, const struct record_plan *plan,
	struct record_verdict *out) must_check;

/* "an entry was changed", in the person's language. */
const char *record_fault_words(enum record_fault fault);
