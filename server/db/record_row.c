/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/record_row.h"

enum { ENTRY_ERA, ENTRY_XID, ENTRY_SEQ, ENTRY_COLUMNS };
enum {
	SEAL_NUMBER,
	SEAL_FORM,
	SEAL_ERA,
	SEAL_ENTRIES,
	SEAL_SEALED,
	SEAL_KEY,
	SEAL_PREVIOUS,
	SEAL_LIST,
	SEAL_HASH,
	SEAL_SIGNATURE
};

struct record_place record_row_place(const struct query *query, size_t row)
{
	return (struct record_place){row_int8(query, row, ENTRY_ERA), row_xid(query, row, ENTRY_XID),
		row_int8(query, row, ENTRY_SEQ)};
}

/* PostgreSQL's own binary forms are those of record.def, but that its times begin in 2000. */
static struct span value_of(
	struct arena *arena, const struct query *query, size_t row, enum record_column column)
{
	int at = ENTRY_COLUMNS + (int)column;
	struct span raw = row_raw(query, row, at);
	uint8_t *time;

	if (raw.ptr == NULL || record_rows[column].type != RECORD_TIME) {
		return raw;
	}
	time = arena_alloc(arena, sizeof(int64_t));
	if (time == NULL) {
		return (struct span){NULL, 0};
	}
	put_u64(time, (uint64_t)row_time(query, row, at));
	return span_of(time, sizeof(int64_t));
}

struct span record_row(struct arena *arena, const struct query *query, size_t row)
{
	struct record_entry entry = {.form = RECORD_FORM, .count = RECORD_COLUMN_COUNT};

	for (size_t i = 0; i < RECORD_COLUMN_COUNT; i++) {
		entry.values[i] = value_of(arena, query, row, (enum record_column)i);
	}
	return arena->failed ? (struct span){NULL, 0} : record_encode(arena, &entry);
}

static bool take_bytes(const struct query *query, size_t row, int column, uint8_t *out, size_t len)
{
	struct span bytes = row_bytes(query, row, column);

	if (bytes.len != len) {
		return false;
	}
	memcpy(out, bytes.ptr, len);
	return true;
}

bool record_row_seal(const struct query *query, size_t row, struct record_seal *out)
{
	*out = (struct record_seal){
		.number = row_int8(query, row, SEAL_NUMBER),
		.form = row_int2(query, row, SEAL_FORM),
		.era = row_int8(query, row, SEAL_ERA),
		.count = (uint32_t)row_int4(query, row, SEAL_ENTRIES),
		.sealed_us = row_time(query, row, SEAL_SEALED),
		.list = row_bytes(query, row, SEAL_LIST),
	};
	return out->number > 0 && out->form > 0 && out->form <= UINT8_MAX && out->era >= 0 &&
	       out->sealed_us >= 0 && out->count > 0 && out->count <= RECORD_SEAL_ENTRIES_MAX &&
	       out->list.len == (size_t)out->count * RECORD_ITEM_BYTES &&
	       take_bytes(query, row, SEAL_KEY, out->key_id, RECORD_KEY_ID_BYTES) &&
	       take_bytes(query, row, SEAL_PREVIOUS, out->previous, SHA256_BYTES) &&
	       take_bytes(query, row, SEAL_HASH, out->hash, SHA256_BYTES) &&
	       take_bytes(query, row, SEAL_SIGNATURE, out->signature, RECORD_SIGNATURE_BYTES);
}
