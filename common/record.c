/* SPDX-License-Identifier: Apache-2.0 */
#include "common/record.h"

#define NULL_LEN UINT32_MAX
#define LEN_BYTES 4

const struct record_row record_rows[RECORD_COLUMN_COUNT] = {
#define RECORD(form, column, type) [RECORD_COLUMN_##column] = {form, #column, RECORD_##type},
#include "common/record.def"
#undef RECORD
};

static_assert(RECORD_COLUMN_COUNT <= RECORD_COLUMNS_MAX, "an entry has room for every column");

size_t record_form_columns(int form)
{
	size_t count = 0;

	if (form < 1 || form > RECORD_FORM) {
		return 0;
	}
	while (count < RECORD_COLUMN_COUNT && record_rows[count].form <= form) {
		count++;
	}
	return count;
}

size_t record_type_bytes(enum record_type type)
{
	switch (type) {
	case RECORD_UUID:
		return 16;
	case RECORD_INT2:
		return 2;
	case RECORD_INT4:
		return 4;
	case RECORD_TIME:
		return 8;
	case RECORD_TEXT:
	case RECORD_BYTES:
		return 0;
	}
	unreachable();
}

static int compare_int64(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

int record_place_compare(const struct record_place *a, const struct record_place *b)
{
	if (a->era != b->era) {
		return compare_int64(a->era, b->era);
	}
	if (a->xid != b->xid) {
		return a->xid < b->xid ? -1 : 1;
	}
	return compare_int64(a->seq, b->seq);
}

static size_t encoded_bytes(const struct record_entry *entry)
{
	size_t bytes = 1;

	for (size_t i = 0; i < entry->count; i++) {
		bytes += LEN_BYTES + entry->values[i].len;
	}
	return bytes;
}

struct span record_encode(struct arena *arena, const struct record_entry *entry)
{
	size_t bytes = encoded_bytes(entry);
	uint8_t *out = arena_alloc(arena, bytes);
	size_t at = 1;

	assert(entry->count <= RECORD_COLUMNS_MAX);
	assert(entry->form > 0 && entry->form <= UINT8_MAX);
	if (out == NULL) {
		return (struct span){NULL, 0};
	}
	out[0] = (uint8_t)entry->form;
	for (size_t i = 0; i < entry->count; i++) {
		struct span value = entry->values[i];

		put_u32(out + at, value.ptr == NULL ? NULL_LEN : (uint32_t)value.len);
		at += LEN_BYTES;
		if (value.len > 0) {
			memcpy(out + at, value.ptr, value.len);
			at += value.len;
		}
	}
	assert(at == bytes);
	return span_of(out, bytes);
}

/* Columns that this program knows have the length of their type. */
static bool is_fitting(size_t column, struct span value)
{
	size_t bytes = column < RECORD_COLUMN_COUNT ? record_type_bytes(record_rows[column].type) : 0;

	return value.ptr == NULL || bytes == 0 || value.len == bytes;
}

static bool take_value(struct span *rest, struct span *out)
{
	uint32_t len;

	if (rest->len < LEN_BYTES) {
		return false;
	}
	len = get_u32(rest->ptr);
	*rest = span_after(*rest, LEN_BYTES);
	if (len == NULL_LEN) {
		*out = (struct span){NULL, 0};
		return true;
	}
	if (len > rest->len) {
		return false;
	}
	/* Empty at the very end it still points somewhere: it is not null. */
	*out = span_first(*rest, len);
	*rest = span_after(*rest, len);
	return true;
}

bool record_decode(struct span bytes, struct record_entry *out)
{
	struct span rest;

	if (bytes.len == 0 || bytes.len > RECORD_ENTRY_BYTES_MAX || bytes.ptr[0] == 0) {
		return false;
	}
	out->form = bytes.ptr[0];
	out->count = 0;
	rest = span_after(bytes, 1);
	while (rest.len > 0) {
		if (out->count == RECORD_COLUMNS_MAX || !take_value(&rest, &out->values[out->count]) ||
			!is_fitting(out->count, out->values[out->count])) {
			return false;
		}
		out->count++;
	}
	return out->form > RECORD_FORM ? out->count > RECORD_COLUMN_COUNT
	                               : out->count == record_form_columns(out->form);
}

bool record_hash(struct arena *arena, struct span bytes, int form, uint8_t out[SHA256_BYTES])
{
	struct record_entry entry;
	struct span older;

	if (!record_decode(bytes, &entry)) {
		return false;
	}
	if (entry.form == form) {
		sha256(bytes, out);
		return true;
	}
	if (form > entry.form || record_form_columns(form) == 0) {
		return false;
	}
	for (size_t i = record_form_columns(form); i < entry.count; i++) {
		if (entry.values[i].ptr != NULL) {
			return false;
		}
	}
	entry.form = form;
	entry.count = record_form_columns(form);
	older = record_encode(arena, &entry);
	if (older.len == 0) {
		return false;
	}
	sha256(older, out);
	return true;
}

int64_t record_number(enum record_type type, struct span value)
{
	switch (type) {
	case RECORD_INT2:
		assert(value.len == 2);
		return (int16_t)(uint16_t)(value.ptr[0] << 8 | value.ptr[1]);
	case RECORD_INT4:
		assert(value.len == 4);
		return (int32_t)get_u32(value.ptr);
	case RECORD_TIME:
		assert(value.len == 8);
		return (int64_t)get_u64(value.ptr);
	case RECORD_UUID:
	case RECORD_TEXT:
	case RECORD_BYTES:
		break;
	}
	unreachable();
}
