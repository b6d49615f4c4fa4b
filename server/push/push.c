/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/push.h"

#include <string.h>

#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "proto/frame.h"
#include "server/method/complaint/complaint_event.h"
#include "server/net/conn.h"
#include "server/push/watch.h"
#include "server/server.h"

#define EVENT_BYTES_MAX (64 * 1024)
#define VARINT_BYTES_MAX 10

/* Keys of the wire encoding: number << 3 | type. envelope.proto has the numbers. */
enum { KEY_ENVELOPE_EVENT = 5 << 3 | 2, KEY_EVENT_WATCH_ID = 1 << 3 | 0 };

void push_init(struct push *push, const struct watch_event *event)
{
	*push = (struct push){.event = event};
	arena_init(&push->arena, EVENT_BYTES_MAX);
}

void push_fini(struct push *push)
{
	arena_fini(&push->arena);
}

static Pb__Position position_of(const struct feed_position *position)
{
	Pb__Position out = PB__POSITION__INIT;

	out.has_era = out.has_xid = out.has_seq = true;
	out.era = position->era;
	out.xid = position->xid;
	out.seq = position->seq;
	return out;
}

/* All of the Event but whose watch it is; false where memory is out. */
static bool make_shared(struct push *push)
{
	const struct watch_event *event = push->event;
	Pb__Event message = PB__EVENT__INIT;
	Pb__Position position = position_of(&event->position);
	Pb__ComplaintEvent *body;

	if (push->shared.len > 0) {
		return true;
	}
	body = complaint_event_of(&push->arena, event->query, event->row, event->position.era);
	message.topic = (char *)(uintptr_t)topic_rows[TOPIC_complaint].name;
	message.has_body = true;
	message.body = codec_bytes(codec_encode(&body->base, &push->arena));
	message.position = &position;
	push->shared = codec_encode(&message.base, &push->arena);
	if (push->arena.failed) {
		push->shared = (struct span){NULL, 0};
	}
	return push->shared.len > 0;
}

static size_t put_varint(uint8_t *out, uint64_t number)
{
	size_t len = 0;

	while (number >= 0x80) { /* at most VARINT_BYTES_MAX - 1 times */
		out[len++] = (uint8_t)(number | 0x80);
		number >>= 7;
	}
	out[len++] = (uint8_t)number;
	return len;
}

size_t push_head(uint8_t out[PUSH_HEAD_BYTES_MAX], uint64_t watch_id, size_t shared_bytes)
{
	uint8_t inner[1 + VARINT_BYTES_MAX] = {KEY_EVENT_WATCH_ID};
	size_t inner_len = 1 + put_varint(inner + 1, watch_id);
	size_t len = FRAME_HEADER_BYTES;

	static_assert(FRAME_HEADER_BYTES + 2 * (1 + VARINT_BYTES_MAX) <= PUSH_HEAD_BYTES_MAX, "room");
	out[len++] = KEY_ENVELOPE_EVENT;
	len += put_varint(out + len, inner_len + shared_bytes);
	memcpy(out + len, inner, inner_len);
	len += inner_len;
	frame_header(out, len - FRAME_HEADER_BYTES + shared_bytes);
	return len;
}

bool push_send(struct push *push, struct watch *watch)
{
	uint8_t head[PUSH_HEAD_BYTES_MAX];

	if (!make_shared(push)) {
		return false;
	}
	conn_send_frame(
		watch->conn, span_of(head, push_head(head, watch->id, push->shared.len)), push->shared);
	watch->marked = push->event->position;
	watch->conn->server->counters.pushes++;
	return true;
}

static void send_bare(struct watch *watch, struct feed_position at, bool is_resync)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Event message = PB__EVENT__INIT;
	Pb__Position position = position_of(&at);

	message.has_watch_id = true;
	message.watch_id = watch->id;
	message.topic = (char *)(uintptr_t)watch->wish.topic->name;
	message.has_is_resync = message.is_resync = is_resync;
	message.has_is_mark = message.is_mark = !is_resync;
	message.position = &position;
	envelope.kind_case = PB__ENVELOPE__KIND_EVENT;
	envelope.event = &message;
	watch->marked = at;
	conn_send(watch->conn, &envelope.base);
}

void push_resync(struct watch *watch, struct feed_position position)
{
	watch->conn->server->counters.resyncs++;
	send_bare(watch, position, true);
}

void push_mark(struct watch *watch, struct feed_position position)
{
	send_bare(watch, position, false);
}
