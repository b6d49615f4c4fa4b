/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes to frames one behind the other, an envelope in each, for targets that take what one end of a
 * connection sends: one frame's envelope changed by its descriptor, or a frame more.
 */
#pragma once

#include "tests/proto/specimen.h"

/* Appends a new envelope, encoded. */
typedef void mutate_put(struct specimen *chance, struct buf *out);

/* Changes data in place; returns its new size, at most size_max. */
size_t mutate_frames(
	uint8_t *data, size_t size, size_t size_max, mutate_put *put_new, struct specimen *chance);
