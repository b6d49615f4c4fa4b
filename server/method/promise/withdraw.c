/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.withdraw: whoever proposed a set takes it back before anybody has decided.
 */
#include "server/method/promise/promise_end.h"
#include "server/principal.h"

static void load(struct request *r)
{
	promise_load_set(r, ((const Pb__PromiseWithdraw *)r->message)->set_no);
}

static enum err decide(struct request *r)
{
	const Pb__PromiseWithdraw *in = (const Pb__PromiseWithdraw *)r->message;
	enum err err = promise_check_open(r, in->version);

	if (err != ERR_OK) {
		return err;
	}
	if (!uuid_equal(promise_proposed_by(r), r->principal->account_id)) {
		return request_refuse(r, ERR_DENIED, "set_no", "a set that you proposed yourself");
	}
	return promise_end(
		r, (struct promise_ending){in->set_no, in->version, STR(""), PROMISE_STEP_WITHDRAW});
}

const struct method_impl impl_promise_withdraw = {
	.load = load,
	.may = promise_may,
	.decide = decide,
};
