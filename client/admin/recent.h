/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The complaints a person saw last, so that they can be called by the beginnings of their ids, and an id
 * alone says which community it is of: NAME.recent in the profile folder (home.h), one line each, newest
 * first.
 *
 * It is a convenience: what is missing or broken in it is as if nothing had been seen.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"
#include "common/uuid.h"

#define RECENT_MAX 1000
#define RECENT_PREFIX_MIN 4 /* shortest beginning of an id that is looked for */

struct recent_row {
	struct uuid community_id;
	struct uuid complaint_id;
};

/* Newest first; each complaint once. */
struct recent {
	struct recent_row rows[RECENT_MAX];
	size_t count;
};

/* Puts a complaint in front; the oldest falls off the end. */
void recent_add(struct recent *recent, const struct recent_row *row);

/* As text and back: "community complaint" a line; other lines are passed over. */
struct str recent_format(const struct recent *recent, struct arena *arena);
void recent_parse(struct recent *recent, struct str text);

enum recent_verdict {
	RECENT_FOUND,
	RECENT_NONE,
	RECENT_MANY, /* the beginning of more than one */
};

/*
 * Finds by id, or by the beginning of an id.
 *
 *   community_id  only there; NULL: anywhere
 *   out           set with FOUND; borrowed from recent
 */
enum recent_verdict recent_find(const struct recent *recent, const char *text,
	const struct uuid *community_id, const struct recent_row **out);

/* The file of a profile. Memory is the caller's to free with free(). */
struct recent *recent_load(const char *profile_name) must_check;
void recent_save(const char *profile_name, const struct recent *recent);
