/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames: a length, then one encoded envelope. proto/README.md §2 is the contract.
 *
 *     4 bytes  u32 big-endian: body_bytes, 1..limit
 *     body     one Envelope
 *
 * The length is checked before anything is allocated for the body.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

#define FRAME_HEADER_BYTES 4
/* Before somebody is logged in on the connection, and after. */
#define FRAME_BODY_BYTES_GUEST (16 * 1024)
#define FRAME_BODY_BYTES_MAX (1024 * 1024)

enum frame_verdict {
	FRAME_READY, /* *out_body is whole */
	FRAME_SHORT, /* call again with more bytes; *out_want is how many in all, 4 or more */
	FRAME_BAD,   /* the length is 0 or over the limit: answer FRAME_SIZE, then close */
};

/*
 * Looks for one frame at the front of `in`.
 *
 *   in         borrowed bytes, any length
 *   body_max   largest body allowed at present
 *   out_body   set only with FRAME_READY; borrowed from in
 *   out_want   set with READY and SHORT: bytes of the frame with its header, as far as known
 */
enum frame_verdict frame_decode(
	struct span in, size_t body_max, struct span *out_body, size_t *out_want);

/* Writes the header of a body of 1..FRAME_BODY_BYTES_MAX bytes. */
void frame_header(uint8_t out[FRAME_HEADER_BYTES], size_t body_bytes);
