/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/cursor.h"

#include <openssl/crypto.h>

#include "common/sha256.h"
#include "server/principal.h"
#include "server/server.h"

/* Where the message has such a field. */
static void make_absent(ProtobufCMessage *message, const char *name)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

	if (field == NULL) {
		return;
	}
	assert(field->label == PROTOBUF_C_LABEL_OPTIONAL);
	*(protobuf_c_boolean *)(void *)((char *)message + field->quantifier_offset) = false;
}

/* The request's bytes without what says which page, and how much of it: what the next one must have in common. */
struct span cursor_filter(struct request *r)
{
	size_t size = r->message->descriptor->sizeof_message;
	ProtobufCMessage *same = arena_alloc(&r->arena, size);

	if (same == NULL) {
		return (struct span){NULL, 0};
	}
	memcpy(same, r->message, size);
	make_absent(same, "limit");
	make_absent(same, "cursor");
	make_absent(same, "with_anchors");
	return codec_encode(same, &r->arena);
}

static void authenticate(
	struct request *r, struct span same, struct span position, uint8_t out[CURSOR_MAC_BYTES])
{
	size_t len = UUID_BYTES + position.len + same.len;
	uint8_t *bytes = arena_alloc(&r->arena, len);
	uint8_t mac[SHA256_BYTES] = {0};

	/* Not by same.ptr: of a request that asks for everything there are no bytes. */
	if (bytes != NULL && !r->arena.failed) {
		memcpy(bytes, r->principal->account_id.bytes, UUID_BYTES);
		memcpy(bytes + UUID_BYTES, position.ptr, position.len);
		if (same.len > 0) {
			memcpy(bytes + UUID_BYTES + position.len, same.ptr, same.len);
		}
		sha256_hmac(
			span_of(r->server->cursor_key, sizeof r->server->cursor_key), span_of(bytes, len), mac);
	}
	memcpy(out, mac, CURSOR_MAC_BYTES);
}

struct span cursor_make_of(struct request *r, struct span filter, struct span position)
{
	uint8_t *cursor = arena_alloc(&r->arena, position.len + CURSOR_MAC_BYTES);

	if (cursor == NULL) {
		return (struct span){NULL, 0};
	}
	memcpy(cursor, position.ptr, position.len);
	authenticate(r, filter, position, cursor + position.len);
	return span_of(cursor, position.len + CURSOR_MAC_BYTES);
}

struct span cursor_make(struct request *r, struct span position)
{
	return cursor_make_of(r, cursor_filter(r), position);
}

bool cursor_read(
	struct request *r, struct span cursor, size_t position_bytes, struct span *out_position)
{
	uint8_t mac[CURSOR_MAC_BYTES];

	if (cursor.len != position_bytes + CURSOR_MAC_BYTES) {
		return false;
	}
	authenticate(r, cursor_filter(r), span_first(cursor, position_bytes), mac);
	if (r->arena.failed || CRYPTO_memcmp(mac, cursor.ptr + position_bytes, sizeof mac) != 0) {
		return false;
	}
	*out_position = span_first(cursor, position_bytes);
	return true;
}
