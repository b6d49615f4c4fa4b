/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that do nothing: agreed on TLS, greeted or logged in, and then silent. Says "open COUNT" when
 * all are there, and closes them when its input ends.
 */
#include <stdlib.h>

#include "proto/codec.h"
#include "tests/bench/knock/knock.h"

#include "account.pb-c.h"

#define CONNECTIONS_MAX 100000

static void resume(struct peer *peer, const uint8_t token[32])
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;

	in.has_token = true;
	in.token = codec_bytes(span_of(token, 32));
	peer_say(peer, peer_request(peer, UINT64_C(1), METHOD_session_resume, &in.base, NULL));
	knock_need(peer_hear(peer) != NULL && peer->heard->kind_case == PB__ENVELOPE__KIND_REPLY,
		"the session is not resumed");
}

static void open_one(struct peer *peer, struct knock *knock)
{
	const char *manner = knock->arguments[1];
	uint8_t token[32];

	if (strcmp(manner, "none") == 0) {
		peer_open(peer, &knock->server, knock->context);
		knock_need(peer->tls.state == TLS_OPEN, "no TLS");
		return;
	}
	peer_greet(peer, &knock->server, knock->context);
	if (strcmp(manner, "hello") != 0) {
		knock_token(manner, token);
		resume(peer, token);
	}
}

void knock_hold(struct knock *knock)
{
	size_t count = knock_number(knock, 0, CONNECTIONS_MAX);
	struct peer *peers = calloc(count, sizeof(*peers));

	knock_need(peers != NULL, "no memory");
	for (size_t i = 0; i < count; i++) {
		open_one(&peers[i], knock);
	}
	knock_say("open %zu", count);
	while (knock_await()) {
	}
	for (size_t i = 0; i < count; i++) {
		peer_close(&peers[i]);
	}
	free(peers);
}
