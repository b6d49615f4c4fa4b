/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From message to JSON. Functions here call each other for messages inside messages: how deep is
 * decided by the descriptors, of which none is recursive, and an explicit stack would hide that shape.
 */
#include "client/core/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/uuid.h"

#include "client/core/base64.h"
#include "client/core/json_field.h"

/* Every JSON number of up to this size comes through a double unharmed: RFC 8259 §6. */
#define SAFE_INTEGER_MAX ((INT64_C(1) << 53) - 1)

static json_t *object_of(const ProtobufCMessage *message, size_t depth);

static json_t *integer_of_signed(int64_t value)
{
	char digits[24];

	if (value >= -SAFE_INTEGER_MAX && value <= SAFE_INTEGER_MAX) {
		return json_integer(value);
	}
	(void)snprintf(digits, sizeof(digits), "%" PRId64, value);
	return json_string(digits);
}

static json_t *integer_of_unsigned(uint64_t value)
{
	char digits[24];

	if (value <= (uint64_t)SAFE_INTEGER_MAX) {
		return json_integer((json_int_t)value);
	}
	(void)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	return json_string(digits);
}

static json_t *text_of_bytes(const ProtobufCFieldDescriptor *field, ProtobufCBinaryData data)
{
	struct arena arena;
	char uuid[UUID_TEXT_LEN + 1];
	json_t *text = NULL;
	char *base64;

	if (json_field_is_uuid(field) && data.len == UUID_BYTES) {
		uuid_format(uuid_from_span(span_of(data.data, data.len)), uuid);
		return json_string(uuid);
	}
	arena_init(&arena, data.len / 3 * 4 + 64);
	base64 = base64_encode(span_of(data.data, data.len), &arena);
	if (base64 != NULL) {
		text = json_string(base64);
	}
	arena_fini(&arena);
	return text;
}

/* By name; a number that has none (we never make them) stays a number. */
static json_t *name_of_enum(const ProtobufCEnumDescriptor *numbers, int value)
{
	const ProtobufCEnumValue *row = protobuf_c_enum_descriptor_get_value(numbers, value);

	return row != NULL ? json_string(row->name) : json_integer(value);
}

/* One element; `place` points at it. */
static json_t *value_of(const ProtobufCFieldDescriptor *field, const void *place, size_t depth)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)place);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)place);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return integer_of_signed(*(const int64_t *)place);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return integer_of_unsigned(*(const uint64_t *)place);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)place);
	case PROTOBUF_C_TYPE_ENUM:
		return name_of_enum(field->descriptor, *(const int *)place);
	case PROTOBUF_C_TYPE_STRING:
		return json_string(*(const char *const *)place);
	case PROTOBUF_C_TYPE_BYTES:
		return text_of_bytes(field, *(const ProtobufCBinaryData *)place);
	case PROTOBUF_C_TYPE_MESSAGE:
		return object_of(*(const ProtobufCMessage *const *)place, depth + 1);
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		assert(false && "no message of ours holds floating point");
	}
	unreachable();
}

/* NULL where something failed; the empty array is a bug of the caller's. */
static json_t *array_of(
	const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message, size_t depth)
{
	size_t count = *(const size_t *)json_field_at(message, field->quantifier_offset);
	const char *elements = *(const char *const *)json_field_at(message, field->offset);
	json_t *array = json_array();

	assert(count > 0);
	for (size_t i = 0; i < count && array != NULL; i++) {
		json_t *value = value_of(field, elements + i * json_field_size(field), depth);

		if (json_array_append_new(array, value) != 0) { /* also for a NULL value */
			json_decref(array);
			array = NULL;
		}
	}
	return array;
}

static json_t *object_of(const ProtobufCMessage *message, size_t depth)
{
	const ProtobufCMessageDescriptor *shape = message->descriptor;
	json_t *object = json_object();

	assert(depth < JSON_DEPTH_MAX);
	for (unsigned i = 0; i < shape->n_fields && object != NULL; i++) {
		const ProtobufCFieldDescriptor *field = &shape->fields[i];
		json_t *value;

		if (!json_field_is_there(message, field)) {
			continue;
		}
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			value = array_of(field, message, depth);
		} else {
			value = value_of(field, json_field_at(message, field->offset), depth);
		}
		if (json_object_set_new(object, field->name, value) != 0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

json_t *message_to_json(const ProtobufCMessage *message)
{
	assert(message != NULL);
	return object_of(message, 0);
}
