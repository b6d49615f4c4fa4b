/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qualification.verify: a second person has seen the original (资质核验). Neither who added it, nor the person
 * it is of.
 */
#include "server/method/message.h"
#include "server/method/qualification/qualification_row.h"
#include "server/principal.h"

static void load(struct request *r)
{
	const Pb__QualificationVerify *in = (const Pb__QualificationVerify *)r->message;

	qualification_load(r, message_id(true, in->qualification_id));
}

static enum err decide(struct request *r)
{
	const Pb__QualificationVerify *in = (const Pb__QualificationVerify *)r->message;
	const struct query *rows = &r->queries[0];
	struct uuid me = r->principal->account_id;
	enum err err = qualification_guard(r, in->version);

	if (err != ERR_OK) {
		return err;
	}
	if (!row_is_null(rows, 0, QUALIFICATION_COLUMN_VERIFIED)) {
		return qualification_refuse(r, ERR_STEP_REFUSED);
	}
	if (uuid_equal(me, row_uuid(rows, 0, QUALIFICATION_COLUMN_ADDED_BY)) ||
		uuid_equal(me, row_uuid(rows, 0, QUALIFICATION_COLUMN_ACCOUNT_ID))) {
		return request_refuse(
			r, ERR_DENIED, "verified_by_id", "neither who added it, nor the person it is of");
	}
	return qualification_change(r, STMT_qualification_verify, in->version);
}

const struct method_impl impl_qualification_verify = {
	.load = load,
	.may = qualification_may,
	.decide = decide,
};
