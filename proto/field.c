/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/field.h"

#include "proto/descriptors.h"
#include "proto/slot.h"

#define MUST true
#define MAY false

/* clang-format off */
const struct field_row field_rows[] = {
#define F(message, field, presence, measure, min, max) \
	{&pb_##message, #field, presence, FIELD_##measure, (min), (max)},
#include "proto/field.def"
#undef F
};
/* clang-format on */

const size_t field_row_count = COUNT(field_rows);

static_assert(COUNT(field_rows) < UINT16_MAX, "slots hold row numbers in 16 bits");

struct field_slot {
	const ProtobufCMessageDescriptor *message; /* NULL: empty */
	const uint16_t *numbers;                   /* n_fields of them */
};

#include "proto/slots_field.h"

const struct field_slot *field_slot(const ProtobufCMessageDescriptor *message)
{
	const size_t mask = COUNT(field_slots) - 1;
	size_t i = slot_hash(str_from_c(message->short_name)) & mask;

	/* Ends at an empty slot: three in four are. */
	while (field_slots[i].message != NULL) {
		if (field_slots[i].message == message) {
			return &field_slots[i];
		}
		i = (i + 1) & mask;
	}
	return NULL;
}

const struct field_row *field_row_at(const struct field_slot *slot, size_t position)
{
	size_t number;

	if (slot == NULL) {
		return NULL;
	}
	assert(position < slot->message->n_fields);
	number = slot->numbers[position];
	assert(number <= field_row_count);
	return number == 0 ? NULL : &field_rows[number - 1];
}

const struct field_row *field_row(const ProtobufCMessageDescriptor *message, const char *name)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(message, name);

	if (field == NULL) {
		return NULL;
	}
	return field_row_at(field_slot(message), (size_t)(field - message->fields));
}
