/* SPDX-License-Identifier: Apache-2.0 */
#include "client/loop/client_loop.h"

static struct client *client_of(struct client_loop *loop)
{
	return &loop->transport.client;
}

/* One turn: sleeps until something happens. Only while the transport lives, or it would not sleep. */
static void turn(struct client_loop *loop)
{
	assert(!loop->transport.is_closed);
	(void)uv_run(&loop->loop, UV_RUN_ONCE);
}

static void on_timer(uv_timer_t *timer)
{
	struct client_loop *loop = timer->data;

	loop->is_timer_due = true;
	uv_stop(&loop->loop); /* timers may run before the loop sleeps: then it must not */
}

static void keep(struct client_loop *loop, struct client_result *result)
{
	list_append(&loop->kept, &result->node);
}

/* The oldest result that is not of a call being waited for. */
static struct client_result *take(struct client_loop *loop)
{
	struct list *node = list_shift(&loop->kept);

	if (node != NULL) {
		return container_of(node, struct client_result, node);
	}
	return client_poll(client_of(loop));
}

/* The hellos, or the end. */
static enum err await_hello(struct client_loop *loop, const char **out_reason)
{
	struct client *client = client_of(loop);

	while (client->state == CLIENT_OPENING) {
		turn(loop);
	}
	*out_reason = client->reason;
	if (client->state == CLIENT_ENDED) {
		return client->err;
	}
	assert(client->result_count > 0);
	client_result_free(client_poll(client)); /* CLIENT_OPENED */
	return ERR_OK;
}

enum err client_loop_open(
	struct client_loop *loop, const struct client_loop_target *target, const char **out_reason)
{
	struct tls_files files = {.ca_path = target->ca_path};
	struct transport_target address = {.host = target->host,
		.port = target->port,
		.agent = target->agent,
		.session = target->session};
	enum err err;

	assert(!loop->is_open);
	*loop = (struct client_loop){0};
	list_init(&loop->kept);
	loop->context = tls_client_context(&files, out_reason);
	if (loop->context == NULL) {
		return ERR_CONFIG;
	}
	*out_reason = NULL;
	address.context = loop->context;
	if (uv_loop_init(&loop->loop) != 0) {
		tls_context_free(loop->context);
		return ERR_CONNECT;
	}
	loop->is_open = true;
	(void)uv_timer_init(&loop->loop, &loop->timer);
	loop->timer.data = loop;
	err = transport_open(&loop->transport, &loop->loop, &address, NULL, NULL);
	if (err == ERR_OK) {
		err = await_hello(loop, out_reason);
	}
	if (err != ERR_OK) {
		client_loop_close(loop);
	}
	return err;
}

void client_loop_close(struct client_loop *loop)
{
	struct list *node;
	int left;

	if (loop == NULL || !loop->is_open) {
		return;
	}
	transport_close(&loop->transport);
	uv_close((uv_handle_t *)&loop->timer, NULL);
	(void)uv_run(&loop->loop, UV_RUN_DEFAULT); /* until every closed callback has come */
	transport_fini(&loop->transport);
	left = uv_loop_close(&loop->loop);
	assert(left == 0);
	(void)left;
	while ((node = list_shift(&loop->kept)) != NULL) {
		client_result_free(container_of(node, struct client_result, node));
	}
	tls_context_free(loop->context);
	*loop = (struct client_loop){0};
}

struct client_result *client_loop_call(struct client_loop *loop, const struct client_ask *ask)
{
	struct client *client = client_of(loop);
	struct client_result *result;
	uint64_t id = 0;
	enum err err = client_ask(client, ask, transport_now(&loop->transport), &id);

	if (err != ERR_OK) {
		return client_refusal(ask, err);
	}
	loop->is_stopped = false;
	/* Ends: the call has a deadline, and its result comes before the connection's last. */
	for (;;) {
		while ((result = client_poll(client)) != NULL) {
			if (result->kind == CLIENT_REPLY && result->id == id) {
				return result;
			}
			keep(loop, result);
		}
		if (loop->is_stopped) {
			client_cancel(client, id, transport_now(&loop->transport));
		} else {
			turn(loop);
		}
	}
}

enum err client_loop_submit(
	struct client_loop *loop, const struct client_ask *ask, uint64_t *out_id)
{
	struct client *client = client_of(loop);
	size_t count_max = loop->in_flight_max > 0 ? loop->in_flight_max : client->server.in_flight_max;
	struct client_result *result;

	count_max = size_max(1, size_min(count_max, CLIENT_CALLS_MAX));
	/* Ends: calls have deadlines. Results are kept, or a full queue would stop the reading. */
	while (client_call_count(client) >= count_max) {
		while ((result = client_poll(client)) != NULL) {
			keep(loop, result);
		}
		turn(loop);
	}
	return client_ask(client, ask, transport_now(&loop->transport), out_id);
}

/* Whether something may still come into the queue. */
static bool is_live(const struct client_loop *loop)
{
	return loop->is_open && !loop->transport.is_closed;
}

struct client_result *client_loop_next(struct client_loop *loop, uint32_t wait_ms)
{
	struct client_result *result;

	loop->is_stopped = false;
	loop->is_timer_due = false;
	if (is_live(loop) && wait_ms != CLIENT_LOOP_FOREVER) {
		(void)transport_now(&loop->transport);
		(void)uv_timer_start(&loop->timer, on_timer, wait_ms, 0);
	}
	while ((result = take(loop)) == NULL && is_live(loop) && !loop->is_stopped &&
		   !loop->is_timer_due) {
		turn(loop);
	}
	if (loop->is_open) {
		(void)uv_timer_stop(&loop->timer);
	}
	return result;
}

void client_loop_stop(struct client_loop *loop)
{
	loop->is_stopped = true;
	uv_stop(&loop->loop);
}
