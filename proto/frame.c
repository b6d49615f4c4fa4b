/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/frame.h"

enum frame_verdict frame_decode(
	struct span in, size_t body_max, struct span *out_body, size_t *out_want)
{
	size_t body_bytes;

	assert(body_max > 0);
	assert(body_max <= FRAME_BODY_BYTES_MAX);
	if (in.len < FRAME_HEADER_BYTES) {
		*out_want = FRAME_HEADER_BYTES;
		return FRAME_SHORT;
	}
	body_bytes = get_u32(in.ptr);
	if (body_bytes == 0 || body_bytes > body_max) {
		return FRAME_BAD;
	}
	*out_want = FRAME_HEADER_BYTES + body_bytes;
	if (in.len < *out_want) {
		return FRAME_SHORT;
	}
	*out_body = span_first(span_after(in, FRAME_HEADER_BYTES), body_bytes);
	return FRAME_READY;
}

void frame_header(uint8_t out[FRAME_HEADER_BYTES], size_t body_bytes)
{
	assert(body_bytes > 0);
	assert(body_bytes <= FRAME_BODY_BYTES_MAX);
	put_u32(out, (uint32_t)body_bytes);
}
