/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From JSON to message. As in json.c, how deep the functions call each other is decided by the
 * descriptors: JSON that is nested deeper than they are is refused at its first level too many.
 */
#include "client/core/json.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/uuid.h"

#include "client/core/base64.h"
#include "client/core/json_field.h"

struct reader {
	struct arena *arena;
	struct json_fault *fault;
	size_t path_len; /* fault->path is built on the way down and cut on the way up */
	size_t depth;
};

static ProtobufCMessage *read_object(
	struct reader *reader, const ProtobufCMessageDescriptor *shape, const json_t *json);

static bool refuse(struct reader *reader, const char *format, ...) printf_like(2, 3);

/* Always false. */
static bool refuse(struct reader *reader, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(reader->fault->text, sizeof(reader->fault->text), format, values);
	va_end(values);
	return false;
}

static bool refuse_full(struct reader *reader)
{
	assert(reader->arena->failed);
	return refuse(reader, "larger than allowed");
}

/* Goes one step down; returns the length to come back to. A path too long for the fault is cut. */
static size_t path_push(struct reader *reader, const char *field, size_t index)
{
	size_t before = reader->path_len;
	char *end = reader->fault->path + before;
	size_t room = sizeof(reader->fault->path) - before;
	int added =
		field != NULL ? snprintf(end, room, ".%s", field) : snprintf(end, room, "[%zu]", index);

	assert(added > 0);
	reader->path_len += size_min((size_t)added, room - 1);
	return before;
}

static void path_pop(struct reader *reader, size_t before)
{
	assert(before <= reader->path_len);
	reader->path_len = before;
	reader->fault->path[before] = '\0';
}

/* Decimal digits with an optional minus, no sign or zero in front that need not be there. */
static bool parse_signed(const char *text, int64_t *out)
{
	bool is_negative = text[0] == '-';
	const char *digits = text + (is_negative ? 1 : 0);
	int64_t value = 0;

	if (digits[0] == '\0' || (digits[0] == '0' && (digits[1] != '\0' || is_negative))) {
		return false;
	}
	/* Built below zero, where one value more has room; ends at 19 digits by overflow. */
	for (; *digits != '\0'; digits++) {
		if (*digits < '0' || *digits > '9' || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, *digits - '0', &value)) {
			return false;
		}
	}
	if (!is_negative && __builtin_sub_overflow(0, value, &value)) {
		return false;
	}
	*out = value;
	return true;
}

static bool parse_unsigned(const char *text, uint64_t *out)
{
	uint64_t value = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0')) {
		return false;
	}
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*text - '0'), &value)) {
			return false;
		}
	}
	*out = value;
	return true;
}

static bool read_signed(struct reader *reader, const json_t *json, int64_t *out)
{
	if (json_is_string(json) && parse_signed(json_string_value(json), out)) {
		return true;
	}
	if (!json_is_integer(json)) {
		return refuse(reader, "want int64, as a number or a text of digits");
	}
	*out = json_integer_value(json);
	return true;
}

static bool read_unsigned(struct reader *reader, const json_t *json, uint64_t *out)
{
	if (json_is_string(json) && parse_unsigned(json_string_value(json), out)) {
		return true;
	}
	if (!json_is_integer(json) || json_integer_value(json) < 0) {
		return refuse(reader, "want uint64, as a number or a text of digits");
	}
	*out = (uint64_t)json_integer_value(json);
	return true;
}

static bool read_int32(struct reader *reader, const json_t *json, int32_t *out)
{
	json_int_t value = json_integer_value(json);

	if (!json_is_integer(json) || value < INT32_MIN || value > INT32_MAX) {
		return refuse(reader, "want int32");
	}
	*out = (int32_t)value;
	return true;
}

static bool read_uint32(struct reader *reader, const json_t *json, uint32_t *out)
{
	json_int_t value = json_integer_value(json);

	if (!json_is_integer(json) || value < 0 || value > UINT32_MAX) {
		return refuse(reader, "want uint32");
	}
	*out = (uint32_t)value;
	return true;
}

static bool read_bool(struct reader *reader, const json_t *json, protobuf_c_boolean *out)
{
	if (!json_is_boolean(json)) {
		return refuse(reader, "want true or false");
	}
	*out = json_is_true(json);
	return true;
}

/* A name, or the number of one. */
static bool read_enum(
	struct reader *reader, const ProtobufCEnumDescriptor *numbers, const json_t *json, int *out)
{
	const ProtobufCEnumValue *row = NULL;
	json_int_t value = json_integer_value(json);

	if (json_is_string(json)) {
		row = protobuf_c_enum_descriptor_get_value_by_name(numbers, json_string_value(json));
	} else if (json_is_integer(json) && value >= INT32_MIN && value <= INT32_MAX) {
		row = protobuf_c_enum_descriptor_get_value(numbers, (int)value);
	}
	if (row == NULL) {
		return refuse(reader, "want one of the names of %s", numbers->short_name);
	}
	*out = row->value;
	return true;
}

static bool read_text(struct reader *reader, const json_t *json, char **out)
{
	struct str text;

	if (!json_is_string(json)) {
		return refuse(reader, "want text");
	}
	text = str_of(json_string_value(json), json_string_length(json));
	if (text.len != strlen(text.ptr)) {
		return refuse(reader, "want text without U+0000");
	}
	*out = arena_c_string(reader->arena, text);
	return *out != NULL || refuse_full(reader);
}

static bool read_bytes(struct reader *reader, const ProtobufCFieldDescriptor *field,
	const json_t *json, ProtobufCBinaryData *out)
{
	const char *want = json_field_is_uuid(field) ? "want a UUID" : "want base64";
	struct uuid uuid;
	struct str text;
	struct span bytes;

	if (!json_is_string(json)) {
		return refuse(reader, "%s", want);
	}
	text = str_of(json_string_value(json), json_string_length(json));
	if (json_field_is_uuid(field) && uuid_parse(text, &uuid)) {
		bytes = arena_span(reader->arena, span_of(uuid.bytes, UUID_BYTES));
	} else if (!base64_decode(text, reader->arena, &bytes)) {
		return reader->arena->failed ? refuse_full(reader) : refuse(reader, "%s", want);
	}
	out->data = (uint8_t *)(uintptr_t)bytes.ptr;
	out->len = bytes.len;
	return !reader->arena->failed || refuse_full(reader);
}

/* One element into its place. */
static bool read_value(
	struct reader *reader, const ProtobufCFieldDescriptor *field, const json_t *json, void *place)
{
	ProtobufCMessage **part = place;

	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return read_int32(reader, json, place);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return read_uint32(reader, json, place);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return read_signed(reader, json, place);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return read_unsigned(reader, json, place);
	case PROTOBUF_C_TYPE_BOOL:
		return read_bool(reader, json, place);
	case PROTOBUF_C_TYPE_ENUM:
		return read_enum(reader, field->descriptor, json, place);
	case PROTOBUF_C_TYPE_STRING:
		return read_text(reader, json, place);
	case PROTOBUF_C_TYPE_BYTES:
		return read_bytes(reader, field, json, place);
	case PROTOBUF_C_TYPE_MESSAGE:
		*part = read_object(reader, field->descriptor, json);
		return *part != NULL;
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		assert(false && "no message of ours holds floating point");
	}
	unreachable();
}

static bool read_array(struct reader *reader, const ProtobufCFieldDescriptor *field,
	const json_t *json, ProtobufCMessage *message)
{
	size_t count = json_array_size(json);
	size_t size = json_field_size(field);
	char *elements;

	if (!json_is_array(json)) {
		return refuse(reader, "want an array");
	}
	if (count == 0) {
		return true;
	}
	assert(count <= SIZE_MAX / size); /* jansson holds a pointer for each */
	elements = arena_alloc(reader->arena, count * size);
	if (elements == NULL) {
		return refuse_full(reader);
	}
	for (size_t i = 0; i < count; i++) {
		size_t before = path_push(reader, NULL, i);

		if (!read_value(reader, field, json_array_get(json, i), elements + i * size)) {
			return false;
		}
		path_pop(reader, before);
	}
	*(size_t *)json_field_at(message, field->quantifier_offset) = count;
	*(char **)json_field_at(message, field->offset) = elements;
	return true;
}

static bool read_member(
	struct reader *reader, ProtobufCMessage *message, const char *name, const json_t *json)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

	if (field == NULL) {
		return refuse(reader, "no such field");
	}
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		return read_array(reader, field, json, message);
	}
	if (json_field_is_oneof(field) &&
		*(uint32_t *)json_field_at(message, field->quantifier_offset) != 0) {
		return refuse(reader, "only one of its kind may be there");
	}
	if (!read_value(reader, field, json, json_field_at(message, field->offset))) {
		return false;
	}
	json_field_mark(message, field);
	return true;
}

static ProtobufCMessage *read_object(
	struct reader *reader, const ProtobufCMessageDescriptor *shape, const json_t *json)
{
	ProtobufCMessage *message;
	const char *name;
	json_t *value;

	assert(reader->depth < JSON_DEPTH_MAX);
	if (!json_is_object(json)) {
		(void)refuse(reader, "want an object");
		return NULL;
	}
	message = arena_alloc(reader->arena, shape->sizeof_message);
	if (message == NULL) {
		(void)refuse_full(reader);
		return NULL;
	}
	protobuf_c_message_init(shape, message);
	reader->depth++;
	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		size_t before = path_push(reader, name, 0);

		if (!read_member(reader, message, name, value)) {
			return NULL;
		}
		path_pop(reader, before);
	}
	reader->depth--;
	return message;
}

ProtobufCMessage *message_from_json(const ProtobufCMessageDescriptor *message, const json_t *json,
	struct arena *arena, struct json_fault *out_fault)
{
	struct json_fault fault = {0};
	struct reader reader = {.arena = arena, .fault = &fault};
	ProtobufCMessage *read = read_object(&reader, message, json);

	if (read == NULL) {
		assert(fault.text[0] != '\0');
		*out_fault = fault;
	}
	return read;
}

json_t *json_read(struct str text, struct json_fault *out_fault)
{
	json_error_t error;
	json_t *json = json_loadb(
		text.len > 0 ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

	if (json == NULL) {
		out_fault->path[0] = '\0';
		(void)snprintf(out_fault->text, sizeof(out_fault->text), "line %d, column %d: %.90s",
			error.line, error.column, error.text);
	}
	return json;
}

ProtobufCMessage *message_from_json_text(const ProtobufCMessageDescriptor *message, struct str text,
	struct arena *arena, struct json_fault *out_fault)
{
	json_t *json = json_read(text, out_fault);
	ProtobufCMessage *read = NULL;

	if (json != NULL) {
		read = message_from_json(message, json, arena, out_fault);
		json_decref(json);
	}
	return read;
}
