/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/client.h"

#include <stdio.h>
#include <stdlib.h>

#include "account.pb-c.h"
#include "proto/codec.h"
#include "server.pb-c.h"

struct uuid live_key(void)
{
	return uuid_v7(clock_now().utc_us);
}

ProtobufCBinaryData live_bytes(const struct uuid *id)
{
	return codec_bytes(span_of(id->bytes, UUID_BYTES));
}

enum err live_client_open(struct live_client *client, const struct live_server *server)
{
	struct client_loop_target target = {
		.host = LIVE_HOST,
		.port = server->port,
		.ca_path = server->ca_path,
		.agent = "guanjia-test/1",
		.session = client->session,
	};
	const char *reason = NULL;
	enum err err;

	assert(!client->is_open);
	client->server = server;
	if (uuid_is_nil(client->device_id)) {
		client->device_id = live_key();
	}
	err = client_loop_open(&client->loop, &target, &reason);
	client->is_open = err == ERR_OK;
	return err;
}

void live_client_close(struct live_client *client)
{
	if (client->is_open) {
		client_loop_close(&client->loop);
	}
	client->is_open = false;
}

enum err live_client_login(struct live_client *client, const char *login)
{
	Pb__SessionLogin in = PB__SESSION_LOGIN__INIT;
	struct client_result *result;
	enum err err;

	in.login = (char *)(uintptr_t)login;
	in.password = (char *)(uintptr_t)LIVE_PASSWORD;
	in.has_device_id = true;
	in.device_id = live_bytes(&client->device_id);
	result = live_call(client, METHOD_session_login, &in.base, NULL);
	err = result->err;
	if (err == ERR_OK) {
		const Pb__SessionLoginReply *reply = (const Pb__SessionLoginReply *)result->message;

		assert(reply->has_token && reply->token.len == sizeof(client->token));
		memcpy(client->token, reply->token.data, sizeof(client->token));
		client->has_token = true;
	}
	client_result_free(result);
	return err;
}

static enum err resume(struct live_client *client)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;

	assert(client->has_token);
	in.has_token = true;
	in.token = codec_bytes(span_of(client->token, sizeof(client->token)));
	return live_ask(client, METHOD_session_resume, &in.base);
}

enum err live_client_again(struct live_client *client)
{
	enum err err;

	live_client_close(client);
	err = live_client_open(client, client->server);
	if (err == ERR_OK) {
		err = resume(client);
	}
	return err;
}

enum err live_client_beside(struct live_client *client, const struct live_client *other)
{
	*client = (struct live_client){.server = other->server, .device_id = other->device_id};
	memcpy(client->token, other->token, sizeof(client->token));
	client->has_token = other->has_token;
	return live_client_again(client);
}

void live_client_begin(
	struct live_client *client, const struct live_server *server, const char *login)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	enum err err;

	*client = (struct live_client){0};
	err = live_client_open(client, server);
	if (err == ERR_OK) {
		/* One that has just begun may not have its database's connections yet, on a machine that is busy. */
		do {
			err = live_client_login(client, login);
		} while (err == ERR_TRY_LATER && live_left_ms(until_us) > 0);
	}
	if (err != ERR_OK) {
		printf("# %s cannot log in: %s\n", login, err_name(err));
		(void)fflush(stdout);
		abort();
	}
}

static struct client_ask ask_of(
	enum method method, const ProtobufCMessage *request, const struct uuid *key)
{
	struct client_ask ask = {.method = &method_rows[method], .request = request};

	assert(request == NULL || request->descriptor == ask.method->request);
	if (key != NULL) {
		ask.key = span_of(key->bytes, UUID_BYTES);
	}
	return ask;
}

struct client_result *live_call(struct live_client *client, enum method method,
	const ProtobufCMessage *request, const struct uuid *key)
{
	struct client_ask ask = ask_of(method, request, key);

	return client_loop_call(&client->loop, &ask);
}

enum err live_ask(struct live_client *client, enum method method, const ProtobufCMessage *request)
{
	struct client_result *result = live_call(client, method, request, NULL);
	enum err err = result->err;

	client_result_free(result);
	return err;
}

uint64_t live_send(struct live_client *client, enum method method, const ProtobufCMessage *request,
	const struct uuid *key, uint32_t deadline_ms)
{
	struct client_ask ask = ask_of(method, request, key);
	uint64_t id = 0;
	enum err err;

	ask.deadline_ms = deadline_ms;
	err = client_loop_submit(&client->loop, &ask, &id);
	assert(err == ERR_OK);
	(void)err;
	live_turn(client);
	return id;
}

void live_turn(struct live_client *client)
{
	struct client_result *result = client_loop_next(&client->loop, 0);

	if (result != NULL) {
		list_append(&client->loop.kept, &result->node);
	}
}

struct client_result *live_next(
	struct live_client *client, enum client_result_kind kind, uint32_t wait_ms)
{
	int64_t until_us = live_until(wait_ms);
	struct client_result *result;

	/* Ends: NULL after the time, or where nothing can come any more. */
	while ((result = client_loop_next(&client->loop, (uint32_t)live_left_ms(until_us))) != NULL &&
		   result->kind != kind) {
		client_result_free(result);
	}
	return result;
}

static struct client_result *call_bare(struct live_client *client, enum method method)
{
	struct client_result *result = live_call(client, method, NULL, NULL);

	if (result->err != ERR_OK) {
		printf("# %s: %s\n", method_rows[method].name, err_name(result->err));
		(void)fflush(stdout);
		abort();
	}
	return result;
}

uint64_t live_counter(struct live_client *client, const char *name)
{
	struct client_result *result = call_bare(client, METHOD_server_status);
	const Pb__ServerStatusReply *reply = (const Pb__ServerStatusReply *)result->message;
	const Pb__Counter *found = NULL;
	uint64_t value;

	for (size_t i = 0; i < reply->n_counters; i++) {
		found = strcmp(reply->counters[i]->name, name) == 0 ? reply->counters[i] : found;
	}
	assert(found != NULL);
	value = found->value;
	client_result_free(result);
	return value;
}

uint64_t live_metric(struct live_client *client, const char *name)
{
	struct client_result *result = call_bare(client, METHOD_server_metrics);
	const Pb__ServerMetricsReply *reply = (const Pb__ServerMetricsReply *)result->message;
	const Pb__Metric *found = NULL;
	uint64_t value;

	for (size_t i = 0; i < reply->n_metrics; i++) {
		found = strcmp(reply->metrics[i]->name, name) == 0 ? reply->metrics[i] : found;
	}
	assert(found != NULL);
	value = found->value;
	client_result_free(result);
	return value;
}

bool live_is_database_up(struct live_client *client)
{
	struct client_result *result = call_bare(client, METHOD_server_status);
	bool is_up = ((const Pb__ServerStatusReply *)result->message)->is_database_up;

	client_result_free(result);
	return is_up;
}
