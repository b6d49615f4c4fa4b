/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/filter/filter_row.h"

#include "server/method/complaint/list_inside.h"
#include "server/method/row_message.h"
#include "server/principal.h"

#define MANAGING (ROLE_BIT(ROLE_MANAGER) | ROLE_BIT(ROLE_DIRECTOR))

role_set filter_roles(const struct request *r)
{
	return access_community(r->principal->grants, r->community_id, request_now_us(r)) &
	       right_roles(r->right);
}

struct uuid filter_granted_by(const struct request *r)
{
	const struct access_grant *grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));

	return grant == NULL ? uuid_nil : grant->grant_id;
}

void filter_load(struct request *r, struct uuid filter_id)
{
	struct query *query = request_query(r, STMT_filter_get);

	assert(r->query_count == 1);
	query_uuid(query, r->community_id);
	query_uuid(query, filter_id);
}

const struct query *filter_row_of(const struct request *r)
{
	assert(r->query_count > 0 && r->queries[0].stmt == STMT_filter_get);
	return &r->queries[0];
}

static bool is_own(const struct request *r)
{
	return uuid_equal(
		row_uuid(filter_row_of(r), 0, FILTER_COLUMN_ACCOUNT), r->principal->account_id);
}

static bool is_shown(const struct request *r)
{
	const struct query *row = filter_row_of(r);
	struct area area = {
		.community_id = r->community_id,
		.team_id = row_uuid(row, 0, FILTER_COLUMN_TEAM),
	};

	switch (row_int2(row, 0, FILTER_COLUMN_SHARE)) {
	case PB__FILTER__SHARE__COMMUNITY:
		return true;
	case PB__FILTER__SHARE__TEAM:
		return (request_reach(r, &area) & right_roles(r->right)) != 0;
	default:
		return is_own(r);
	}
}

enum err filter_may(struct request *r)
{
	if (filter_roles(r) == 0 || query_rows(filter_row_of(r)) == 0) {
		return ERR_NOT_FOUND;
	}
	return is_own(r) || is_shown(r) ? ERR_OK : ERR_NOT_FOUND;
}

enum err filter_may_change(struct request *r, uint32_t version)
{
	const struct query *row = filter_row_of(r);
	Pb__Filter *current;

	if (!is_own(r) && (filter_roles(r) & MANAGING) == 0) {
		return ERR_DENIED;
	}
	if ((uint32_t)row_int4(row, 0, FILTER_COLUMN_VERSION) == version) {
		return ERR_OK;
	}
	current = filter_message(r, row, 0);
	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return ERR_CONFLICT;
}

Pb__Filter *filter_message(struct request *r, const struct query *rows, size_t row)
{
	struct row_source from = {&r->arena, rows, row};
	Pb__Filter *out = arena_new(&r->arena, Pb__Filter);

	if (out == NULL) {
		return NULL;
	}
	pb__filter__init(out);
	row_set_uuid(&from, 0, &out->has_community_id, &out->community_id);
	row_set_uuid(&from, FILTER_COLUMN_ID, &out->has_filter_id, &out->filter_id);
	out->has_version = out->has_share = true;
	out->version = (uint32_t)row_int4(rows, row, FILTER_COLUMN_VERSION);
	out->share = (Pb__Filter__Share)row_int2(rows, row, FILTER_COLUMN_SHARE);
	out->name = row_borrow_text(&from, FILTER_COLUMN_NAME);
	row_set_uuid(&from, FILTER_COLUMN_TEAM, &out->has_team_id, &out->team_id);
	row_set_uuid(&from, FILTER_COLUMN_ACCOUNT, &out->has_account_id, &out->account_id);
	out->account_name = row_borrow_text(&from, FILTER_COLUMN_ACCOUNT_NAME);
	out->list = list_inside_kept(&r->arena, row_bytes(rows, row, FILTER_COLUMN_LIST));
	row_set_time(&from, FILTER_COLUMN_CHANGED, &out->has_changed_us, &out->changed_us);
	out->has_is_own = true;
	out->is_own = uuid_equal(row_uuid(rows, row, FILTER_COLUMN_ACCOUNT), r->principal->account_id);
	return out;
}
