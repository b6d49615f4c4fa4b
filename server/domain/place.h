/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places: what may stand in what, what a patch may hold, how a code looks, and from which day to which a
 * team may be given a place. Pure. The kinds are rows of place.def; a place stands only in one of a lower
 * number, so that no place can ever stand in itself, however many are in between.
 */
#pragma once

#include "common/base.h"
#include "common/err.h"
#include "common/span.h"

#define PLACE_CODE_POINTS_MAX 32
#define PLACE_NAME_POINTS_MAX 64

enum place_kind {
#define KIND(number, name, stands, patch, where) PLACE_##name = (number),
#include "server/domain/place.def"
#undef KIND
};

/* What is wrong with one value, as a refusal says it. ERR_OK: nothing. */
struct place_fault {
	enum err err;
	const char *allowed; /* lives forever */
};

bool place_is_kind(int kind);
/* May it stand in a place of that kind, or, with 0, alone? */
bool place_may_stand(enum place_kind kind, int parent_kind);
bool place_is_in_patches(enum place_kind kind);
/* What may be its parent, in words. */
const char *place_where(enum place_kind kind);

/* 1..32 characters, none of them a control, no blank at either end. */
struct place_fault place_code_fault(struct str code);
/* Up to 64 characters, none of them a control; it may be empty. */
struct place_fault place_name_fault(struct str name);
/* How it may stand: parent_kind is 0 without a parent. */
struct place_fault place_parent_fault(enum place_kind kind, int parent_kind);

/* --- whose it is, by days: from ≤ day < to --- */

/* One assignment of a place that there is already. Days as common/day.h counts them. */
struct place_patch {
	int32_t from_day;
	int32_t to_day; /* DAY_NEVER: until further notice */
};

/* What a new assignment means for those that there are of the same place. */
enum place_handover {
	PLACE_IS_FREE,    /* nothing ends */
	PLACE_HANDS_OVER, /* one ends on from_day, perhaps before it had a whole day */
	PLACE_IS_OVER,    /* from_day lies before today; only a place's first assignment may */
	PLACE_IS_PLANNED, /* another one begins between from_day and to_day */
};

/*
 * Whether a team may get a place from from_day on, below to_day.
 *
 *   patches  all that the place had, has and will have, in any order
 *   out_at   with PLACE_HANDS_OVER the one that ends
 */
enum place_handover place_assign(const struct place_patch *patches, size_t count,
	struct place_patch wanted, int32_t today, size_t *out_at);
