/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a complaint stands after a sequence of steps, by the server's own table (server/domain/complaint.def) and
 * nothing else.
 */
#pragma once

#include "server/domain/complaint.h"

struct fold {
	enum complaint_state state;  /* 0: not submitted */
	enum complaint_state before; /* with SUSPENDED and MERGED; else 0 */
};

/* The state that the step leads to; 0 where it does not follow. */
enum complaint_state fold_ask(const struct fold *fold, enum complaint_step step);

/* Takes the step, which follows. */
void fold_take(struct fold *fold, enum complaint_step step);
