/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what becomes of frames that are not as they should be: cut at every byte, of a wrong length,
 * of the wrong kind or at the wrong time. Each peer is told why where there is a way to, each connection
 * ends, nothing takes effect, and the next honest person is served.
 */
#include "tests/check.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "proto/frame.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/server/pg.h"

static struct desk desk;

/* How far a peer gets before it misbehaves. */
enum stage { STAGE_TLS, STAGE_GUEST, STAGE_MEMBER };

static void reach(struct peer *peer, enum stage stage)
{
	switch (stage) {
	case STAGE_TLS:
		peer_open(peer, &desk.server, desk.context);
		return;
	case STAGE_GUEST:
		peer_greet(peer, &desk.server, desk.context);
		return;
	case STAGE_MEMBER:
		peer_enter(peer, &desk.honest, desk.context);
		return;
	}
	unreachable();
}

/* ---- cut ------------------------------------------------------------------------------------ */

static struct span frame_hello(struct peer *peer)
{
	return peer_frame(peer, peer_hello(peer));
}

static struct span frame_login(struct peer *peer)
{
	Pb__SessionLogin in = PB__SESSION_LOGIN__INIT;
	struct uuid device_id = live_key();

	in.login = desk.account.login;
	in.password = (char *)(uintptr_t)LIVE_PASSWORD;
	in.has_device_id = true;
	in.device_id = live_bytes(&device_id);
	return peer_frame(peer, peer_request(peer, 1, METHOD_session_login, &in.base, NULL));
}

static struct span frame_submit(struct peer *peer)
{
	Pb__ComplaintSubmit in = PB__COMPLAINT_SUBMIT__INIT;
	struct uuid key = live_key();

	in.has_community_id = in.has_kind = in.has_channel = in.has_place_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.kind = PB__COMPLAINT__KIND__REPAIR;
	in.channel = PB__COMPLAINT__CHANNEL__PHONE;
	in.place_id = live_bytes(&desk.site.place_id);
	in.text = (char *)(uintptr_t) "门禁失灵";
	return peer_frame(peer, peer_request(peer, 1, METHOD_complaint_submit, &in.base, &key));
}

static const struct {
	const char *what;
	enum stage stage;
	struct span (*frame)(struct peer *peer);
	Pb__Envelope__KindCase answer; /* to the whole of it */
} wholes[] = {
	{"hello", STAGE_TLS, frame_hello, PB__ENVELOPE__KIND_HELLO},
	{"login", STAGE_GUEST, frame_login, PB__ENVELOPE__KIND_REPLY},
	{"submit", STAGE_MEMBER, frame_submit, PB__ENVELOPE__KIND_REPLY},
};

/* Every second one ends with a reset instead of an end. */
static size_t cut_everywhere(size_t row)
{
	size_t len = 0;
	size_t all = SIZE_MAX;

	for (; len < all; len++) {
		struct peer peer;
		struct span frame;

		reach(&peer, wholes[row].stage);
		frame = wholes[row].frame(&peer);
		all = frame.len;
		peer_send(&peer, span_first(frame, len));
		if (len % 2 == 0) {
			peer_close(&peer);
		} else {
			peer_reset(&peer);
		}
	}
	return len;
}

static void test_frames_cut_at_every_byte_do_nothing(void)
{
	PGconn *pg = pg_connect(desk.server.super);
	char before[16];
	size_t cuts = 0;

	(void)snprintf(before, sizeof(before), "%s", pg_run(pg, "SELECT count(*) FROM complaint"));
	for (size_t i = 0; i < COUNT(wholes); i++) {
		cuts += cut_everywhere(i);
		CHECK(desk_is_well(&desk));
	}
	printf("# %zu cuts\n", cuts);
	CHECK(desk_is_quiet(&desk));
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM complaint"), before);
	PQfinish(pg);
}

static void test_frames_in_single_bytes_are_whole(void)
{
	for (size_t i = 0; i < COUNT(wholes); i++) {
		struct peer peer;
		struct span frame;

		reach(&peer, wholes[i].stage);
		frame = wholes[i].frame(&peer);
		for (size_t k = 0; k < frame.len; k++) {
			peer_send(&peer, span_of(frame.ptr + k, 1));
		}
		CHECK(peer_hear_kind(&peer, wholes[i].answer) != NULL);
		peer_close(&peer);
	}
	CHECK(desk_is_quiet(&desk));
}

/* ---- refused -------------------------------------------------------------------------------- */

static void send_length_zero(struct peer *peer)
{
	peer_send_frame(peer, 0, (struct span){NULL, 0});
}

static void send_length_for_members(struct peer *peer)
{
	peer_send_frame(peer, FRAME_BODY_BYTES_GUEST + 1, (struct span){NULL, 0});
}

static void send_length_for_nobody(struct peer *peer)
{
	peer_send_frame(peer, FRAME_BODY_BYTES_MAX + 1, (struct span){NULL, 0});
}

static void send_length_of_everything(struct peer *peer)
{
	peer_send_frame(peer, UINT32_MAX, (struct span){NULL, 0});
}

/* With much of the body behind it: what was not read must not swallow the answer. */
static void send_length_and_much_of_it(struct peer *peer)
{
	static const uint8_t much[256 * 1024];

	peer_send_frame(peer, FRAME_BODY_BYTES_MAX + 1, span_of(much, sizeof(much)));
}

static void send_body(struct peer *peer, const char *bytes, size_t len)
{
	peer_send_frame(peer, (uint32_t)len, span_of(bytes, len));
}

static void send_garbage(struct peer *peer)
{
	send_body(peer, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
}

static void send_no_kind(struct peer *peer)
{
	send_body(peer, "\xa0\x06\x01", 3); /* field 100, which nobody knows */
}

static void send_two_kinds(struct peer *peer)
{
	send_body(peer, "\x32\x02\x08\x01\x3a\x02\x08\x01", 8); /* ping and pong */
}

static void send_cut_inside(struct peer *peer)
{
	send_body(peer, "\x32\x7f\x08\x01", 4); /* a ping of 127 bytes, two of which are there */
}

static void send_hello_without_version(struct peer *peer)
{
	send_body(peer, "\x0a\x00", 2);
}

static void send_request_without_id(struct peer *peer)
{
	send_body(peer, "\x12\x0f\x12\x0dserver.status", 17);
}

static void send_hello(struct peer *peer)
{
	peer_say(peer, peer_hello(peer));
}

static void send_status(struct peer *peer)
{
	peer_say(peer, peer_request(peer, 1, METHOD_server_status, NULL, NULL));
}

static void send_ping(struct peer *peer)
{
	peer_say(peer, peer_ping(peer, 1));
}

static void send_reply(struct peer *peer)
{
	send_body(peer, "\x1a\x02\x08\x01", 4);
}

static void send_failure(struct peer *peer)
{
	send_body(peer, "\x22\x02\x08\x01", 4);
}

static void send_event(struct peer *peer)
{
	send_body(peer, "\x2a\x02\x08\x01", 4);
}

static void send_go_away(struct peer *peer)
{
	send_body(peer, "\x4a\x00", 2);
}

/* Both arrive in one record: the first is in work when the second is read. */
static void send_same_id_twice(struct peer *peer)
{
	struct span one = peer_frame(peer, desk_get(&desk, peer, 7));
	uint8_t both[512];

	assert(2 * one.len <= sizeof(both));
	memcpy(both, one.ptr, one.len);
	memcpy(both + one.len, one.ptr, one.len);
	peer_send(peer, span_of(both, 2 * one.len));
}

static void send_id_of_watch(struct peer *peer)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	peer_say(peer, peer_request(peer, 9, METHOD_watch_open, &in.base, NULL));
	(void)peer_hear_kind(peer, PB__ENVELOPE__KIND_REPLY);
	peer_say(peer, peer_request(peer, 9, METHOD_server_status, NULL, NULL));
}

static const struct {
	const char *what;
	enum stage stage;
	void (*send)(struct peer *peer);
	const char *code; /* of the failure that closes */
} offences[] = {
	{"length 0 before hello", STAGE_TLS, send_length_zero, "FRAME_SIZE"},
	{"length 0 of a guest", STAGE_GUEST, send_length_zero, "FRAME_SIZE"},
	{"length 0 of a member", STAGE_MEMBER, send_length_zero, "FRAME_SIZE"},
	{"a guest's frame of 16 KiB and one", STAGE_GUEST, send_length_for_members, "FRAME_SIZE"},
	{"a member's frame of 1 MiB and one", STAGE_MEMBER, send_length_for_nobody, "FRAME_SIZE"},
	{"a frame of 4 GiB", STAGE_TLS, send_length_of_everything, "FRAME_SIZE"},
	{"a long frame with its bytes", STAGE_MEMBER, send_length_and_much_of_it, "FRAME_SIZE"},
	{"garbage before hello", STAGE_TLS, send_garbage, "FRAME_MALFORMED"},
	{"garbage of a member", STAGE_MEMBER, send_garbage, "FRAME_MALFORMED"},
	{"an envelope of no kind", STAGE_GUEST, send_no_kind, "FRAME_MALFORMED"},
	{"an envelope of two kinds", STAGE_GUEST, send_two_kinds, "FRAME_MALFORMED"},
	{"an envelope cut inside", STAGE_MEMBER, send_cut_inside, "FRAME_MALFORMED"},
	{"a hello without a version", STAGE_TLS, send_hello_without_version, "FRAME_MALFORMED"},
	{"a request without an id", STAGE_MEMBER, send_request_without_id, "FRAME_MALFORMED"},
	{"a request before hello", STAGE_TLS, send_status, "FRAME_UNEXPECTED"},
	{"a ping before hello", STAGE_TLS, send_ping, "FRAME_UNEXPECTED"},
	{"a second hello", STAGE_GUEST, send_hello, "FRAME_UNEXPECTED"},
	{"a member's second hello", STAGE_MEMBER, send_hello, "FRAME_UNEXPECTED"},
	{"a reply from a client", STAGE_MEMBER, send_reply, "FRAME_UNEXPECTED"},
	{"a failure from a client", STAGE_MEMBER, send_failure, "FRAME_UNEXPECTED"},
	{"an event from a client", STAGE_GUEST, send_event, "FRAME_UNEXPECTED"},
	{"a go-away from a client", STAGE_GUEST, send_go_away, "FRAME_UNEXPECTED"},
	{"an id that is in flight", STAGE_MEMBER, send_same_id_twice, "FRAME_UNEXPECTED"},
	{"the id of an open watch", STAGE_MEMBER, send_id_of_watch, "FRAME_UNEXPECTED"},
};

static void test_offences_are_named_and_end_the_connection(void)
{
	uint64_t dropped = live_counter(&desk.honest, "conn.dropped");

	for (size_t i = 0; i < COUNT(offences); i++) {
		struct peer peer;
		const char *code;

		reach(&peer, offences[i].stage);
		offences[i].send(&peer);
		code = peer_hear_failure(&peer, 0);
		if (strcmp(code, offences[i].code) != 0) {
			printf("# %s: %s\n", offences[i].what, code);
		}
		CHECK_STR_EQ(code, offences[i].code);
		CHECK(peer_await_end(&peer));
		peer_close(&peer);
		CHECK(desk_is_well(&desk));
	}
	CHECK(desk_is_quiet(&desk));
	CHECK_INT_EQ(live_counter(&desk.honest, "conn.dropped"), dropped + COUNT(offences));
}

/* What is not for a guest is refused by itself, and the guest may go on. */
static void test_guest_is_told_to_log_in(void)
{
	struct peer peer;

	reach(&peer, STAGE_GUEST);
	send_status(&peer);
	CHECK_STR_EQ(peer_hear_failure(&peer, 1), "UNAUTHENTICATED");
	peer_say(&peer, desk_get(&desk, &peer, 2));
	CHECK_STR_EQ(peer_hear_failure(&peer, 2), "UNAUTHENTICATED");
	peer_send(&peer, frame_login(&peer));
	CHECK(peer_hear_kind(&peer, PB__ENVELOPE__KIND_REPLY) != NULL);
	peer_close(&peer);
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"frames_cut_at_every_byte_do_nothing", test_frames_cut_at_every_byte_do_nothing},
	{"frames_in_single_bytes_are_whole", test_frames_in_single_bytes_are_whole},
	{"offences_are_named_and_end_the_connection", test_offences_are_named_and_end_the_connection},
	{"guest_is_told_to_log_in", test_guest_is_told_to_log_in},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
