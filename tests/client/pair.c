/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/client/pair.h"

#include "tests/common/certs.h"

#define WIRE_BYTES_MAX ((size_t)16 * 1024 * 1024)

static struct certs certs;
static SSL_CTX *server_context;
static SSL_CTX *client_context;

void pair_prepare(void)
{
	struct tls_files files = {
		.cert_path = certs.cert_path, .key_path = certs.key_path, .ca_path = certs.ca_path};
	const char *reason = NULL;

	certs_make(&certs, "DNS:server.test,IP:127.0.0.1", 3600);
	server_context = tls_server_context(&files, &reason);
	client_context = tls_client_context(&files, &reason);
	assert(server_context != NULL);
	assert(client_context != NULL);
}

void pair_clean_up(void)
{
	tls_context_free(server_context);
	tls_context_free(client_context);
	certs_remove(&certs);
}

SSL_CTX *pair_server_context(void)
{
	return server_context;
}

SSL_CTX *pair_client_context(void)
{
	return client_context;
}

const char *pair_ca_path(void)
{
	return certs.ca_path;
}

void pair_begin(struct pair *pair)
{
	bool made;

	*pair = (struct pair){.piece_bytes = SIZE_MAX};
	pair->now = (struct instant){.mono_us = 7 * US_PER_S, .utc_us = INT64_C(1800000000000000)};
	made = client_init(&pair->client, client_context, "server.test", "test/1", NULL, pair->now);
	assert(made);
	far_end_init(&pair->far_end, server_context);
}

/* True where anything moved. */
static bool carry_to_far_end(struct pair *pair)
{
	struct buf wire;
	struct span bytes;
	bool moved;

	buf_init(&wire, WIRE_BYTES_MAX);
	(void)client_take(&pair->client, &wire);
	bytes = buf_readable(&wire);
	moved = bytes.len > 0;
	while (bytes.len > 0) {
		size_t len = size_min(bytes.len, pair->piece_bytes);

		far_end_feed(&pair->far_end, span_first(bytes, len));
		bytes = span_after(bytes, len);
	}
	buf_fini(&wire);
	return moved;
}

static bool carry_to_client(struct pair *pair)
{
	struct buf wire;
	struct span bytes;
	bool moved;

	buf_init(&wire, WIRE_BYTES_MAX);
	far_end_take(&pair->far_end, &wire);
	bytes = buf_readable(&wire);
	moved = bytes.len > 0;
	while (bytes.len > 0) {
		size_t len = size_min(bytes.len, pair->piece_bytes);

		client_feed(&pair->client, span_first(bytes, len), pair->now);
		bytes = span_after(bytes, len);
	}
	buf_fini(&wire);
	return moved;
}

void pair_carry(struct pair *pair)
{
	bool moved = true;

	while (moved) {
		moved = carry_to_far_end(pair);
		moved = carry_to_client(pair) || moved;
	}
}

void pair_open(struct pair *pair, uint32_t in_flight_max)
{
	struct pair_result opened;

	pair_begin(pair);
	pair_carry(pair);
	(void)far_end_hear_hello(&pair->far_end);
	far_end_hello(&pair->far_end, in_flight_max);
	pair_carry(pair);
	assert(pair->client.state == CLIENT_READY);
	opened = pair_poll(pair);
	assert(opened.kind == CLIENT_OPENED);
}

void pair_close(struct pair *pair)
{
	client_fini(&pair->client);
	far_end_fini(&pair->far_end);
}

void pair_pass(struct pair *pair, int64_t ms)
{
	pair->now.mono_us += ms * US_PER_MS;
	pair->now.utc_us += ms * US_PER_MS;
	client_tick(&pair->client, pair->now);
	pair_carry(pair);
}

uint64_t pair_ask(struct pair *pair, enum method method)
{
	struct client_ask ask = {.method = &method_rows[method]};
	uint64_t id = 0;
	enum err err = client_ask(&pair->client, &ask, pair->now, &id);

	assert(err == ERR_OK);
	(void)err;
	pair_carry(pair);
	return id;
}

struct pair_result pair_poll(struct pair *pair)
{
	struct client_result *result = client_poll(&pair->client);
	struct pair_result seen = {.kind = -1};

	if (result != NULL) {
		seen = (struct pair_result){(int)result->kind, result->id, result->err};
		client_result_free(result);
	}
	return seen;
}
