/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/audit/audit_entry.h"

#include "proto/codec.h"

/* Of audit_read, behind the entry's. */
enum { COLUMN_WORDS = RECORD_ROW_COLUMNS, COLUMN_SALT, COLUMN_BODY };

static void set_words(Pb__AuditEntry *out, const struct query *rows, size_t row)
{
	out->has_words = row_int2(rows, row, COLUMN_WORDS) != 0;
	out->words = (Pb__Audit__Words)row_int2(rows, row, COLUMN_WORDS);
	out->has_salt = !row_is_null(rows, row, COLUMN_SALT);
	out->salt = codec_bytes(row_bytes(rows, row, COLUMN_SALT));
	out->body = (char *)(uintptr_t)row_c_text(rows, row, COLUMN_BODY);
}

Pb__AuditEntry *audit_entry(struct arena *arena, const struct query *rows, size_t row)
{
	struct record_place place = record_row_place(rows, row);
	Pb__AuditEntry *out = arena_new(arena, Pb__AuditEntry);

	if (out == NULL) {
		return NULL;
	}
	pb__audit_entry__init(out);
	out->has_era = out->has_xid = out->has_seq = out->has_entry = true;
	out->era = place.era;
	out->xid = place.xid;
	out->seq = place.seq;
	out->entry = codec_bytes(record_row(arena, rows, row));
	set_words(out, rows, row);
	return out;
}
