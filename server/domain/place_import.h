/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole check of an import of places: every row by itself, against the other rows, and against what
 * the community has. Rows may come in any order, a place before the one that it stands in. Pure.
 */
#pragma once

#include "common/arena.h"
#include "server/domain/place.h"

#define PLACE_IMPORT_ROWS_MAX 10000
#define PLACE_IMPORT_PATCHES_MAX 2000 /* rows with a team: one statement writes all, in a second */
#define PLACE_IMPORT_SPARE 1000       /* problems beyond a row's first that are told */
#define PLACE_IMPORT_NOWHERE SIZE_MAX /* no parent, or no team */

/* One row; what is absent is empty. */
struct place_import_row {
	int kind; /* 0: absent */
	struct str code;
	struct str name;
	struct str parent_code;
	struct str team_name;
};

/* A place that the community has. */
struct place_import_known {
	struct str code;
	int kind;
};

struct place_import_facts {
	const struct place_import_known *known; /* at least those that the rows name */
	size_t known_count;
	const struct str *teams; /* the names of all its teams */
	size_t team_count;
};

enum place_import_field {
	PLACE_IMPORT_KIND,
	PLACE_IMPORT_CODE,
	PLACE_IMPORT_NAME,
	PLACE_IMPORT_PARENT,
	PLACE_IMPORT_TEAM,
	PLACE_IMPORT_FIELD_COUNT
};

/* One thing that is wrong with a row. */
struct place_import_problem {
	size_t row; /* from 0 */
	enum place_import_field field;
	enum err err;
	const char *allowed; /* lives forever */
};

/* Where a good row belongs. */
struct place_import_link {
	size_t parent_row;   /* in the rows; else */
	size_t parent_known; /* in the facts; else it stands alone */
	size_t team;         /* in the facts */
};

struct place_import {
	struct place_import_problem *problems; /* by row, then field */
	size_t problem_count;
	size_t bad_count;                /* rows that have one */
	struct place_import_link *links; /* a row each; of use where nothing is bad */
};

/*
 * Every bad row is told by its first problem at least; with very many bad rows the further ones of a row
 * are left out, so that the answer fits a frame.
 *
 * All in the arena, which may have failed: then nothing of the result counts.
 */
struct place_import place_import_check(const struct place_import_row *rows, size_t count,
	const struct place_import_facts *facts, struct arena *arena);
