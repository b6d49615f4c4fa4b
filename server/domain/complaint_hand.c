/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_hand.h"

bool complaint_is_mine(const struct complaint_tie *tie)
{
	role_set hands = complaint_who_roles(WHO_LEAD, tie->lead, tie->has_officer);

	if (tie->sees == 0) {
		return false;
	}
	if (!tie->has_team) {
		hands |= ROLE_BIT(ROLE_CUSTOMER_SERVICE);
	}
	return tie->is_worker || tie->is_submitter || (tie->sees & hands) != 0;
}

role_set complaint_team_roles(void)
{
	role_set roles = 0;

	for (size_t i = 0; i < role_row_count; i++) {
		if (role_rows[i].scope == SCOPE_TEAM || role_rows[i].scope == SCOPE_CREW) {
			roles |= ROLE_BIT(role_rows[i].role);
		}
	}
	return roles;
}
