/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A complaint's clocks, from complaint_clock_get to its message.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/request.h"

/* Nothing where it has none: history, and what came before there were clocks. */
void complaint_clocks_set(struct request *r, const struct query *row, Pb__Complaint *out);
