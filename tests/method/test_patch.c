/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves patch.assign, patch.list, team.members, crew.change on the bench: what stands in the way of an
 * assignment, place by place, and what ends and begins by it; that a history leads from page to page; and
 * that a grant is not given twice for one time.
 */
#include "common/day.h"
#include "place.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define TODAY 20780 /* 2026-11-23 */

/* --- patch.assign --- */

/* Places 1 an entrance, 2 a gate, 3 a dwelling; patch 8 is place 1's, patch 7 was. */
static const struct assign_case {
	const char *what;
	uint32_t places[3];
	uint32_t from_day; /* 0: not given */
	uint32_t to_day;
	bool has_team; /* the team that is to have them is there */
	enum err expected;
	const char *field;
	int32_t from; /* written */
	int32_t to;
	uint32_t ended;
} assign_cases[] = {
	{"a free place", {2}, 0, 0, true, ERR_OK, "", TODAY, DAY_NEVER, 0},
	{"a free place for a week", {2}, 0, 20261130, true, ERR_OK, "", TODAY, TODAY + 7, 0},
	{"a free place since the summer", {2}, 20260701, 0, true, ERR_OK, "", 20635, DAY_NEVER, 0},
	{"from a team to another", {1}, 0, 0, true, ERR_OK, "", TODAY, DAY_NEVER, 8},
	{"tomorrow", {1, 2}, 20261124, 0, true, ERR_OK, "", TODAY + 1, DAY_NEVER, 8},
	{"yesterday", {1}, 20261122, 0, true, ERR_FIELD_RANGE, "from_day", 0, 0, 0},
	{"a day that there is not", {1}, 20260931, 0, true, ERR_FIELD_RANGE, "from_day", 0, 0, 0},
	{"until a day that there is not", {1}, 0, 20260931, true, ERR_FIELD_RANGE, "to_day", 0, 0, 0},
	{"no day at all", {2}, 20261124, 20261124, true, ERR_FIELD_RANGE, "to_day", 0, 0, 0},
	{"until before today", {2}, 0, 20261123, true, ERR_FIELD_RANGE, "to_day", 0, 0, 0},
	{"a dwelling", {2, 3}, 0, 0, true, ERR_FIELD_INVALID, "place_ids[1]", 0, 0, 0},
	{"a place that is not there", {9, 1}, 0, 0, true, ERR_NOT_FOUND, "place_ids[0]", 0, 0, 0},
	{"one place twice", {1, 2, 1}, 0, 0, true, ERR_FIELD_INVALID, "place_ids", 0, 0, 0},
	{"to no team", {2}, 0, 0, false, ERR_NOT_FOUND, "team_id", 0, 0, 0},
	{"no place", {0}, 0, 0, true, ERR_FIELD_MISSING, "place_ids", 0, 0, 0},
};

static void find_all(struct bench *bench, const struct assign_case *one)
{
	static const int kinds[] = {2, 5, 3};

	bench_community(bench);
	bench_row(bench, STMT_community_day, TODAY);
	if (one->has_team) {
		bench_team(bench, STMT_team_get);
	}
	for (uint32_t i = 0; i < COUNT(kinds); i++) {
		bench_row(bench, STMT_place_by_ids, town_id(TOWN_RECORD, i + 1), kinds[i], "x");
	}
	bench_row(bench, STMT_patch_by_places, town_id(TOWN_RECORD, 7), town_id(TOWN_RECORD, 1), 20000,
		20500);
	bench_row(bench, STMT_patch_by_places, town_id(TOWN_RECORD, 8), town_id(TOWN_RECORD, 1), 20500,
		DAY_NEVER);
}

static void fill(Pb__PatchAssign *request, const struct assign_case *one, struct uuid *ids,
	ProtobufCBinaryData *pointers)
{
	pb__patch_assign__init(request);
	ids[0] = town_id(TOWN_COMMUNITY, 1);
	ids[1] = town_id(TOWN_TEAM, 1);
	request->has_community_id = request->has_team_id = true;
	request->community_id = codec_bytes(span_of(ids[0].bytes, UUID_BYTES));
	request->team_id = codec_bytes(span_of(ids[1].bytes, UUID_BYTES));
	request->place_ids = pointers;
	while (request->n_place_ids < COUNT(one->places) && one->places[request->n_place_ids] != 0) {
		struct uuid *id = &ids[2 + request->n_place_ids];

		*id = town_id(TOWN_RECORD, one->places[request->n_place_ids]);
		pointers[request->n_place_ids++] = codec_bytes(span_of(id->bytes, UUID_BYTES));
	}
	request->has_from_day = one->from_day != 0;
	request->from_day = one->from_day;
	request->has_to_day = one->to_day != 0;
	request->to_day = one->to_day;
}

static void check_assigned(const struct bench *bench, const struct assign_case *one, size_t count)
{
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_patch_assign);
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK_INT_EQ(param_count(effect, 10), count);
	CHECK_INT_EQ(param_count(effect, 11), count);
	CHECK(uuid_equal(param_id_at(effect, 10, 0), town_id(TOWN_RECORD, one->places[0])));
	CHECK_INT_EQ(param_count(effect, 12), one->ended != 0);
	CHECK(one->ended == 0 || param_holds_id(effect, 12, town_id(TOWN_RECORD, one->ended)));
	CHECK(param_is_id(effect, 13, town_id(TOWN_TEAM, 1)));
	CHECK_INT_EQ(param_day(effect, 14), one->from);
	CHECK_INT_EQ(param_day(effect, 15), one->to);
	CHECK_INT_EQ(((const Pb__PatchAssignReply *)bench->r.reply)->n_patch_ids, count);
}

static void check_assign(const struct assign_case *one)
{
	ProtobufCBinaryData pointers[COUNT(one->places)];
	struct uuid ids[2 + COUNT(one->places)];
	Pb__PatchAssign request;
	struct bench bench;

	bench_begin(&bench, METHOD_patch_assign, administrator);
	fill(&request, one, ids, pointers);
	bench.message = &request.base;
	find_all(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_assigned(&bench, one, request.n_place_ids);
	}
	bench_end(&bench);
}

static void test_places_go_to_a_team_or_why_not(void)
{
	for (size_t i = 0; i < COUNT(assign_cases); i++) {
		check_assign(&assign_cases[i]);
		if (check_failed()) {
			printf("# %s\n", assign_cases[i].what);
			return;
		}
	}
}

/* --- patch.list --- */

static void ask_history(struct bench *bench, struct span cursor)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "place_id", TOWN_RECORD, 1);
	put_number(bench, "limit", 1);
	if (cursor.len > 0) {
		put_bytes(bench, "cursor", cursor);
	}
	bench_community(bench);
	for (uint32_t i = 8; i >= 7; i--) {
		bench_row(bench, STMT_patch_list, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, i),
			town_id(TOWN_RECORD, 1), town_id(TOWN_TEAM, 1), i == 8 ? 20500 : 20000,
			i == 8 ? DAY_NEVER : 20500, "1-1");
	}
}

static void test_a_history_goes_on_behind_its_cursor(void)
{
	const Pb__PatchListReply *reply;
	uint8_t bytes[64];
	struct span cursor;
	struct bench bench;

	bench_begin(&bench, METHOD_patch_list, leader);
	ask_history(&bench, (struct span){NULL, 0});
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = (const void *)bench.r.reply;
	CHECK_INT_EQ(reply->n_patches, 1);
	CHECK_INT_EQ(reply->patches[0]->from_day, 20260216);
	CHECK(!reply->patches[0]->has_to_day);
	CHECK_STR_EQ(reply->patches[0]->place_code, "1-1");
	CHECK(reply->has_cursor && reply->cursor.len <= sizeof bytes);
	CHECK_INT_EQ(param_day(&bench.r.queries[1], 4), DAY_NEVER);
	memcpy(bytes, reply->cursor.data, reply->cursor.len);
	cursor = span_of(bytes, reply->cursor.len);

	bench_again(&bench, METHOD_patch_list);
	ask_history(&bench, cursor);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_day(&bench.r.queries[1], 4), 20500);
	CHECK(param_is_id(&bench.r.queries[1], 5, town_id(TOWN_RECORD, 8)));
	bench_again(&bench, METHOD_patch_list);
	bytes[3] ^= 1;
	ask_history(&bench, cursor);
	CHECK_INT_EQ(bench_ask(&bench), ERR_CURSOR_INVALID);
	bench_end(&bench);
}

static void test_a_history_is_somethings(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_patch_list, leader);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_MISSING);
	bench_again(&bench, METHOD_patch_list);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 2);
	put_id(&bench, "team_id", TOWN_TEAM, 1);
	bench_community(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND); /* another's community */
	bench_end(&bench);
}

/* --- team.members --- */

static void test_members_are_those_with_a_role_in_the_team(void)
{
	const Pb__TeamMembersReply *reply;
	struct bench bench;

	bench_begin(&bench, METHOD_team_members, leader_of_team_2);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "team_id", TOWN_TEAM, 1);
	bench_community(&bench);
	bench_team(&bench, STMT_team_get);
	bench_row(&bench, STMT_team_members, town_id(TOWN_RECORD, 4), town_id(TOWN_ACCOUNT, 2), "马军",
		4, TOWN_NOW - BENCH_DAY, TOWN_NOW);
	bench_row(&bench, STMT_team_members, town_id(TOWN_RECORD, 5), town_id(TOWN_ACCOUNT, 1), "王琳",
		3, TOWN_NOW, INT64_MAX);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = (const void *)bench.r.reply;
	CHECK_INT_EQ(reply->n_members, 2);
	CHECK_STR_EQ(reply->members[0]->name, "马军");
	CHECK(reply->members[0]->has_to_us && reply->members[0]->to_us == TOWN_NOW);
	CHECK_INT_EQ(reply->members[1]->role, PB__GRANT__ROLE__OFFICER);
	CHECK(!reply->members[1]->has_to_us);
	/* The roles that a grant of one team can have. */
	CHECK(param_count(&bench.r.queries[2], 3) >= 2);
	for (size_t i = 0; i < param_count(&bench.r.queries[2], 3); i++) {
		CHECK_INT_EQ(role_row(param_int2_at(&bench.r.queries[2], 3, i))->scope, SCOPE_TEAM);
	}

	bench_again(&bench, METHOD_team_members);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "team_id", TOWN_TEAM, 9);
	bench_community(&bench);
	CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND);
	CHECK_STR_EQ(bench.r.fault.field, "team_id");
	bench_end(&bench);
}

static void test_a_grant_is_not_given_twice_for_one_time(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_grant_add, administrator);
	put_id(&bench, "account_id", TOWN_ACCOUNT, 2);
	put_number(&bench, "role", PB__GRANT__ROLE__LEADER);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "team_id", TOWN_TEAM, 1);
	bench_account(&bench, STMT_account_get, 2, 1, 1);
	bench_community(&bench);
	bench_team(&bench, STMT_team_get);
	bench_row(&bench, STMT_grant_overlap, town_id(TOWN_RECORD, 4));
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
	CHECK_STR_EQ(bench.r.fault.field, "from_us");
	CHECK_STR_EQ(bench.r.fault.allowed, "outside the times of the same grant that there is");
	CHECK(bench.r.effect == NULL);
	CHECK_INT_EQ(param_time(&bench.r.queries[5], 6), TOWN_NOW);
	CHECK_INT_EQ(param_time(&bench.r.queries[5], 7), INT64_MAX);
	CHECK(param_is_null(&bench.r.queries[5], 5));
	bench_end(&bench);
}

/* --- crew.change --- */

static void test_trades_are_kept_in_order_and_once(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_crew_change, administrator);
	put_id(&bench, "crew_id", TOWN_CREW, 1);
	put_number(&bench, "trades", PB__CREW__TRADE__OTHER);
	put_number(&bench, "trades", PB__CREW__TRADE__PLUMBING);
	put_number(&bench, "trades", PB__CREW__TRADE__OTHER);
	bench_crew(&bench, STMT_crew_get);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.effect->stmt, STMT_crew_change);
	CHECK(param_is_id(bench.r.effect, 2, town_id(TOWN_CREW, 1)));
	CHECK_INT_EQ(param_count(bench.r.effect, 10), 2);
	CHECK_INT_EQ(param_int2_at(bench.r.effect, 10, 0), PB__CREW__TRADE__PLUMBING);
	CHECK_INT_EQ(param_int2_at(bench.r.effect, 10, 1), PB__CREW__TRADE__OTHER);
	bench_again(&bench, METHOD_crew_change);
	put_id(&bench, "crew_id", TOWN_CREW, 1);
	CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND);
	bench_end(&bench);
}

static const struct test tests[] = {
	{"places_go_to_a_team_or_why_not", test_places_go_to_a_team_or_why_not},
	{"a_history_goes_on_behind_its_cursor", test_a_history_goes_on_behind_its_cursor},
	{"a_history_is_somethings", test_a_history_is_somethings},
	{"members_are_those_with_a_role_in_the_team", test_members_are_those_with_a_role_in_the_team},
	{"a_grant_is_not_given_twice_for_one_time", test_a_grant_is_not_given_twice_for_one_time},
	{"trades_are_kept_in_order_and_once", test_trades_are_kept_in_order_and_once},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
