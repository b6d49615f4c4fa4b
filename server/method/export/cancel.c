/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.cancel: no more of it can be read. By who began it, or by who might have approved it.
 */
#include "server/method/export/export_finish.h"
#include "server/method/export/export_row.h"
#include "server/method/message.h"

static struct uuid export_id_of(const struct request *r)
{
	return message_id(true, ((const Pb__ExportCancel *)r->message)->export_id);
}

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__ExportCancel *)r->message)->community_id);
	return ERR_OK;
}

static void load(struct request *r)
{
	export_load(r, export_id_of(r));
}

static enum err decide(struct request *r)
{
	return export_finish(r, export_id_of(r), PB__EXPORT__STATE__CANCELLED);
}

static void mint(struct request *r, struct str minted)
{
	Pb__ExportCancelReply *out = (Pb__ExportCancelReply *)r->reply;

	out->has_rows_given = true;
	out->rows_given = export_finish_rows(minted);
}

const struct method_impl impl_export_cancel = {
	.check = check,
	.load = load,
	.may = export_may_any,
	.decide = decide,
	.mint = mint,
};
