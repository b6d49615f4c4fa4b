/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/inspect.h"

#include "common/utf8.h"
#include "proto/codec.h"

/* Messages that wait to be looked at: of those in lists only so many, newest first. */
#define WAITING_MAX 256

struct work {
	const ProtobufCMessage *waiting[WAITING_MAX];
	size_t count;
};

static const uint8_t *member(const ProtobufCMessage *message, unsigned offset)
{
	return (const uint8_t *)message + offset;
}

/* How many values the field has: 0 or 1 for one that is not repeated. */
static size_t count_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const uint8_t *quantifier = member(message, field->quantifier_offset);
	const void *pointer;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		return *(const size_t *)(const void *)quantifier;
	}
	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		return *(const uint32_t *)(const void *)quantifier == field->id;
	}
	if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE) {
		memcpy(&pointer, member(message, field->offset), sizeof(pointer));
		return pointer != NULL;
	}
	return *(const protobuf_c_boolean *)(const void *)quantifier != 0;
}

static size_t size_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_INT64:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	default:
		return sizeof(uint32_t);
	}
}

static bool is_within(const struct field_row *row, enum field_measure measure, uint64_t value)
{
	if (row == NULL || row->measure != measure) {
		return true;
	}
	return value <= INT64_MAX && (int64_t)value >= row->min && (int64_t)value <= row->max;
}

static bool is_text_allowed(const struct field_row *row, const char *text)
{
	size_t points = 0;

	return utf8_check(span_from_str(str_from_c(text)), &points) == UTF8_OK &&
	       is_within(row, FIELD_TEXT, points);
}

/* One value, where it lies in the struct or in the array of a repeated field. */
static bool is_value_allowed(struct work *work, const ProtobufCFieldDescriptor *field,
	const struct field_row *row, const void *value)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return is_text_allowed(row, *(char *const *)value);
	case PROTOBUF_C_TYPE_BYTES:
		return is_within(row, FIELD_BYTES, ((const ProtobufCBinaryData *)value)->len);
	case PROTOBUF_C_TYPE_MESSAGE:
		if (work->count < WAITING_MAX) {
			work->waiting[work->count++] = *(ProtobufCMessage *const *)value;
		}
		return true;
	case PROTOBUF_C_TYPE_ENUM:
		return protobuf_c_enum_descriptor_get_value(field->descriptor, *(const int *)value) != NULL;
	case PROTOBUF_C_TYPE_BOOL:
		return *(const protobuf_c_boolean *)value <= 1;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64: /* no row of ours allows less than 0 */
		return is_within(row, FIELD_NUMBER, *(const uint64_t *)value);
	case PROTOBUF_C_TYPE_UINT32:
		return is_within(row, FIELD_NUMBER, *(const uint32_t *)value);
	default:
		return false; /* test_field.c keeps other types out of our messages */
	}
}

static bool is_field_allowed(
	struct work *work, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const struct field_row *row = field_row(message->descriptor, field->name);
	size_t count = count_of(message, field);
	const uint8_t *value = member(message, field->offset);

	if (count == 0) {
		return row == NULL || !row->is_must;
	}
	if (!is_within(row, FIELD_COUNT, count)) {
		return false;
	}
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		memcpy(&value, member(message, field->offset), sizeof(value));
	}
	for (size_t i = 0; i < count; i++) {
		if (!is_value_allowed(work, field, row, value + i * size_of(field->type))) {
			return false;
		}
	}
	return true;
}

bool inspect_message(const ProtobufCMessage *message)
{
	struct work work = {.waiting = {message}, .count = 1};

	while (work.count > 0) { /* ends: the message is a tree, and no type of ours is recursive */
		const ProtobufCMessage *next = work.waiting[--work.count];

		if (next->n_unknown_fields > CODEC_UNKNOWN_MAX) {
			return false;
		}
		for (unsigned i = 0; i < next->descriptor->n_fields; i++) {
			if (!is_field_allowed(&work, next, &next->descriptor->fields[i])) {
				return false;
			}
		}
	}
	return true;
}
