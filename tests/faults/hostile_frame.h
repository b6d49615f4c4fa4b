/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames as nobody should send them, made by chance from a seed: the same seed, the same frames. Most begin
 * as a request that is right, of any method, and are then changed.
 */
#pragma once

#include "common/buf.h"
#include "tests/proto/specimen.h"

enum hostile_kind {
	HOSTILE_MUTATED,   /* a request's body changed along its descriptor: nearly valid */
	HOSTILE_FLIPPED,   /* bits of a whole frame turned over, its length kept */
	HOSTILE_MALFORMED, /* bytes by chance in a frame of the right length */
	HOSTILE_NESTED,    /* fields inside fields, or groups, hundreds deep */
	HOSTILE_OVERSIZED, /* a length that is not allowed, with some bytes behind it */
	HOSTILE_CUT,       /* a frame that ends before its length says so: nothing may follow it */
	HOSTILE_KIND_COUNT,
};

/* Appends one frame, its header with it. Bodies that only their length makes hostile are not whole. */
void hostile_frame_make(struct specimen *chance, enum hostile_kind kind, struct buf *out);
