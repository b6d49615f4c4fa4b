/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the present step of a journey says, drawn from its dice and encoded. Inside of journey.c only.
 */
#pragma once

#include "tests/faults/journey.h"

/* Sets method, body and wants_code; follows what the words mean (team, worker) in the journey. */
void journey_body_draw(struct journey *journey);
