/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the methods of places and patches share: rows as messages, and whose the community is.
 */
#pragma once

#include "place.pb-c.h"
#include "server/request.h"

/* The first query of each of these methods: the community, for place_may. */
#define PLACE_QUERY_COMMUNITY 0

void place_load_community(struct request *r);

/* A community there is, and a grant with the method's right that has to do with it. */
enum err place_may(struct request *r);

/* That grant, for the record. */
struct uuid place_granted_by(const struct request *r);

/* PLACE_COLUMNS of stmt.def; in the arena, NULL where it failed. */
Pb__Place *place_row_message(struct arena *arena, const struct query *query, size_t row);

/*
 * A day of a request, which names the field.
 *
 *   returns  ERR_OK | ERR_FIELD_RANGE (there is no such day)
 */
enum err place_day(
	struct request *r, const char *field, uint32_t number, int32_t *out_day) must_check;
