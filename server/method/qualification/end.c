/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qualification.end: it does not count any more, since it was taken back or entered wrongly (资质注销). The row
 * stays, for what was decided on it.
 */
#include "server/method/message.h"
#include "server/method/qualification/qualification_row.h"

static void load(struct request *r)
{
	const Pb__QualificationEnd *in = (const Pb__QualificationEnd *)r->message;

	qualification_load(r, message_id(true, in->qualification_id));
}

static enum err decide(struct request *r)
{
	const Pb__QualificationEnd *in = (const Pb__QualificationEnd *)r->message;
	enum err err = qualification_guard(r, in->version);

	return err == ERR_OK ? qualification_change(r, STMT_qualification_end, in->version) : err;
}

const struct method_impl impl_qualification_end = {
	.load = load,
	.may = qualification_may,
	.decide = decide,
};
