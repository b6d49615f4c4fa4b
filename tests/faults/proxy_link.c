/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection through the proxy: two sockets, and for each direction a queue of pieces with the time when each
 * goes on. Nothing is held for longer than its plan says; a piece that was due before another leaves before it.
 */
#include "tests/faults/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "common/span.h"

#define READ_BYTES (16 * 1024)
#define SLICED_BYTES 2000 /* of a direction; what comes behind them is whole again */
#define LOST_MS 5         /* from the first swallowed byte of a reply to the end */

enum { UP, DOWN }; /* from the client; from the server */

/* Bytes on their way, in one piece of memory with the write that carries them. */
struct piece {
	struct list node;
	uv_write_t write;
	uint64_t due_ms; /* of the loop's time */
	size_t len;
	uint8_t bytes[];
};

struct direction {
	struct list pieces; /* oldest first; owned */
	uint64_t last_ms;   /* when the youngest is due */
	uint64_t passed;    /* bytes since the plan began */
	bool is_ended;      /* the sender has said all */
};

struct proxy_link {
	struct list node; /* proxy->links, until it closes */
	struct proxy *proxy;
	size_t client;
	struct proxy_plan plan;
	uv_tcp_t ends[2]; /* by whom a direction comes from: client, server */
	uv_connect_t connect;
	uv_timer_t timer; /* of the next piece */
	uint64_t end_ms;  /* when both ends go; 0: no time is set */
	struct direction directions[2];
	uint8_t *reading; /* owned */
	unsigned handles_open;
	unsigned writes_open;
	bool is_connected;
	bool is_closing;
};

struct proxy_link *proxy_link_of(struct list *node)
{
	return container_of(node, struct proxy_link, node);
}

size_t proxy_link_client(const struct proxy_link *link)
{
	return link->client;
}

/* ---- the end -------------------------------------------------------------------------------- */

static void free_if_over(struct proxy_link *link)
{
	struct list *node;

	if (link->handles_open > 0 || link->writes_open > 0) {
		return;
	}
	for (int way = UP; way <= DOWN; way++) {
		while ((node = list_shift(&link->directions[way].pieces)) != NULL) {
			free(container_of(node, struct piece, node));
		}
	}
	free(link->reading);
	free(link);
}

static void on_closed(uv_handle_t *handle)
{
	struct proxy_link *link = handle->data;

	link->handles_open--;
	free_if_over(link);
}

void proxy_link_close(struct proxy_link *link, bool is_reset)
{
	if (link->is_closing) {
		return;
	}
	link->is_closing = true;
	list_remove(&link->node);
	uv_close((uv_handle_t *)&link->timer, on_closed);
	for (int way = UP; way <= DOWN; way++) {
		if (!is_reset || uv_tcp_close_reset(&link->ends[way], on_closed) != 0) {
			uv_close((uv_handle_t *)&link->ends[way], on_closed);
		}
	}
}

static void note_fault(struct proxy_link *link)
{
	link->proxy->counts[link->plan.fault]++;
}

static void end_as_planned(struct proxy_link *link)
{
	note_fault(link);
	proxy_link_close(link, link->plan.is_reset);
}

/* ---- pieces --------------------------------------------------------------------------------- */

static void set_timer(struct proxy_link *link);

static void on_written(uv_write_t *write, int status)
{
	struct piece *piece = write->data;
	struct proxy_link *link = (struct proxy_link *)write->handle->data;

	free(piece);
	link->writes_open--;
	if (status < 0) {
		proxy_link_close(link, false);
	}
	if (link->is_closing) {
		free_if_over(link);
	}
}

static void send_piece(struct proxy_link *link, int way, struct piece *piece)
{
	uv_buf_t buf = uv_buf_init((char *)piece->bytes, (unsigned)piece->len);

	piece->write.data = piece;
	link->writes_open++;
	if (uv_write(&piece->write, (uv_stream_t *)&link->ends[!way], &buf, 1, on_written) != 0) {
		link->writes_open--;
		free(piece);
		proxy_link_close(link, false);
	}
}

/* Sends what is due, in order; then passes the sender's end on. */
static void pump(struct proxy_link *link, int way)
{
	struct direction *direction = &link->directions[way];
	uint64_t now_ms = uv_now(link->proxy->loop);

	while (!link->is_closing && !list_empty(&direction->pieces)) {
		struct piece *piece = container_of(direction->pieces.next, struct piece, node);

		if (piece->due_ms > now_ms) {
			return;
		}
		list_remove(&piece->node);
		send_piece(link, way, piece);
	}
	if (direction->is_ended && !link->is_closing) {
		proxy_link_close(link, false); /* TLS ends both ways at once */
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct proxy_link *link = timer->data;

	if (link->end_ms != 0 && uv_now(link->proxy->loop) >= link->end_ms) {
		end_as_planned(link);
		return;
	}
	if (link->is_connected) {
		pump(link, UP);
	}
	if (!link->is_closing) {
		pump(link, DOWN);
	}
	set_timer(link);
}

static void set_timer(struct proxy_link *link)
{
	uint64_t now_ms = uv_now(link->proxy->loop);
	uint64_t due_ms = link->end_ms == 0 ? UINT64_MAX : link->end_ms;

	if (link->is_closing) {
		return;
	}
	for (int way = UP; way <= DOWN; way++) {
		struct list *pieces = &link->directions[way].pieces;

		if (!list_empty(pieces) && (way == DOWN || link->is_connected)) {
			uint64_t first_ms = container_of(pieces->next, struct piece, node)->due_ms;

			due_ms = first_ms < due_ms ? first_ms : due_ms;
		}
	}
	if (due_ms == UINT64_MAX) {
		(void)uv_timer_stop(&link->timer);
	} else {
		(void)uv_timer_start(&link->timer, on_timer, due_ms <= now_ms ? 0 : due_ms - now_ms, 0);
	}
}

static void queue_piece(struct proxy_link *link, int way, struct span bytes, uint64_t pause_ms)
{
	struct direction *direction = &link->directions[way];
	struct piece *piece = calloc(1, sizeof(*piece) + bytes.len);
	uint64_t due_ms = uv_now(link->proxy->loop) + pause_ms;

	assert(piece != NULL);
	piece->len = bytes.len;
	memcpy(piece->bytes, bytes.ptr, bytes.len);
	piece->due_ms = due_ms > direction->last_ms ? due_ms : direction->last_ms;
	direction->last_ms = piece->due_ms;
	list_append(&direction->pieces, &piece->node);
}

/* ---- the plan ------------------------------------------------------------------------------- */

static void slice(struct proxy_link *link, int way, struct span bytes)
{
	size_t at = 0;

	note_fault(link);
	/* Ends: each piece is of one byte at least. */
	while (at < bytes.len) {
		bool is_sliced = link->directions[way].passed + at < SLICED_BYTES;
		size_t len = is_sliced ? size_min(link->plan.bytes, bytes.len - at) : bytes.len - at;

		queue_piece(link, way, span_of(bytes.ptr + at, len), at / 64);
		at += len;
	}
}

/* Passes on what may still pass, and sets the end. */
static void cut(struct proxy_link *link, int way, struct span bytes)
{
	uint64_t passed = link->directions[way].passed;
	size_t left = passed >= link->plan.bytes ? 0 : (size_t)(link->plan.bytes - passed);

	if (bytes.len < left) {
		queue_piece(link, way, bytes, 0);
		return;
	}
	queue_piece(link, way, span_of(bytes.ptr, left), 0);
	/* What leaves now leaves before the end, which a reset would overtake. */
	link->end_ms = uv_now(link->proxy->loop) + 1;
}

static void take(struct proxy_link *link, int way, struct span bytes)
{
	switch (link->plan.fault) {
	case PROXY_PASS:
		queue_piece(link, way, bytes, 0);
		break;
	case PROXY_DELAY:
		note_fault(link);
		queue_piece(link, way, bytes, link->plan.pause_ms);
		break;
	case PROXY_SLICE:
		slice(link, way, bytes);
		break;
	case PROXY_CUT_UP:
	case PROXY_CUT_DOWN:
		if ((way == UP) == (link->plan.fault == PROXY_CUT_UP)) {
			cut(link, way, bytes);
		} else {
			queue_piece(link, way, bytes, 0);
		}
		break;
	case PROXY_LOSE_REPLY:
		if (way == UP) {
			queue_piece(link, way, bytes, 0);
		} else if (link->end_ms == 0) {
			link->end_ms = uv_now(link->proxy->loop) + LOST_MS;
		}
		break;
	case PROXY_HOLE:
		break;
	case PROXY_FAULT_COUNT:
		unreachable();
	}
	link->directions[way].passed += bytes.len;
}

void proxy_link_arm(struct proxy_link *link, const struct proxy_plan *plan)
{
	if (link->is_closing || link->end_ms != 0) {
		return; /* it is ending already */
	}
	link->plan = *plan;
	link->directions[UP].passed = link->directions[DOWN].passed = 0;
	if (plan->fault == PROXY_HOLE) {
		link->end_ms = uv_now(link->proxy->loop) + plan->pause_ms;
	}
	set_timer(link);
}

/* ---- sockets -------------------------------------------------------------------------------- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct proxy_link *link = handle->data;

	(void)suggested;
	*out = uv_buf_init((char *)link->reading, READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct proxy_link *link = stream->data;
	int way = stream == (uv_stream_t *)&link->ends[UP] ? UP : DOWN;

	(void)buf;
	if (len > 0) {
		take(link, way, span_of(link->reading, (size_t)len));
	} else if (len == UV_EOF) {
		(void)uv_read_stop(stream);
		link->directions[way].is_ended = true;
	} else if (len < 0) {
		proxy_link_close(link, true);
		return;
	}
	if (way == DOWN || link->is_connected) {
		pump(link, way);
	}
	set_timer(link);
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct proxy_link *link = connect->data;

	if (link->is_closing) {
		return;
	}
	if (status < 0) {
		proxy_link_close(link, false); /* no server: as good as refused */
		return;
	}
	(void)uv_tcp_nodelay(&link->ends[DOWN], 1);
	link->is_connected = true;
	(void)uv_read_start((uv_stream_t *)&link->ends[DOWN], on_alloc, on_read);
	pump(link, UP);
	set_timer(link);
}

static void begin_plan(struct proxy_link *link)
{
	struct dice_stream stream = {
		link->proxy->seed, link->client, link->proxy->ports[link->client].link_count++};
	struct dice dice = dice_of(&stream);
	struct proxy_plan plan = proxy_draw_link(&dice);

	if (!link->proxy->is_quiet) {
		proxy_link_arm(link, &plan);
	}
}

void proxy_link_open(struct proxy *proxy, size_t client, uv_stream_t *listener)
{
	struct proxy_link *link = calloc(1, sizeof(*link));
	struct sockaddr_in address;
	int failed;

	assert(link != NULL);
	link->proxy = proxy;
	link->client = client;
	link->reading = malloc(READ_BYTES);
	assert(link->reading != NULL);
	list_init(&link->directions[UP].pieces);
	list_init(&link->directions[DOWN].pieces);
	(void)uv_timer_init(proxy->loop, &link->timer);
	(void)uv_tcp_init(proxy->loop, &link->ends[UP]);
	(void)uv_tcp_init(proxy->loop, &link->ends[DOWN]);
	link->timer.data = link->ends[UP].data = link->ends[DOWN].data = link;
	link->connect.data = link;
	link->handles_open = 3;
	list_append(&proxy->links, &link->node);
	if (uv_accept(listener, (uv_stream_t *)&link->ends[UP]) != 0) {
		proxy_link_close(link, false);
		return;
	}
	(void)uv_tcp_nodelay(&link->ends[UP], 1);
	(void)uv_read_start((uv_stream_t *)&link->ends[UP], on_alloc, on_read);
	failed = uv_ip4_addr(LIVE_HOST, proxy->server->port, &address);
	assert(failed == 0);
	if (uv_tcp_connect(&link->connect, &link->ends[DOWN], (const struct sockaddr *)&address,
			on_connected) != 0) {
		proxy_link_close(link, false);
		return;
	}
	begin_plan(link);
}
