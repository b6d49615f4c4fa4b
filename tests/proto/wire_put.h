/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes protobuf's wire format by hand, valid or not, for what no encoder of ours would write. The
 * buf must have room: running out of it ends the test program.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/buf.h"
#include "proto/wire.h"

void wire_put_byte(struct buf *out, uint8_t byte);
void wire_put_varint(struct buf *out, uint64_t number);
void wire_put_key(struct buf *out, uint32_t number, unsigned type);

/* Key, length, bytes. */
void wire_put_bytes(struct buf *out, uint32_t number, struct span bytes);

/* Key and varint. */
void wire_put_number(struct buf *out, uint32_t number, uint64_t value);

/* A number in the encoding of a field's type, without its key. */
void wire_put_value(struct buf *out, ProtobufCType type, int64_t value);
