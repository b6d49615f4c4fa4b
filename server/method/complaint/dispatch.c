/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.dispatch: a crew is sent to the appointment (派单).
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

#define QUERY_CREW 1

static enum err check(struct request *r)
{
	const Pb__ComplaintDispatch *in = (const Pb__ComplaintDispatch *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_DISPATCH);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->crew_id = uuid_from_span(codec_span(true, in->crew_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	struct query *crew;

	complaint_step_load(r);
	crew = request_query(r, STMT_crew_get);
	query_uuid(crew, complaint_step_of(r)->crew_id);
}

static enum err decide(struct request *r)
{
	enum err err;

	complaint_step_of(r)->given = query_rows(&r->queries[QUERY_CREW]) == 1 ? NEEDS_CREW : 0;
	err = complaint_step_decide(r);
	return err == ERR_FIELD_INVALID ? request_refuse(r, err, "crew_id", "a crew of the company")
	                                : err;
}

const struct method_impl impl_complaint_dispatch = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
