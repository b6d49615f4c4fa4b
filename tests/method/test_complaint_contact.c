/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves who may know whom to call: named, protected and anonymous reporters, by every kind of person who
 * sees the complaint; all of it, masked, or nothing. And that a contact which does not open is none.
 */
#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

enum { NAMED = 1, PROTECTED = 2, ANONYMOUS = 3 };
enum sight { NOTHING, MASKED, ALL };

static const struct sight_case {
	const char *what;
	const struct access_grants *who;
	enum sight named, protected; /* while it is open */
	enum sight ended;            /* named, over */
	uint32_t worker, crew;       /* 1 is who asks */
} cases[] = {
	{"customer service", &service, ALL, ALL, ALL},
	{"a manager", &manager, ALL, ALL, ALL},
	{"the director", &director, ALL, ALL, ALL},
	{"its leader", &leader, ALL, NOTHING, ALL},
	{"its officer", &officer, ALL, NOTHING, ALL},
	{"its leader, who was sent", &leader, ALL, NOTHING, ALL, .worker = 1},
	{"a cleaner of its team", &cleaner, NOTHING, NOTHING, NOTHING},
	{"a guard of its team", &guard, NOTHING, NOTHING, NOTHING},
	{"a cleaner who was sent", &cleaner, MASKED, NOTHING, NOTHING, .worker = 1},
	{"an inspector", &inspector, NOTHING, NOTHING, NOTHING},
	{"its crew", &crew_member, MASKED, NOTHING, NOTHING, .crew = 1},
	{"its crew, whom it was given to", &crew_member, MASKED, NOTHING, NOTHING, .worker = 1,
		.crew = 1},
	{"its crew, when another was named", &crew_member, NOTHING, NOTHING, NOTHING, .worker = 2,
		.crew = 1},
	{"customer service that leads it too", &service_and_leader, ALL, ALL, ALL},
};

static const Pb__Contact *ask(
	struct bench *bench, const struct sight_case *one, int reporter, bool is_over, bool has_contact)
{
	struct bench_complaint complaint = {.record = 1,
		.state = is_over ? 100 : 4,
		.version = 3,
		.reporter = reporter,
		.worker = one->worker,
		.crew = one->crew,
		.ended_us = is_over ? TOWN_NOW - BENCH_DAY : 0};

	bench_begin(bench, METHOD_complaint_get, *one->who);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	bench_complaint(bench, STMT_complaint_get, &complaint);
	if (has_contact) {
		bench_contact(bench, 1, "阿依古丽", "+8613800138000");
	}
	if (bench_ask(bench) != ERR_OK) {
		return NULL;
	}
	return ((const Pb__ComplaintGetReply *)bench->r.reply)->complaint->contact;
}

static void check_sight(const Pb__Contact *contact, enum sight expected)
{
	CHECK_INT_EQ(contact != NULL, expected != NOTHING);
	if (contact == NULL) {
		return;
	}
	CHECK_STR_EQ(contact->name, "阿依古丽");
	CHECK(contact->has_is_masked);
	CHECK_INT_EQ(contact->is_masked, expected == MASKED);
	CHECK_STR_EQ(contact->phone, expected == MASKED ? "138****8000" : "+8613800138000");
}

static void check_case(const struct sight_case *one)
{
	const struct {
		int reporter;
		bool is_over;
		enum sight expected;
	} rows[] = {
		{NAMED, false, one->named}, {PROTECTED, false, one->protected}, {NAMED, true, one->ended}};
	struct bench bench;

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_sight(ask(&bench, one, rows[i].reporter, rows[i].is_over, true), rows[i].expected);
		CHECK_INT_EQ(bench.r.reply != NULL, true);
		/* Read, it is wiped with the request. */
		CHECK_INT_EQ(bench.r.arena.is_secret, rows[i].expected != NOTHING);
		CHECK(!bench_logged(&bench, STR("13800138000"))); /* fewer digits stand in times and ids */
		bench_end(&bench);
	}
	CHECK(ask(&bench, one, ANONYMOUS, false, false) == NULL);
	CHECK(bench.r.reply != NULL);
	bench_end(&bench);
}

static void test_who_knows_whom_to_call(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

static void test_a_name_or_a_telephone_alone(void)
{
	for (size_t i = 0; i < 2; i++) {
		const Pb__Contact *contact;
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_get, service);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		put_id(&bench, "complaint_id", TOWN_RECORD, 1);
		bench_complaint(&bench, STMT_complaint_get,
			&(struct bench_complaint){.record = 1, .state = 1, .version = 1});
		bench_contact(&bench, 1, i == 0 ? "阿依古丽" : NULL, i == 1 ? "+8613800138000" : NULL);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		contact = ((const Pb__ComplaintGetReply *)bench.r.reply)->complaint->contact;
		CHECK_INT_EQ(contact->name != NULL, i == 0);
		CHECK_INT_EQ(contact->phone != NULL, i == 1);
		bench_end(&bench);
	}
}

/* Sealed for another complaint, or by a server with another key: shown without, and said in the log. */
static void test_what_does_not_open_is_not_there(void)
{
	for (size_t i = 0; i < 2; i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_get, service);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		put_id(&bench, "complaint_id", TOWN_RECORD, 1);
		bench_complaint(&bench, STMT_complaint_get,
			&(struct bench_complaint){.record = 1, .state = 1, .version = 1});
		bench_contact(&bench, i == 0 ? 2 : 1, "阿依古丽", "+8613800138000");
		bench.server.seal.wrap_keys[0].key[0] ^= i == 1;
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK(((const Pb__ComplaintGetReply *)bench.r.reply)->complaint->contact == NULL);
		CHECK(bench_logged(&bench, STR("contact.sealed")));
		CHECK(!bench_logged(&bench, STR("13800138000"))); /* fewer digits stand in times and ids */
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"who_knows_whom_to_call", test_who_knows_whom_to_call},
	{"a_name_or_a_telephone_alone", test_a_name_or_a_telephone_alone},
	{"what_does_not_open_is_not_there", test_what_does_not_open_is_not_there},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
