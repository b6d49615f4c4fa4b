/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/desk.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/wire/call.h"
#include "tests/wire/link.h"

#define PASSWORD "kranich-laterne-41" /* of everybody at the desk */

/* The desk in the order in which it is made. Names are invented. */
static const struct place {
	const char *variable;
	const char *method;
	const char *reply; /* the member that holds its id */
	const char *body;  /* as a script would write it */
} places[] = {
	{"community", "community.create", "community_id", "{\"name\": \"桂园 $run\"}"},
	{"other_community", "community.create", "community_id", "{\"name\": \"柳苑 $run\"}"},
	{"team", "team.create", "team_id", "{\"community_id\": $community, \"name\": \"东区 $run\"}"},
	{"other_team", "team.create", "team_id",
		"{\"community_id\": $community, \"name\": \"西区 $run\"}"},
	{"far_team", "team.create", "team_id",
		"{\"community_id\": $other_community, \"name\": \"北区 $run\"}"},
	/* a complaint belongs to the team that has its place today */
	{"building", "place.create", "place_id",
		"{\"community_id\": $community, \"kind\": \"BUILDING\", \"code\": \"3\"}"},
	{"entrance", "place.create", "place_id",
		"{\"community_id\": $community, \"kind\": \"ENTRANCE\", \"code\": \"3-2\", \"parent_id\": "
		"$building}"},
	{"home", "place.create", "place_id",
		"{\"community_id\": $community, \"kind\": \"DWELLING\", \"code\": \"3-2-1201\", \"name\": "
		"\"3号楼2单元1201室\", \"parent_id\": $entrance}"},
	{"gate", "place.create", "place_id",
		"{\"community_id\": $community, \"kind\": \"GATE\", \"code\": \"南门\"}"},
	{"garden", "place.create", "place_id",
		"{\"community_id\": $community, \"kind\": \"GARDEN\", \"code\": \"西花园\"}"},
	{"garage", "place.create", "place_id",
		"{\"community_id\": $community, \"kind\": \"GARAGE\", \"code\": \"地库\"}"},
	{"far_gate", "place.create", "place_id",
		"{\"community_id\": $other_community, \"kind\": \"GATE\", \"code\": \"北门\"}"},
	{"patches", "patch.assign", "patch_ids",
		"{\"community_id\": $community, \"place_ids\": [$entrance, $gate], \"team_id\": $team}"},
	{"other_patches", "patch.assign", "patch_ids",
		"{\"community_id\": $community, \"place_ids\": [$garden], \"team_id\": $other_team}"},
	{"far_patches", "patch.assign", "patch_ids",
		"{\"community_id\": $other_community, \"place_ids\": [$far_gate], \"team_id\": $far_team}"},
	{"crew", "crew.create", "crew_id", "{\"name\": \"电梯组 $run\"}"},
	{"other_crew", "crew.create", "crew_id", "{\"name\": \"水暖组 $run\"}"},
};

static const struct person {
	const char *person; /* as in `as person`; the login is person-run */
	const char *name;
	const char *grant; /* without the account */
} people[] = {
	{"service", "林晚舟", "\"role\": \"CUSTOMER_SERVICE\", \"community_id\": $community"},
	{"manager", "周砚秋", "\"role\": \"MANAGER\", \"community_id\": $community"},
	{"officer", "陈溪亭",
		"\"role\": \"OFFICER\", \"community_id\": $community, \"team_id\": $team"},
	{"leader", "吴霁川", "\"role\": \"LEADER\", \"community_id\": $community, \"team_id\": $team"},
	{"cleaner", "热依汗·艾山",
		"\"role\": \"CLEANER\", \"community_id\": $community, \"team_id\": $team"},
	{"guard", "石听涛", "\"role\": \"GUARD\", \"community_id\": $community, \"team_id\": $team"},
	{"neighbour", "沈棠一",
		"\"role\": \"LEADER\", \"community_id\": $community, \"team_id\": $other_team"},
	{"other_leader", "韩竹影",
		"\"role\": \"LEADER\", \"community_id\": $other_community, \"team_id\": $far_team"},
	{"crew", "阿依努尔·图尔逊", "\"role\": \"CREW_MEMBER\", \"crew_id\": $crew"},
	{"mate", "马春来", "\"role\": \"CREW_MEMBER\", \"crew_id\": $crew"},
	{"other_crew", "罗松月", "\"role\": \"CREW_MEMBER\", \"crew_id\": $other_crew"},
	{"inspector", "顾见微", "\"role\": \"INSPECTOR\", \"community_id\": $community"},
	{"director", "秦望舒", "\"role\": \"DIRECTOR\""},
	{"nobody", "白鹭生", NULL},
};

/* Some complaints are about people in a lift: one of $crew has the licence that it takes. */
static const char *const papers[] = {
	"as administrator",
	("call qualification.add {\"account_id\": $crew_account, \"kind\": \"LIFT\", \"number\": "
	 "\"T6501-$run\", \"from_day\": 20260101, \"last_day\": 20991231}"),
	"ok",
	"save lift_licence = .qualification_id",
	"as director",
	"call qualification.verify {\"qualification_id\": $lift_licence, \"version\": 1}",
	"ok",
};

/* ---- logging in ----------------------------------------------------------------------------- */

static json_t *text_of(struct run *run, const char *variable)
{
	json_t *value = json_object_get(run->variables, variable);

	if (!json_is_string(value)) {
		(void)run_fail(run, "no $%s: begin with `use desk`", variable);
		return NULL;
	}
	return value;
}

/* False where this is nobody's name. */
static bool credentials(
	struct run *run, const char *person, const char **out_login, const char **out_password)
{
	char variable[RUN_NAME_MAX + 8];
	json_t *login;

	if (strcmp(person, "administrator") == 0) {
		*out_login = run->world->login;
		*out_password = run->world->password;
		return true;
	}
	(void)snprintf(variable, sizeof(variable), "%s_login", person);
	login = text_of(run, variable);
	if (login == NULL) {
		return false;
	}
	*out_login = json_string_value(login);
	*out_password = PASSWORD;
	return true;
}

static bool log_in(struct run *run, const char *person)
{
	const char *login = NULL;
	const char *password = NULL;

	if (!credentials(run, person, &login, &password) ||
		!run_connect(run, person, run->world->context) || !run_statement(run, "hello") ||
		!run_statement(run, "hear {\"hello\": {\"version\": 1}}")) {
		return false;
	}
	return call_simply(run, "session.login",
			   json_pack("{s:s, s:s, s:O}", "login", login, "password", password, "device_id",
				   json_object_get(run->variables, "device"))) != NULL;
}

bool desk_person(struct run *run, const char *person)
{
	struct link *link = run_link(run, person);

	if (strlen(person) >= RUN_NAME_MAX) {
		return run_fail(run, "'%s' is nobody", person);
	}
	if (link == NULL) {
		return log_in(run, person);
	}
	run->link = link;
	return true;
}

/* ---- the desk ------------------------------------------------------------------------------- */

/* Asks with a body written as in a script; keeps a member of the reply as a variable. */
static bool make(
	struct run *run, const char *method, const char *body, const char *member, const char *variable)
{
	struct cursor cursor = cursor_of(run, body);
	json_t *json = cursor_json(&cursor);
	json_t *reply = json == NULL ? NULL : call_simply(run, method, json_incref(json));

	if (reply == NULL) {
		return false;
	}
	run_set(run, variable, json_incref(json_object_get(reply, member)));
	return true;
}

static bool make_person(struct run *run, const struct person *person)
{
	char variable[64];
	char body[512];

	(void)snprintf(variable, sizeof(variable), "%s_login", person->person);
	run_set(run, variable, json_sprintf("%s-%s", person->person, run->world->run_name));
	(void)snprintf(body, sizeof(body),
		"{\"login\": $%s, \"name\": \"%s\", \"password\": \"" PASSWORD "\"}", variable,
		person->name);
	(void)snprintf(variable, sizeof(variable), "%s_account", person->person);
	if (!make(run, "account.create", body, "account_id", variable)) {
		return false;
	}
	if (person->grant == NULL) {
		return true;
	}
	(void)snprintf(body, sizeof(body), "{\"account_id\": $%s, %s}", variable, person->grant);
	(void)snprintf(variable, sizeof(variable), "%s_grant", person->person);
	return make(run, "grant.add", body, "grant_id", variable);
}

static bool make_desk(struct run *run)
{
	run_set(run, "password", json_string(PASSWORD));
	if (!desk_person(run, "administrator")) {
		return false;
	}
	for (size_t i = 0; i < COUNT(places); i++) {
		if (!make(run, places[i].method, places[i].body, places[i].reply, places[i].variable)) {
			return false;
		}
	}
	for (size_t i = 0; i < COUNT(people); i++) {
		if (!make_person(run, &people[i])) {
			return false;
		}
	}
	for (size_t i = 0; i < COUNT(papers); i++) {
		if (!run_statement(run, papers[i])) {
			return false;
		}
	}
	return true;
}

bool desk_use(struct run *run)
{
	struct world *world = run->world;
	struct run *making;
	bool made;

	if (world->desk == NULL) {
		making = malloc(sizeof(*making));
		assert(making != NULL);
		run_init(making, world, "the desk");
		made = make_desk(making);
		if (made) {
			world->desk = json_incref(making->variables);
			(void)json_object_del(world->desk, "device");
			(void)json_object_del(world->desk, "now_us");
		} else {
			(void)run_fail(run, "the desk: %s", making->failure);
		}
		run_fini(making);
		free(making);
		if (!made) {
			return false;
		}
	}
	run_set(run, "admin_password", json_string(world->password));
	return json_object_update(run->variables, world->desk) == 0;
}
