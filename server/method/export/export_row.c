/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/export/export_row.h"

#include "server/method/complaint/list_inside.h"
#include "server/method/export/export_column.h"
#include "server/method/row_message.h"
#include "server/principal.h"

static const struct access_grant *granted(const struct request *r, enum right right)
{
	return access_community_by(
		r->principal->grants, right_roles(right), r->community_id, request_now_us(r));
}

bool export_is_here(const struct request *r)
{
	return granted(r, RIGHT_EXPORT) != NULL;
}

bool export_may_approve(const struct request *r)
{
	return granted(r, RIGHT_EXPORT_APPROVE) != NULL;
}

struct uuid export_granted_by(const struct request *r)
{
	const struct access_grant *grant = granted(r, r->right);

	return grant == NULL ? uuid_nil : grant->grant_id;
}

void export_load(struct request *r, struct uuid export_id)
{
	struct query *query = request_query(r, STMT_export_get);

	assert(r->query_count == 1);
	query_uuid(query, r->community_id);
	query_uuid(query, export_id);
	query_time(query, request_now_us(r));
}

const struct query *export_row_of(const struct request *r)
{
	assert(r->query_count > 0 && r->queries[0].stmt == STMT_export_get);
	return &r->queries[0];
}

bool export_is_own(const struct request *r)
{
	return uuid_equal(
		row_uuid(export_row_of(r), 0, EXPORT_COLUMN_ACCOUNT), r->principal->account_id);
}

enum err export_may_own(struct request *r)
{
	bool is_there = query_rows(export_row_of(r)) == 1;

	return is_there && export_is_here(r) && export_is_own(r) ? ERR_OK : ERR_NOT_FOUND;
}

enum err export_may_any(struct request *r)
{
	bool is_there = query_rows(export_row_of(r)) == 1;

	return is_there && export_may_approve(r) ? ERR_OK : export_may_own(r);
}

enum err export_refuse(struct request *r, enum err err)
{
	Pb__Export *current = export_message(&r->arena, export_row_of(r), 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}

static void set_columns(Pb__Export *out, const struct row_source *from)
{
	int columns[EXPORT_COLUMNS_MAX];

	out->n_columns =
		row_int2s(from->query, from->row, EXPORT_COLUMN_COLUMNS, columns, EXPORT_COLUMNS_MAX);
	out->columns = arena_alloc(from->arena, size_max(out->n_columns, 1) * sizeof *out->columns);
	for (size_t i = 0; out->columns != NULL && i < out->n_columns; i++) {
		out->columns[i] = (Pb__Export__Column)columns[i];
	}
}

static void set_times(Pb__Export *out, const struct row_source *from)
{
	row_set_time(from, EXPORT_COLUMN_BEGUN, &out->has_begun_us, &out->begun_us);
	row_set_time(from, EXPORT_COLUMN_READ, &out->has_read_us, &out->read_us);
	row_set_time(from, EXPORT_COLUMN_ENDED, &out->has_ended_us, &out->ended_us);
	row_set_time(from, EXPORT_COLUMN_APPROVED, &out->has_approved_us, &out->approved_us);
}

Pb__Export *export_message(struct arena *arena, const struct query *rows, size_t row)
{
	struct row_source from = {arena, rows, row};
	Pb__Export *out = arena_new(arena, Pb__Export);

	if (out == NULL) {
		return NULL;
	}
	pb__export__init(out);
	row_set_uuid(&from, 0, &out->has_community_id, &out->community_id);
	row_set_uuid(&from, EXPORT_COLUMN_ID, &out->has_export_id, &out->export_id);
	row_set_uuid(&from, EXPORT_COLUMN_ACCOUNT, &out->has_account_id, &out->account_id);
	out->account_name = row_borrow_text(&from, EXPORT_COLUMN_ACCOUNT_NAME);
	out->has_state = out->has_format = out->has_rows_given = out->has_is_whole = true;
	out->state = (Pb__Export__State)row_int2(rows, row, EXPORT_COLUMN_STATE);
	out->format = (Pb__Export__Format)row_int2(rows, row, EXPORT_COLUMN_FORMAT);
	out->rows_given = (uint32_t)row_int4(rows, row, EXPORT_COLUMN_ROWS);
	out->is_whole = row_bool(rows, row, EXPORT_COLUMN_IS_WHOLE);
	out->list = list_inside_kept(arena, row_bytes(rows, row, EXPORT_COLUMN_LIST));
	set_columns(out, &from);
	set_times(out, &from);
	row_set_uuid(&from, EXPORT_COLUMN_APPROVER, &out->has_approver_id, &out->approver_id);
	out->approver_name = row_borrow_text(&from, EXPORT_COLUMN_APPROVER_NAME);
	return out;
}
