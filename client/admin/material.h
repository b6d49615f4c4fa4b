/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was used up in a visit, as it is typed: "name:quantity:unit:price", 门机皮带:1.5:米:12.50, or, of the
 * company's list, "code:quantity". The quantity has up to three decimals, the price is that of one unit, in
 * yuan with up to two.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

#include "complaint.pb-c.h"

enum material_verdict {
	MATERIAL_OK,
	MATERIAL_PARTS,    /* neither two nor four parts, or no name or unit */
	MATERIAL_QUANTITY, /* no amount of thousandths above nothing */
	MATERIAL_PRICE,    /* no amount of fen */
};

/*
 * Reads one; of more than one colon the last three part it, so a name may hold some.
 *
 *   out  initialised; its texts are the arena's. Set with OK only
 */
enum material_verdict material_parse(
	struct str text, struct arena *arena, Pb__Material *out) must_check;
