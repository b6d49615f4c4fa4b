/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns of a row as fields of a message: one home for what every noun's messages need. Bytes and texts
 * are borrowed from the row, so a message lives as long as what was read; a column that is null leaves the
 * field absent.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "server/db/query.h"

struct row_source {
	struct arena *arena;
	const struct query *query;
	size_t row;
};

/* Present where the id is neither null nor nil. */
void row_set_uuid(
	const struct row_source *from, int column, protobuf_c_boolean *has, ProtobufCBinaryData *out);
void row_set_time(const struct row_source *from, int column, protobuf_c_boolean *has, int64_t *out);
/* An int2 that is never negative. */
void row_set_number(
	const struct row_source *from, int column, protobuf_c_boolean *has, uint32_t *out);
/* NULL where the column is. */
char *row_borrow_text(const struct row_source *from, int column);
