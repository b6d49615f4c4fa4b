/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/wire.h"

/* Fixed numbers are the only little-endian ones that we read. */
static bool take_fixed(struct span *in, size_t bytes, uint64_t *out)
{
	uint64_t number = 0;

	assert(bytes == 4 || bytes == 8);
	if (in->len < bytes) {
		return false;
	}
	for (size_t i = 0; i < bytes; i++) {
		number |= (uint64_t)in->ptr[i] << (8 * i);
	}
	*in = span_after(*in, bytes);
	*out = number;
	return true;
}

static bool take_bytes(struct span *in, struct span *out)
{
	struct span rest = *in;
	uint64_t len;

	if (!wire_take_varint(&rest, WIRE_PREFIX_BYTES_MAX, &len) || len > rest.len) {
		return false;
	}
	*out = span_first(rest, (size_t)len);
	*in = span_after(rest, (size_t)len);
	return true;
}

bool wire_take_varint(struct span *in, size_t bytes_max, uint64_t *out)
{
	uint64_t number = 0;
	size_t limit = size_min(in->len, bytes_max);

	assert(bytes_max <= WIRE_VARINT_BYTES_MAX);
	for (size_t i = 0; i < limit; i++) {
		uint8_t byte = in->ptr[i];

		if (i == WIRE_VARINT_BYTES_MAX - 1 && byte > 1) {
			return false;
		}
		number |= (uint64_t)(byte & 0x7F) << (7 * i);
		if (byte < 0x80) {
			*in = span_after(*in, i + 1);
			*out = number;
			return true;
		}
	}
	return false;
}

bool wire_take_key(struct span *in, struct wire_key *out)
{
	struct span rest = *in;
	uint64_t key;
	uint32_t type;

	if (!wire_take_varint(&rest, WIRE_PREFIX_BYTES_MAX, &key) || key > UINT32_MAX) {
		return false;
	}
	type = (uint32_t)key & 7;
	if (key >> 3 == 0 ||
		(type != WIRE_VARINT && type != WIRE_64BIT && type != WIRE_BYTES && type != WIRE_32BIT)) {
		return false;
	}
	out->number = (uint32_t)(key >> 3);
	out->type = (enum wire_type)type;
	*in = rest;
	return true;
}

bool wire_take_value(struct span *in, enum wire_type type, struct wire_value *out)
{
	switch (type) {
	case WIRE_VARINT:
		return wire_take_varint(in, WIRE_VARINT_BYTES_MAX, &out->number);
	case WIRE_64BIT:
		return take_fixed(in, 8, &out->number);
	case WIRE_BYTES:
		return take_bytes(in, &out->bytes);
	case WIRE_32BIT:
		return take_fixed(in, 4, &out->number);
	}
	unreachable();
}
