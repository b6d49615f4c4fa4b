/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage at rest against the database and the protocol: what was acknowledged is there once, in order, and nothing
 * else is.
 */
#pragma once

#include "tests/faults/stage.h"
#include "tests/faults/venue.h"

/* After each round: all of the database; by the protocol what was touched in it. */
void audit_round(struct stage *stage, struct venue *venue);

/* At the end besides: what owners were told. */
void audit_told(struct stage *stage, struct venue *venue);
