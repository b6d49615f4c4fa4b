/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/row_message.h"

#include "proto/codec.h"

void row_set_uuid(
	const struct row_source *from, int column, protobuf_c_boolean *has, ProtobufCBinaryData *out)
{
	struct uuid id = row_uuid(from->query, from->row, column);

	*has = !uuid_is_nil(id);
	if (*has) {
		*out = codec_bytes(arena_span(from->arena, span_of(id.bytes, UUID_BYTES)));
	}
}

void row_set_time(const struct row_source *from, int column, protobuf_c_boolean *has, int64_t *out)
{
	*has = !row_is_null(from->query, from->row, column);
	*out = row_time(from->query, from->row, column);
}

void row_set_number(
	const struct row_source *from, int column, protobuf_c_boolean *has, uint32_t *out)
{
	*has = !row_is_null(from->query, from->row, column);
	*out = (uint32_t)row_int2(from->query, from->row, column);
}

char *row_copy_text(const struct row_source *from, int column)
{
	return row_is_null(from->query, from->row, column)
	           ? NULL
	           : arena_c_string(from->arena, row_text(from->query, from->row, column));
}
