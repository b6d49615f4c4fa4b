/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.reject: whoever could approve a proposed set turns it down, and says why.
 */
#include "server/method/promise/promise_end.h"
#include "server/principal.h"

static void load(struct request *r)
{
	promise_load_set(r, ((const Pb__PromiseReject *)r->message)->set_no);
}

static enum err decide(struct request *r)
{
	const Pb__PromiseReject *in = (const Pb__PromiseReject *)r->message;
	enum err err = promise_check_open(r, in->version);

	if (err != ERR_OK) {
		return err;
	}
	if (uuid_equal(promise_proposed_by(r), r->principal->account_id)) {
		return ERR_SECOND_PERSON; /* who proposed it takes it back */
	}
	return promise_end(r, (struct promise_ending){
							  in->set_no, in->version, codec_str(in->reason), PROMISE_STEP_REJECT});
}

const struct method_impl impl_promise_reject = {
	.load = load,
	.may = promise_may,
	.decide = decide,
};
