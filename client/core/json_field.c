/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/json_field.h"

#include <string.h>

bool json_field_is_there(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const void *quantifier = json_field_at(message, field->quantifier_offset);
	const void *pointer;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		return *(const size_t *)quantifier > 0;
	}
	if (json_field_is_oneof(field) && *(const uint32_t *)quantifier != field->id) {
		return false;
	}
	if (json_field_is_pointer(field)) {
		pointer = *(const void *const *)json_field_at(message, field->offset);
		return pointer != NULL && pointer != field->default_value;
	}
	return json_field_is_oneof(field) || *(const protobuf_c_boolean *)quantifier;
}

void json_field_mark(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	void *quantifier = json_field_at(message, field->quantifier_offset);

	assert(field->label == PROTOBUF_C_LABEL_OPTIONAL);
	if (json_field_is_oneof(field)) {
		*(uint32_t *)quantifier = field->id;
	} else if (!json_field_is_pointer(field)) {
		*(protobuf_c_boolean *)quantifier = true;
	}
}

size_t json_field_size(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(int);
	case PROTOBUF_C_TYPE_STRING:
		return sizeof(char *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(ProtobufCMessage *);
	}
	unreachable();
}

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name);

	return len > strlen(end) && strcmp(name + len - strlen(end), end) == 0;
}

bool json_field_is_uuid(const ProtobufCFieldDescriptor *field)
{
	if (field->type != PROTOBUF_C_TYPE_BYTES) {
		return false;
	}
	return strcmp(field->name, "key") == 0 || ends_in(field->name, "_id") ||
	       (field->label == PROTOBUF_C_LABEL_REPEATED && ends_in(field->name, "_ids"));
}
