/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.end: it is there to the last page, so nothing more of it can be read.
 */
#include "server/method/export/export_finish.h"
#include "server/method/export/export_row.h"
#include "server/method/message.h"

static struct uuid export_id_of(const struct request *r)
{
	return message_id(true, ((const Pb__ExportEnd *)r->message)->export_id);
}

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__ExportEnd *)r->message)->community_id);
	return ERR_OK;
}

static void load(struct request *r)
{
	export_load(r, export_id_of(r));
}

static enum err decide(struct request *r)
{
	return export_finish(r, export_id_of(r), PB__EXPORT__STATE__DONE);
}

static void mint(struct request *r, struct str minted)
{
	Pb__ExportEndReply *out = (Pb__ExportEndReply *)r->reply;

	out->has_rows_given = true;
	out->rows_given = export_finish_rows(minted);
}

const struct method_impl impl_export_end = {
	.check = check,
	.load = load,
	.may = export_may_own,
	.decide = decide,
	.mint = mint,
};
