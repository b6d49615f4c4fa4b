/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves filter.*: what a filter may hold, to whom it is shown and who may change it, with whom each role may share one,
 * how many there may be; and that what was kept is checked again when it is read.
 */
#include "complaint.pb-c.h"
#include "filter.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

enum {
	OWN = PB__FILTER__SHARE__OWN,
	TEAM = PB__FILTER__SHARE__TEAM,
	ALL = PB__FILTER__SHARE__COMMUNITY
};

/* As it is stored; NULL: what no release ever wrote. */
static struct span list_bytes(struct bench *bench, const char *text)
{
	struct uuid community_id = town_id(TOWN_COMMUNITY, 1);
	Pb__ComplaintList list = PB__COMPLAINT_LIST__INIT;

	if (text == NULL) {
		return span_of("\x0a\x01z", 3);
	}
	list.has_community_id = true;
	list.community_id = codec_bytes(span_of(community_id.bytes, UUID_BYTES));
	list.text = (char *)(uintptr_t)text;
	return codec_encode(&list.base, &bench->arena);
}

/* A filter of this account, in version 3. */
struct there {
	uint32_t account;
	int share;
	uint32_t team;
};

static void find_filter(struct bench *bench, const struct there *there, const char *text)
{
	bench_row(bench, STMT_filter_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 9), 3,
		"待办", there->share, there->team == 0 ? uuid_nil : town_id(TOWN_TEAM, there->team),
		town_id(TOWN_ACCOUNT, there->account), "漆怀瑾", list_bytes(bench, text), TOWN_NOW);
}

static const struct {
	const char *what;
	const struct access_grants *who; /* account 1 */
	struct there there;
	enum err sees, changes;
} reaches[] = {
	{"one's own", &leader, {1, OWN, 0}, ERR_OK, ERR_OK},
	{"somebody else's", &leader, {2, OWN, 0}, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"not even the manager's", &manager, {2, OWN, 0}, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"one's team's", &cleaner, {2, TEAM, 1}, ERR_OK, ERR_DENIED},
	{"another team's", &leader, {2, TEAM, 2}, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"any team's, at the desk", &service, {2, TEAM, 2}, ERR_OK, ERR_DENIED},
	{"any team's, as manager", &manager, {2, TEAM, 2}, ERR_OK, ERR_OK},
	{"the community's", &guard, {2, ALL, 0}, ERR_OK, ERR_DENIED},
	{"the community's, as director", &director, {2, ALL, 0}, ERR_OK, ERR_OK},
	{"another community's", &leader_elsewhere, {2, ALL, 0}, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"one's own of where one was", &service_elsewhere, {1, OWN, 0}, ERR_NOT_FOUND, ERR_NOT_FOUND},
};

/* The answer, which is the expected one. */
static void ask(size_t i, enum method method, enum err expected)
{
	struct bench bench;

	bench_begin(&bench, method, *reaches[i].who);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "filter_id", TOWN_RECORD, 9);
	if (method == METHOD_filter_end) {
		put_number(&bench, "version", 3);
	}
	find_filter(&bench, &reaches[i].there, "漏水");
	CHECK_INT_EQ(bench_ask(&bench), expected);
	if (expected == ERR_OK && method == METHOD_filter_end) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_filter_end);
		CHECK_INT_EQ(param_number(bench.r.effect, 10), 3);
	}
	bench_end(&bench);
}

static void test_who_sees_and_who_changes(void)
{
	for (size_t i = 0; i < COUNT(reaches); i++) {
		ask(i, METHOD_filter_get, reaches[i].sees);
		ask(i, METHOD_filter_end, reaches[i].changes);
		if (check_failed()) {
			printf("# %s\n", reaches[i].what);
			return;
		}
	}
}

static const struct {
	const char *what;
	const struct access_grants *who;
	int share;
	uint32_t team;
	enum err expected;
} shares[] = {
	{"for oneself", &guard, OWN, 0, ERR_OK},
	{"a leader with the team", &leader, TEAM, 1, ERR_OK},
	{"a leader with another", &leader, TEAM, 2, ERR_NOT_FOUND},
	{"a cleaner with the team", &cleaner, TEAM, 1, ERR_NOT_FOUND},
	{"the desk with a team", &service, TEAM, 2, ERR_OK},
	{"a leader with all", &leader, ALL, 0, ERR_OK},
	{"a guard with all", &guard, ALL, 0, ERR_DENIED},
	{"an inspector with all", &inspector, ALL, 0, ERR_DENIED},
	{"elsewhere", &leader_elsewhere, OWN, 0, ERR_NOT_FOUND},
};

/* A new one; the row says how many there are. */
static void begin_save(struct bench *bench, const struct access_grants *who)
{
	bench_begin(bench, METHOD_filter_save, *who);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_text(bench, "name", "待办");
	put_id(bench, "list.community_id", TOWN_COMMUNITY, 1);
}

static void test_with_whom_it_may_be_shared(void)
{
	for (size_t i = 0; i < COUNT(shares); i++) {
		struct bench bench;

		begin_save(&bench, shares[i].who);
		put_number(&bench, "share", shares[i].share);
		if (shares[i].team != 0) {
			put_id(&bench, "team_id", TOWN_TEAM, shares[i].team);
		}
		bench_row(&bench, STMT_filter_room, INT64_C(0), INT64_C(0), false, false, true);
		CHECK_INT_EQ(bench_ask(&bench), shares[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, shares[i].expected == ERR_OK);
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", shares[i].what);
			return;
		}
	}
}

static const struct {
	const char *what, *field;
	const char *text, *phone;
	enum err expected;
} contents[] = {
	{"nothing", "", NULL, NULL, ERR_OK},
	{"words", "", "3号楼 漏水", NULL, ERR_OK},
	{"six digits", "", "12栋1201", NULL, ERR_OK},
	{"a telephone", "list.phone", NULL, "13800138000", ERR_FIELD_INVALID},
	{"one among the words", "list.text", "找 138 0013 8000", NULL, ERR_FIELD_INVALID},
	{"in full width", "list.text", "１３８００１３８０００", NULL, ERR_FIELD_INVALID},
};

static void test_what_it_may_hold(void)
{
	for (size_t i = 0; i < COUNT(contents); i++) {
		struct bench bench;

		begin_save(&bench, &leader);
		put_number(&bench, "list.limit", 7);
		if (contents[i].text != NULL) {
			put_text(&bench, "list.text", contents[i].text);
		}
		if (contents[i].phone != NULL) {
			put_text(&bench, "list.phone", contents[i].phone);
		}
		bench_row(&bench, STMT_filter_room, INT64_C(0), INT64_C(0), false, false, false);
		CHECK_INT_EQ(bench_ask(&bench), contents[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, contents[i].field);
		if (contents[i].expected == ERR_OK) { /* without the limit */
			struct span kept = list_bytes(&bench, contents[i].text == NULL ? "" : contents[i].text);

			kept = contents[i].text == NULL ? span_first(kept, kept.len - 2) : kept;
			CHECK(span_equal(param_bytes(bench.r.effect, 14), kept));
			CHECK_INT_EQ(param_number(bench.r.effect, 10), 0);
		}
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", contents[i].what);
			return;
		}
	}
}

static const struct {
	int64_t own, shared;
	bool is_named, is_there;
	int share;
	enum err expected;
} rooms[] = {
	{29, 100, false, false, OWN, ERR_OK},
	{30, 0, false, false, OWN, ERR_FILTERS_FULL},
	{0, 99, false, false, ALL, ERR_OK},
	{0, 100, false, false, ALL, ERR_FILTERS_FULL},
	{0, 0, true, false, OWN, ERR_NAME_TAKEN},
	{0, 0, false, true, OWN, ERR_ID_TAKEN},
};

static void test_how_many_there_may_be(void)
{
	for (size_t i = 0; i < COUNT(rooms); i++) {
		struct bench bench;

		begin_save(&bench, &leader);
		put_number(&bench, "share", rooms[i].share);
		bench_row(&bench, STMT_filter_room, rooms[i].own, rooms[i].shared, (int)rooms[i].is_named,
			(int)rooms[i].is_there, false);
		CHECK_INT_EQ(bench_ask(&bench), rooms[i].expected);
		bench_end(&bench);
	}
}

/* What an older or newer server kept and this one would refuse is shown without its content. */
static void test_what_was_kept_is_checked_again(void)
{
	static const struct there there = {1, OWN, 0};
	const char *const texts[] = {"漏水", NULL};

	for (size_t i = 0; i < COUNT(texts); i++) {
		const Pb__FilterGetReply *reply;
		struct bench bench;

		bench_begin(&bench, METHOD_filter_get, leader);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		put_id(&bench, "filter_id", TOWN_RECORD, 9);
		find_filter(&bench, &there, texts[i]);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const void *)bench.r.reply;
		CHECK_STR_EQ(reply->filter->name, "待办");
		CHECK(reply->filter->is_own);
		CHECK_INT_EQ(reply->filter->list != NULL, texts[i] != NULL);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"who_sees_and_who_changes", test_who_sees_and_who_changes},
	{"with_whom_it_may_be_shared", test_with_whom_it_may_be_shared},
	{"what_it_may_hold", test_what_it_may_hold},
	{"how_many_there_may_be", test_how_many_there_may_be},
	{"what_was_kept_is_checked_again", test_what_was_kept_is_checked_again},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
