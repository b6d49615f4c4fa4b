/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lowest layer of the protobuf encoding: keys and values taken off the front of borrowed bytes.
 * It knows no message and no field, and reads never past the bytes it was given.
 *
 *   source   protobuf encoding guide; groups (wire types 3 and 4) are refused
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define WIRE_VARINT_BYTES_MAX 10 /* of 64 bits */
#define WIRE_PREFIX_BYTES_MAX 5  /* of a key or a length: what protobuf-c takes */

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_64BIT = 1,
	WIRE_BYTES = 2,
	WIRE_32BIT = 5,
};

struct wire_key {
	uint32_t number; /* of the field, 1..2^29-1 */
	enum wire_type type;
};

struct wire_value {
	uint64_t number;   /* of all types but WIRE_BYTES; 32 bits are not sign-extended */
	struct span bytes; /* of WIRE_BYTES; borrowed */
};

/*
 * Takes a varint of at most bytes_max bytes.
 *
 *   in       moved behind it on success, else untouched
 *   returns  false where it is cut short, longer, or needs more than 64 bits
 */
bool wire_take_varint(struct span *in, size_t bytes_max, uint64_t *out) must_check;

/* Takes a field's key; false for number 0, a wire type not in the enum, or a broken varint. */
bool wire_take_key(struct span *in, struct wire_key *out) must_check;

/* Takes a value of this type; false where it is cut short. */
bool wire_take_value(struct span *in, enum wire_type type, struct wire_value *out) must_check;
