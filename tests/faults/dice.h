/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that follow from a seed, the same on every machine, in streams that do not disturb each other: what
 * one client draws does not depend on when another one did.
 */
#pragma once

#include <stdint.h>

#include "common/base.h"

struct dice {
	uint64_t state; /* never 0 */
};

/* Which stream of a seed: of whom, and the how-manieth of his. */
struct dice_stream {
	uint64_t seed;
	uint64_t owner;
	uint64_t ordinal;
};

struct dice dice_of(const struct dice_stream *stream);

/* 0 … below - 1; below is not 0. */
uint64_t dice_below(struct dice *dice, uint64_t below);

/* True once in so many times. */
bool dice_once_in(struct dice *dice, uint64_t times);
