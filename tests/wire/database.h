/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's own database, for what no request can bring about: that time passes.
 */
#pragma once

#include "tests/wire/run.h"

/* Runs statements, connecting first where nobody has; false after run_fail. */
bool database_run(struct run *run, const char *sql);

/* Of the world; where nobody has connected nothing is done. */
void database_close(struct world *world);
