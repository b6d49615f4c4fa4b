/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that ten thousand hostile frames on live connections, of guests and of somebody logged in, are each
 * answered or end the connection, and that nothing of them stays: after each a ping is answered, or the
 * connection has ended, cut frames once no more comes. Then the server's connections, requests and
 * descriptors are what they were, and the honest are served. FRAMES_SEED chooses other frames; with
 * FAULTS_LONG=1 there are ten times as many.
 */
#include "tests/check.h"

#include "account.pb-c.h"
#include "proto/codec.h"
#include "tests/faults/desk.h"
#include "tests/faults/hostile_frame.h"
#include "tests/faults/vitals.h"
#include "tests/server/pg.h"

#define FRAMES 10000
#define LOOK_EVERY 2000 /* frames, after which an honest newcomer tries */
#define FRAMES_EACH 200 /* on one connection, at most: what it heard is kept until its end */
#define FRAME_BYTES_MAX ((size_t)2 * 1024 * 1024)

static struct desk desk;
static PGconn *super;
static struct live_client villain; /* whose session it is; a frame of his may end it */

/* How many of a hundred are of a kind: those that end the connection cost a handshake each. */
static const unsigned shares[HOSTILE_KIND_COUNT] = {
	[HOSTILE_MUTATED] = 74,
	[HOSTILE_FLIPPED] = 10,
	[HOSTILE_MALFORMED] = 4,
	[HOSTILE_NESTED] = 4,
	[HOSTILE_OVERSIZED] = 4,
	[HOSTILE_CUT] = 4,
};

static enum hostile_kind kind_of(struct specimen *chance)
{
	uint64_t number = specimen_random(chance, 100);
	unsigned kind = 0;

	while (number >= shares[kind]) {
		number -= shares[kind++];
	}
	assert(kind < HOSTILE_KIND_COUNT);
	return (enum hostile_kind)kind;
}

/* False where the session has ended meanwhile: by a request of the connection before, still in work. */
static bool enter(struct peer *peer)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;
	const Pb__Envelope *envelope;

	peer_greet(peer, &desk.server, desk.context);
	in.has_token = true;
	in.token = codec_bytes(span_of(villain.token, sizeof(villain.token)));
	peer_say(peer, peer_request(peer, UINT64_C(1) << 40, METHOD_session_resume, &in.base, NULL));
	envelope = peer_hear(peer);
	if (envelope != NULL && envelope->kind_case == PB__ENVELOPE__KIND_REPLY) {
		return true;
	}
	peer_close(peer);
	return false;
}

/* A new session, whatever passwords he has tried from his address. */
static void begin_session(void)
{
	(void)pg_run(super, "DELETE FROM login_failure");
	live_client_begin(&villain, &desk.server, "villain");
	live_client_close(&villain);
}

static void connect_again(struct peer *peer, struct specimen *chance)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	peer_close(peer);
	if (specimen_random(chance, 3) == 0) {
		peer_greet(peer, &desk.server, desk.context);
		return;
	}
	while (!enter(peer)) {
		assert(live_left_ms(until_us) > 0);
		begin_session();
	}
}

/* What became of the frames. */
struct outcome {
	size_t answered; /* with a reply, a failure, or nothing but the pong behind it */
	size_t ended;
	size_t silent; /* neither: a defect */
};

/* Passes over answers until the pong of this token; false where the connection ends, or nothing comes. */
static bool hear_pong(struct peer *peer, uint64_t token)
{
	const Pb__Envelope *envelope;

	while ((envelope = peer_hear_kind(peer, PB__ENVELOPE__KIND_PONG)) != NULL) {
		if (envelope->pong->token == token) {
			return true;
		}
	}
	return false;
}

static void send_one(
	struct peer *peer, struct specimen *chance, uint64_t token, struct outcome *outcome)
{
	enum hostile_kind kind = kind_of(chance);
	struct buf frame;

	buf_init(&frame, FRAME_BYTES_MAX);
	hostile_frame_make(chance, kind, &frame);
	peer_send(peer, buf_readable(&frame));
	buf_fini(&frame);
	if (kind == HOSTILE_CUT) {
		peer_half_close(peer);
		outcome->ended += peer_await_end(peer) ? 1 : 0;
	} else {
		peer_say(peer, peer_ping(peer, token));
		if (hear_pong(peer, token)) {
			outcome->answered++;
			return;
		}
		outcome->ended += peer->is_ended ? 1 : 0;
	}
	outcome->silent += peer->is_ended ? 0 : 1;
	if (!peer->is_ended) {
		printf("# frame %llu, of kind %d, has no answer\n", (unsigned long long)token, (int)kind);
	}
	connect_again(peer, chance);
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void test_hostile_frames_are_answered_or_end(void)
{
	struct specimen chance = {.kind = SPECIMEN_RANDOM, .random = number_of("FRAMES_SEED", 1)};
	uint64_t count = number_of("FAULTS_LONG", 0) == 1 ? 10 * FRAMES : FRAMES;
	struct outcome outcome = {.answered = 0};
	struct peer peer = {.fd = -1};
	size_t memory_kib;
	size_t baseline;

	desk_set(&desk, "pings_per_minute = 60000\n");
	CHECK(desk_is_quiet(&desk));
	baseline = vitals_descriptors(desk.server.pid);
	memory_kib = vitals_memory_kib(desk.server.pid);
	connect_again(&peer, &chance);
	for (uint64_t token = 1; token <= count; token++) {
		send_one(&peer, &chance, token, &outcome);
		if (token % FRAMES_EACH == 0) {
			connect_again(&peer, &chance);
		}
		if (token % LOOK_EVERY == 0) {
			CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK); /* it was silent for long */
			CHECK(desk_is_well(&desk));
		}
	}
	peer_close(&peer);
	printf(
		"# %zu answered, %zu ended the connection, %zu neither; server %zu KiB before, %zu after\n",
		outcome.answered, outcome.ended, outcome.silent, memory_kib,
		vitals_memory_kib(desk.server.pid));
	CHECK_INT_EQ(outcome.silent, 0);
	CHECK_INT_EQ(outcome.answered + outcome.ended, count);
	CHECK(outcome.answered > 0 && outcome.ended > 0);
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
	CHECK(desk_is_quiet(&desk));
	CHECK(vitals_await_descriptors(desk.server.pid, baseline));
	CHECK(desk_is_well(&desk));
}

static void test_end_leaves_nothing(void)
{
	PQfinish(super);
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"hostile_frames_are_answered_or_end", test_hostile_frames_are_answered_or_end},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "outgoing=none", NULL};
	struct live_account account;
	struct live_client admin;

	vitals_begin();
	live_begin();
	desk_begin(&desk, sets);
	super = pg_connect(desk.server.super);
	live_client_begin(&admin, &desk.server, LIVE_ADMIN);
	live_account_make(&admin, &desk.site, "villain", LIVE_WALKER, &account);
	live_client_close(&admin);
	begin_session();
	return check_main(tests, COUNT(tests));
}
