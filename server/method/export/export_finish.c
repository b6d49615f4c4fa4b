/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/export/export_finish.h"

#include "server/method/export/export_row.h"

enum err export_finish(struct request *r, struct uuid export_id, Pb__Export__State state)
{
	const struct query *row = export_row_of(r);
	bool is_whole = row_bool(row, 0, EXPORT_COLUMN_IS_WHOLE);
	struct query *query;

	if (row_int2(row, 0, EXPORT_COLUMN_STATE) != PB__EXPORT__STATE__OPEN ||
		(state == PB__EXPORT__STATE__DONE && !is_whole)) {
		return export_refuse(r, ERR_STEP_REFUSED);
	}
	request_reply_version(r, (uint32_t)row_int4(row, 0, EXPORT_COLUMN_VERSION) + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_export_finish, export_id, export_granted_by(r));
	if (query != NULL) {
		query_int2(query, (int)state);
		query_uuid(query, row_uuid(row, 0, EXPORT_COLUMN_ACCOUNT));
	}
	return ERR_OK;
}

uint32_t export_finish_rows(struct str minted)
{
	uint32_t rows = 0;

	for (size_t i = 0; i < minted.len; i++) { /* an int4 of ours, never negative */
		assert(minted.ptr[i] >= '0' && minted.ptr[i] <= '9');
		rows = rows * 10 + (uint32_t)(minted.ptr[i] - '0');
	}
	return rows;
}
