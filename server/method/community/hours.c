/* SPDX-License-Identifier: Apache-2.0 */
/*
 * community.hours: from when until when the service of a community is open. Clocks that run are reckoned again.
 */
#include "server/domain/calendar.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"
#include "server/principal.h"

enum { COLUMN_VERSION = 7 }; /* of COMMUNITY_COLUMNS */

static enum err check(struct request *r)
{
	const Pb__CommunityHours *in = (const Pb__CommunityHours *)r->message;

	r->community_id = message_id(true, in->community_id);
	return calendar_hours_are_good((int)in->open_min, (int)in->close_min)
	           ? ERR_OK
	           : request_refuse(
					 r, ERR_FIELD_RANGE, "close_min", "an hour behind open_min, at least");
}

static enum err decide(struct request *r)
{
	const Pb__CommunityHours *in = (const Pb__CommunityHours *)r->message;
	const struct query *community = &r->queries[PLACE_QUERY_COMMUNITY];
	struct query *query;

	if ((uint32_t)row_int4(community, 0, COLUMN_VERSION) != in->version) {
		Pb__Community *current = message_community(&r->arena, community, 0);

		r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
		return ERR_CONFLICT;
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_community_hours, r->community_id, place_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)in->version);
		query_int2(query, (int)in->open_min);
		query_int2(query, (int)in->close_min);
	}
	return ERR_OK;
}

const struct method_impl impl_community_hours = {
	.check = check,
	.load = place_load_community,
	.may = place_may,
	.decide = decide,
};
