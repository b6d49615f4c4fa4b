/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_cursor.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "server/method/complaint/complaint_row.h"
#include "server/principal.h"
#include "server/server.h"

#define POSITION_BYTES 24
#define MAC_BYTES 16
#define PAGE_BYTES_MAX ((size_t)512 * 1024) /* half a frame: long results come in shorter pages */

/* The filter's bytes without limit and cursor: what the next page must have in common. */
static struct span filter_bytes(const struct request *r, const Pb__ComplaintList *filter)
{
	Pb__ComplaintList same = *filter;

	same.has_limit = false;
	same.has_cursor = false;
	return codec_encode(&same.base, (struct arena *)&r->arena);
}

static void authenticate(const struct request *r, const Pb__ComplaintList *filter,
	const uint8_t position[POSITION_BYTES], uint8_t out[MAC_BYTES])
{
	struct span same = filter_bytes(r, filter);
	size_t len = UUID_BYTES + POSITION_BYTES + same.len;
	uint8_t *bytes = arena_alloc((struct arena *)&r->arena, len);
	uint8_t mac[EVP_MAX_MD_SIZE] = {0};
	unsigned mac_len = 0;

	if (bytes != NULL) {
		memcpy(bytes, r->principal->account_id.bytes, UUID_BYTES);
		memcpy(bytes + UUID_BYTES, position, POSITION_BYTES);
		memcpy(bytes + UUID_BYTES + POSITION_BYTES, same.ptr, same.len);
		const uint8_t *made = HMAC(EVP_sha256(), r->server->cursor_key,
			sizeof r->server->cursor_key, bytes, len, mac, &mac_len);

		assert(made != NULL); /* or an empty code would be everybody's */
	}
	memcpy(out, mac, MAC_BYTES);
}

void list_cursor_make(const struct request *r, const Pb__ComplaintList *filter,
	const struct list_position *position, uint8_t out[LIST_CURSOR_BYTES])
{
	put_u64(out, (uint64_t)position->submitted_us);
	memcpy(out + 8, position->complaint_id.bytes, UUID_BYTES);
	authenticate(r, filter, out, out + POSITION_BYTES);
}

bool list_cursor_read(const struct request *r, const Pb__ComplaintList *filter, struct span cursor,
	struct list_position *out)
{
	uint8_t mac[MAC_BYTES];

	if (cursor.len != LIST_CURSOR_BYTES) {
		return false;
	}
	authenticate(r, filter, cursor.ptr, mac);
	if (r->arena.failed || CRYPTO_memcmp(mac, cursor.ptr + POSITION_BYTES, MAC_BYTES) != 0) {
		return false;
	}
	out->submitted_us = (int64_t)get_u64(cursor.ptr);
	out->complaint_id = uuid_from_span(span_of(cursor.ptr + 8, UUID_BYTES));
	return true;
}

size_t list_page_rows(const struct query *rows, size_t limit)
{
	size_t count = size_min(query_rows(rows), limit);
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		bytes += complaint_row_bytes(rows, i);
		if (bytes > PAGE_BYTES_MAX && i > 0) {
			return i;
		}
	}
	return count;
}
