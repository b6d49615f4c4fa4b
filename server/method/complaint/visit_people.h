/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who could make a visit, and when each is free for it: rows of visit_candidates, visit_busy and visit_proven
 * (stmt.def) as what free_time.h proposes windows from.
 */
#pragma once

#include "server/domain/free_time.h"
#include "server/domain/visit.h"
#include "server/request.h"

/* One of the candidates, in the order in which they should be asked: who has less to do comes first. */
struct visit_person {
	struct uuid account_id;
	struct str name; /* borrowed from the row */
	struct free_person free;
};

struct visit_people {
	struct visit_person *ptr; /* in the arena */
	size_t count;
};

struct visit_rows {
	const struct query *candidates;
	const struct query *busy;
	const struct query *proven;
};

/*
 * Empty where nobody fits, or the arena failed.
 *
 *   is_named  a crew or person was asked for, or has it already: everybody who came fits. Else crews of the
 *             rule's trade, or, where it has none, the complaint's team
 */
struct visit_people visit_people_of(
	struct arena *arena, struct visit_rows rows, const struct visit_rule *rule, bool is_named);
