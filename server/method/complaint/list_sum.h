/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a sum of stmt_list.def: how many there are in each state, and where each hundredth stands.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/request.h"

/* Into a reply of complaint.count: it stops at LIST_COUNT_MAX. */
void list_sum_counts(struct request *r, const struct query *sum, Pb__ComplaintCountReply *out);

/* Into a reply of complaint.list: they stop at LIST_ANCHOR_MAX. */
void list_sum_anchors(struct request *r, const struct query *sum, Pb__ComplaintListReply *out);
