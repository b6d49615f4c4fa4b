/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A crew's trades as they are stored.
 */
#pragma once

#include "place.pb-c.h"
#include "server/db/query.h"

/* Adds them as the next parameter: ascending, each once. */
void crew_add_trades(struct query *query, const Pb__Crew__Trade *trades, size_t count);
