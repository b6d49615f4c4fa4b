/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `guanjiad backup` and `guanjiad restore`: the two commands that do not begin with a data directory of
 * one's own, since one works beside a server and the other makes one. What they did is on standard
 * output, "name=value" a line, in the order of docs/operations.md; `guanjia backup` makes words of it.
 */
#pragma once

#include "server/options.h"

/* Exit codes, as of main; what there was to say has been printed. */
int backup_command(const struct options *options) must_check;
int restore_command(const struct options *options) must_check;
