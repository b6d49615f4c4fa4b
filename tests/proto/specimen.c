/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/proto/specimen.h"

#include "proto/scalar.h"
#include "tests/proto/wire_put.h"

#define BYTES_MAX (4 * 1024 * 1024) /* of one message */
#define RANDOM_LEN_MAX 256 /* by chance, texts stay small: the limits have tests of their own */

struct level {
	const ProtobufCMessageDescriptor *message;
	const struct field_slot *rows;
	size_t position; /* of the field that is being written */
	bool is_begun;   /* elements_left is set */
	size_t elements_left;
	size_t member; /* of each oneof, modulo how many it has */
	struct buf bytes;
};

struct work {
	struct specimen *specimen;
	size_t depth;
	struct level levels[SPECIMEN_DEPTH_MAX];
};

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t specimen_random(struct specimen *specimen, uint64_t limit)
{
	uint64_t bits = specimen->random += 0x9E3779B97F4A7C15;

	assert(limit > 0);
	bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9;
	bits = (bits ^ bits >> 27) * 0x94D049BB133111EB;
	return (bits ^ bits >> 31) % limit;
}

/* A number of the range as the kind asks, or just outside where the flaw is here. */
static int64_t choose(struct specimen *specimen, const struct field_row *row,
	struct scalar_bounds range, int64_t modest)
{
	uint64_t width = (uint64_t)range.max - (uint64_t)range.min;

	if (specimen->flaw != FLAW_NONE && row == specimen->flawed) {
		assert(specimen->flaw != FLAW_MISSING);
		return specimen->flaw == FLAW_BELOW ? (int64_t)((uint64_t)range.min - 1)
		                                    : (int64_t)((uint64_t)range.max + 1);
	}
	switch (specimen->kind) {
	case SPECIMEN_LEAST:
		return range.min;
	case SPECIMEN_MODEST:
		return modest < range.min ? range.min : modest > range.max ? range.max : modest;
	case SPECIMEN_MOST:
		return range.max;
	case SPECIMEN_RANDOM:
		break;
	}
	switch (specimen_random(specimen, 4)) { /* the ends are what is worth trying */
	case 0:
		return range.min;
	case 1:
		return range.max;
	case 2:
		width = width < 40 ? width : 40;
		break;
	}
	width = width == UINT64_MAX ? width : width + 1;
	return (int64_t)((uint64_t)range.min + specimen_random(specimen, width));
}

static void put_scalar(struct specimen *specimen, const ProtobufCFieldDescriptor *field,
	const struct field_row *row, struct buf *out)
{
	struct scalar_bounds range;

	if (field->type == PROTOBUF_C_TYPE_ENUM) {
		const ProtobufCEnumDescriptor *values = field->descriptor;
		const struct scalar_bounds positions = {0, (int64_t)values->n_values - 1};
		int64_t position = choose(specimen, row, positions, 0);
		int64_t last = values->values[values->n_values - 1].value;

		wire_put_value(out, field->type,
			position < 0               ? values->values[0].value - 1
			: position > positions.max ? last + 1
									   : values->values[position].value);
		return;
	}
	range = scalar_bounds(field->type);
	if (row != NULL && row->measure == FIELD_NUMBER) {
		range = (struct scalar_bounds){row->min, row->max};
	}
	wire_put_value(out, field->type, choose(specimen, row, range, 1));
}

/* One code point: never U+0000, never a surrogate. */
static void put_point(struct specimen *specimen, size_t number, struct buf *out)
{
	static const char *const points[] = {"a", "\xC3\xA9", "\xE7\xAE\xA1", "\xF0\x9F\x8F\xA0"};
	size_t i = 0;
	bool added;

	switch (specimen->kind) {
	case SPECIMEN_LEAST:
		break;
	case SPECIMEN_MODEST:
		i = number % COUNT(points);
		break;
	case SPECIMEN_MOST:
		i = COUNT(points) - 1;
		break;
	case SPECIMEN_RANDOM:
		i = (size_t)specimen_random(specimen, COUNT(points));
		break;
	}
	added = buf_append(out, span_from_str(str_from_c(points[i])));
	assert(added);
}

static void put_length_prefixed(struct specimen *specimen, const ProtobufCFieldDescriptor *field,
	const struct field_row *row, struct buf *out)
{
	bool is_text = field->type == PROTOBUF_C_TYPE_STRING;
	bool is_measured = row != NULL && row->measure == (is_text ? FIELD_TEXT : FIELD_BYTES);
	struct scalar_bounds range =
		is_measured ? (struct scalar_bounds){row->min, row->max} : (struct scalar_bounds){0, 64};
	struct buf content;
	int64_t count;

	if (specimen->kind == SPECIMEN_RANDOM && row != specimen->flawed &&
		range.max > range.min + RANDOM_LEN_MAX) {
		range.max = range.min + RANDOM_LEN_MAX;
	}
	count = choose(specimen, row, range, 4);
	buf_init(&content, BYTES_MAX);
	for (int64_t i = 0; i < count; i++) {
		if (is_text) {
			put_point(specimen, (size_t)i, &content);
		} else {
			wire_put_byte(&content, (uint8_t)i);
		}
	}
	wire_put_bytes(out, field->id, buf_readable(&content));
	buf_fini(&content);
}

/* Anything but a message. */
static void put_plain(struct specimen *specimen, const ProtobufCFieldDescriptor *field,
	const struct field_row *row, struct buf *out)
{
	enum wire_type type = scalar_wire_type(field->type);

	assert(field->type != PROTOBUF_C_TYPE_MESSAGE);
	if (row != NULL && row->measure == FIELD_COUNT) {
		row = NULL; /* it speaks of the list, not of its elements */
	}
	if (type == WIRE_BYTES) {
		put_length_prefixed(specimen, field, row, out);
		return;
	}
	wire_put_key(out, field->id, type);
	put_scalar(specimen, field, row, out);
}

static bool is_chosen_member(const struct level *level)
{
	const ProtobufCFieldDescriptor *fields = level->message->fields;
	size_t before = 0;
	size_t all = 0;

	for (size_t i = 0; i < level->message->n_fields; i++) {
		if ((fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
			fields[i].quantifier_offset == fields[level->position].quantifier_offset) {
			before += i < level->position;
			all++;
		}
	}
	return level->member % all == before;
}

/* How many values the field gets: 0 or 1 for one that is not repeated. */
static size_t element_count(struct work *work, const struct level *level)
{
	struct specimen *specimen = work->specimen;
	const ProtobufCFieldDescriptor *field = &level->message->fields[level->position];
	const struct field_row *row = field_row_at(level->rows, level->position);
	bool is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
	bool is_counted = row != NULL && row->measure == FIELD_COUNT;
	bool is_must = row != NULL && row->is_must;
	struct scalar_bounds range = {is_must, is_repeated ? 3 : 1};

	if (field->type == PROTOBUF_C_TYPE_MESSAGE && work->depth == SPECIMEN_DEPTH_MAX) {
		return 0;
	}
	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		return is_chosen_member(level);
	}
	if (specimen->flaw != FLAW_NONE && row == specimen->flawed && !is_counted) {
		return specimen->flaw == FLAW_MISSING ? 0 : 1;
	}
	if (specimen->flaw == FLAW_MISSING && row == specimen->flawed) {
		return 0;
	}
	if (is_counted) {
		range = (struct scalar_bounds){row->min, row->max};
	}
	return (size_t)choose(specimen, is_counted ? row : NULL, range, is_repeated ? 2 : 1);
}

static void push(struct work *work, const ProtobufCMessageDescriptor *message)
{
	struct specimen *specimen = work->specimen;
	struct level *level = &work->levels[work->depth++];

	assert(work->depth <= SPECIMEN_DEPTH_MAX);
	*level = (struct level){.message = message, .rows = field_slot(message)};
	level->member = specimen->kind == SPECIMEN_RANDOM ? (size_t)specimen_random(specimen, 64)
	                                                  : specimen->member;
	buf_init(&level->bytes, BYTES_MAX);
}

/* Takes the finished message off and puts it where it belongs. */
static void pop(struct work *work, struct buf *out)
{
	struct level *level = &work->levels[--work->depth];
	struct span bytes = buf_readable(&level->bytes);

	if (work->depth > 0) {
		const struct level *outer = &work->levels[work->depth - 1];

		wire_put_bytes(&work->levels[work->depth - 1].bytes,
			outer->message->fields[outer->position].id, bytes);
	} else {
		bool added = buf_append(out, bytes);

		assert(added);
	}
	buf_fini(&level->bytes);
}

/* Writes one value of the level's present field, or goes on to the next field. */
static void step(struct work *work, struct level *level)
{
	const ProtobufCFieldDescriptor *field = &level->message->fields[level->position];

	if (!level->is_begun) {
		level->elements_left = element_count(work, level);
		level->is_begun = true;
	}
	if (level->elements_left == 0) {
		level->position++;
		level->is_begun = false;
		return;
	}
	level->elements_left--;
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		push(work, field->descriptor);
	} else {
		put_plain(work->specimen, field, field_row_at(level->rows, level->position), &level->bytes);
	}
}

void specimen_message(
	struct specimen *specimen, const ProtobufCMessageDescriptor *message, struct buf *out)
{
	struct work work = {.specimen = specimen};

	push(&work, message);
	while (work.depth > 0) { /* ends: every step writes a value or moves on */
		struct level *level = &work.levels[work.depth - 1];

		if (level->position == level->message->n_fields) {
			pop(&work, out);
		} else {
			step(&work, level);
		}
	}
}

void specimen_field(struct specimen *specimen, const ProtobufCMessageDescriptor *message,
	const ProtobufCFieldDescriptor *field, struct buf *out)
{
	struct buf bytes;

	if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
		put_plain(specimen, field, field_row(message, field->name), out);
		return;
	}
	buf_init(&bytes, BYTES_MAX);
	specimen_message(specimen, field->descriptor, &bytes);
	wire_put_bytes(out, field->id, buf_readable(&bytes));
	buf_fini(&bytes);
}
