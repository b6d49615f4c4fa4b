/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of report_kpi as the rows of a reply: figures of one group side by side, each with its rate and target, and a
 * person's with the team's in its place where there were too few answers.
 */
#pragma once

#include "report.pb-c.h"
#include "server/db/query.h"

#define KPI_ROWS_MAX 1000 /* groups in a reply */

/* Sets rows and has_more; empty where the arena failed. */
void kpi_rows(
	struct arena *arena, const struct query *query, bool is_personal, Pb__ReportKpiReply *out);
