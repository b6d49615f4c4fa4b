/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/watch/watch_opening.h"

#include "server/domain/complaint_hand.h"
#include "server/method/complaint/complaint_row.h"
#include "server/principal.h"
#include "server/server.h"

static bool may_community(const struct request *r, const struct query *community)
{
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	return query_rows(community) > 0 && (roles & right_roles(r->right)) != 0;
}

static bool may_team(const struct request *r, const struct opening *opening)
{
	struct area area = {r->community_id, opening->wish.team_id, uuid_nil};

	return query_rows(opening->team) > 0 && (request_reach(r, &area) & right_roles(r->right)) != 0;
}

/* What can never tell anything is refused, and not opened: whose teams, where somebody has none? */
static bool may_scope(const struct request *r, enum watch_scope scope)
{
	role_set roles = access_roles(r->principal->grants, request_now_us(r));

	return scope != WATCH_TEAMS || (roles & complaint_team_roles()) != 0;
}

enum err watch_opening_may(struct request *r)
{
	const struct opening *opening = r->state;
	bool is_theirs = (opening->community == NULL || may_community(r, opening->community)) &&
	                 (opening->team == NULL || may_team(r, opening)) &&
	                 (opening->complaint == NULL ||
						 (query_rows(opening->complaint) > 0 &&
							 complaint_row_relation(r, opening->complaint, 0).sees != 0)) &&
	                 may_scope(r, opening->wish.scope);

	return is_theirs ? ERR_OK : ERR_NOT_FOUND;
}

enum { BEHIND_FIRST, BEHIND_COUNT, BEHIND_IS_OTHER };

/*
 * Can what happened since `from` still be told, and is that enough? What came into somebody's view by a right of theirs, or
 * left it, is no event of any complaint. The position is the client's word: it decides from where, and rights
 * decide what, so a made up one gets nothing that its maker may not load.
 */
static Pb__WatchOpenReply__Resume judge(
	const struct request *r, const struct opening *opening, const struct feed_position *from)
{
	struct feed_position now = feed_position_of(opening->now);
	const struct config *config = r->server->config;
	int64_t first_us = row_time(opening->behind, 0, BEHIND_FIRST);

	if (from->era != now.era || feed_position_compare(from, &now) > 0) {
		return PB__WATCH_OPEN_REPLY__RESUME__OTHER_HISTORY;
	}
	if (row_bool(opening->behind, 0, BEHIND_IS_OTHER) ||
		row_int8(opening->behind, 0, BEHIND_COUNT) > config->replay_events_max ||
		(first_us != 0 && request_now_us(r) - first_us > config->replay_ms * US_PER_MS)) {
		return PB__WATCH_OPEN_REPLY__RESUME__TOO_OLD;
	}
	return PB__WATCH_OPEN_REPLY__RESUME__RESUMED;
}

void watch_opening_begin(struct request *r, Pb__WatchOpenReply *out)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;
	struct opening *opening = r->state;

	opening->from = feed_position_of(opening->now);
	opening->is_resumed = false;
	if (in->from != NULL) {
		struct feed_position from = {in->from->era, in->from->xid, in->from->seq};

		out->has_resume = true;
		out->resume = judge(r, opening, &from);
		opening->is_resumed = out->resume == PB__WATCH_OPEN_REPLY__RESUME__RESUMED;
		opening->from = opening->is_resumed ? from : opening->from;
	}
}
