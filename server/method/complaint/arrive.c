/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.arrive: the person or crew dispatched is on site (到场); inside a home only with the consent to enter.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

enum { KIND_DWELLING = 3 }; /* Place.Kind */

static enum err check(struct request *r)
{
	const Pb__ComplaintArrive *in = (const Pb__ComplaintArrive *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_ARRIVE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->given = in->has_has_entry_consent && in->has_entry_consent ? NEED_BIT(NEED_CONSENT) : 0;
	return ERR_OK;
}

/* Outside a home nobody has to let them in. */
static enum err decide(struct request *r)
{
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	if (record.place_kind != KIND_DWELLING) {
		complaint_step_of(r)->given |= NEED_BIT(NEED_CONSENT);
	}
	return complaint_step_decide(r);
}

const struct method_impl impl_complaint_arrive = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = decide,
};
