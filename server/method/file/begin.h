/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What file.begin asks of its message and rows before it decides: what the file is for, whose places it takes, who may.
 */
#pragma once

#include "server/method/file/file_row.h"

enum { BEGIN_SAME_ID, BEGIN_SLOTS, BEGIN_COMPLAINT }; /* its queries */

const Pb__FileBegin *begin_message(const struct request *r);
const struct file_purpose_row *begin_purpose(const struct request *r);
/* Does it show the work, or is it the signature: what only belongs to a visit. */
bool begin_is_of_a_visit(const struct request *r);
/* The complaint, or the account of who sends it for one to come. */
struct uuid begin_holder(const struct request *r);

enum err begin_may(struct request *r);
struct uuid begin_grant(const struct request *r);
