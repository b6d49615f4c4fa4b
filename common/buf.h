/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue of bytes with a maximum: written at the end, read from the front.
 *
 *     bytes:  [ consumed | readable ........ | room ]
 *             0          first               end    capacity
 *
 * Invariants: first ≤ end ≤ capacity ≤ max_bytes. A span from buf_readable() lives until the next
 * call on the same buf. The memory is given back as soon as the queue is empty, so an idle
 * connection costs no buffer.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

struct buf {
	uint8_t *bytes; /* owned; NULL while empty */
	size_t first;
	size_t end;
	size_t capacity;
	size_t max_bytes;
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_fini(struct buf *buf);

/*
 * Room for `bytes` more at the end, to be filled and then kept with buf_commit; NULL over max, and where
 * memory is out: what is in it already stays.
 */
uint8_t *buf_reserve(struct buf *buf, size_t bytes) must_check;
void buf_commit(struct buf *buf, size_t bytes);

/* False, and nothing is added, where it would go over the maximum, or memory is out. */
bool buf_append(struct buf *buf, struct span bytes) must_check;

struct span buf_readable(const struct buf *buf);
void buf_consume(struct buf *buf, size_t bytes);

/* The whole content becomes the caller's, to be freed with free(); the buf is empty afterwards. */
uint8_t *buf_take(struct buf *buf, size_t *out_len);
