/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a complaint has to do with others: a repeat of one, one of many, a part of one, asked about again.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/method/row_message.h"

/* From a row with the columns of complaint_column.h. */
void complaint_joined_set(Pb__Complaint *out, const struct row_source *from);
