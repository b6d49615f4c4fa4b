/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What file.end keeps: reply and statement of a file whose check was good.
 */
#pragma once

#include "server/file_check.h"
#include "server/method/file/file_row.h"

void end_set_reply(Pb__FileEndReply *out, const Pb__File *file);
enum err end_keep(struct request *r, const struct file_check_state *state);
