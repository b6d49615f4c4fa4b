/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/mutate.h"

#include "tests/fuzz/fuzz.h"
#include "tests/proto/wire_put.h"

#define PARTS_MAX 64
#define DEPTH_MAX 4
#define BYTES_MAX (4 * 1024 * 1024)
#define CONTENT_BYTES_MAX 1024 /* of one text or bytes field after libFuzzer's own change */

/* One field on the wire. */
struct part {
	const ProtobufCFieldDescriptor *field; /* NULL: unknown */
	struct wire_key key;
	struct span whole;   /* with its key */
	struct span content; /* of WIRE_BYTES */
};

/* One message on the way down to the one that is changed. */
struct level {
	const ProtobufCMessageDescriptor *message;
	struct span bytes;
	struct part parts[PARTS_MAX];
	size_t count;
	size_t chosen; /* the part that leads further down */
};

static void put(struct buf *out, struct span bytes)
{
	bool added = buf_append(out, bytes);

	assert(added);
}

/* Takes the level's bytes apart, as far as they can be. */
static void split(struct level *level)
{
	struct span rest = level->bytes;

	level->count = 0;
	while (rest.len > 0 && level->count < PARTS_MAX) {
		struct part *part = &level->parts[level->count];
		struct wire_value value = {0};
		struct span before = rest;

		if (!wire_take_key(&rest, &part->key) || !wire_take_value(&rest, part->key.type, &value)) {
			return;
		}
		part->field = protobuf_c_message_descriptor_get_field(level->message, part->key.number);
		part->whole = span_first(before, before.len - rest.len);
		part->content = value.bytes;
		level->count++;
	}
}

static bool is_message(const struct part *part)
{
	return part->field != NULL && part->field->type == PROTOBUF_C_TYPE_MESSAGE &&
	       part->key.type == WIRE_BYTES;
}

/* Chooses a message inside this one to go down to; false: this one it is. */
static bool choose_inner(struct level *level, struct specimen *chance)
{
	if (level->count == 0 || specimen_random(chance, 3) == 0) {
		return false;
	}
	level->chosen = (size_t)specimen_random(chance, level->count);
	return is_message(&level->parts[level->chosen]);
}

void mutate_make(
	const ProtobufCMessageDescriptor *message, struct specimen *chance, struct buf *out)
{
	struct specimen specimen = {.kind = SPECIMEN_RANDOM, .random = chance->random};

	if (specimen_random(&specimen, 4) == 0) {
		const struct field_row *row =
			&field_rows[specimen_random(&specimen, (uint64_t)field_row_count)];

		/* A part has no limits of its own; a text above the largest limit is too slow to make. */
		if (row->measure == FIELD_PART || row->max > 8192) {
			specimen.flaw = FLAW_MISSING;
		} else {
			specimen.flaw = row->min > 0 ? FLAW_BELOW : FLAW_ABOVE;
		}
		specimen.flawed = row;
	}
	specimen_message(&specimen, message, out);
	chance->random = specimen.random;
}

/* A new value for a field of the message, by chance, or for the field of `part`. */
static void put_new_field(
	const struct level *level, const struct part *part, struct specimen *chance, struct buf *out)
{
	const ProtobufCMessageDescriptor *message = level->message;
	const ProtobufCFieldDescriptor *field = part != NULL ? part->field : NULL;

	if (field == NULL && message->n_fields > 0) {
		field = &message->fields[specimen_random(chance, message->n_fields)];
	}
	if (field == NULL) {
		wire_put_number(out, (uint32_t)specimen_random(chance, 100) + 1, 0);
		return;
	}
	chance->kind = SPECIMEN_RANDOM;
	specimen_field(chance, message, field, out);
}

/* libFuzzer's change within one text or bytes field, its length put right. */
static void put_changed_content(const struct part *part, struct buf *out)
{
	uint8_t content[CONTENT_BYTES_MAX];
	size_t len = size_min(part->content.len, sizeof(content));

	if (len > 0) {
		memcpy(content, part->content.ptr, len);
	}
	len = LLVMFuzzerMutate(content, len, sizeof(content));
	wire_put_bytes(out, part->key.number, span_of(content, len));
}

enum change { DROP, REPEAT, REPLACE, INSERT, CONTENT, CHANGE_COUNT };

/* The level's message with one part changed. */
static void put_changed(const struct level *level, struct specimen *chance, struct buf *out)
{
	enum change change = (enum change)specimen_random(chance, CHANGE_COUNT);
	const struct part *part = NULL;
	struct span tail = level->bytes;

	if (level->count > 0) {
		part = &level->parts[specimen_random(chance, level->count)];
		put(out, span_first(level->bytes, (size_t)(part->whole.ptr - level->bytes.ptr)));
		tail = span_after(level->bytes, buf_readable(out).len + part->whole.len);
	}
	if (part == NULL || change == INSERT) {
		put_new_field(level, NULL, chance, out);
	} else if (change == REPLACE) {
		put_new_field(level, part, chance, out);
	} else if (change == CONTENT && part->key.type == WIRE_BYTES) {
		put_changed_content(part, out);
	} else if (change != DROP) {
		put(out, part->whole);
	}
	if (part != NULL && (change == REPEAT || change == INSERT)) {
		put(out, part->whole);
	}
	put(out, tail);
}

/* Puts the changed inner message back into the one around it. */
static void wrap(const struct level *outer, struct buf *inner)
{
	const struct part *part = &outer->parts[outer->chosen];
	size_t before = (size_t)(part->whole.ptr - outer->bytes.ptr);
	struct buf whole;

	buf_init(&whole, BYTES_MAX);
	put(&whole, span_first(outer->bytes, before));
	wire_put_bytes(&whole, part->key.number, buf_readable(inner));
	put(&whole, span_after(outer->bytes, before + part->whole.len));
	buf_fini(inner);
	*inner = whole;
}

size_t mutate_message(const ProtobufCMessageDescriptor *message, uint8_t *data, size_t size,
	size_t size_max, struct specimen *chance)
{
	struct level levels[DEPTH_MAX];
	struct span changed;
	struct buf out;
	size_t depth = 1;

	if (specimen_random(chance, 8) == 0) {
		return LLVMFuzzerMutate(data, size, size_max);
	}
	levels[0].message = message;
	levels[0].bytes = span_of(data, size);
	split(&levels[0]);
	while (depth < DEPTH_MAX && choose_inner(&levels[depth - 1], chance)) {
		const struct part *part = &levels[depth - 1].parts[levels[depth - 1].chosen];

		levels[depth].message = part->field->descriptor;
		levels[depth].bytes = part->content;
		split(&levels[depth]);
		depth++;
	}
	buf_init(&out, BYTES_MAX);
	if (specimen_random(chance, 6) == 0) {
		mutate_make(levels[depth - 1].message, chance, &out);
	} else {
		put_changed(&levels[depth - 1], chance, &out);
	}
	while (--depth > 0) {
		wrap(&levels[depth - 1], &out);
	}
	changed = buf_readable(&out);
	if (changed.len <= size_max && changed.len > 0) {
		memcpy(data, changed.ptr, changed.len);
		size = changed.len;
	}
	buf_fini(&out);
	return size;
}
