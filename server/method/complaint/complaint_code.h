/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-time codes that come back: whoever gives one back is the owner. A wrong one costs a try, whatever
 * else becomes of the request; the right one is used by the step's own statement, behind its guard.
 */
#pragma once

#include "server/method/complaint/complaint_step.h"
#include "server/method/complaint/complaint_tell.h"

/* In load: the newest code of this purpose, by community and complaint. */
void complaint_code_load(struct request *r, struct uuid complaint_id, enum code_purpose purpose);

enum code_verdict { CODE_IS_RIGHT, CODE_IS_WRONG, CODE_IS_SPENT };

/* Of a row of code_newest; where it is right the step will use it (state.used_code_*). */
enum code_verdict complaint_code_check(
	struct request *r, const struct query *code, enum code_purpose purpose, struct str digits);

/*
 * The refusal of one that is not right: CODE_SPENT; or CODE_WRONG, with the effect that costs a try and
 * the number of tries left.
 */
enum err complaint_code_refuse(
	struct request *r, const struct query *code, enum code_verdict verdict);

/* When another code may be sent: 0 is now. */
int64_t complaint_code_again_us(const struct request *r, const struct query *code);
