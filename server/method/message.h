/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of people and places as messages; in the arena, NULL where it failed.
 */
#pragma once

#include "account.pb-c.h"
#include "place.pb-c.h"
#include "server/db/query.h"
#include "server/principal.h"

/* An id as a field's bytes, in the arena. */
ProtobufCBinaryData message_uuid(struct arena *arena, struct uuid id);

/* An id that may be absent: nil then. */
struct uuid message_id(bool is_there, ProtobufCBinaryData bytes);

/* Of login_account, account_get, account_list. */
Pb__Account *message_account(struct arena *arena, const struct query *query, size_t row);
Pb__Account *message_account_of(struct arena *arena, const struct principal *principal);
/* Of principal_grants, grant_get, grant_list. */
Pb__Grant *message_grant(struct arena *arena, const struct query *query, size_t row);

Pb__Community *message_community(struct arena *arena, const struct query *query, size_t row);
Pb__Team *message_team(struct arena *arena, const struct query *query, size_t row);
/* All the rows of team_members or crew_members. */
Pb__TeamMember **message_members(struct arena *arena, const struct query *query, size_t *out_count);

Pb__Crew *message_crew(struct arena *arena, const struct query *query, size_t row);
