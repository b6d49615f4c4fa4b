/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/fold.h"

enum complaint_state fold_ask(const struct fold *fold, enum complaint_step step)
{
	const struct complaint_move *move;

	if (fold->state == 0) {
		return step == COMPLAINT_STEP_SUBMIT ? COMPLAINT_SUBMITTED : (enum complaint_state)0;
	}
	move = complaint_move(fold->state, step);
	if (move == NULL) {
		return (enum complaint_state)0;
	}
	if (move->to == COMPLAINT_SAME) {
		return fold->state;
	}
	return move->to == COMPLAINT_BEFORE ? fold->before : move->to;
}

void fold_take(struct fold *fold, enum complaint_step step)
{
	enum complaint_state to = fold_ask(fold, step);

	assert(to != 0);
	if (to == fold->state) {
		return; /* nor does it forget where it was before a pause */
	}
	fold->before =
		to == COMPLAINT_SUSPENDED || to == COMPLAINT_MERGED ? fold->state : (enum complaint_state)0;
	fold->state = to;
}
