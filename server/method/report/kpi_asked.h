/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report is asked for: which months, grouped by what, about whom; whether that may be; and the parameters of
 * report_kpi that follow from it.
 */
#pragma once

#include "report.pb-c.h"
#include "server/method/report/report_reach.h"

/* Lives in request.state. */
struct asked {
	int32_t first_day, end_day;           /* half open */
	int groups[PB__REPORT__GROUP__MONTH]; /* each once */
	size_t group_count;
	struct uuid team_id;        /* nil: any */
	struct uuid account_id;     /* nil: a report that is not about one person */
	bool is_self;               /* it is about who asks */
	bool is_personal;           /* it is about people */
	struct report_reach *reach; /* NULL before load */
};

/* `check`, `load` and `may` of the method. */
enum err asked_check(struct request *r);
void asked_load(struct request *r);
enum err asked_may(struct request *r);

/* All parameters of the statement. */
void asked_add(struct request *r, struct query *query, int32_t rows_max);

/* Is all of the community counted? */
bool asked_is_whole(const struct asked *asked);
