/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small changes to encoded messages that keep them nearly valid, by walking the descriptor: random
 * bytes alone hardly get past the first length (pitfall 51). Shared by all targets.
 */
#pragma once

#include "tests/proto/specimen.h"

/*
 * Changes an encoded message, or one inside it.
 *
 *   data      in place; room for size_max bytes
 *   chance    where randomness comes from
 *   returns   the new size, at most size_max
 */
size_t mutate_message(const ProtobufCMessageDescriptor *message, uint8_t *data, size_t size,
	size_t size_max, struct specimen *chance);

/* Appends a message made by chance; one in four has a flaw. */
void mutate_make(
	const ProtobufCMessageDescriptor *message, struct specimen *chance, struct buf *out);
