/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an answer says what was asked for: the ids, the state, as many rows as there must be.
 */
#pragma once

#include "tests/bench/pick.h"
#include "tests/bench/question.h"

bool reply_is_right(
	enum question_kind kind, struct span body, const struct pick_target *target) must_check;
