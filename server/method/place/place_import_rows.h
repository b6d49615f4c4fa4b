/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of an import between the message and the domain.
 */
#pragma once

#include "server/domain/place_import.h"
#include "server/request.h"

/* Of one request, from its check on; in the arena. */
struct place_import_state {
	struct place_import_row *rows;
	size_t count;
	int32_t from_day;
	struct place_import import;
};

/* `check` of place.import: the request's state, its rows as the domain wants them. */
enum err place_import_take(struct request *r) must_check;

/* Adds, as a parameter, every code that a row names: as itself, or as what it stands in. */
void place_import_add_codes(struct request *r, struct query *query);

/* Rows that name a team. */
size_t place_import_patch_count(const struct place_import_state *state);
