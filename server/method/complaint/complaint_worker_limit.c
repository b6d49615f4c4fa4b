/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of whoever is sent, beside their time: the proof that the work needs, and that they have not
 * too many orders already.
 */
#include "server/domain/visit.h"
#include "server/method/complaint/complaint_worker.h"

/* Columns of visit_proofs. */
enum { PROOF_KIND, PROOF_ID, PROOF_VERSION };

enum err complaint_worker_proof(struct request *r, const struct query *proofs)
{
	struct complaint_step_state *state = complaint_step_of(r);
	enum qualification needed = visit_rule_of(state->record.category)->qualification;
	bool is_crew = uuid_is_nil(state->record.worker_id);

	if (needed == QUALIFICATION_NONE) {
		return ERR_OK;
	}
	for (size_t i = 0; i < query_rows(proofs); i++) {
		if (row_int2(proofs, i, PROOF_KIND) == (int)needed) {
			state->proof_id = row_uuid(proofs, i, PROOF_ID);
			state->proof_version = (uint32_t)row_int4(proofs, i, PROOF_VERSION);
			return ERR_OK;
		}
	}
	return request_refuse(
		r, ERR_UNQUALIFIED, is_crew ? "crew_id" : "worker_id", qualification_name((int)needed));
}

enum err complaint_worker_orders(struct request *r, const struct query *busy)
{
	struct complaint_step_state *state = complaint_step_of(r);
	int own = row_int2(busy, 0, BUSY_ORDERS_MAX);
	int max = own == 0 ? VISIT_ORDERS_MAX : own;

	if (row_int8(busy, 0, BUSY_ORDERS) >= max) {
		return request_refuse(r, ERR_ORDERS_FULL, "worker_id", "somebody with fewer open orders");
	}
	state->orders_max = max;
	return ERR_OK;
}
