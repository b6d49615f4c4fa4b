/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over the wire bytes. Messages inside messages go on a stack of fixed height instead of
 * the C stack; each level remembers what is left of its message and how often each field came.
 */
#include "proto/codec_fault.h"

#include "common/utf8.h"
#include "proto/scalar.h"

struct level {
	const ProtobufCMessageDescriptor *message;
	const struct field_slot *rows;
	const ProtobufCFieldDescriptor *field; /* being looked at; NULL: none that we know */
	uint32_t element;                      /* of field, or FAULT_ELEMENT_NONE: for the path */
	uint32_t unknown_count;
	struct span rest;                  /* what is left of this message; borrowed */
	uint32_t counts[CODEC_FIELDS_MAX]; /* by position; only the first n_fields are set */
};

struct walk {
	struct codec_fault *fault;
	size_t depth; /* levels in use */
	struct level levels[CODEC_DEPTH_MAX];
};

static struct level *top(struct walk *walk)
{
	assert(walk->depth > 0);
	assert(walk->depth <= CODEC_DEPTH_MAX);
	return &walk->levels[walk->depth - 1];
}

/* Begins a fault with the path down to the field that is being looked at. */
static enum err refuse(struct walk *walk, enum err err)
{
	fault_init(walk->fault, err);
	for (size_t i = 0; i < walk->depth && walk->levels[i].field != NULL; i++) {
		fault_step(walk->fault, walk->levels[i].field->name, walk->levels[i].element);
	}
	return err;
}

static enum err refuse_malformed(struct walk *walk, const char *allowed)
{
	enum err err = refuse(walk, ERR_BODY_MALFORMED);

	fault_allow(walk->fault, allowed);
	return err;
}

static enum err refuse_range(
	struct walk *walk, enum err err, struct scalar_bounds bounds, const char *unit)
{
	(void)refuse(walk, err);
	fault_allow_range(walk->fault, bounds.min, bounds.max, unit);
	return err;
}

/* The same, beyond a row that measures lengths. */
static enum err refuse_length(struct walk *walk, const struct field_row *row, const char *unit)
{
	struct scalar_bounds bounds = {row->min, row->max};

	return refuse_range(walk, ERR_FIELD_LENGTH, bounds, unit);
}

/* Opens a message on the stack. */
static enum err push(
	struct walk *walk, const ProtobufCMessageDescriptor *message, struct span bytes)
{
	struct level *level;

	assert(message->n_fields <= CODEC_FIELDS_MAX);
	if (walk->depth == CODEC_DEPTH_MAX) {
		return refuse_malformed(walk, "fewer messages inside messages");
	}
	level = &walk->levels[walk->depth++];
	level->message = message;
	level->rows = field_slot(message);
	level->field = NULL;
	level->element = FAULT_ELEMENT_NONE;
	level->unknown_count = 0;
	level->rest = bytes;
	memset(level->counts, 0, message->n_fields * sizeof(level->counts[0]));
	return ERR_OK;
}

static bool is_row(const struct field_row *row, enum field_measure measure)
{
	return row != NULL && row->measure == measure;
}

static bool is_within(const struct field_row *row, size_t value)
{
	return value <= INT64_MAX && (int64_t)value >= row->min && (int64_t)value <= row->max;
}

static enum err check_text(struct walk *walk, const struct field_row *row, struct span bytes)
{
	size_t points = 0;

	if (utf8_check(bytes, &points) != UTF8_OK) {
		(void)refuse(walk, ERR_FIELD_TEXT);
		fault_allow(walk->fault, "UTF-8 without U+0000");
		return ERR_FIELD_TEXT;
	}
	if (is_row(row, FIELD_TEXT) && !is_within(row, points)) {
		return refuse_length(walk, row, " characters");
	}
	return ERR_OK;
}

static enum err check_enum(
	struct walk *walk, const ProtobufCEnumDescriptor *values, uint64_t number)
{
	int64_t value = (int64_t)number;

	if (value < INT32_MIN || value > INT32_MAX ||
		protobuf_c_enum_descriptor_get_value(values, (int)value) == NULL) {
		(void)refuse(walk, ERR_FIELD_ENUM);
		fault_allow_values(walk->fault, values);
		return ERR_FIELD_ENUM;
	}
	return ERR_OK;
}

/*
 * An unsigned 64-bit number above INT64_MAX comes as a negative one, and so is outside of every
 * row: no row of such a field begins below 0.
 */
static enum err check_number(struct walk *walk, const struct field_row *row, uint64_t bits)
{
	ProtobufCType type = top(walk)->field->type;
	int64_t value = scalar_value(type, bits);
	struct scalar_bounds bounds = scalar_bounds(type);

	if (is_row(row, FIELD_NUMBER)) {
		bounds = (struct scalar_bounds){row->min, row->max}; /* which lie within the type's */
	}
	if (value < bounds.min || value > bounds.max) {
		return refuse_range(walk, ERR_FIELD_RANGE, bounds, "");
	}
	return ERR_OK;
}

static bool is_in_oneof(const ProtobufCFieldDescriptor *field)
{
	return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* Of the members of the oneof that `member` is in, how many came; 0 or 1 but for a moment. */
static size_t oneof_count(const struct level *level, const ProtobufCFieldDescriptor *member)
{
	const ProtobufCFieldDescriptor *fields = level->message->fields;
	size_t count = 0;

	for (size_t i = 0; i < level->message->n_fields; i++) {
		/* Members of one oneof share the word that says which of them is there. */
		if (is_in_oneof(&fields[i]) && fields[i].quantifier_offset == member->quantifier_offset) {
			count += level->counts[i] > 0;
		}
	}
	return count;
}

/* The first member of a oneof; where other fields stand between its members, again behind them. */
static bool is_oneof_begun(const struct level *level, size_t position)
{
	const ProtobufCFieldDescriptor *field = &level->message->fields[position];

	return is_in_oneof(field) && (position == 0 || !is_in_oneof(field - 1) ||
									 field->quantifier_offset != (field - 1)->quantifier_offset);
}

/* Counts one more value of the field that is being looked at, and says whether it may come. */
static enum err count_value(struct walk *walk, const struct field_row *row)
{
	struct level *level = top(walk);
	const ProtobufCFieldDescriptor *field = level->field;
	uint32_t *count = &level->counts[field - level->message->fields];

	*count += 1;
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		if (is_row(row, FIELD_COUNT) && *count > row->max) {
			level->element = FAULT_ELEMENT_NONE;
			return refuse_length(walk, row, " elements");
		}
		level->element = *count - 1;
		return ERR_OK;
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE && *count > 1) {
		return refuse_malformed(walk, "once");
	}
	if (is_in_oneof(field) && oneof_count(level, field) > 1) {
		return refuse_malformed(walk, "one of several fields");
	}
	return ERR_OK;
}

static enum err check_value(
	struct walk *walk, const struct field_row *row, const struct wire_value *value)
{
	const ProtobufCFieldDescriptor *field = top(walk)->field;
	enum err err = count_value(walk, row);

	if (err != ERR_OK) {
		return err;
	}
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		return check_text(walk, row, value->bytes);
	}
	if (field->type == PROTOBUF_C_TYPE_BYTES) {
		if (is_row(row, FIELD_BYTES) && !is_within(row, value->bytes.len)) {
			return refuse_length(walk, row, " bytes");
		}
		return ERR_OK;
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		return push(walk, field->descriptor, value->bytes);
	}
	if (field->type == PROTOBUF_C_TYPE_ENUM) {
		return check_enum(walk, field->descriptor, value->number);
	}
	return check_number(walk, row, value->number);
}

/* Numbers one behind the other in one field of bytes. */
static enum err check_packed(struct walk *walk, const struct field_row *row, struct span bytes)
{
	enum wire_type type = scalar_wire_type(top(walk)->field->type);

	while (bytes.len > 0) { /* every turn takes a byte or more */
		struct wire_value value = {0};
		enum err err;

		if (!wire_take_value(&bytes, type, &value)) {
			return refuse(walk, ERR_BODY_MALFORMED);
		}
		err = check_value(walk, row, &value);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err skip_unknown(struct walk *walk)
{
	top(walk)->unknown_count += 1;
	if (top(walk)->unknown_count > CODEC_UNKNOWN_MAX) {
		struct scalar_bounds bounds = {0, CODEC_UNKNOWN_MAX};

		return refuse_range(walk, ERR_FIELD_UNKNOWN, bounds, " unknown fields");
	}
	return ERR_OK;
}

/* Takes one field off the message on top; where that is a message, it comes to lie on top. */
static enum err check_field(struct walk *walk)
{
	struct level *level = top(walk);
	const ProtobufCFieldDescriptor *field;
	const struct field_row *row;
	struct wire_value value = {0};
	struct wire_key key;

	level->field = NULL;
	level->element = FAULT_ELEMENT_NONE;
	if (!wire_take_key(&level->rest, &key)) {
		return refuse(walk, ERR_BODY_MALFORMED);
	}
	level->field = protobuf_c_message_descriptor_get_field(level->message, key.number);
	if (!wire_take_value(&level->rest, key.type, &value)) {
		return refuse(walk, ERR_BODY_MALFORMED);
	}
	field = level->field;
	if (field == NULL) {
		return skip_unknown(walk);
	}
	row = field_row_at(level->rows, (size_t)(field - level->message->fields));
	if (key.type == scalar_wire_type(field->type)) {
		return check_value(walk, row, &value);
	}
	if (key.type == WIRE_BYTES && field->label == PROTOBUF_C_LABEL_REPEATED) {
		return check_packed(walk, row, value.bytes);
	}
	return refuse(walk, ERR_BODY_MALFORMED);
}

/* The message on top has ended: is all there that must be? Then it comes off. */
static enum err pop(struct walk *walk)
{
	struct level *level = top(walk);

	level->element = FAULT_ELEMENT_NONE;
	for (size_t i = 0; i < level->message->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &level->message->fields[i];
		const struct field_row *row = field_row_at(level->rows, i);

		level->field = field;
		if (level->counts[i] == 0 && row != NULL && row->is_must) {
			return refuse(walk, ERR_FIELD_MISSING);
		}
		if (level->counts[i] > 0 && is_row(row, FIELD_COUNT) && level->counts[i] < row->min) {
			return refuse_length(walk, row, " elements");
		}
		if (is_oneof_begun(level, i) && oneof_count(level, field) == 0) {
			level->field = NULL;
			return refuse_malformed(walk, "one of several fields");
		}
	}
	walk->depth--;
	return ERR_OK;
}

enum err codec_check(
	const ProtobufCMessageDescriptor *message, struct span bytes, struct codec_fault *out_fault)
{
	struct walk walk;
	enum err err;

	walk.fault = out_fault;
	walk.depth = 0;
	err = push(&walk, message, bytes);
	/* Every turn takes a byte off a message, or a message off the stack. */
	while (err == ERR_OK && walk.depth > 0) {
		err = top(&walk)->rest.len > 0 ? check_field(&walk) : pop(&walk);
	}
	assert(err == ERR_OK || out_fault->err == err);
	return err;
}
