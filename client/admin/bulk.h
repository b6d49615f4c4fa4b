/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bulk: one step, taken with each of many complaints. Its id names what was asked for, too, so that a run that was cut
 * goes on only as what it was; and with a complaint's id it makes the key, so that nothing is done twice.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"
#include "common/uuid.h"

#include "proto/method.h"

#include "client/admin/option.h"

enum bulk_to { BULK_TO_NOTHING, BULK_TO_TEAM, BULK_TO_CATEGORY };
enum bulk_reason { BULK_REASON_PLAIN, BULK_REASON_WHY };

struct bulk_step {
	const char *name;
	enum method method;
	enum bulk_to to;
	enum bulk_reason reason;
};

extern const struct bulk_step bulk_steps[];
extern const size_t bulk_step_count;

/* NULL where it is none of them. */
const struct bulk_step *bulk_step_find(const char *name);

/* "accept, pass, …" */
void bulk_step_list(char *out, size_t max);

/* What was typed, but for how it is shown and whether it is meant; in the arena. */
struct str bulk_what(struct arena *arena, const struct options *options, struct option_set which);

/* A new one: of its last six bytes, which are a digest of the first ten and of what was typed. */
struct uuid bulk_id_new(struct str what, int64_t now_us);
/* Is it the id of this? */
bool bulk_id_fits(struct uuid id, struct str what);

/* The key of its step with one complaint. */
struct uuid bulk_key(struct uuid bulk_id, struct uuid complaint_id);
