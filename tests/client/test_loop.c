/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the libuv transport and the waiting client over a real socket: a far end in a thread of its
 * own answers every request, after a script of what to do wrong. Nothing here waits for time to pass.
 */
#include "tests/check.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/loop/client_loop.h"
#include "proto/codec.h"

#include "tests/client/pair.h"

#include "server.pb-c.h"

/* What the server does with its one connection. */
enum manner {
	MANNER_ANSWER,  /* a reply to every request */
	MANNER_HOLD,    /* as many replies as there are requests, but only when it has heard `count` */
	MANNER_HANG_UP, /* closes at the first request */
	MANNER_NO_TLS,  /* answers in plain text */
	MANNER_EVENTS,  /* `count` events behind the first reply */
};

struct server {
	int fd; /* listening */
	uint16_t port;
	enum manner manner;
	size_t count;
	pthread_t thread;
	size_t heard_count; /* requests; read after the thread has ended */
};

static void write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t written = write(fd, bytes.ptr, bytes.len);

		if (written <= 0) {
			return; /* the client has gone */
		}
		bytes = span_after(bytes, (size_t)written);
	}
}

static void flush(struct far_end *end, int fd)
{
	struct buf wire;

	buf_init(&wire, 64 * 1024 * 1024);
	far_end_take(end, &wire);
	write_all(fd, buf_readable(&wire));
	buf_fini(&wire);
}

static void say_events(struct far_end *end, uint64_t watch_id, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		Pb__Event event = PB__EVENT__INIT;
		Pb__Envelope envelope = PB__ENVELOPE__INIT;

		event.has_watch_id = true;
		event.watch_id = watch_id;
		event.topic = (char *)(uintptr_t) "complaint";
		envelope.kind_case = PB__ENVELOPE__KIND_EVENT;
		envelope.event = &event;
		far_end_say(end, &envelope.base);
	}
}

/* False: hang up. */
static bool on_request(struct server *server, struct far_end *end, const Pb__Request *request)
{
	size_t held = ++server->heard_count;

	switch (server->manner) {
	case MANNER_ANSWER:
		far_end_reply(end, request->id, NULL);
		return true;
	case MANNER_HOLD: /* ids are counted up from 1 */
		for (uint64_t id = held; held >= server->count && id >= 1; id--) {
			far_end_reply(end, id, NULL);
		}
		return true;
	case MANNER_HANG_UP:
		return false;
	case MANNER_EVENTS:
		far_end_reply(end, request->id, NULL);
		say_events(end, request->id, server->count);
		return true;
	case MANNER_NO_TLS:
		break;
	}
	unreachable();
}

static bool hear_all(struct server *server, struct far_end *end)
{
	const Pb__Envelope *envelope;

	while ((envelope = far_end_hear(end)) != NULL) {
		if (envelope->kind_case == PB__ENVELOPE__KIND_HELLO) {
			far_end_hello(end, 16);
		}
		if (envelope->kind_case == PB__ENVELOPE__KIND_REQUEST &&
			!on_request(server, end, envelope->request)) {
			return false;
		}
	}
	return end->tls.state == TLS_HANDSHAKE || end->tls.state == TLS_OPEN;
}

static void *serve(void *argument)
{
	struct server *server = argument;
	int fd = accept(server->fd, NULL, NULL);
	struct far_end end;
	uint8_t bytes[4096];
	ssize_t count;

	assert(fd >= 0);
	far_end_init(&end, pair_server_context());
	if (server->manner == MANNER_NO_TLS) {
		write_all(fd, span_from_str(STR("220 mail.test ready\r\n")));
	}
	while ((count = read(fd, bytes, sizeof(bytes))) > 0 && server->manner != MANNER_NO_TLS) {
		far_end_feed(&end, span_of(bytes, (size_t)count));
		if (!hear_all(server, &end)) {
			break;
		}
		flush(&end, fd);
	}
	far_end_fini(&end);
	(void)close(fd);
	return NULL;
}

static void server_start(struct server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int status;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(server->fd >= 0);
	status = bind(server->fd, (struct sockaddr *)&address, len);
	assert(status == 0);
	status = listen(server->fd, 1);
	assert(status == 0);
	status = getsockname(server->fd, (struct sockaddr *)&address, &len);
	assert(status == 0);
	server->port = ntohs(address.sin_port);
	status = pthread_create(&server->thread, NULL, serve, server);
	assert(status == 0);
}

static void server_join(struct server *server)
{
	(void)pthread_join(server->thread, NULL);
	(void)close(server->fd);
}

static enum err open_to(struct client_loop *loop, uint16_t port, const char **out_reason)
{
	const struct client_loop_target target = {
		.host = "127.0.0.1", .port = port, .ca_path = pair_ca_path(), .agent = "test/1"};

	return client_loop_open(loop, &target, out_reason);
}

static const struct client_ask status_ask = {.method = &method_rows[METHOD_server_status]};

static void test_a_call_is_answered(void)
{
	struct server server = {.manner = MANNER_ANSWER};
	struct client_loop loop = {0};
	struct client_result *result;
	const char *reason = NULL;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_OK);
	for (int i = 0; i < 100; i++) {
		result = client_loop_call(&loop, &status_ask);
		CHECK_INT_EQ(result->err, ERR_OK);
		CHECK(result->message->descriptor == &pb__server_status_reply__descriptor);
		client_result_free(result);
	}
	client_loop_close(&loop);
	client_loop_close(&loop);
	server_join(&server);
	CHECK_INT_EQ(server.heard_count, 100);
}

static void test_many_calls_fly_at_once(void)
{
	struct server server = {.manner = MANNER_HOLD, .count = 16};
	struct client_loop loop = {0};
	struct client_result *result;
	const char *reason = NULL;
	int64_t began_us;
	uint64_t id = 0;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_OK);
	for (uint64_t i = 1; i <= 16; i++) {
		CHECK_INT_EQ(client_loop_submit(&loop, &status_ask, &id), ERR_OK);
		CHECK_INT_EQ(id, i);
	}
	for (uint64_t i = 16; i >= 1; i--) { /* the far end answers backwards */
		result = client_loop_next(&loop, CLIENT_LOOP_FOREVER);
		CHECK(result != NULL);
		CHECK_INT_EQ(result->id, i);
		client_result_free(result);
	}
	began_us = clock_now().mono_us;
	CHECK(client_loop_next(&loop, 0) == NULL); /* and not at the next ping */
	CHECK(clock_now().mono_us - began_us < CLIENT_PING_MS / 2 * US_PER_MS);
	client_loop_close(&loop);
	server_join(&server);
}

static void test_submit_waits_for_room_only(void)
{
	enum { SUBMITTED = 3 * CLIENT_RESULTS_MAX };
	struct server server = {.manner = MANNER_ANSWER};
	struct client_loop loop = {0};
	struct client_result *result;
	const char *reason = NULL;
	uint64_t id = 0;
	size_t count = 0;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_OK);
	for (int i = 0; i < SUBMITTED; i++) {
		CHECK_INT_EQ(client_loop_submit(&loop, &status_ask, &id), ERR_OK);
		CHECK(client_call_count(&loop.transport.client) <= 16);
	}
	while (count < SUBMITTED && (result = client_loop_next(&loop, CLIENT_LOOP_FOREVER)) != NULL) {
		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		count++;
	}
	CHECK_INT_EQ(count, SUBMITTED);
	client_loop_close(&loop);
	server_join(&server);
}

static void test_a_flood_of_events_is_read_as_they_are_taken(void)
{
	enum { EVENTS = 5 * CLIENT_RESULTS_MAX };
	struct server server = {.manner = MANNER_EVENTS, .count = EVENTS};
	const struct client_ask watch = {.method = &method_rows[METHOD_watch_open]};
	struct client_loop loop = {0};
	struct client_result *result;
	const char *reason = NULL;
	uint64_t id;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_OK);
	result = client_loop_call(&loop, &watch);
	CHECK_INT_EQ(result->err, ERR_OK);
	id = result->id;
	client_result_free(result);
	for (int i = 0; i < EVENTS; i++) {
		result = client_loop_next(&loop, CLIENT_LOOP_FOREVER);
		CHECK(result != NULL);
		CHECK_INT_EQ(result->kind, CLIENT_EVENT);
		CHECK_INT_EQ(result->id, id);
		client_result_free(result);
	}
	client_loop_close(&loop);
	server_join(&server);
}

static void test_a_lost_connection_ends_call_and_queue(void)
{
	struct server server = {.manner = MANNER_HANG_UP};
	struct client_loop loop = {0};
	struct client_result *result;
	const char *reason = NULL;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_OK);
	result = client_loop_call(&loop, &status_ask);
	CHECK_INT_EQ(result->err, ERR_CONNECT);
	client_result_free(result);
	result = client_loop_next(&loop, CLIENT_LOOP_FOREVER);
	CHECK(result != NULL);
	CHECK_INT_EQ(result->kind, CLIENT_CLOSED);
	client_result_free(result);
	CHECK(client_loop_next(&loop, CLIENT_LOOP_FOREVER) == NULL);
	result = client_loop_call(&loop, &status_ask);
	CHECK_INT_EQ(result->err, ERR_CONNECT);
	client_result_free(result);
	client_loop_close(&loop);
	server_join(&server);
}

static void test_nobody_there_is_not_reached(void)
{
	struct server server = {.manner = MANNER_NO_TLS};
	struct client_loop loop = {0};
	const char *reason = NULL;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_TLS);
	CHECK(reason != NULL);
	server_join(&server);
	reason = NULL;
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_CONNECT); /* it listens no more */
	CHECK(reason != NULL);
}

static void test_a_missing_authority_is_a_setting_that_is_wrong(void)
{
	const struct client_loop_target target = {
		.host = "127.0.0.1", .port = 1, .ca_path = "/nonexistent", .agent = "test/1"};
	struct client_loop loop = {0};
	const char *reason = NULL;

	CHECK_INT_EQ(client_loop_open(&loop, &target, &reason), ERR_CONFIG);
	CHECK(reason != NULL);
}

/* A handle of the caller's: stops at the first turn of the loop. */
static void on_idle(uv_idle_t *idle)
{
	client_loop_stop(idle->data);
	(void)uv_idle_stop(idle);
}

static void test_a_stop_returns_early(void)
{
	struct server server = {.manner = MANNER_HOLD, .count = SIZE_MAX};
	struct client_loop loop = {0};
	struct client_result *result;
	const char *reason = NULL;
	uv_idle_t idle;

	server_start(&server);
	CHECK_INT_EQ(open_to(&loop, server.port, &reason), ERR_OK);
	(void)uv_idle_init(&loop.loop, &idle);
	idle.data = &loop;
	(void)uv_idle_start(&idle, on_idle);
	CHECK(client_loop_next(&loop, CLIENT_LOOP_FOREVER) == NULL);
	(void)uv_idle_start(&idle, on_idle);
	result = client_loop_call(&loop, &status_ask);
	CHECK_INT_EQ(result->err, ERR_CANCELLED);
	client_result_free(result);
	uv_close((uv_handle_t *)&idle, NULL);
	client_loop_close(&loop);
	server_join(&server);
}

struct seen {
	unsigned opened_count;
	unsigned reply_count;
	unsigned closed_count;
};

/* Asks once more from inside, then closes from inside. */
static void on_results(struct transport *transport, void *user)
{
	struct seen *seen = user;
	struct client_result *result;
	uint64_t id = 0;

	while ((result = client_poll(&transport->client)) != NULL) {
		seen->opened_count += result->kind == CLIENT_OPENED;
		seen->reply_count += result->kind == CLIENT_REPLY && result->err == ERR_OK;
		seen->closed_count += result->kind == CLIENT_CLOSED;
		client_result_free(result);
	}
	if (seen->reply_count < 3) {
		CHECK_INT_EQ(
			client_ask(&transport->client, &status_ask, transport_now(transport), &id), ERR_OK);
	} else {
		transport_close(transport);
	}
}

static void test_results_are_announced_once_a_turn(void)
{
	struct server server = {.manner = MANNER_ANSWER};
	struct transport_target target = {.host = "127.0.0.1", .agent = "test/1"};
	struct transport transport = {0};
	struct seen seen = {0};
	uv_loop_t loop;

	server_start(&server);
	target.port = server.port;
	target.context = pair_client_context();
	CHECK_INT_EQ(uv_loop_init(&loop), 0);
	CHECK_INT_EQ(transport_open(&transport, &loop, &target, on_results, &seen), ERR_OK);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	CHECK(transport.is_closed);
	CHECK_INT_EQ(seen.opened_count, 1);
	CHECK_INT_EQ(seen.reply_count, 3);
	CHECK_INT_EQ(seen.closed_count, 0); /* it was our own wish; still there to be polled */
	transport_fini(&transport);
	transport_fini(&transport);
	CHECK_INT_EQ(uv_loop_close(&loop), 0);
	server_join(&server);
}

static void test_closing_at_once_leaves_nothing_behind(void)
{
	struct transport_target target = {.host = "localhost", .port = 1, .agent = "test/1"};
	struct transport transport = {0};
	uv_loop_t loop;

	target.context = pair_client_context();
	CHECK_INT_EQ(uv_loop_init(&loop), 0);
	CHECK_INT_EQ(transport_open(&transport, &loop, &target, NULL, NULL), ERR_OK);
	transport_close(&transport);
	transport_close(&transport);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	CHECK(transport.is_closed);
	transport_fini(&transport);
	CHECK_INT_EQ(uv_loop_close(&loop), 0);
}

/* As GLib does it: another loop blocks, and this one runs only when its descriptor or timer says so. */
static void test_a_wake_makes_the_loop_due_at_once(void)
{
	struct server server = {.manner = MANNER_ANSWER};
	struct transport_target target = {.host = "127.0.0.1", .agent = "test/1"};
	struct transport transport = {0};
	uint64_t id = 0;
	uv_loop_t loop;

	server_start(&server);
	target.port = server.port;
	target.context = pair_client_context();
	CHECK_INT_EQ(uv_loop_init(&loop), 0);
	CHECK_INT_EQ(transport_open(&transport, &loop, &target, NULL, NULL), ERR_OK);
	while (transport.client.state == CLIENT_OPENING) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
	(void)uv_run(&loop, UV_RUN_NOWAIT);
	CHECK(uv_backend_timeout(&loop) > 0);
	CHECK_INT_EQ(
		client_ask(&transport.client, &status_ask, transport_now(&transport), &id), ERR_OK);
	transport_wake(&transport);
	CHECK_INT_EQ(uv_backend_timeout(&loop), 0);
	transport_close(&transport);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	transport_fini(&transport);
	CHECK_INT_EQ(uv_loop_close(&loop), 0);
	server_join(&server);
}

static const struct test tests[] = {
	{"a_call_is_answered", test_a_call_is_answered},
	{"many_calls_fly_at_once", test_many_calls_fly_at_once},
	{"submit_waits_for_room_only", test_submit_waits_for_room_only},
	{"a_flood_of_events_is_read_as_they_are_taken",
		test_a_flood_of_events_is_read_as_they_are_taken},
	{"a_lost_connection_ends_call_and_queue", test_a_lost_connection_ends_call_and_queue},
	{"nobody_there_is_not_reached", test_nobody_there_is_not_reached},
	{"a_missing_authority_is_a_setting_that_is_wrong",
		test_a_missing_authority_is_a_setting_that_is_wrong},
	{"a_stop_returns_early", test_a_stop_returns_early},
	{"results_are_announced_once_a_turn", test_results_are_announced_once_a_turn},
	{"closing_at_once_leaves_nothing_behind", test_closing_at_once_leaves_nothing_behind},
	{"a_wake_makes_the_loop_due_at_once", test_a_wake_makes_the_loop_due_at_once},
};

int main(void)
{
	int code;

	(void)signal(SIGPIPE, SIG_IGN);
	pair_prepare();
	code = check_main(tests, COUNT(tests));
	pair_clean_up();
	return code;
}
