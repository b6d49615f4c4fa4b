/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.create: one more place. Its id is the request's key.
 */
#include "place.pb-c.h"
#include "server/domain/place.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"

enum { QUERY_COMMUNITY, QUERY_IDS, QUERY_SAME_CODE };

/* Columns of place_by_ids and place_by_codes. */
enum { COLUMN_PLACE_ID, COLUMN_KIND };

static enum err refuse(struct request *r, const char *field, struct place_fault fault)
{
	return fault.err == ERR_OK ? ERR_OK : request_refuse(r, fault.err, field, fault.allowed);
}

static enum err check(struct request *r)
{
	const Pb__PlaceCreate *in = (const Pb__PlaceCreate *)r->message;
	enum err err = refuse(r, "code", place_code_fault(codec_str(in->code)));

	r->community_id = message_id(true, in->community_id);
	return err == ERR_OK ? refuse(r, "name", place_name_fault(codec_str(in->name))) : err;
}

static void load(struct request *r)
{
	const Pb__PlaceCreate *in = (const Pb__PlaceCreate *)r->message;
	const struct uuid ids[] = {r->key, message_id(in->has_parent_id, in->parent_id)};
	struct str code = codec_str(in->code);
	struct query *query;

	place_load_community(r);
	query = request_query(r, STMT_place_by_ids);
	query_uuid(query, r->community_id);
	query_uuids(query, ids, COUNT(ids));
	query = request_query(r, STMT_place_by_codes);
	query_uuid(query, r->community_id);
	query_texts(query, &code, 1);
}

/* The kind of the place with this id among those found; 0 where it is not there. */
static int kind_of(const struct query *query, struct uuid id)
{
	for (size_t i = 0; i < query_rows(query); i++) {
		if (uuid_equal(row_uuid(query, i, COLUMN_PLACE_ID), id)) {
			return row_int2(query, i, COLUMN_KIND);
		}
	}
	return 0;
}

static enum err find_all(struct request *r, const Pb__PlaceCreate *in)
{
	const struct query *ids = &r->queries[QUERY_IDS];
	int parent_kind = 0;

	if (kind_of(ids, r->key) != 0) {
		return ERR_ID_TAKEN;
	}
	if (query_rows(&r->queries[QUERY_SAME_CODE]) > 0) {
		return request_refuse(r, ERR_NAME_TAKEN, "code", "a code that no place has");
	}
	if (in->has_parent_id) {
		parent_kind = kind_of(ids, message_id(true, in->parent_id));
		if (parent_kind == 0) {
			return request_refuse(r, ERR_NOT_FOUND, "parent_id", "a place of the community");
		}
	}
	return refuse(r, "parent_id", place_parent_fault((enum place_kind)in->kind, parent_kind));
}

static enum err decide(struct request *r)
{
	const Pb__PlaceCreate *in = (const Pb__PlaceCreate *)r->message;
	enum err err = find_all(r, in);
	Pb__PlaceCreateReply *out;
	struct query *query;

	if (err != ERR_OK) {
		return err;
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_place_id = true;
	out->place_id = message_uuid(&r->arena, r->key);
	query = request_effect(r, STMT_place_create, r->key, place_granted_by(r));
	if (query != NULL) {
		query_int2(query, (int)in->kind);
		query_text(query, codec_str(in->code));
		query_text_or_null(query, codec_str(in->name));
		query_uuid_or_null(query, message_id(in->has_parent_id, in->parent_id));
	}
	return ERR_OK;
}

const struct method_impl impl_place_create = {
	.check = check,
	.load = load,
	.may = place_may,
	.decide = decide,
};
