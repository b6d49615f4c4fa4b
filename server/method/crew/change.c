/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.change: all that a crew can do from now on, and how many open orders one of it may have.
 */
#include "place.pb-c.h"
#include "server/method/crew/crew_trades.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_CREW };
enum { COLUMN_ORDERS_MAX = 3 }; /* of crew_get */

static void load(struct request *r)
{
	const Pb__CrewChange *in = (const Pb__CrewChange *)r->message;

	query_uuid(request_query(r, STMT_crew_get), message_id(true, in->crew_id));
}

static enum err may(struct request *r)
{
	return query_rows(&r->queries[QUERY_CREW]) == 0
	           ? request_refuse(r, ERR_NOT_FOUND, "crew_id", "a crew of the company")
	           : ERR_OK;
}

static enum err decide(struct request *r)
{
	const Pb__CrewChange *in = (const Pb__CrewChange *)r->message;
	struct uuid crew_id = message_id(true, in->crew_id);
	Pb__CrewChangeReply *out = request_reply(r);
	struct query *query;

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_crew_id = true;
	out->crew_id = message_uuid(&r->arena, crew_id);
	query = request_effect(r, STMT_crew_change, crew_id,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));
	if (query != NULL) {
		crew_add_trades(query, in->trades, in->n_trades);
		query_number_or_null(query, in->has_orders_max
										? (int)in->orders_max
										: row_int2(&r->queries[QUERY_CREW], 0, COLUMN_ORDERS_MAX));
	}
	return ERR_OK;
}

const struct method_impl impl_crew_change = {
	.load = load,
	.may = may,
	.decide = decide,
};
