/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/tls_ends.h"

#define NETWORK_MAX ((size_t)1024 * 1024)
#define TURNS_MAX 100

void ends_contexts(struct ends *ends, const struct certs *certs)
{
	struct tls_files files = {
		.cert_path = certs->cert_path,
		.key_path = certs->key_path,
		.ca_path = certs->ca_path,
	};
	const char *reason;

	*ends = (struct ends){
		.server_context = tls_server_context(&files, &reason),
		.client_context = tls_client_context(&files, &reason),
	};
	assert(ends->server_context != NULL);
	assert(ends->client_context != NULL);
}

void ends_open(struct ends *ends, const char *host)
{
	bool server_made = tls_init(&ends->server, ends->server_context, NULL, ENDS_PLAIN_MAX);
	bool client_made = tls_init(&ends->client, ends->client_context, host, ENDS_PLAIN_MAX);

	assert(server_made);
	assert(client_made);
}

void ends_close(struct ends *ends)
{
	tls_fini(&ends->server);
	tls_fini(&ends->client);
	tls_context_free(ends->server_context);
	tls_context_free(ends->client_context);
	*ends = (struct ends){0};
}

void ends_agree(struct ends *ends, const struct certs *certs)
{
	ends_contexts(ends, certs);
	ends_open(ends, "server.test");
	ends_carry_all(ends, SIZE_MAX);
	assert(ends->client.state == TLS_OPEN);
	assert(ends->server.state == TLS_OPEN);
}

bool ends_carry(struct tls *source, struct tls *target, size_t piece_bytes)
{
	struct buf network;
	struct span left;
	bool taken;
	bool any;

	buf_init(&network, NETWORK_MAX);
	taken = tls_take(source, &network);
	assert(taken);
	any = buf_readable(&network).len > 0;
	while ((left = buf_readable(&network)).len > 0) {
		size_t piece = size_min(piece_bytes, left.len);

		(void)tls_feed(target, span_first(left, piece));
		buf_consume(&network, piece);
	}
	return any;
}

void ends_carry_all(struct ends *ends, size_t piece_bytes)
{
	bool any = true;

	for (int turn = 0; any; turn++) {
		assert(turn < TURNS_MAX);
		any = ends_carry(&ends->client, &ends->server, piece_bytes);
		any |= ends_carry(&ends->server, &ends->client, piece_bytes);
	}
}

struct str ends_plain(const struct tls *tls)
{
	struct span plain = buf_readable(&tls->plain);

	return str_of((const char *)plain.ptr, plain.len);
}
