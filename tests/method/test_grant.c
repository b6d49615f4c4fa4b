/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves grant.add and grant.end: which shapes of a grant are taken, what must exist, over which times;
 * and what is written, with the role's own scope, so that no client can choose another.
 */
#include "account.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define DAY BENCH_DAY

/* What of the five things a grant names is given, and what of it exists. */
enum thing { ACCOUNT = 1, COMMUNITY = 2, TEAM = 4, CREW = 8 };

static const struct add_case {
	const char *what;
	enum role role;
	unsigned given, missing; /* an account is always given */
	int64_t from_us, to_us;  /* 0: not given */
	bool id_taken;
	enum err expected;
	const char *field;
	enum scope scope;
} cases[] = {
	{"an administrator", ROLE_ADMINISTRATOR, 0, .scope = SCOPE_COMPANY},
	{"a manager", ROLE_MANAGER, COMMUNITY, .scope = SCOPE_COMMUNITY},
	{"an officer", ROLE_OFFICER, COMMUNITY | TEAM, .scope = SCOPE_TEAM},
	{"a leader", ROLE_LEADER, COMMUNITY | TEAM, .scope = SCOPE_TEAM},
	{"customer service", ROLE_CUSTOMER_SERVICE, COMMUNITY, .scope = SCOPE_COMMUNITY},
	{"a crew's member", ROLE_CREW_MEMBER, CREW, .scope = SCOPE_CREW},

	{"an administrator of one community", ROLE_ADMINISTRATOR, COMMUNITY,
		.expected = ERR_FIELD_INVALID, .field = "role"},
	{"a manager of everything", ROLE_MANAGER, 0, .expected = ERR_FIELD_INVALID, .field = "role"},
	{"a leader of a whole community", ROLE_LEADER, COMMUNITY, .expected = ERR_FIELD_INVALID,
		.field = "role"},
	{"a leader of a team of nowhere", ROLE_LEADER, TEAM, .expected = ERR_FIELD_INVALID,
		.field = "role"},
	{"a crew's member in a community", ROLE_CREW_MEMBER, CREW | COMMUNITY,
		.expected = ERR_FIELD_INVALID, .field = "role"},

	{"for no account", ROLE_MANAGER, COMMUNITY, ACCOUNT, .expected = ERR_NOT_FOUND,
		.field = "account_id"},
	{"in no community", ROLE_MANAGER, COMMUNITY, COMMUNITY, .expected = ERR_NOT_FOUND,
		.field = "community_id"},
	{"of no team", ROLE_LEADER, COMMUNITY | TEAM, TEAM, .expected = ERR_NOT_FOUND,
		.field = "team_id"},
	{"of no crew", ROLE_CREW_MEMBER, CREW, CREW, .expected = ERR_NOT_FOUND, .field = "crew_id"},
	{"an id that is taken", ROLE_ADMINISTRATOR, 0, .id_taken = true, .expected = ERR_ID_TAKEN},

	{"for a day", ROLE_ADMINISTRATOR, 0, .from_us = TOWN_NOW, .to_us = TOWN_NOW + DAY,
		.scope = SCOPE_COMPANY},
	{"from tomorrow", ROLE_ADMINISTRATOR, 0, .from_us = TOWN_NOW + DAY, .scope = SCOPE_COMPANY},
	{"until this moment", ROLE_ADMINISTRATOR, 0, .to_us = TOWN_NOW, .scope = SCOPE_COMPANY},
	{"until before this moment", ROLE_ADMINISTRATOR, 0, .to_us = TOWN_NOW - 1,
		.expected = ERR_FIELD_RANGE, .field = "to_us"},
	{"in the past, for the record", ROLE_ADMINISTRATOR, 0, .from_us = TOWN_NOW - 2 * DAY,
		.to_us = TOWN_NOW - DAY, .scope = SCOPE_COMPANY},
	{"ending before it begins", ROLE_ADMINISTRATOR, 0, .from_us = TOWN_NOW, .to_us = TOWN_NOW - 1,
		.expected = ERR_FIELD_RANGE, .field = "to_us"},
};

static void prepare(struct bench *bench, const struct add_case *one)
{
	unsigned there = (one->given | ACCOUNT) & ~one->missing;

	put_id(bench, "account_id", TOWN_ACCOUNT, 2);
	put_number(bench, "role", one->role);
	if ((one->given & COMMUNITY) != 0) {
		put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	}
	if ((one->given & TEAM) != 0) {
		put_id(bench, "team_id", TOWN_TEAM, 1);
	}
	if ((one->given & CREW) != 0) {
		put_id(bench, "crew_id", TOWN_CREW, 1);
	}
	if (one->from_us != 0) {
		put_number(bench, "from_us", one->from_us);
	}
	if (one->to_us != 0) {
		put_number(bench, "to_us", one->to_us);
	}
	if ((there & ACCOUNT) != 0) {
		bench_account(bench, STMT_account_get, 2, 1, 1);
	}
	if ((there & COMMUNITY) != 0) {
		bench_community(bench);
	}
	if ((there & TEAM) != 0) {
		bench_team(bench, STMT_team_get);
	}
	if ((there & CREW) != 0) {
		bench_crew(bench, STMT_crew_get);
	}
}

static void put_grant(struct bench *bench, int64_t from_us, int64_t to_us, int version)
{
	bench_row(bench, STMT_grant_get, town_id(TOWN_RECORD, 9), town_id(TOWN_ACCOUNT, 2), ROLE_LEADER,
		SCOPE_TEAM, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 1), uuid_nil, from_us, to_us,
		version);
}

static void check_id_or_null(
	const struct query *effect, size_t n, bool is_given, enum town_kind kind)
{
	CHECK_INT_EQ(!param_is_null(effect, n), is_given);
	CHECK(!is_given || param_is_id(effect, n, town_id(kind, 1)));
}

static void check_added(const struct bench *bench, const struct add_case *one)
{
	const Pb__GrantAddReply *reply = (const Pb__GrantAddReply *)bench->r.reply;
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_grant_add);
	CHECK(param_is_id(effect, 1, uuid_nil)); /* company-wide */
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, 201)));
	CHECK(param_is_id(effect, 10, town_id(TOWN_ACCOUNT, 2)));
	CHECK_INT_EQ(param_number(effect, 11), one->role);
	CHECK_INT_EQ(param_number(effect, 12), one->scope);
	check_id_or_null(effect, 13, (one->given & COMMUNITY) != 0, TOWN_COMMUNITY);
	check_id_or_null(effect, 14, (one->given & TEAM) != 0, TOWN_TEAM);
	check_id_or_null(effect, 15, (one->given & CREW) != 0, TOWN_CREW);
	CHECK_INT_EQ(param_time(effect, 16), one->from_us == 0 ? TOWN_NOW : one->from_us);
	CHECK_INT_EQ(param_time(effect, 17), one->to_us == 0 ? INT64_MAX : one->to_us);
	CHECK(span_equal(
		codec_span(reply->has_grant_id, reply->grant_id), span_of(BENCH_KEY.bytes, UUID_BYTES)));
	CHECK_INT_EQ(reply->version, 1);
}

static void check_case(const struct add_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_grant_add, administrator);
	prepare(&bench, one);
	if (one->id_taken) {
		put_grant(&bench, TOWN_NOW, INT64_MAX, 1);
	}
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_added(&bench, one);
	}
	bench_end(&bench);
}

static void test_grants_of_the_right_shape_are_added(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

/* --- ending --- */

static const struct {
	const char *what;
	int64_t from_us, to_us; /* to 0: no such grant */
	uint32_t seen;
	enum err expected;
} ends[] = {
	{"in force", TOWN_NOW - DAY, INT64_MAX, 3, ERR_OK},
	{"in force until a moment from now", TOWN_NOW - DAY, TOWN_NOW + 1, 3, ERR_OK},
	{"yet to begin", TOWN_NOW + DAY, INT64_MAX, 3, ERR_OK},
	{"over this moment", TOWN_NOW - DAY, TOWN_NOW, 3, ERR_STEP_REFUSED},
	{"over", TOWN_NOW - 2 * DAY, TOWN_NOW - DAY, 3, ERR_STEP_REFUSED},
	{"an old version", TOWN_NOW - DAY, INT64_MAX, 2, ERR_CONFLICT},
	{"an old version of what is over", TOWN_NOW - 2 * DAY, TOWN_NOW - DAY, 2, ERR_CONFLICT},
	{"not there", 0, 0, 3, ERR_NOT_FOUND},
};

static void check_end(size_t i)
{
	bool is_refused = ends[i].expected == ERR_CONFLICT || ends[i].expected == ERR_STEP_REFUSED;
	const Pb__Grant *current;
	struct bench bench;

	bench_begin(&bench, METHOD_grant_end, administrator);
	put_id(&bench, "grant_id", TOWN_RECORD, 9);
	put_number(&bench, "version", ends[i].seen);
	if (ends[i].to_us != 0) {
		put_grant(&bench, ends[i].from_us, ends[i].to_us, 3);
	}
	CHECK_INT_EQ(bench_ask(&bench), ends[i].expected);
	CHECK_INT_EQ(bench.r.effect != NULL, ends[i].expected == ERR_OK);
	CHECK_INT_EQ(bench.r.current.len > 0, is_refused);
	if (is_refused) {
		current =
			(const Pb__Grant *)codec_unpack(&pb__grant__descriptor, bench.r.current, &bench.arena);
		CHECK(current->version == 3 && current->role == PB__GRANT__ROLE__LEADER);
		CHECK_INT_EQ(current->has_to_us, ends[i].to_us != INT64_MAX);
	}
	if (ends[i].expected == ERR_OK) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_grant_end);
		CHECK(param_is_id(bench.r.effect, 2, town_id(TOWN_RECORD, 9)));
		CHECK_INT_EQ(param_number(bench.r.effect, 10), 3);
		CHECK_INT_EQ(((const Pb__GrantEndReply *)bench.r.reply)->version, 4);
	}
	bench_end(&bench);
}

static void test_what_is_not_over_can_be_ended(void)
{
	for (size_t i = 0; i < COUNT(ends); i++) {
		check_end(i);
		if (check_failed()) {
			printf("# %s\n", ends[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"grants_of_the_right_shape_are_added", test_grants_of_the_right_shape_are_added},
	{"what_is_not_over_can_be_ended", test_what_is_not_over_can_be_ended},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
