/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of the record: an event as the bytes that are sealed. The same on the server, which seals, in the client,
 * which verifies, and by hand: docs/record.md.
 *
 *   shape   1 byte form; for each column of that form, in the order of record.def: u32 length and so many bytes, or
 *           the length 0xFFFFFFFF for a null. Big-endian
 */
#pragma once

#include "common/arena.h"
#include "common/sha256.h"
#include "common/span.h"

#define RECORD_COLUMNS_MAX 64
#define RECORD_ENTRY_BYTES_MAX 65536
#define RECORD_FORM 1 /* the newest that this program knows */

enum record_type { RECORD_UUID, RECORD_INT2, RECORD_INT4, RECORD_TIME, RECORD_TEXT, RECORD_BYTES };

enum record_column {
#define RECORD(form, column, type) RECORD_COLUMN_##column,
#include "common/record.def"
#undef RECORD
	RECORD_COLUMN_COUNT
};

struct record_row {
	int form;
	const char *name;
	enum record_type type;
};

extern const struct record_row record_rows[RECORD_COLUMN_COUNT];

/* Where an entry stands. An era is a database cluster's: transaction ids begin anew in the next. */
struct record_place {
	int64_t era;
	uint64_t xid;
	int64_t seq;
};

/* An entry taken apart. */
struct record_entry {
	int form;
	size_t count; /* columns; of a form that is newer than this program more than it knows */
	struct span values[RECORD_COLUMNS_MAX]; /* borrowed; ptr NULL: null */
};

/* How many columns a form has; 0 for one that this program does not know. */
size_t record_form_columns(int form);
/* Bytes that a value of this type has; 0: any number. */
size_t record_type_bytes(enum record_type type);

/* Negative, 0, positive. */
int record_place_compare(const struct record_place *a, const struct record_place *b);

/* The bytes; empty where the arena failed. */
struct span record_encode(struct arena *arena, const struct record_entry *entry);

/* False, and *out is nothing to be used, for what is no entry. */
bool record_decode(struct span bytes, struct record_entry *out) must_check;

/*
 * The hash of an entry as a seal of `form` has it. A column that came later must be null in it: it was not there.
 *
 *   returns  false  it holds something in a column that the form does not have; or the form is not known
 */
bool record_hash(
	struct arena *arena, struct span bytes, int form, uint8_t out[SHA256_BYTES]) must_check;

/* The number in a value of INT2, INT4 or TIME. */
int64_t record_number(enum record_type type, struct span value);
