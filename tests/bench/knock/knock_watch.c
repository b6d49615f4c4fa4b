/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COUNT connections that watch a community, and SLOW more that watch it and never read again. Somebody at ACTOR_PORT,
 * another server or the same, then submits complaints, one after the other, the next when everybody has heard of it.
 * Says "watching", then for each line of its input submits CHANGES and says how long that was, from the request's
 * first byte to the last of the readers, in microseconds:
 *
 *     told FIRST MEDIAN P99 LAST BUSIEST SPREAD
 *
 * "told 900 4100 8000 9000 8500 8100": each the worst of all changes but MEDIAN, and BUSIEST, the median of LAST; SPREAD
 * is from the first reader to the last. Only whole frames that are events are counted, and they are not decoded: what is
 * measured is the server's work, and our TLS.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "tests/bench/knock/knock.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "server.pb-c.h"

#define COUNT_MAX 20000
#define CHANGES_MAX 100000
#define EVENTS 256     /* of one look at epoll */
#define EVENT_KEY 0x2a /* Envelope.event */
#define WAIT_MS 60000

/* The command's arguments, by place. */
enum { READERS, SLOW, CHANGES, ACTOR_PORT, TOKEN, COMMUNITY, PLACE };

struct reader {
	struct peer peer;
	uint64_t heard_count;
};

struct crowd {
	struct knock *knock;
	struct reader *readers; /* owned; the slow ones behind the others */
	size_t count;
	size_t slow_count;
	struct peer actor;
	int epoll_fd;
	uint64_t id; /* of the actor's last request */
	uint8_t token[32];
	struct uuid community_id;
	struct uuid place_id;
	int64_t *took_us; /* of the present change, of each reader in the order of hearing */
	size_t told_count;
	int64_t *medians_us; /* of each change */
	int64_t *lasts_us;
	int64_t first_us; /* the worst of all changes */
	int64_t p99_us;
	int64_t spread_us; /* from the first to the last */
};

static struct uuid id_of(const struct knock *knock, int index)
{
	struct uuid id;

	knock_need(uuid_parse(str_from_c(knock->arguments[index]), &id), "not an id");
	return id;
}

static void need_reply(struct peer *peer, const char *what)
{
	const Pb__Envelope *heard = peer_hear(peer);

	while (heard != NULL && heard->kind_case == PB__ENVELOPE__KIND_EVENT) {
		heard = peer_hear(peer);
	}
	knock_need(heard != NULL && heard->kind_case == PB__ENVELOPE__KIND_REPLY, what);
}

static void enter(struct crowd *crowd, struct peer *peer, const struct live_server *server)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;

	peer_greet(peer, server, crowd->knock->context);
	in.has_token = true;
	in.token = codec_bytes(span_of(crowd->token, sizeof(crowd->token)));
	peer_say(peer, peer_request(peer, 1, METHOD_session_resume, &in.base, NULL));
	need_reply(peer, "no session");
}

static void open_watch(struct crowd *crowd, struct peer *peer)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&crowd->community_id);
	peer_say(peer, peer_request(peer, 2, METHOD_watch_open, &in.base, NULL));
	need_reply(peer, "no watch");
	arena_fini(&peer->arena);
}

static void gather(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count + crowd->slow_count; i++) {
		struct reader *reader = &crowd->readers[i];
		struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = reader};

		peers_narrow(i >= crowd->count);
		enter(crowd, &reader->peer, &crowd->knock->server);
		open_watch(crowd, &reader->peer);
		knock_need(i >= crowd->count ||
					   epoll_ctl(crowd->epoll_fd, EPOLL_CTL_ADD, reader->peer.fd, &wanted) == 0,
			"epoll");
	}
	peers_narrow(false);
}

/* Whole frames off the front; true where one of them is an event. */
static bool take_frames(struct peer *peer)
{
	bool is_told = false;
	struct span body;
	size_t want;

	while (frame_decode(buf_readable(&peer->tls.plain), FRAME_BODY_BYTES_MAX, &body, &want) ==
		   FRAME_READY) {
		is_told = is_told || body.ptr[0] == EVENT_KEY;
		buf_consume(&peer->tls.plain, want);
	}
	return is_told;
}

static void read_one(struct crowd *crowd, struct reader *reader, int64_t began_us)
{
	uint8_t bytes[16384];
	ssize_t len = recv(reader->peer.fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	knock_need(len > 0 || (len < 0 && errno == EAGAIN), "a reader was cut off");
	if (len <= 0) {
		return;
	}
	knock_need(
		tls_feed(&reader->peer.tls, span_of(bytes, (size_t)len)) == TLS_OPEN, "TLS is broken");
	if (take_frames(&reader->peer)) {
		reader->heard_count++;
		crowd->took_us[crowd->told_count++] = clock_now().mono_us - began_us;
	}
}

static void submit(struct crowd *crowd)
{
	Pb__ComplaintSubmit in = PB__COMPLAINT_SUBMIT__INIT;
	struct uuid key = live_key();

	in.has_community_id = in.has_kind = in.has_channel = in.has_place_id = true;
	in.community_id = live_bytes(&crowd->community_id);
	in.place_id = live_bytes(&crowd->place_id);
	in.kind = PB__COMPLAINT__KIND__REPAIR;
	in.channel = PB__COMPLAINT__CHANNEL__PHONE;
	in.text = (char *)(uintptr_t) "三单元楼道的灯坏了，晚上看不清台阶。";
	peer_say(&crowd->actor,
		peer_request(&crowd->actor, ++crowd->id, METHOD_complaint_submit, &in.base, &key));
}

static int compare(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* One change, until everybody who reads has heard of it. */
static void change(struct crowd *crowd, size_t number)
{
	struct epoll_event ready[EVENTS];
	int64_t began_us = clock_now().mono_us;

	crowd->told_count = 0;
	submit(crowd);
	while (crowd->told_count < crowd->count) {
		int count = epoll_wait(crowd->epoll_fd, ready, EVENTS, WAIT_MS);

		knock_need(count > 0, "somebody is not told");
		for (int i = 0; i < count; i++) {
			read_one(crowd, ready[i].data.ptr, began_us);
		}
	}
	need_reply(&crowd->actor, "not submitted");
	arena_fini(&crowd->actor.arena);
	/* Heard in order, so they are sorted. */
	crowd->medians_us[number] = crowd->took_us[crowd->count / 2];
	crowd->lasts_us[number] = crowd->took_us[crowd->count - 1];
	crowd->first_us = larger(crowd->first_us, crowd->took_us[0]);
	crowd->spread_us =
		larger(crowd->spread_us, crowd->took_us[crowd->count - 1] - crowd->took_us[0]);
	crowd->p99_us = larger(crowd->p99_us, crowd->took_us[crowd->count * 99 / 100]);
}

static void say_round(struct crowd *crowd, size_t changes)
{
	qsort(crowd->medians_us, changes, sizeof(int64_t), compare);
	qsort(crowd->lasts_us, changes, sizeof(int64_t), compare);
	knock_say("told %lld %lld %lld %lld %lld %lld", (long long)crowd->first_us,
		(long long)crowd->medians_us[changes / 2], (long long)crowd->p99_us,
		(long long)crowd->lasts_us[changes - 1], (long long)crowd->lasts_us[changes / 2],
		(long long)crowd->spread_us);
	crowd->first_us = crowd->p99_us = crowd->spread_us = 0;
}

void knock_watch(struct knock *knock)
{
	struct crowd crowd = {.knock = knock, .id = 2};
	struct live_server actors = knock->server;
	size_t changes = knock_number(knock, CHANGES, CHANGES_MAX);

	crowd.count = knock_number(knock, READERS, COUNT_MAX);
	/* knock_number knows no 0. */
	crowd.slow_count =
		strcmp(knock->arguments[SLOW], "0") == 0 ? 0 : knock_number(knock, SLOW, COUNT_MAX);
	actors.port = (uint16_t)knock_number(knock, ACTOR_PORT, UINT16_MAX);
	knock_token(knock->arguments[TOKEN], crowd.token);
	crowd.community_id = id_of(knock, COMMUNITY);
	crowd.place_id = id_of(knock, PLACE);
	crowd.readers = calloc(crowd.count + crowd.slow_count, sizeof(*crowd.readers));
	crowd.took_us = calloc(crowd.count, sizeof(int64_t));
	crowd.medians_us = calloc(2 * changes, sizeof(int64_t));
	knock_need(
		crowd.readers != NULL && crowd.took_us != NULL && crowd.medians_us != NULL, "no memory");
	crowd.lasts_us = crowd.medians_us + changes;
	crowd.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	knock_need(crowd.epoll_fd >= 0, "epoll");
	gather(&crowd);
	enter(&crowd, &crowd.actor, &actors);
	knock_say("watching");
	while (knock_await()) {
		for (size_t i = 0; i < changes; i++) {
			change(&crowd, i);
		}
		say_round(&crowd, changes);
	}
	for (size_t i = 0; i < crowd.count + crowd.slow_count; i++) {
		peer_close(&crowd.readers[i].peer);
	}
	peer_close(&crowd.actor);
	free(crowd.readers);
	free(crowd.took_us);
	free(crowd.medians_us);
}
