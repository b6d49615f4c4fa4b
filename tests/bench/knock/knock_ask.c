/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same question a given number of times, in rounds: every connection asks once, then every answer is
 * heard. Says "ready", then for each line of its input asks all of them and says "asked COUNT".
 */
#include <stdlib.h>

#include "proto/codec.h"
#include "tests/bench/knock/knock.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"

#define COUNT_MAX 10000000
#define CONNECTIONS_MAX 1000
#define ROUNDS_KEPT 64 /* of what a peer has heard */
#define LIST_ROWS 50

/* The command's arguments, by place. */
enum { KIND, COUNT_OF, CONNECTIONS, TOKEN, COMMUNITY, TEAM, PLACE, COMPLAINT };

struct asking {
	struct knock *knock;
	struct peer *peers; /* owned */
	size_t peer_count;
	uint64_t id; /* of the last request */
	uint8_t token[32];
	struct uuid community_id;
	struct uuid team_id;
	struct uuid place_id;
	size_t complaint_next;
};

static struct uuid id_of(const struct knock *knock, int index)
{
	struct uuid id;

	knock_need(uuid_parse(str_from_c(knock->arguments[index]), &id), "not an id");
	return id;
}

static void ask_get(struct asking *asking, struct peer *peer)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;
	int count = asking->knock->count - COMPLAINT;
	int index = COMPLAINT + (int)(asking->complaint_next++ % (size_t)count);
	struct uuid complaint_id = id_of(asking->knock, index);

	in.has_community_id = in.has_complaint_id = true;
	in.community_id = live_bytes(&asking->community_id);
	in.complaint_id = live_bytes(&complaint_id);
	peer_say(peer, peer_request(peer, ++asking->id, METHOD_complaint_get, &in.base, NULL));
}

static void ask_list(struct asking *asking, struct peer *peer)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;

	in.has_community_id = in.has_team_id = in.has_only_open = in.has_limit = true;
	in.community_id = live_bytes(&asking->community_id);
	in.team_id = live_bytes(&asking->team_id);
	in.only_open = true;
	in.limit = LIST_ROWS;
	peer_say(peer, peer_request(peer, ++asking->id, METHOD_complaint_list, &in.base, NULL));
}

static void ask_submit(struct asking *asking, struct peer *peer)
{
	Pb__ComplaintSubmit in = PB__COMPLAINT_SUBMIT__INIT;
	struct uuid key = live_key();

	in.has_community_id = in.has_kind = in.has_channel = in.has_place_id = true;
	in.community_id = live_bytes(&asking->community_id);
	in.place_id = live_bytes(&asking->place_id);
	in.kind = PB__COMPLAINT__KIND__REPAIR;
	in.channel = PB__COMPLAINT__CHANNEL__PHONE;
	in.title = (char *)(uintptr_t) "三单元楼道水管漏水";
	in.text = (char *)(uintptr_t) "昨晚十点多开始楼道里的水管一直在漏，积水已经流到电梯口，麻烦尽快"
								  "派师傅来看一下。";
	in.contact_name = (char *)(uintptr_t) "古丽娜尔·买买提";
	in.contact_phone = (char *)(uintptr_t) "13900001234";
	peer_say(peer, peer_request(peer, ++asking->id, METHOD_complaint_submit, &in.base, &key));
}

static const struct {
	const char *name;
	void (*ask)(struct asking *asking, struct peer *peer);
} kinds[] = {{"get", ask_get}, {"list", ask_list}, {"submit", ask_submit}};

static void enter(struct asking *asking, struct peer *peer)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;

	peer_greet(peer, &asking->knock->server, asking->knock->context);
	in.has_token = true;
	in.token = codec_bytes(span_of(asking->token, sizeof(asking->token)));
	peer_say(peer, peer_request(peer, ++asking->id, METHOD_session_resume, &in.base, NULL));
	knock_need(peer_hear_kind(peer, PB__ENVELOPE__KIND_REPLY) != NULL, "no session");
}

/* Whatever else the server says in between is passed over. */
static void need_reply(struct peer *peer)
{
	const Pb__Envelope *heard = peer_hear(peer);

	while (heard != NULL && heard->kind_case != PB__ENVELOPE__KIND_REPLY) {
		if (heard->kind_case == PB__ENVELOPE__KIND_FAILURE) {
			knock_need(false, heard->failure->code);
		}
		heard = peer_hear(peer);
	}
	knock_need(heard != NULL, "no answer");
}

/* Asks `count` times, and needs every answer to be a good one. */
static void ask_all(struct asking *asking, size_t kind, size_t count)
{
	size_t round = 0;

	for (size_t left = count; left > 0; round++) {
		size_t now = size_min(left, asking->peer_count);

		for (size_t i = 0; i < now; i++) {
			kinds[kind].ask(asking, &asking->peers[i]);
		}
		for (size_t i = 0; i < now; i++) {
			need_reply(&asking->peers[i]);
			if (round % ROUNDS_KEPT == 0) {
				arena_fini(&asking->peers[i].arena);
			}
		}
		left -= now;
	}
}

void knock_ask(struct knock *knock)
{
	struct asking asking = {.knock = knock};
	size_t count = knock_number(knock, COUNT_OF, COUNT_MAX);
	size_t kind = 0;

	while (kind < COUNT(kinds) && strcmp(kinds[kind].name, knock->arguments[KIND]) != 0) {
		kind++;
	}
	knock_need(kind < COUNT(kinds), "no such kind");
	asking.peer_count = knock_number(knock, CONNECTIONS, CONNECTIONS_MAX);
	asking.peers = calloc(asking.peer_count, sizeof(*asking.peers));
	knock_need(asking.peers != NULL, "no memory");
	knock_token(knock->arguments[TOKEN], asking.token);
	asking.community_id = id_of(knock, COMMUNITY);
	asking.team_id = id_of(knock, TEAM);
	asking.place_id = id_of(knock, PLACE);
	for (size_t i = 0; i < asking.peer_count; i++) {
		enter(&asking, &asking.peers[i]);
	}
	knock_say("ready");
	while (knock_await()) {
		ask_all(&asking, kind, count);
		knock_say("asked %zu", count);
	}
	for (size_t i = 0; i < asking.peer_count; i++) {
		peer_close(&asking.peers[i]);
	}
	free(asking.peers);
}
