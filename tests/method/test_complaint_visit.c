/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves book, dispatch, arrive, return: whom a visit may be given to, whose time is kept for it and when
 * that is given back, which windows are good, and what the owner's receipt says of it.
 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/visit.h"
#include "server/receipt_code.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define HOUR STEP_HOUR
#define FROM (TOWN_NOW - HOUR) /* as step_complaint has it */
#define TO (TOWN_NOW + HOUR)

/* --- whom it is given to --- */

static const struct visit_case {
	const char *what;
	enum method method;
	enum complaint_state state;
	uint32_t had_worker, had_crew; /* account; 0: none */
	uint32_t crew, worker;         /* asked for; 0: not named */
	bool in_same_window;           /* book: the one it has */
	bool is_busy, may_not, no_crew, is_respondent;
	bool is_away;
	int orders, orders_max; /* that the person has; that one of the crew may have (8) */
	int category;           /* (WATER_LEAK, which needs no proof) */
	int proof;              /* kind of what whoever would come holds; 0: nothing */
	enum err expected;
	const char *field;
	uint32_t has_crew, has_worker; /* afterwards */
	bool takes, frees;
	bool relies; /* on the proof */
} visits[] = {
#define BOOK(from) METHOD_complaint_book, COMPLAINT_##from
#define SEND(from) METHOD_complaint_dispatch, COMPLAINT_##from
#define GIVE(from) METHOD_complaint_reassign, COMPLAINT_##from
	{"nobody yet", BOOK(ACCEPTED)},
	{"a crew", BOOK(ACCEPTED), .crew = 1, .has_crew = 1},
	{"a person", BOOK(ACCEPTED), .worker = 2, .has_worker = 2, .takes = true},
	{"a person of a crew", BOOK(ACCEPTED), .crew = 1, .worker = 2, .has_crew = 1, .has_worker = 2,
		.takes = true},
	{"a crew that is not there", BOOK(ACCEPTED), .crew = 1, .no_crew = true,
		.expected = ERR_FIELD_INVALID, .field = "crew_id"},
	{"a person of another team", BOOK(ACCEPTED), .worker = 2, .may_not = true,
		.expected = ERR_FIELD_INVALID, .field = "worker_id"},
	{"the person complained about", BOOK(ACCEPTED), .worker = 2, .is_respondent = true,
		.expected = ERR_FIELD_INVALID, .field = "worker_id"},
	{"a person whose time is another's", BOOK(ACCEPTED), .worker = 2, .is_busy = true,
		.expected = ERR_SLOT_TAKEN, .field = "worker_id"},
	{"another time, whoever was booked", BOOK(SCHEDULED), 2, 1, .has_crew = 1, .has_worker = 2,
		.takes = true, .frees = true},
	{"a person who is away", BOOK(ACCEPTED), .worker = 2, .is_away = true,
		.expected = ERR_SLOT_TAKEN, .field = "worker_id"},
	/* What is only booked is no order, and the proof is asked for when somebody goes. */
	{"a person with many orders", BOOK(ACCEPTED), .worker = 2, .orders = 8, .has_worker = 2,
		.takes = true},
	{"a person without a proof", BOOK(ACCEPTED), .worker = 2, .category = CATEGORY_POWER,
		.has_worker = 2, .takes = true},
	{"another time, which is another's", BOOK(SCHEDULED), 2, 1, .is_busy = true,
		.expected = ERR_SLOT_TAKEN, .field = "worker_id"},
	{"the same time once more", BOOK(SCHEDULED), 2, 1, .in_same_window = true, .has_crew = 1,
		.has_worker = 2},
	{"somebody else at the same time", BOOK(SCHEDULED), 3, 1, .worker = 2, .in_same_window = true,
		.has_crew = 1, .has_worker = 2, .takes = true, .frees = true},
	{"the same crew, whoever was booked", BOOK(SCHEDULED), 2, 1, .crew = 1, .in_same_window = true,
		.has_crew = 1, .has_worker = 2},
	/* A person of the crew before has nothing to do with the new one. */
	{"another crew", BOOK(SCHEDULED), 2, 2, .crew = 1, .has_crew = 1, .frees = true},
	{"another crew at the same time", BOOK(SCHEDULED), 2, 2, .crew = 1, .in_same_window = true,
		.has_crew = 1, .frees = true},
	{"after it was reopened", BOOK(REOPENED), .worker = 2, .has_worker = 2, .takes = true},

	{"sent as booked, a crew", SEND(SCHEDULED), 0, 1, .has_crew = 1},
	/* The slot is taken anew, since it is an order from now on. */
	{"sent as booked, a person", SEND(SCHEDULED), 2, 0, .has_worker = 2, .takes = true,
		.frees = true},
	{"sent, and nobody was booked", SEND(SCHEDULED), .expected = ERR_FIELD_INVALID,
		.field = "crew_id"},
	{"sent, somebody else", SEND(SCHEDULED), 3, 1, .worker = 2, .has_crew = 1, .has_worker = 2,
		.takes = true, .frees = true},
	{"sent, another crew", SEND(SCHEDULED), 2, 2, .crew = 1, .has_crew = 1, .frees = true},
	{"sent, and away since", SEND(SCHEDULED), 2, 0, .is_away = true, .expected = ERR_SLOT_TAKEN,
		.field = "worker_id"},
	{"sent, with one order less than there may be", SEND(SCHEDULED), 2, 0, .orders = 7,
		.has_worker = 2, .takes = true, .frees = true},
	{"sent, with as many as there may be", SEND(SCHEDULED), 2, 0, .orders = 8,
		.expected = ERR_ORDERS_FULL, .field = "worker_id"},
	{"sent, where the crew has a number of its own", SEND(SCHEDULED), 0, 1, .worker = 2,
		.orders = 2, .orders_max = 3, .has_crew = 1, .has_worker = 2, .takes = true,
		.frees = false},
	{"sent, and that is reached", SEND(SCHEDULED), 0, 1, .worker = 2, .orders = 3, .orders_max = 3,
		.expected = ERR_ORDERS_FULL, .field = "worker_id"},
	{"sent, a crew has no orders itself", SEND(SCHEDULED), 0, 1, .orders = 9, .has_crew = 1},
	{"sent to the lift, with the licence", SEND(SCHEDULED), 2, 0,
		.category = CATEGORY_ELEVATOR_FAULT, .proof = QUALIFICATION_LIFT, .has_worker = 2,
		.takes = true, .frees = true, .relies = true},
	{"sent to the lift, with another one", SEND(SCHEDULED), 2, 0,
		.category = CATEGORY_ELEVATOR_FAULT, .proof = QUALIFICATION_ELECTRICIAN,
		.expected = ERR_UNQUALIFIED, .field = "worker_id"},
	{"sent to the lift, a crew of whom one has it", SEND(SCHEDULED), 0, 1,
		.category = CATEGORY_ELEVATOR_TRAPPED, .proof = QUALIFICATION_LIFT, .has_crew = 1,
		.relies = true},
	{"sent to the lift, a crew of whom nobody has it", SEND(SCHEDULED), 0, 1,
		.category = CATEGORY_ELEVATOR_TRAPPED, .expected = ERR_UNQUALIFIED, .field = "crew_id"},
	{"sent at once, without it", SEND(ACCEPTED), .worker = 2, .category = CATEGORY_POWER,
		.expected = ERR_UNQUALIFIED, .field = "worker_id"},
	{"sent to a thief, a guard without the certificate", SEND(SCHEDULED), 2, 0,
		.category = CATEGORY_SECURITY_THEFT, .expected = ERR_UNQUALIFIED, .field = "worker_id"},
	{"sent to the door, anybody", SEND(SCHEDULED), 2, 0, .category = CATEGORY_SECURITY_ACCESS,
		.has_worker = 2, .takes = true, .frees = true},
	{"sent, another's time", SEND(SCHEDULED), 0, 1, .worker = 2, .is_busy = true,
		.expected = ERR_SLOT_TAKEN, .field = "worker_id"},
	{"sent, a crew that is not there", SEND(SCHEDULED), 0, 2, .crew = 1, .no_crew = true,
		.expected = ERR_FIELD_INVALID, .field = "crew_id"},
	{"sent, the person complained about", SEND(SCHEDULED), 0, 1, .worker = 2, .is_respondent = true,
		.expected = ERR_FIELD_INVALID, .field = "worker_id"},
	{"at once, a crew", SEND(ACCEPTED), .crew = 1, .has_crew = 1},
	{"at once, a person", SEND(ACCEPTED), .worker = 2, .has_worker = 2, .takes = true},
	{"at once, nobody named", SEND(ACCEPTED), .expected = ERR_FIELD_INVALID, .field = "crew_id"},

	{"given to another person", GIVE(DISPATCHED), 3, 1, .worker = 2, .has_crew = 1, .has_worker = 2,
		.takes = true, .frees = true},
	{"given to a person where a crew had it", GIVE(DISPATCHED), 0, 1, .worker = 2, .has_crew = 1,
		.has_worker = 2, .takes = true},
	{"given to another crew", GIVE(DISPATCHED), 2, 2, .crew = 1, .has_crew = 1, .frees = true},
	{"given to another person on site", GIVE(ON_SITE), 3, 1, .worker = 2, .has_crew = 1,
		.has_worker = 2, .takes = true, .frees = true},
	{"given to nobody", GIVE(DISPATCHED), 2, 1, .expected = ERR_FIELD_INVALID,
		.field = "worker_id"},
	{"given to who has it", GIVE(DISPATCHED), 2, 1, .crew = 1, .worker = 2,
		.expected = ERR_FIELD_INVALID, .field = "worker_id"},
	{"given to somebody whose time is another's", GIVE(DISPATCHED), 3, 1, .worker = 2,
		.is_busy = true, .expected = ERR_SLOT_TAKEN, .field = "worker_id"},
	{"given to somebody who has enough", GIVE(DISPATCHED), 3, 1, .worker = 2, .orders = 8,
		.expected = ERR_ORDERS_FULL, .field = "worker_id"},
	{"given to somebody who may not do it", GIVE(DISPATCHED), 3, 1, .worker = 2,
		.category = CATEGORY_POWER, .expected = ERR_UNQUALIFIED, .field = "worker_id"},
#undef BOOK
#undef SEND
#undef GIVE
};

static void put_visit(struct bench *bench, const struct visit_case *one)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_number(bench, "version", STEP_VERSION);
	if (one->method == METHOD_complaint_book) {
		put_number(bench, "window.from_us", one->in_same_window ? FROM : TOWN_NOW + HOUR);
		put_number(bench, "window.to_us", one->in_same_window ? TO : TOWN_NOW + 2 * HOUR);
	}
	if (one->method == METHOD_complaint_reassign) {
		put_text(bench, "reason", "师傅临时有事");
	}
	if (one->crew != 0) {
		put_id(bench, "crew_id", TOWN_CREW, one->crew);
	}
	if (one->worker != 0) {
		put_id(bench, "worker_id", TOWN_ACCOUNT, one->worker);
	}
}

static void find_visit(struct bench *bench, const struct visit_case *one)
{
	struct bench_complaint complaint = step_complaint(one->state);

	complaint.worker = one->had_worker;
	complaint.crew = one->had_crew;
	complaint.category = (uint32_t)one->category;
	complaint.respondent = one->is_respondent ? 2 : 0;
	bench_complaint(bench, STMT_complaint_get, &complaint);
	bench_row(bench, STMT_complaint_officer, 1);
	bench_around(bench, one->worker == 0 && one->had_worker == 0 ? NULL : "马军");
	bench_row(bench, STMT_busy_others, (int)one->is_busy, (int)one->is_away, (int64_t)one->orders,
		one->orders_max);
	if (one->proof != 0) {
		bench_row(bench, STMT_visit_proofs, one->proof, town_id(TOWN_RECORD, 601), 4);
	}
	bench_row(bench, STMT_worker_may, (int)!one->may_not);
	if (!one->no_crew) {
		bench_crew(bench, STMT_crew_get);
	}
}

static bool is_id_or_null(const struct query *query, size_t n, enum town_kind kind, uint32_t id)
{
	return id == 0 ? param_is_null(query, n) : param_is_id(query, n, town_id(kind, id));
}

static void check_given(const struct query *effect, const struct visit_case *one)
{
	bool is_order = one->takes && one->method != METHOD_complaint_book;
	bool is_full = one->takes || one->frees || one->relies ||
	               one->method != METHOD_complaint_dispatch || one->state == COMPLAINT_ACCEPTED;

	CHECK_INT_EQ(effect->stmt, is_full ? STMT_complaint_step_full : STMT_complaint_step);
	CHECK(is_id_or_null(effect, 15, TOWN_CREW, one->has_crew));
	CHECK(is_id_or_null(effect, 16, TOWN_ACCOUNT, one->has_worker));
	if (is_full) {
		CHECK_INT_EQ(!param_is_null(effect, 54), one->takes);
		CHECK_INT_EQ(param_number(effect, 55), one->frees);
		CHECK_INT_EQ(!param_is_null(effect, 69), is_order);
		CHECK(
			!is_order || param_number(effect, 69) == (one->orders_max == 0 ? 8 : one->orders_max));
		CHECK(is_id_or_null(effect, 70, TOWN_RECORD, one->relies ? 601 : 0));
		CHECK(!one->relies || param_number(effect, 71) == 4);
	}
	if (one->state == COMPLAINT_ACCEPTED && one->method == METHOD_complaint_dispatch) {
		CHECK_INT_EQ(param_time(effect, 17), TOWN_NOW);
		CHECK_INT_EQ(param_time(effect, 18), TOWN_NOW + 2 * HOUR);
	}
}

static void check_visit(const struct visit_case *one)
{
	struct bench bench;

	bench_begin(&bench, one->method, leader);
	put_visit(&bench, one);
	find_visit(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.fault.allowed[0] != '\0', one->field != NULL);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_given(bench.r.effect, one);
	}
	bench_end(&bench);
}

static void test_whom_a_visit_is_given_to(void)
{
	for (size_t i = 0; i < COUNT(visits); i++) {
		check_visit(&visits[i]);
		if (check_failed()) {
			printf("# %s\n", visits[i].what);
			return;
		}
	}
}

/* The question is put about the right time: the window asked for, or the one that is booked. */
static void test_whose_time_is_asked_about(void)
{
	static const struct {
		enum method method;
		bool prefers_own;
	} rows[] = {{METHOD_complaint_book, false}, {METHOD_complaint_dispatch, true}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct visit_case one = {
			.method = rows[i].method, .state = COMPLAINT_SCHEDULED, .worker = 2};
		const struct query *busy;
		struct bench bench;

		bench_begin(&bench, one.method, leader);
		put_visit(&bench, &one);
		find_visit(&bench, &one);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		busy = &bench.r.queries[4];
		CHECK_INT_EQ(busy->stmt, STMT_busy_others);
		CHECK(param_is_id(busy, 2, town_id(TOWN_RECORD, 1)));
		CHECK(param_is_id(busy, 3, town_id(TOWN_ACCOUNT, 2)));
		CHECK_INT_EQ(param_number(busy, 7), rows[i].prefers_own);
		CHECK_INT_EQ(bench.r.queries[5].stmt == STMT_visit_proofs, rows[i].prefers_own);
		bench_end(&bench);
	}
}

/* --- windows --- */

static void test_book_needs_a_window_to_come(void)
{
	static const struct {
		int64_t from_us, to_us;
		uint32_t version;
		enum err expected;
	} rows[] = {
		{TOWN_NOW - HOUR, TOWN_NOW + 1, STEP_VERSION, ERR_OK},
		{TOWN_NOW - HOUR, TOWN_NOW, STEP_VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW + HOUR, TOWN_NOW + HOUR, STEP_VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW + 2 * HOUR, TOWN_NOW + HOUR, STEP_VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW + HOUR, TOWN_NOW + HOUR + BENCH_DAY, STEP_VERSION, ERR_OK},
		{TOWN_NOW + HOUR, TOWN_NOW + HOUR + BENCH_DAY + 1, STEP_VERSION, ERR_FIELD_INVALID},
		{TOWN_NOW + 366 * BENCH_DAY, TOWN_NOW + 366 * BENCH_DAY + 1, STEP_VERSION, ERR_OK},
		{TOWN_NOW + 366 * BENCH_DAY + 1, TOWN_NOW + 366 * BENCH_DAY + 2, STEP_VERSION,
			ERR_FIELD_INVALID},
		/* The window is looked at last. */
		{TOWN_NOW - HOUR, TOWN_NOW, STEP_VERSION - 1, ERR_CONFLICT},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_book);
		struct bench_complaint complaint = step_complaint(COMPLAINT_ACCEPTED);
		struct bench bench;

		bench_begin(&bench, row->method, leader);
		step_put(&bench, row, rows[i].version);
		put_number(&bench, "window.from_us", rows[i].from_us);
		put_number(&bench, "window.to_us", rows[i].to_us);
		step_find(&bench, row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].expected == ERR_FIELD_INVALID ? "window" : "");
		bench_end(&bench);
	}
}

static void test_what_is_not_urgent_is_booked_first(void)
{
	static const struct {
		int urgency;
		enum err expected;
	} rows[] = {{1, ERR_STEP_REFUSED}, {2, ERR_STEP_REFUSED}, {3, ERR_OK}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_dispatch);
		struct bench_complaint complaint = step_complaint(COMPLAINT_ACCEPTED);
		struct bench bench;

		complaint.urgency = rows[i].urgency;
		bench_begin(&bench, row->method, leader);
		step_put(&bench, row, STEP_VERSION);
		step_find(&bench, row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].expected == ERR_OK ? "" : "urgency");
		CHECK_INT_EQ(bench.r.current.len > 0, rows[i].expected != ERR_OK);
		bench_end(&bench);
	}
}

/* A return gave the appointment back: there must be another one before anybody is sent. */
static void test_without_an_appointment_nobody_is_sent(void)
{
	const struct step_row *row = step_row_of(METHOD_complaint_dispatch);
	struct bench_complaint complaint = step_complaint(COMPLAINT_SCHEDULED);
	struct bench bench;

	complaint.window_from_us = complaint.window_to_us = 0;
	bench_begin(&bench, row->method, leader);
	step_put(&bench, row, STEP_VERSION);
	step_find(&bench, row, &complaint, NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_STEP_REFUSED);
	CHECK_STR_EQ(bench.r.fault.field, "window");
	bench_end(&bench);
}

/* --- slots that other steps give back --- */

static void test_slots_are_given_back_where_they_end(void)
{
	static const struct {
		enum method method;
		enum complaint_state from;
		uint32_t worker;
		bool frees;
	} rows[] = {
		{METHOD_complaint_return, COMPLAINT_DISPATCHED, 1, true},
		{METHOD_complaint_return, COMPLAINT_ON_SITE, 1, true},
		{METHOD_complaint_return, COMPLAINT_ON_SITE, 0, false},
		{METHOD_complaint_sign, COMPLAINT_ON_SITE, 1, true},
		{METHOD_complaint_suspend, COMPLAINT_SCHEDULED, 1, true},
		{METHOD_complaint_suspend, COMPLAINT_ACCEPTED, 1, false},
		{METHOD_complaint_merge, COMPLAINT_DISPATCHED, 1, true},
		{METHOD_complaint_withdraw, COMPLAINT_ON_SITE, 1, true},
		{METHOD_complaint_arrive, COMPLAINT_DISPATCHED, 1, false},
		{METHOD_complaint_done, COMPLAINT_ON_SITE, 1, false},
		{METHOD_complaint_verify, COMPLAINT_WORK_DONE, 1, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(rows[i].method);
		struct bench_complaint complaint = step_complaint(rows[i].from);
		struct bench bench;

		complaint.worker = rows[i].worker;
		bench_begin(&bench, row->method, *step_people[__builtin_ctz(row->who)]);
		step_put(&bench, row, STEP_VERSION);
		step_find(&bench, row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(bench.r.effect->stmt,
			rows[i].frees || row->is_full ? STMT_complaint_step_full : STMT_complaint_step);
		if (bench.r.effect->stmt == STMT_complaint_step_full) {
			CHECK_INT_EQ(param_number(bench.r.effect, 55), rows[i].frees);
			CHECK(param_is_null(bench.r.effect, 54));
		}
		bench_end(&bench);
	}
}

/* --- arriving --- */

static void test_a_home_is_entered_with_consent_only(void)
{
	static const struct {
		int place_kind, consent; /* -1: says nothing */
		enum err expected;
	} rows[] = {
		{3, 1, ERR_OK},
		{3, 0, ERR_FIELD_INVALID},
		{3, -1, ERR_FIELD_INVALID},
		{1, -1, ERR_OK},
		{2, 0, ERR_OK},
		{4, -1, ERR_OK},
		{0, -1, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct step_row row = *step_row_of(METHOD_complaint_arrive);
		struct bench_complaint complaint = step_complaint(COMPLAINT_DISPATCHED);
		struct bench bench;

		complaint.place_kind = rows[i].place_kind;
		row.number_field = rows[i].consent < 0 ? NULL : row.number_field;
		row.number = rows[i].consent;
		bench_begin(&bench, row.method, crew_member);
		step_put(&bench, &row, STEP_VERSION);
		step_find(&bench, &row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].expected == ERR_OK ? "" : "has_entry_consent");
		bench_end(&bench);
	}
}

/* Whoever was named, and nobody else of the crew. */
static void test_only_the_person_sent_arrives(void)
{
	static const struct {
		const struct access_grants *who;
		uint32_t worker, crew;
		enum err expected;
	} rows[] = {
		{&crew_member, 0, 1, ERR_OK},
		{&crew_member, 1, 1, ERR_OK},
		{&crew_member, 2, 1, ERR_DENIED},
		{&cleaner, 1, 0, ERR_OK},
		{&guard, 1, 0, ERR_OK},
		{&cleaner, 2, 0, ERR_DENIED},
		{&cleaner, 0, 1, ERR_DENIED},
		{&leader, 1, 0, ERR_OK},
		{&leader, 0, 1, ERR_DENIED},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_arrive);
		struct bench_complaint complaint = step_complaint(COMPLAINT_DISPATCHED);
		struct bench bench;

		complaint.worker = rows[i].worker;
		complaint.crew = rows[i].crew;
		bench_begin(&bench, row->method, *rows[i].who);
		step_put(&bench, row, STEP_VERSION);
		step_find(&bench, row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		bench_end(&bench);
	}
}

static void test_a_return_says_one_of_its_reasons(void)
{
	for (int reason = 1; reason <= 14; reason++) {
		struct step_row row = *step_row_of(METHOD_complaint_return);
		struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);
		struct bench bench;
		enum err expected = reason <= 3 ? ERR_OK : ERR_FIELD_INVALID;

		if (reason > 3 && reason < 11) {
			continue; /* no such number: the message is refused */
		}
		row.number = reason;
		bench_begin(&bench, row.method, crew_member);
		step_put(&bench, &row, STEP_VERSION);
		step_find(&bench, &row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), expected);
		CHECK_STR_EQ(bench.r.fault.field, expected == ERR_OK ? "" : "reason");
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"whom_a_visit_is_given_to", test_whom_a_visit_is_given_to},
	{"whose_time_is_asked_about", test_whose_time_is_asked_about},
	{"book_needs_a_window_to_come", test_book_needs_a_window_to_come},
	{"what_is_not_urgent_is_booked_first", test_what_is_not_urgent_is_booked_first},
	{"without_an_appointment_nobody_is_sent", test_without_an_appointment_nobody_is_sent},
	{"slots_are_given_back_where_they_end", test_slots_are_given_back_where_they_end},
	{"a_home_is_entered_with_consent_only", test_a_home_is_entered_with_consent_only},
	{"only_the_person_sent_arrives", test_only_the_person_sent_arrives},
	{"a_return_says_one_of_its_reasons", test_a_return_says_one_of_its_reasons},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
