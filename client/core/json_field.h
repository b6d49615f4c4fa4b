/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside client/core only: where protobuf-c keeps a field of a message, and whether it is there. Both
 * directions of the JSON conversion stand on these.
 *
 *   optional number, bool, enum, bytes   a boolean at quantifier_offset says whether it is there
 *   optional text, message               there unless the pointer is NULL (or a text's default)
 *   repeated                             count at quantifier_offset, pointer to elements at offset
 *   in a oneof                           the number of the field that is there at quantifier_offset
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/base.h"

/* The place so many bytes into a message. */
static inline void *json_field_at(const ProtobufCMessage *message, unsigned offset)
{
	return (char *)(uintptr_t)message + offset;
}

static inline bool json_field_is_pointer(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static inline bool json_field_is_oneof(const ProtobufCFieldDescriptor *field)
{
	return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* Whether the value is there; a repeated field is where it has elements. */
bool json_field_is_there(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* Notes that it is there; of a oneof's other fields, that they are not. Not for repeated ones. */
void json_field_mark(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* Bytes of one value in memory. */
size_t json_field_size(const ProtobufCFieldDescriptor *field);

/*
 * Whether its 16 bytes are written as a UUID: bytes named key, or ending in _id, or in _ids where there
 * are several.
 */
bool json_field_is_uuid(const ProtobufCFieldDescriptor *field);
