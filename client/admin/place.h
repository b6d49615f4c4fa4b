/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Communities, butler teams and crews by the names that people use, and places by their codes. The
 * names come from community.list, asked once a run, and are those the logged in person has to do with.
 *
 * Everything here leaves the reason of a failure in app->fault.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"
#include "common/uuid.h"

struct app;

struct place_community {
	struct uuid id;
	const char *name; /* lives as long as the app; an id's text where the name is not known */
	const char *zone; /* of its days and months */
};

/* Asks for the names; the rest of this module does so by itself. */
enum err place_load(struct app *app) must_check;

/*
 * The community of --community; without it the profile's usual one, or the only one there is.
 *
 *   returns  ERR_OK | USAGE (which one?) | NOT_FOUND | what asking failed with
 */
enum err place_community(struct app *app, struct place_community *out) must_check;

/* The same for a given name or id. */
enum err place_community_named(
	struct app *app, const char *text, struct place_community *out) must_check;

/* How many there are, and the i-th of them. */
size_t place_community_count(const struct app *app);
void place_community_at(const struct app *app, size_t i, struct place_community *out);

/*
 * A butler team by name or id.
 *
 *   community_id  of which; NULL: of any, where only one has a team of this name
 *   out_community set with ERR_OK; nil for a team given by an id that is not in the list
 */
enum err place_team(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out_team, struct uuid *out_community) must_check;

enum err place_crew(struct app *app, const char *text, struct uuid *out) must_check;

/* A building, an entrance, a dwelling or a common place by its code, which the server is asked for. */
enum err place_by_code(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out) must_check;

/*
 * Names to show. Where the name is not known the id's text, in `out`; no id is the empty text. What
 * is returned lives as long as the app, or as `out`.
 */
const char *place_community_name(
	const struct app *app, struct span id, char out[UUID_TEXT_LEN + 1]);
const char *place_team_name(const struct app *app, struct span id, char out[UUID_TEXT_LEN + 1]);
const char *place_crew_name(const struct app *app, struct span id, char out[UUID_TEXT_LEN + 1]);
