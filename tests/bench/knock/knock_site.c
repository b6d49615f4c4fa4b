/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People to ask as, and complaints to ask for. One line each: community, team, place, token, complaint.
 */
#include "tests/bench/knock/knock.h"
#include "tests/live/site.h"
#include "tests/live/walk.h"

#define COMPLAINTS_MAX 100000
#define PHONE "13900001234"

static void say_id(const char *name, const struct uuid *id)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(*id, text);
	knock_say("%s %s", name, text);
}

static void say_token(const struct live_client *client)
{
	char text[2 * sizeof(client->token) + 1];

	for (size_t i = 0; i < sizeof(client->token); i++) {
		(void)snprintf(text + 2 * i, 3, "%02x", client->token[i]);
	}
	knock_say("token %s", text);
}

static void submit(struct live_client *client, const struct live_site *site)
{
	struct walk_manner manner = {.phone = PHONE};
	struct walk walk;
	struct client_ask ask;
	struct client_result *result;

	walk_begin_in(&walk, site, &manner);
	ask = walk_ask(&walk);
	result = client_loop_call(&client->loop, &ask);
	knock_need(result->err == ERR_OK, err_name(result->err));
	client_result_free(result);
	say_id("complaint", &walk.complaint_id);
}

void knock_site(struct knock *knock)
{
	size_t count = knock_number(knock, 0, COMPLAINTS_MAX);
	struct live_client admin;
	struct live_client client;
	struct live_site site;
	struct live_account account;

	live_client_begin(&admin, &knock->server, LIVE_ADMIN);
	live_site_make(&admin, &site);
	live_account_make(&admin, &site, "meiling", LIVE_WALKER, &account);
	live_client_close(&admin);
	live_client_begin(&client, &knock->server, account.login);
	say_id("community", &site.community_id);
	say_id("team", &site.team_id);
	say_id("place", &site.place_id);
	say_token(&client);
	for (size_t i = 0; i < count; i++) {
		submit(&client, &site);
	}
	live_client_close(&client);
}
