/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/trying.h"

/*
 * Only steps that are decided by the record alone, without a code that could be tried out here without a limit.
 */
static const struct {
	enum method method;
	const struct method_impl *impl;
	enum right right; /* of method.def, once more */
} steps[] = {
	{METHOD_complaint_accept, &impl_complaint_accept, RIGHT_COMPLAINT_LEAD},
	{METHOD_complaint_pass, &impl_complaint_pass, RIGHT_COMPLAINT_HANDLE},
	{METHOD_complaint_classify, &impl_complaint_classify, RIGHT_COMPLAINT_HANDLE},
	{METHOD_complaint_resume, &impl_complaint_resume, RIGHT_COMPLAINT_LEAD},
};

void trying_begin(struct request *r, struct trying *trying)
{
	trying->outer_row = r->row;
	trying->outer_right = r->right;
	trying->outer_message = r->message;
	r->row = trying->row;
	r->right = trying->right;
	r->message = trying->message;
	r->state = trying->state;
}

void trying_end(struct request *r, struct trying *trying)
{
	trying->state = r->state;
	r->row = trying->outer_row;
	r->right = trying->outer_right;
	r->message = trying->outer_message;
	r->state = trying;
}

bool trying_find(struct str name, struct trying *trying)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (str_equal(name, str_from_c(method_rows[steps[i].method].name))) {
			trying->row = &method_rows[steps[i].method];
			trying->impl = steps[i].impl;
			trying->right = steps[i].right;
			assert(
				str_equal(str_from_c(trying->row->right), str_from_c(right_name(trying->right))));
			return true;
		}
	}
	return false;
}
