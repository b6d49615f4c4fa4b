/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.kpi: the figures of kpi.def for months of a community. They are counted by one statement on the file lane, so
 * that no list or step waits behind a long one, and that statement records who was given what about whom.
 */
#include "server/method/report/kpi_asked.h"
#include "server/method/report/kpi_row.h"

#define REPORT_BYTES_MAX ((size_t)1024 * 1024) /* room of a report that is being counted */

static enum err decide(struct request *r)
{
	const struct asked *asked = r->state;
	Pb__ReportKpiReply *out = request_reply(r);
	struct query *query = request_plain_effect(r, STMT_report_kpi);

	if (out == NULL || query == NULL) {
		return ERR_BUSY;
	}
	out->has_is_whole = true;
	out->is_whole = asked_is_whole(asked);
	asked_add(r, query, KPI_ROWS_MAX + 1); /* one more tells whether there are more */
	return ERR_OK;
}

static void fill(struct request *r)
{
	const struct asked *asked = r->state;

	kpi_rows(&r->arena, r->effect, asked->is_personal, (Pb__ReportKpiReply *)r->reply);
}

const struct method_impl impl_report_kpi = {
	.check = asked_check,
	.load = asked_load,
	.may = asked_may,
	.decide = decide,
	.fill = fill,
	.file_bytes = REPORT_BYTES_MAX,
};
