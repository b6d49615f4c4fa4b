/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes to watchers. An event is encoded once, whoever gets it; for each of them only its number is put before
 * the bytes.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"
#include "server/push/sight.h"

struct watch;

struct push {
	const struct watch_event *event;
	struct arena arena;
	struct span shared; /* of Event all but watch_id; empty until somebody wants it */
};

void push_init(struct push *push, const struct watch_event *event);
void push_fini(struct push *push);

/* False where there is no memory for the event: the watch has missed it. */
bool push_send(struct push *push, struct watch *watch) must_check;

/* Load anew; what comes next is behind this. */
void push_resync(struct watch *watch, struct feed_position position);
/* Everything up to here was told. */
void push_mark(struct watch *watch, struct feed_position position);

#define PUSH_HEAD_BYTES_MAX 32

/*
 * The beginning of a frame that ends with `shared_bytes` bytes of an Event's other fields.
 *
 *   returns  how many bytes it has; at most PUSH_HEAD_BYTES_MAX
 *   shape    frame header, Envelope.event, Event.watch_id
 */
size_t push_head(uint8_t out[PUSH_HEAD_BYTES_MAX], uint64_t watch_id, size_t shared_bytes);
