/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a list goes on: the position of its last row, authenticated together with the account and the
 * request without its limit, cursor and wish for anchors, so that it is of no use to anybody else or for another list.
 *
 *   shape   the position, so many bytes as the method says, then 16 bytes of HMAC-SHA256
 */
#pragma once

#include "server/request.h"

#define CURSOR_MAC_BYTES 16

/* In the arena; the empty span where it failed. */
struct span cursor_make(struct request *r, struct span position);

/* The same for many of one list: its filter is encoded once. */
struct span cursor_filter(struct request *r);
struct span cursor_make_of(struct request *r, struct span filter, struct span position);

/*
 * The position of a cursor that we made for this account and request; false for any other.
 *
 *   out_position  borrows from the cursor
 */
bool cursor_read(struct request *r, struct span cursor, size_t position_bytes,
	struct span *out_position) must_check;
