/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner asks again (催办), by telephone or by the receipt's code: what both ways have in common.
 */
#pragma once

#include "server/method/complaint/complaint_step.h"

/* For state.apply: counts it, where an hour has passed since the last time that counted. */
enum err complaint_chase_apply(struct request *r, struct complaint_step_state *state);

/* Has it? After the complaint was loaded. */
bool complaint_chase_counts(const struct request *r);
