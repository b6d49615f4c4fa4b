/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a good import writes: every row with an id of its own, in the columns that place_import unnests.
 */
#pragma once

#include "server/method/place/place_import_rows.h"

/*
 * The effect. The reply has been filled in, and no row is bad.
 *
 *   patch_count  rows that name a team
 */
void place_import_effect(
	struct request *r, const struct place_import_state *state, size_t patch_count);
