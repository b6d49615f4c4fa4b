/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of field.def as data: what a field must hold, for the codec and for clients' forms. The
 * rows are constant; finding those of a message costs one hash of its name (slot.py made the
 * table), finding that of a field one index.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/base.h"

#define TIME_US_MAX INT64_C(4102444800000000) /* 2100-01-01; later times are typing errors */

enum field_measure {
	FIELD_TEXT,   /* code points of a string */
	FIELD_BYTES,  /* bytes of a bytes field */
	FIELD_NUMBER, /* value of an integer */
	FIELD_ENUM,   /* one of the enum's values; min and max are 0 */
	FIELD_COUNT,  /* elements of a repeated field */
	FIELD_PART,   /* a message with rows of its own; min and max are 0 */
};

struct field_row {
	const ProtobufCMessageDescriptor *message;
	const char *name;
	bool is_must; /* absent is FIELD_MISSING */
	enum field_measure measure;
	int64_t min; /* inclusive, like max; both lie within the field's own type */
	int64_t max;
};

/* In the order of field.def. */
extern const struct field_row field_rows[];
extern const size_t field_row_count;

/* The rows of one message by the position of its fields in descriptor->fields. */
struct field_slot;

/* NULL where none of the message's fields has a row. */
const struct field_slot *field_slot(const ProtobufCMessageDescriptor *message);

/* The row of the field at a position below n_fields; NULL where it has none, or slot is NULL. */
const struct field_row *field_row_at(const struct field_slot *slot, size_t position);

/* The row of a field; NULL where it has none, or there is no such field. */
const struct field_row *field_row(const ProtobufCMessageDescriptor *message, const char *name);
