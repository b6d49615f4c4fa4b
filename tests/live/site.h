/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A company with one community, one team, its gate, one crew, and people in it, made through the protocol. Every
 * password is LIVE_PASSWORD.
 */
#pragma once

#include "server/domain/access.h"
#include "tests/live/client.h"

struct live_site {
	struct uuid community_id;
	struct uuid team_id;
	struct uuid crew_id;
	struct uuid place_id; /* a gate of the team's: nobody's home */
};

#define LIVE_GRANTS_MAX 4

struct live_account {
	char login[32];
	struct uuid account_id;
	struct uuid grant_ids[LIVE_GRANTS_MAX]; /* by role, ascending; version 1 each */
	size_t grant_count;
};

/* The roles of somebody who takes a complaint all the way by himself. */
#define LIVE_WALKER \
	(ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_CUSTOMER_SERVICE) | ROLE_BIT(ROLE_CREW_MEMBER))

/* By the administrator's connection; names are new ones each time. */
void live_site_make(struct live_client *admin, struct live_site *out);

/* A further team of the site's community, with a gate of its own; community and crew are the site's. */
void live_team_make(struct live_client *admin, const struct live_site *site, const char *name,
	const char *gate, struct live_site *out);

/* Somebody with these roles in the site. */
void live_account_make(struct live_client *admin, const struct live_site *site, const char *login,
	role_set roles, struct live_account *out);

/* Ends one of the account's grants. */
enum err live_grant_end(
	struct live_client *admin, const struct live_account *account, size_t grant);
