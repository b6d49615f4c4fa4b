/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard people and places that scripts share, made once a run of the runner with names of their
 * own, so that the runner may be run against a server again. README.md lists the variables.
 */
#pragma once

#include "tests/wire/run.h"

/* Makes the run's link that of the person, logged in at first use; false after run_fail. */
bool desk_person(struct run *run, const char *person);

/* Gives the desk's variables to the run, making the desk first where there is none. */
bool desk_use(struct run *run);
