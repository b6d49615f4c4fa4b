/* SPDX-License-Identifier: Apache-2.0 */
/* A complaint of the desk's community in the state that a script begins with. */
#pragma once

#include "tests/wire/run.h"

/*
 * Submits a complaint and takes it, step by step and by the right people, to this state; README.md lists
 * the variables that it sets. The run's link stays what it was.
 */
bool flow_use(struct run *run, const char *state);
