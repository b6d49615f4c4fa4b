/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets the fields of the request being made, by their names, so that a table of cases can hold fields of
 * many methods.
 */
#include <string.h>

#include "tests/method/bench.h"

#define REPEATED_MAX 32

static ProtobufCMessage *new_message(struct bench *bench, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = arena_alloc(&bench->arena, type->sizeof_message);

	assert(message != NULL);
	type->message_init(message);
	return message;
}

static void *at(ProtobufCMessage *message, unsigned offset)
{
	return (char *)message + offset;
}

/* The part of the message that a dot in the name leads to; made where it is not there yet. */
static ProtobufCMessage *part(
	struct bench *bench, ProtobufCMessage *message, const char *name, size_t len)
{
	const ProtobufCFieldDescriptor *field = NULL;
	ProtobufCMessage **out;

	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *one = &message->descriptor->fields[i];

		if (strlen(one->name) == len && memcmp(one->name, name, len) == 0) {
			field = one;
		}
	}
	assert(field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE);
	out = at(message, field->offset);
	if (*out == NULL) {
		*out = new_message(bench, field->descriptor);
	}
	return *out;
}

/* Where the field is, marked as present. */
static void *field_at(
	struct bench *bench, const char *name, const ProtobufCFieldDescriptor **out_field)
{
	const char *dot = strchr(name, '.');
	ProtobufCMessage *message;

	if (bench->message == NULL) {
		bench->message = new_message(bench, bench->r.row->request);
	}
	message = bench->message;
	if (dot != NULL) {
		message = part(bench, message, name, (size_t)(dot - name));
		name = dot + 1;
	}
	*out_field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
	assert(*out_field != NULL); /* no field of this name */
	if ((*out_field)->label == PROTOBUF_C_LABEL_REPEATED) {
		(*(size_t *)at(message, (*out_field)->quantifier_offset))++;
	} else if ((*out_field)->quantifier_offset != 0) {
		*(protobuf_c_boolean *)at(message, (*out_field)->quantifier_offset) = true;
	}
	return at(message, (*out_field)->offset);
}

static void append_bytes(struct bench *bench, ProtobufCBinaryData **list, struct span bytes)
{
	size_t count = 0;

	if (*list == NULL) {
		*list = arena_alloc(&bench->arena, REPEATED_MAX * sizeof **list);
	}
	while ((*list)[count].data != NULL) {
		count++;
	}
	assert(count + 1 < REPEATED_MAX);
	(*list)[count] = codec_bytes(arena_span(&bench->arena, bytes));
}

void put_bytes(struct bench *bench, const char *name, struct span bytes)
{
	const ProtobufCFieldDescriptor *field;
	void *at_field = field_at(bench, name, &field);
	ProtobufCBinaryData *out = at_field;

	assert(field->type == PROTOBUF_C_TYPE_BYTES);
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		append_bytes(bench, at_field, bytes);
		return;
	}
	*out = codec_bytes(arena_span(&bench->arena, bytes));
}

void put_id(struct bench *bench, const char *name, enum town_kind kind, uint32_t n)
{
	struct uuid id = town_id(kind, n);

	put_bytes(bench, name, span_of(id.bytes, UUID_BYTES));
}

void put_text(struct bench *bench, const char *name, const char *text)
{
	const ProtobufCFieldDescriptor *field;
	char **out = field_at(bench, name, &field);

	assert(field->type == PROTOBUF_C_TYPE_STRING);
	*out = arena_c_string(&bench->arena, str_from_c(text));
}

/* Repeated numbers of ours are enums, which are ints. */
static void append(struct bench *bench, int **numbers, int number)
{
	size_t count = 0;

	if (*numbers == NULL) {
		*numbers = arena_alloc(&bench->arena, REPEATED_MAX * sizeof **numbers);
	}
	while ((*numbers)[count] != 0) {
		count++;
	}
	assert(count + 1 < REPEATED_MAX);
	(*numbers)[count] = number;
}

void put_number(struct bench *bench, const char *name, int64_t number)
{
	const ProtobufCFieldDescriptor *field;
	void *out = field_at(bench, name, &field);

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		assert(field->type == PROTOBUF_C_TYPE_ENUM);
		append(bench, out, (int)number);
		return;
	}
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_ENUM:
		*(int *)out = (int)number;
		return;
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)out = (uint32_t)number;
		return;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)out = (uint64_t)number;
		return;
	case PROTOBUF_C_TYPE_INT64:
		*(int64_t *)out = number;
		return;
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)out = number != 0;
		return;
	}
	unreachable();
}
