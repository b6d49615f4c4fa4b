/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the methods of places: what stands in the way of a new community, team or crew, in which order
 * it is said, and what is written; and which communities a person is shown.
 */
#include "place.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

/* What the statements find. */
enum thing { SAME_ID = 1, SAME_NAME = 2, COMMUNITY = 4, TIME_ZONE = 8 };

static const struct create_case {
	const char *what;
	enum method method;
	unsigned found;
	const char *time_zone; /* NULL: not given */
	enum err expected;
	const char *field;
} cases[] = {
	{"a community", METHOD_community_create, TIME_ZONE, NULL, ERR_OK, ""},
	{"a community elsewhere", METHOD_community_create, TIME_ZONE, "UTC", ERR_OK, ""},
	{"a community nowhere", METHOD_community_create, 0, "Moon/Base", ERR_FIELD_INVALID,
		"time_zone"},
	{"a community's name", METHOD_community_create, TIME_ZONE | SAME_NAME, NULL, ERR_NAME_TAKEN,
		"name"},
	{"a community's id", METHOD_community_create, TIME_ZONE | SAME_NAME | SAME_ID, NULL,
		ERR_ID_TAKEN, ""},

	{"a team", METHOD_team_create, COMMUNITY, NULL, ERR_OK, ""},
	{"a team of nothing", METHOD_team_create, 0, NULL, ERR_NOT_FOUND, ""},
	{"a team's name", METHOD_team_create, COMMUNITY | SAME_NAME, NULL, ERR_NAME_TAKEN, "name"},
	{"a team's id", METHOD_team_create, COMMUNITY | SAME_NAME | SAME_ID, NULL, ERR_ID_TAKEN, ""},

	{"a crew", METHOD_crew_create, 0, NULL, ERR_OK, ""},
	{"a crew's name", METHOD_crew_create, SAME_NAME, NULL, ERR_NAME_TAKEN, "name"},
	{"a crew's id", METHOD_crew_create, SAME_NAME | SAME_ID, NULL, ERR_ID_TAKEN, ""},
};

static void find_community(struct bench *bench, unsigned found)
{
	if ((found & SAME_ID) != 0) {
		bench_community(bench);
	}
	if ((found & SAME_NAME) != 0) {
		bench_row(bench, STMT_community_by_name, town_id(TOWN_COMMUNITY, 1), "花园小区", "UTC", 1,
			NULL, 510, 1230, 1);
	}
	bench_row(bench, STMT_time_zone_get, (found & TIME_ZONE) != 0);
}

static void find_team(struct bench *bench, unsigned found)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	if ((found & COMMUNITY) != 0) {
		bench_community(bench);
	}
	if ((found & SAME_ID) != 0) {
		bench_team(bench, STMT_team_get);
	}
	if ((found & SAME_NAME) != 0) {
		bench_team(bench, STMT_team_by_name);
	}
}

static void find_crew(struct bench *bench, unsigned found)
{
	if ((found & SAME_ID) != 0) {
		bench_crew(bench, STMT_crew_get);
	}
	if ((found & SAME_NAME) != 0) {
		bench_crew(bench, STMT_crew_by_name);
	}
}

static void check_effect(const struct bench *bench, const struct create_case *one)
{
	bool is_team = one->method == METHOD_team_create;
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, one->method == METHOD_community_create ? STMT_community_create
							   : is_team                              ? STMT_team_create
																	  : STMT_crew_create);
	/* A team is its community's; the others are the company's. */
	CHECK(param_is_id(effect, 1, is_team ? town_id(TOWN_COMMUNITY, 1) : uuid_nil));
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, 201)));
	CHECK_STR_EQ(param_text(effect, 10), "新的");
	if (one->method == METHOD_community_create) {
		CHECK_STR_EQ(
			param_text(effect, 11), one->time_zone == NULL ? "Asia/Shanghai" : one->time_zone);
	}
}

static void check_case(const struct create_case *one)
{
	struct bench bench;

	bench_begin(&bench, one->method, administrator);
	put_text(&bench, "name", "新的");
	if (one->time_zone != NULL) {
		put_text(&bench, "time_zone", one->time_zone);
	}
	if (one->method == METHOD_community_create) {
		find_community(&bench, one->found);
	} else if (one->method == METHOD_team_create) {
		find_team(&bench, one->found);
	} else {
		find_crew(&bench, one->found);
	}
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_effect(&bench, one);
	}
	bench_end(&bench);
}

static void test_new_places_have_new_ids_and_names(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

/* --- which are shown --- */

static const struct {
	const char *what;
	const struct access_grants *who;
	bool sees_all;
	uint32_t community; /* the one that is seen; 0: none */
} people[] = {
	{"an administrator", &administrator, true, 0},
	{"a crew, which serves everywhere", &crew_member, true, 0},
	{"a manager", &manager, false, 1},
	{"a leader", &leader, false, 1},
	{"a leader elsewhere", &leader_elsewhere, false, 2},
	{"a leader until now", &expired_leader, false, 0},
	{"nobody", &nobody, false, 0},
};

static void check_list(size_t i)
{
	struct bench bench;

	bench_begin(&bench, METHOD_community_list, *people[i].who);
	bench_row(&bench, STMT_community_list, town_id(TOWN_COMMUNITY, 1), "花园小区", "UTC", 7, "门岗",
		510, 1230, 1);
	bench_team(&bench, STMT_team_list);
	bench_crew(&bench, STMT_crew_list);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	for (size_t k = 0; k < 2; k++) { /* communities, and their teams */
		const struct query *query = &bench.r.queries[k];

		CHECK_INT_EQ(param_number(query, 1), people[i].sees_all);
		CHECK_INT_EQ(param_count(query, 2), people[i].community != 0);
		CHECK(people[i].community == 0 ||
			  param_holds_id(query, 2, town_id(TOWN_COMMUNITY, people[i].community)));
	}
	CHECK_STR_EQ(((const Pb__CommunityListReply *)bench.r.reply)->communities[0]->name, "花园小区");
	CHECK_INT_EQ(((const Pb__CommunityListReply *)bench.r.reply)->communities[0]->short_no, 7);
	CHECK_STR_EQ(((const Pb__CommunityListReply *)bench.r.reply)->communities[0]->contact, "门岗");
	CHECK_INT_EQ(((const Pb__CommunityListReply *)bench.r.reply)->crews[0]->n_trades, 2);
	CHECK_INT_EQ(((const Pb__CommunityListReply *)bench.r.reply)->crews[0]->trades[1],
		PB__CREW__TRADE__ELECTRICITY);
	CHECK_STR_EQ(((const Pb__CommunityListReply *)bench.r.reply)->teams[0]->name, "一组");
	CHECK_STR_EQ(((const Pb__CommunityListReply *)bench.r.reply)->crews[0]->name, "水电组");
	bench_end(&bench);
}

static void test_people_are_shown_their_communities(void)
{
	for (size_t i = 0; i < COUNT(people); i++) {
		check_list(i);
		if (check_failed()) {
			printf("# %s\n", people[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"new_places_have_new_ids_and_names", test_new_places_have_new_ids_and_names},
	{"people_are_shown_their_communities", test_people_are_shown_their_communities},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
