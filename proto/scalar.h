/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What protobuf's field types mean on the wire, and what a number of each can be. It knows no field
 * and no row.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "proto/wire.h"

/* Inclusive. */
struct scalar_bounds {
	int64_t min;
	int64_t max;
};

/* How a single value of the type travels; WIRE_BYTES for strings, bytes and messages. */
enum wire_type scalar_wire_type(ProtobufCType type);

/*
 * What the type can hold. Unsigned 64-bit numbers have the bounds of signed ones, as scalar_value
 * gives them; floating point has none.
 *
 *   type   a number, not an enum
 */
struct scalar_bounds scalar_bounds(ProtobufCType type);

/*
 * The number that the wire's bits mean in the type. Of an unsigned 64-bit number above INT64_MAX it
 * is negative; the bits of floating point are given as they are.
 */
int64_t scalar_value(ProtobufCType type, uint64_t bits);
