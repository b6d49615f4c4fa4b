/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/cast.h"

#include <stdio.h>

static const struct {
	const char *name;
	size_t count;
	role_set roles;
} parts[CAST_PART_COUNT] = {
	[CAST_LEADER] = {"leader", CAST_TEAMS, ROLE_BIT(ROLE_LEADER)},
	[CAST_DESK] = {"desk", 4, ROLE_BIT(ROLE_CUSTOMER_SERVICE)},
	[CAST_WORKER] = {"worker", 6, ROLE_BIT(ROLE_CREW_MEMBER)},
	[CAST_MANAGER] = {"manager", 2, ROLE_BIT(ROLE_MANAGER)},
};

static const struct {
	const char *team;
	const char *gate;
} more_teams[CAST_TEAMS - 1] = {{"管家二组", "北门"}, {"管家三组", "东门"}, {"管家四组", "西门"}};

size_t cast_count(enum cast_part part)
{
	return parts[part].count;
}

size_t cast_first(enum cast_part part)
{
	size_t first = 0;

	for (int before = 0; before < (int)part; before++) {
		first += parts[before].count;
	}
	assert(first + parts[part].count <= CAST_PEOPLE);
	return first;
}

static void make_person(
	struct cast *cast, struct live_client *admin, enum cast_part part, size_t number)
{
	struct cast_person *person = &cast->people[cast_first(part) + number];
	const struct live_site *site = &cast->sites[part == CAST_LEADER ? number : 0];
	struct live_client client;
	char login[32];

	person->part = part;
	(void)snprintf(login, sizeof(login), "%s%zu", parts[part].name, number);
	live_account_make(admin, site, login, parts[part].roles, &person->account);
	live_client_begin(&client, admin->server, login);
	memcpy(person->token, client.token, sizeof(person->token));
	live_client_close(&client);
}

void cast_make(struct cast *cast, struct live_server *server)
{
	struct live_client admin;

	*cast = (struct cast){.people = {{.part = CAST_LEADER}}};
	live_client_begin(&admin, server, LIVE_ADMIN);
	live_site_make(&admin, &cast->sites[0]);
	for (size_t i = 0; i < COUNT(more_teams); i++) {
		live_team_make(
			&admin, &cast->sites[0], more_teams[i].team, more_teams[i].gate, &cast->sites[i + 1]);
	}
	for (int part = 0; part < CAST_PART_COUNT; part++) {
		for (size_t i = 0; i < parts[part].count; i++) {
			make_person(cast, &admin, (enum cast_part)part, i);
		}
	}
	live_client_close(&admin);
}
