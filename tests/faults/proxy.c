/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/proxy.h"

#define BACKLOG 16
#define HANDSHAKE_BYTES 4000 /* about: both ends of a connection until it is logged in */
#define CALL_BYTES 600       /* about: one call or its answer inside TLS */

const char *const proxy_fault_names[PROXY_FAULT_COUNT] = {
	"pass", "delay", "slice", "cut up", "cut down", "lose reply", "hole"};

static struct proxy_plan plan_of(struct dice *dice, enum proxy_fault fault, uint32_t bytes_below)
{
	struct proxy_plan plan = {.fault = fault};

	plan.bytes = (uint32_t)dice_below(dice, bytes_below);
	plan.pause_ms = (uint32_t)dice_below(dice, 80);
	plan.is_reset = dice_once_in(dice, 2);
	if (fault == PROXY_SLICE) {
		plan.bytes = 1 + plan.bytes % 40;
	} else if (fault == PROXY_HOLE) {
		plan.pause_ms = 200 + 20 * plan.pause_ms;
	}
	return plan;
}

struct proxy_plan proxy_draw_link(struct dice *dice)
{
	static const enum proxy_fault odds[] = {PROXY_PASS, PROXY_PASS, PROXY_PASS, PROXY_PASS,
		PROXY_PASS, PROXY_DELAY, PROXY_DELAY, PROXY_SLICE, PROXY_SLICE, PROXY_CUT_UP,
		PROXY_CUT_DOWN, PROXY_LOSE_REPLY, PROXY_HOLE};

	return plan_of(dice, odds[dice_below(dice, COUNT(odds))], HANDSHAKE_BYTES);
}

struct proxy_plan proxy_draw_call(struct dice *dice)
{
	static const enum proxy_fault odds[] = {PROXY_DELAY, PROXY_SLICE, PROXY_SLICE, PROXY_CUT_UP,
		PROXY_CUT_UP, PROXY_CUT_DOWN, PROXY_CUT_DOWN, PROXY_LOSE_REPLY, PROXY_LOSE_REPLY,
		PROXY_LOSE_REPLY, PROXY_HOLE};

	return plan_of(dice, odds[dice_below(dice, COUNT(odds))], CALL_BYTES);
}

static void on_client(uv_stream_t *listener, int status)
{
	struct proxy_port *port = listener->data;

	if (status == 0) {
		proxy_link_open(port->proxy, (size_t)(port - port->proxy->ports), listener);
	}
}

static void listen_for(struct proxy *proxy, size_t client)
{
	struct proxy_port *port = &proxy->ports[client];
	struct sockaddr_in address;
	int len = sizeof(address);
	int failed;

	port->proxy = proxy;
	failed = uv_ip4_addr(LIVE_HOST, 0, &address);
	assert(failed == 0);
	failed = uv_tcp_init(proxy->loop, &port->listener);
	assert(failed == 0);
	port->listener.data = port;
	failed = uv_tcp_bind(&port->listener, (const struct sockaddr *)&address, 0);
	assert(failed == 0);
	failed = uv_listen((uv_stream_t *)&port->listener, BACKLOG, on_client);
	assert(failed == 0);
	failed = uv_tcp_getsockname(&port->listener, (struct sockaddr *)&address, &len);
	assert(failed == 0);
	port->port = ntohs(address.sin_port);
}

void proxy_open(struct proxy *proxy, uv_loop_t *loop, const struct live_server *server,
	size_t client_count, uint64_t seed)
{
	assert(client_count <= PROXY_CLIENTS_MAX);
	*proxy =
		(struct proxy){.loop = loop, .server = server, .seed = seed, .client_count = client_count};
	list_init(&proxy->links);
	for (size_t i = 0; i < client_count; i++) {
		listen_for(proxy, i);
	}
}

uint16_t proxy_port_of(const struct proxy *proxy, size_t client)
{
	assert(client < proxy->client_count);
	return proxy->ports[client].port;
}

void proxy_arm(struct proxy *proxy, size_t client, const struct proxy_plan *plan)
{
	list_each (node, after, &proxy->links) {
		if (proxy_link_client(proxy_link_of(node)) == client) {
			proxy_link_arm(proxy_link_of(node), plan);
		}
	}
}

void proxy_cut_all(struct proxy *proxy)
{
	list_each (node, after, &proxy->links) {
		proxy_link_close(proxy_link_of(node), true);
	}
}

void proxy_calm(struct proxy *proxy, bool is_calm)
{
	const struct proxy_plan pass = {.fault = PROXY_PASS};

	proxy->is_quiet = is_calm;
	for (size_t i = 0; is_calm && i < proxy->client_count; i++) {
		proxy_arm(proxy, i, &pass);
	}
}

void proxy_close(struct proxy *proxy)
{
	for (size_t i = 0; i < proxy->client_count; i++) {
		uv_close((uv_handle_t *)&proxy->ports[i].listener, NULL);
	}
	proxy_cut_all(proxy);
}
