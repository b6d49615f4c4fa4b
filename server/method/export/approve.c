/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.approve: a second person lets it have as many rows as there are. The table refuses the same person too,
 * whatever stands here.
 */
#include "server/method/export/export_row.h"
#include "server/method/message.h"

static struct uuid export_id_of(const struct request *r)
{
	return message_id(true, ((const Pb__ExportApprove *)r->message)->export_id);
}

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__ExportApprove *)r->message)->community_id);
	return ERR_OK;
}

static void load(struct request *r)
{
	export_load(r, export_id_of(r));
}

static enum err decide(struct request *r)
{
	const struct query *row = export_row_of(r);

	if (export_is_own(r)) {
		return ERR_SECOND_PERSON;
	}
	if (row_int2(row, 0, EXPORT_COLUMN_STATE) != PB__EXPORT__STATE__OPEN ||
		!row_is_null(row, 0, EXPORT_COLUMN_APPROVER)) {
		return export_refuse(r, ERR_STEP_REFUSED);
	}
	request_reply_version(r, (uint32_t)row_int4(row, 0, EXPORT_COLUMN_VERSION) + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	(void)request_effect(r, STMT_export_approve, export_id_of(r), export_granted_by(r));
	return ERR_OK;
}

const struct method_impl impl_export_approve = {
	.check = check,
	.load = load,
	.may = export_may_any,
	.decide = decide,
};
