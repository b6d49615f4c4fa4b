/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.count: how many complaints a list would show, by state, as far as LIST_COUNT_MAX. It asks the same of the
 * same rows as the list, so it tells of none that who asks may not see.
 */
#include "server/method/complaint/list_filter.h"
#include "server/method/complaint/list_sum.h"
#include "server/request.h"

static enum err check(struct request *r)
{
	return list_filter_check(r, ((const Pb__ComplaintCount *)r->message)->filter);
}

static void load(struct request *r)
{
	if (list_begin(r)) {
		list_query(r, &(struct list_ask){.is_sum = true, .row_max = LIST_COUNT_MAX + 1});
	}
}

static enum err decide(struct request *r)
{
	Pb__ComplaintCountReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	list_sum_counts(r, &r->queries[0], out);
	return ERR_OK;
}

const struct method_impl impl_complaint_count = {
	.check = check,
	.load = load,
	.may = list_may,
	.decide = decide,
};
