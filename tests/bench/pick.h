/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one connection asks about next. Its person manages every group-th community; among these the
 * community is picked uniformly, and in it the complaint. What is accepted comes from the supply of
 * the newest complaints, each once, in an order that jumps about in the table.
 *
 * Complaint n belongs to community n % communities, its team follows from what is left of n
 * (town.sql).
 */
#pragma once

#include "tests/bench/number.h"

struct pick_town {
	uint64_t communities;
	uint64_t rows;   /* complaints loaded; a multiple of communities */
	uint64_t hot;    /* the newest of them, among which is asked; a multiple too */
	uint64_t supply; /* the newest of them, all of them SUBMITTED at version 1; a multiple too */
	uint64_t base;   /* of the numbers that this run may use for keys and new complaints */
	unsigned group;  /* persons that share the communities */
};

struct pick {
	const struct pick_town *town;
	unsigned person;
	uint64_t random;   /* state of the generator */
	uint64_t asked;    /* so far */
	uint64_t key_next; /* number */
};

/* One target. Numbers without NUMBER_FIRST, but for the key. */
struct pick_target {
	uint64_t community;
	uint64_t team;
	uint64_t place;
	uint64_t complaint;
	uint64_t key;
};

void pick_init(struct pick *pick, const struct pick_town *town, unsigned link);

/* Anything: to be read, or where to submit. */
struct pick_target pick_any(struct pick *pick);

/* The next of the supply; false where this person's is used up. */
bool pick_supply(struct pick *pick, struct pick_target *out) must_check;
