/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.save: a list that somebody asks for again and again gets a name, or another one's content changes. Whoever
 * sees complaints may save for themselves; who handles them may share it with a team of theirs or with the community.
 */
#include "server/method/filter/filter_check.h"
#include "server/method/filter/filter_row.h"
#include "server/principal.h"

enum { ROOM_OWN, ROOM_SHARED, ROOM_IS_NAMED, ROOM_IS_THERE, ROOM_HAS_TEAM };

static const struct query *room_of(const struct request *r)
{
	const struct saving *saving = r->state;

	return &r->queries[saving->is_new ? 0 : 1]; /* behind the filter itself */
}

static void load(struct request *r)
{
	const Pb__FilterSave *in = (const Pb__FilterSave *)r->message;
	const struct saving *saving = r->state;
	struct query *query;

	if (!saving->is_new) {
		filter_load(r, saving->filter_id);
	}
	query = request_query(r, STMT_filter_room);
	query_uuid(query, r->community_id);
	query_uuid(query, r->principal->account_id);
	query_uuid(query, saving->filter_id);
	query_text_or_null(query, codec_str(in->name));
	query_uuid_or_null(query, saving->team_id);
}

static enum err may_share(struct request *r)
{
	const struct saving *saving = r->state;
	struct area area = {.community_id = r->community_id, .team_id = saving->team_id};
	role_set sharing = right_roles(RIGHT_COMPLAINT_HANDLE);

	switch (saving->share) {
	case PB__FILTER__SHARE__TEAM:
		if (!row_bool(room_of(r), 0, ROOM_HAS_TEAM) || (request_reach(r, &area) & sharing) == 0) {
			return request_refuse(r, ERR_NOT_FOUND, "team_id", "a team of yours");
		}
		return ERR_OK;
	case PB__FILTER__SHARE__COMMUNITY:
		return (filter_roles(r) & sharing) != 0 ? ERR_OK
		                                        : request_refuse(r, ERR_DENIED, "share", "OWN");
	default:
		return ERR_OK;
	}
}

static enum err may(struct request *r)
{
	const struct saving *saving = r->state;
	enum err err = saving->is_new ? ERR_OK : filter_may(r);

	if (err != ERR_OK || filter_roles(r) == 0) {
		return ERR_NOT_FOUND;
	}
	return may_share(r);
}

static enum err check_room(struct request *r)
{
	const struct saving *saving = r->state;
	const struct query *room = room_of(r);

	if (saving->is_new && row_bool(room, 0, ROOM_IS_THERE)) {
		return ERR_ID_TAKEN;
	}
	if (saving->is_new && row_bool(room, 0, ROOM_IS_NAMED)) {
		return request_refuse(r, ERR_NAME_TAKEN, "name", "none of your own filters");
	}
	if ((saving->is_new && row_int8(room, 0, ROOM_OWN) >= FILTERS_OWN_MAX) ||
		(saving->share != PB__FILTER__SHARE__OWN &&
			row_int8(room, 0, ROOM_SHARED) >= FILTERS_SHARED_MAX)) {
		return ERR_FILTERS_FULL;
	}
	return ERR_OK;
}

static enum err decide(struct request *r)
{
	const Pb__FilterSave *in = (const Pb__FilterSave *)r->message;
	const struct saving *saving = r->state;
	uint32_t version = saving->is_new ? 0 : in->version;
	enum err err = saving->is_new ? ERR_OK : filter_may_change(r, version);
	Pb__FilterSaveReply *out;
	struct query *query;

	err = err == ERR_OK ? check_room(r) : err;
	if (err != ERR_OK) {
		return err;
	}
	request_reply_version(r, version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	out = (Pb__FilterSaveReply *)r->reply;
	out->has_filter_id = true;
	out->filter_id = codec_bytes(span_of(saving->filter_id.bytes, UUID_BYTES));
	query = request_effect(r, STMT_filter_save, saving->filter_id, filter_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)version);
		query_text_or_null(query, codec_str(in->name));
		query_int2(query, saving->share);
		query_uuid_or_null(query, saving->team_id);
		query_bytes(query, saving->list);
		query_int4(query, FILTERS_OWN_MAX);
		query_int4(query, FILTERS_SHARED_MAX);
	}
	return ERR_OK;
}

const struct method_impl impl_filter_save = {
	.check = filter_check,
	.load = load,
	.may = may,
	.decide = decide,
};
