/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/proto/wire_put.h"

#include <stdlib.h>

#include "proto/scalar.h"

static void put_span(struct buf *out, struct span bytes)
{
	if (!buf_append(out, bytes)) {
		abort();
	}
}

static void put_fixed(struct buf *out, uint64_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		wire_put_byte(out, (uint8_t)(number >> (8 * i)));
	}
}

void wire_put_byte(struct buf *out, uint8_t byte)
{
	put_span(out, span_of(&byte, 1));
}

void wire_put_varint(struct buf *out, uint64_t number)
{
	while (number >= 0x80) {
		wire_put_byte(out, (uint8_t)(number | 0x80));
		number >>= 7;
	}
	wire_put_byte(out, (uint8_t)number);
}

void wire_put_key(struct buf *out, uint32_t number, unsigned type)
{
	wire_put_varint(out, (uint64_t)number << 3 | type);
}

void wire_put_bytes(struct buf *out, uint32_t number, struct span bytes)
{
	wire_put_key(out, number, WIRE_BYTES);
	wire_put_varint(out, bytes.len);
	put_span(out, bytes);
}

void wire_put_number(struct buf *out, uint32_t number, uint64_t value)
{
	wire_put_key(out, number, WIRE_VARINT);
	wire_put_varint(out, value);
}

void wire_put_value(struct buf *out, ProtobufCType type, int64_t value)
{
	uint64_t bits = (uint64_t)value;

	if (type == PROTOBUF_C_TYPE_SINT32 || type == PROTOBUF_C_TYPE_SINT64) {
		bits = bits << 1 ^ (value < 0 ? UINT64_MAX : 0);
	}
	switch (scalar_wire_type(type)) {
	case WIRE_VARINT:
		wire_put_varint(out, bits);
		return;
	case WIRE_64BIT:
		put_fixed(out, bits, 8);
		return;
	case WIRE_32BIT:
		put_fixed(out, bits, 4);
		return;
	case WIRE_BYTES:
		break;
	}
	unreachable();
}
