/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/codec.h"

#include "proto/codec_fault.h"
#include "proto/frame.h"

static void *on_alloc(void *arena, size_t bytes)
{
	return arena_alloc(arena, bytes);
}

/* The arena takes everything back at its end. */
static void on_free(void *arena, void *piece)
{
	(void)arena;
	(void)piece;
}

ProtobufCMessage *codec_unpack(
	const ProtobufCMessageDescriptor *message, struct span bytes, struct arena *arena)
{
	ProtobufCAllocator allocator = {on_alloc, on_free, arena};

	return protobuf_c_message_unpack(message, &allocator, bytes.len, bytes.ptr);
}

ProtobufCMessage *codec_decode(const ProtobufCMessageDescriptor *message, struct span bytes,
	struct arena *arena, struct codec_fault *out_fault)
{
	ProtobufCMessage *decoded;

	if (codec_check(message, bytes, out_fault) != ERR_OK) {
		return NULL;
	}
	decoded = codec_unpack(message, bytes, arena);
	if (decoded == NULL) {
		fault_init(out_fault, ERR_BODY_MALFORMED);
		fault_allow(out_fault, "fewer parts: it needs too much memory");
	}
	return decoded;
}

struct span codec_encode(const ProtobufCMessage *message, struct arena *arena)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = len == 0 ? NULL : arena_alloc(arena, len);

	if (bytes == NULL) {
		return (struct span){NULL, 0};
	}
	len = protobuf_c_message_pack(message, bytes);
	return (struct span){bytes, len};
}

bool codec_frame(const ProtobufCMessage *envelope, struct buf *out)
{
	size_t len = protobuf_c_message_get_packed_size(envelope);
	uint8_t *room;

	assert(len > 0);
	if (len > FRAME_BODY_BYTES_MAX) {
		return false;
	}
	room = buf_reserve(out, FRAME_HEADER_BYTES + len);
	if (room == NULL) {
		return false;
	}
	frame_header(room, len);
	(void)protobuf_c_message_pack(envelope, room + FRAME_HEADER_BYTES);
	buf_commit(out, FRAME_HEADER_BYTES + len);
	return true;
}

struct str codec_str(const char *text)
{
	return str_from_c(text);
}

struct span codec_span(bool is_there, ProtobufCBinaryData data)
{
	return is_there ? (struct span){data.data, data.len} : (struct span){NULL, 0};
}

ProtobufCBinaryData codec_bytes(struct span bytes)
{
	/* Generated structs have no const; nobody writes through them. */
	return (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.ptr};
}
