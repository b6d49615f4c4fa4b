/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/site.h"

#include <stdio.h>
#include <stdlib.h>

#include "account.pb-c.h"
#include "place.pb-c.h"

/* What is made gets its key as its id. */
static void make(struct live_client *admin, enum method method, const ProtobufCMessage *request,
	struct uuid *out_id)
{
	struct uuid key = live_key();
	struct client_result *result = live_call(admin, method, request, &key);

	if (result->err != ERR_OK) {
		printf("# %s: %s %.*s\n", method_rows[method].name, err_name(result->err),
			STR_ARG(result->field));
		(void)fflush(stdout);
		abort();
	}
	client_result_free(result);
	*out_id = key;
}

static void make_gate(struct live_client *admin, const char *code, struct live_site *out)
{
	Pb__PlaceCreate place = PB__PLACE_CREATE__INIT;
	Pb__PatchAssign patch = PB__PATCH_ASSIGN__INIT;
	ProtobufCBinaryData place_id;
	struct uuid key;

	place.has_community_id = place.has_kind = true;
	place.community_id = live_bytes(&out->community_id);
	place.kind = PB__PLACE__KIND__GATE;
	place.code = (char *)(uintptr_t)code;
	make(admin, METHOD_place_create, &place.base, &out->place_id);
	place_id = live_bytes(&out->place_id);
	patch.has_community_id = patch.has_team_id = true;
	patch.community_id = live_bytes(&out->community_id);
	patch.team_id = live_bytes(&out->team_id);
	patch.n_place_ids = 1;
	patch.place_ids = &place_id;
	make(admin, METHOD_patch_assign, &patch.base, &key);
}

static void make_team(struct live_client *admin, const char *name, struct live_site *out)
{
	Pb__TeamCreate team = PB__TEAM_CREATE__INIT;

	team.has_community_id = true;
	team.community_id = live_bytes(&out->community_id);
	team.name = (char *)(uintptr_t)name;
	make(admin, METHOD_team_create, &team.base, &out->team_id);
}

void live_team_make(struct live_client *admin, const struct live_site *site, const char *name,
	const char *gate, struct live_site *out)
{
	*out = *site;
	make_team(admin, name, out);
	make_gate(admin, gate, out);
}

void live_site_make(struct live_client *admin, struct live_site *out)
{
	Pb__CommunityCreate community = PB__COMMUNITY_CREATE__INIT;
	Pb__CrewCreate crew = PB__CREW_CREATE__INIT;
	Pb__CrewChange change = PB__CREW_CHANGE__INIT;
	struct uuid key;
	char suffix[UUID_TEXT_LEN + 1];
	char name[64];

	uuid_format(live_key(), suffix);
	(void)snprintf(name, sizeof(name), "云杉苑 %s", suffix);
	community.name = name;
	make(admin, METHOD_community_create, &community.base, &out->community_id);
	make_team(admin, "管家一组", out);
	make_gate(admin, "南门", out);
	(void)snprintf(name, sizeof(name), "水电班 %s", suffix);
	crew.name = name;
	make(admin, METHOD_crew_create, &crew.base, &out->crew_id);
	/* Histories end where they end, and leave more orders behind than a person would take. */
	change.has_crew_id = change.has_orders_max = true;
	change.crew_id = live_bytes(&out->crew_id);
	change.orders_max = 9999;
	make(admin, METHOD_crew_change, &change.base, &key);
}

static void add_grant(struct live_client *admin, const struct live_site *site,
	const struct role_row *role, struct live_account *account)
{
	Pb__GrantAdd in = PB__GRANT_ADD__INIT;

	assert(account->grant_count < LIVE_GRANTS_MAX);
	in.has_account_id = in.has_role = true;
	in.account_id = live_bytes(&account->account_id);
	in.role = (Pb__Grant__Role)role->role;
	in.has_community_id = role->scope == SCOPE_COMMUNITY || role->scope == SCOPE_TEAM;
	in.community_id = live_bytes(&site->community_id);
	in.has_team_id = role->scope == SCOPE_TEAM;
	in.team_id = live_bytes(&site->team_id);
	in.has_crew_id = role->scope == SCOPE_CREW;
	in.crew_id = live_bytes(&site->crew_id);
	make(admin, METHOD_grant_add, &in.base, &account->grant_ids[account->grant_count++]);
}

void live_account_make(struct live_client *admin, const struct live_site *site, const char *login,
	role_set roles, struct live_account *out)
{
	Pb__AccountCreate in = PB__ACCOUNT_CREATE__INIT;

	*out = (struct live_account){.grant_count = 0};
	(void)snprintf(out->login, sizeof(out->login), "%s", login);
	in.login = out->login;
	in.name = (char *)(uintptr_t) "古丽娜尔·买买提";
	in.password = (char *)(uintptr_t)LIVE_PASSWORD;
	make(admin, METHOD_account_create, &in.base, &out->account_id);
	for (size_t i = 0; i < role_row_count; i++) {
		if ((roles & ROLE_BIT(role_rows[i].role)) != 0) {
			add_grant(admin, site, &role_rows[i], out);
		}
	}
}

enum err live_grant_end(struct live_client *admin, const struct live_account *account, size_t grant)
{
	Pb__GrantEnd in = PB__GRANT_END__INIT;

	assert(grant < account->grant_count);
	in.has_grant_id = in.has_version = true;
	in.grant_id = live_bytes(&account->grant_ids[grant]);
	in.version = 1;
	return live_ask(admin, METHOD_grant_end, &in.base);
}
