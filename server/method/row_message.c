/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/row_message.h"

#include "proto/codec.h"

void row_set_uuid(
	const struct row_source *from, int column, protobuf_c_boolean *has, ProtobufCBinaryData *out)
{
	struct span id = row_uuid_span(from->query, from->row, column);

	*has = id.len > 0;
	if (*has) {
		*out = codec_bytes(id);
	}
}

void row_set_time(const struct row_source *from, int column, protobuf_c_boolean *has, int64_t *out)
{
	*has = !row_is_null(from->query, from->row, column);
	if (*has) {
		*out = row_time(from->query, from->row, column);
	}
}

void row_set_number(
	const struct row_source *from, int column, protobuf_c_boolean *has, uint32_t *out)
{
	*has = !row_is_null(from->query, from->row, column);
	if (*has) {
		*out = (uint32_t)row_int2(from->query, from->row, column);
	}
}

char *row_borrow_text(const struct row_source *from, int column)
{
	/* Generated structs have no const; nobody writes through them. */
	return (char *)(uintptr_t)row_c_text(from->query, from->row, column);
}
