/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.classify: what it is about, chosen by a person (归类): a suggestion from the text may be wrong, and who
 * may be sent goes by it.
 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/method/complaint/complaint_step.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	state->chosen_category = ((const Pb__ComplaintClassify *)r->message)->category;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintClassify *in = (const Pb__ComplaintClassify *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_CLASSIFY);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->given = category_is_known(in->category) ? NEED_BIT(NEED_CATEGORY) : 0;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_classify = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
