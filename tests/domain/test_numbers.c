/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the domain and the wire mean the same by a number: states, steps, roles and scopes are
 * compared by number and name, both ways; so are who leads and how it closed. What stands in the database
 * by the numbers of the wire alone is held against lists that may only grow. And the rights of the steps'
 * methods are held against the table of moves.
 */
#include "account.pb-c.h"
#include "audit.pb-c.h"
#include "complaint.pb-c.h"
#include "file.pb-c.h"
#include "place.pb-c.h"
#include "promise.pb-c.h"
#include "receipt.pb-c.h"
#include "report.pb-c.h"
#include "server/domain/clock.h"
#include "server/domain/complaint_record.h"
#include "server/domain/file.h"
#include "server/domain/kpi.h"
#include "staff.pb-c.h"
#include "tests/check.h"

struct number_row {
	int number;
	const char *name;
};

static void check_same(
	const ProtobufCEnumDescriptor *wire, const struct number_row *rows, size_t count)
{
	printf("# %s\n", wire->name);
	CHECK_INT_EQ(wire->n_values, count);
	for (size_t i = 0; i < count; i++) {
		const ProtobufCEnumValue *value =
			protobuf_c_enum_descriptor_get_value(wire, rows[i].number);

		CHECK(value != NULL);
		CHECK_STR_EQ(value->name, rows[i].name);
	}
}

static void test_states_and_steps(void)
{
	static const struct number_row states[] = {
#define STATE(number, name) {number, #name},
#include "server/domain/complaint.def"
#undef STATE
	};
	static const struct number_row steps[] = {
#define STEP(number, name) {number, #name},
#include "server/domain/complaint.def"
#undef STEP
	};

	check_same(&pb__complaint__state__descriptor, states, COUNT(states));
	check_same(&pb__complaint__step__descriptor, steps, COUNT(steps));
}

static void test_roles_and_scopes(void)
{
	static const struct number_row roles[] = {
#define ROLE(number, name, scope) {number, #name},
#include "server/domain/role.def"
#undef ROLE
	};
	static const struct number_row scopes[] = {
		{SCOPE_COMPANY, "COMPANY"},
		{SCOPE_COMMUNITY, "COMMUNITY"},
		{SCOPE_TEAM, "TEAM"},
		{SCOPE_CREW, "CREW"},
	};

	check_same(&pb__grant__role__descriptor, roles, COUNT(roles));
	check_same(&pb__grant__scope__descriptor, scopes, COUNT(scopes));
}

static void test_kinds_of_places(void)
{
	static const struct number_row kinds[] = {
#define KIND(number, name, stands, patch, where) {number, #name},
#include "server/domain/place.def"
#undef KIND
	};

	check_same(&pb__place__kind__descriptor, kinds, COUNT(kinds));
}

static void test_kinds_of_qualifications_and_trades(void)
{
	static const struct number_row kinds[] = {
#define QUALIFICATION(number, name, zh, en) {number, #name},
#include "server/domain/qualification.def"
#undef QUALIFICATION
	};
	static const struct number_row trades[] = {
#define TRADE(number, name) {number, #name},
#include "server/domain/visit.def"
#undef TRADE
	};

	check_same(&pb__qualification__kind__descriptor, kinds, COUNT(kinds));
	check_same(&pb__crew__trade__descriptor, trades, COUNT(trades));
}

static void test_who_leads_and_how_it_closed(void)
{
	static const struct number_row leads[] = {
		{LEAD_LEADER, "LEADER"},
		{LEAD_OFFICER, "OFFICER"},
		{LEAD_MANAGER, "MANAGER"},
		{LEAD_DIRECTOR, "DIRECTOR"},
	};
	static const struct number_row modes[] = {
		{CLOSE_OWNER, "OWNER"},
		{CLOSE_CALL, "CALL"},
		{CLOSE_DECIDED, "DECIDED"},
		{CLOSE_IMPORTED, "IMPORTED"},
	};

	check_same(&pb__complaint__lead__descriptor, leads, COUNT(leads));
	check_same(&pb__complaint__close_mode__descriptor, modes, COUNT(modes));
}

/* Which kinds are asked about afterwards is said by number in the domain: here are the names. */
static void test_opinions_are_the_kinds_without_a_follow_up(void)
{
	for (size_t i = 0; i < pb__complaint__kind__descriptor.n_values; i++) {
		int kind = pb__complaint__kind__descriptor.values[i].value;
		bool is_opinion = kind == PB__COMPLAINT__KIND__ENQUIRY ||
		                  kind == PB__COMPLAINT__KIND__SUGGESTION ||
		                  kind == PB__COMPLAINT__KIND__COMPLIMENT;
		struct complaint_record record = {.kind = kind};

		CHECK_INT_EQ(complaint_wants_follow_up(&record), !is_opinion);
	}
}

static void test_kinds_of_a_complaint(void)
{
	static const struct number_row kinds[] = {
		{1, "COMPLAINT"},
		{2, "REPAIR"},
		{3, "REQUEST"},
		{4, "ENQUIRY"},
		{5, "SUGGESTION"},
		{6, "COMPLIMENT"},
		{7, "VIOLATION"},
		{8, "DISPUTE"},
	};
	static const struct number_row channels[] = {
		{1, "PHONE"},
		{2, "COUNTER"},
		{3, "PORTAL"},
		{4, "VISIT"},
		{5, "IMPORT"},
		{6, "AUTHORITY"},
	};
	static const struct number_row subkinds[] = {
		{1, "EMERGENCY"},
		{2, "SAFETY"},
		{3, "STAFF_CONDUCT"},
		{4, "DWELLING"},
		{5, "COMMON_PART"},
		{6, "PAID"},
	};
	static const struct number_row urgencies[] = {{1, "NORMAL"}, {2, "HIGH"}, {3, "URGENT"}};
	static const struct number_row reporters[] = {{1, "NAMED"}, {2, "PROTECTED"}, {3, "ANONYMOUS"}};
	static const struct number_row languages[] = {{1, "ZH"}, {2, "EN"}};

	check_same(&pb__complaint__kind__descriptor, kinds, COUNT(kinds));
	check_same(&pb__complaint__channel__descriptor, channels, COUNT(channels));
	check_same(&pb__complaint__subkind__descriptor, subkinds, COUNT(subkinds));
	check_same(&pb__complaint__urgency__descriptor, urgencies, COUNT(urgencies));
	check_same(&pb__complaint__reporter__descriptor, reporters, COUNT(reporters));
	check_same(&pb__complaint__language__descriptor, languages, COUNT(languages));
}

/* What an event of the timeline says. */
static void test_reasons_and_actors(void)
{
	static const struct number_row reasons[] = {
		{1, "NO_ENTRY"},
		{2, "NEEDS_PARTS"},
		{3, "RETURNED"},
		{11, "WAITING_OWNER"},
		{12, "WAITING_PARTS"},
		{13, "WAITING_AUTHORITY"},
		{14, "FORCE_MAJEURE"},
	};
	static const struct number_row actors[] = {{1, "STAFF"}, {2, "OWNER_BY_CODE"}, {3, "SYSTEM"}};

	check_same(&pb__complaint__reason__descriptor, reasons, COUNT(reasons));
	check_same(&pb__complaint__actor__descriptor, actors, COUNT(actors));
}

static void test_promises(void)
{
	static const struct number_row terms[] = {
		{TERM_MINUTES, "MINUTES"},
		{TERM_APPOINTMENT, "APPOINTMENT"},
		{TERM_DEADLINE, "DEADLINE"},
	};
	static const struct number_row calendars[] = {
		{CALENDAR_24X7, "EVERY_HOUR"},
		{CALENDAR_SERVICE_HOURS, "SERVICE_HOURS"},
		{CALENDAR_WORKING_DAYS, "WORKING_DAYS"},
	};
	static const struct number_row states[] = {
		{1, "PROPOSED"}, {2, "APPROVED"}, {3, "TURNED_DOWN"}};
	static const struct number_row clocks[] = {
#define CLOCK(number, name, column, is_elapsed, from, until) {number, #name},
#include "server/domain/clock.def"
#undef CLOCK
	};

	check_same(&pb__promise_term__kind__descriptor, terms, COUNT(terms));
	check_same(&pb__promise_row__calendar__descriptor, calendars, COUNT(calendars));
	check_same(&pb__promise_set__state__descriptor, states, COUNT(states));
	check_same(&pb__clock__number__descriptor, clocks, COUNT(clocks));
}

static void test_receipts_and_codes(void)
{
	static const struct number_row kinds[] = {
		{1, "ACKNOWLEDGEMENT"}, {2, "APPOINTMENT"}, {3, "SERVICE"}};
	static const struct number_row methods[] = {
		{1, "CODE"}, {2, "HAND"}, {3, "REFUSED"}, {4, "NOBODY"}};
	static const struct number_row purposes[] = {
		{1, "SIGN"}, {2, "CONFIRM"}, {3, "WITHDRAW"}, {4, "REOPEN"}};

	check_same(&pb__receipt__kind__descriptor, kinds, COUNT(kinds));
	check_same(&pb__receipt__sign_method__descriptor, methods, COUNT(methods));
	check_same(&pb__receipt__purpose__descriptor, purposes, COUNT(purposes));
}

static void test_files(void)
{
	static const struct number_row purposes[] = {
#define PURPOSE(number, name, types, bytes, across, down, first, last) {number, #name},
#include "server/domain/file.def"
#undef PURPOSE
	};
	static const struct number_row types[] = {
#define TYPE(number, name, media) {number, #name},
#include "server/domain/file.def"
#undef TYPE
	};
	static const struct number_row states[] = {
		{FILE_RECEIVING, "RECEIVING"},
		{FILE_READY, "READY"},
		{FILE_REFUSED, "REFUSED"},
	};

	check_same(&pb__file__purpose__descriptor, purposes, COUNT(purposes));
	check_same(&pb__file__type__descriptor, types, COUNT(types));
	check_same(&pb__file__state__descriptor, states, COUNT(states));
}

static void test_figures(void)
{
	static const struct number_row figures[] = {
#define KPI(number, name, kinds, target, is_most, hits, total, guard, whose) {number, #name},
#include "server/domain/kpi.def"
#undef KPI
	};

	check_same(&pb__report__kpi__descriptor, figures, COUNT(figures));
}

static void test_readings(void)
{
	static const struct number_row readings[] = {
#define READING(number, name, topic, first, last, what, is_export) {number, #name},
#include "server/domain/reading.def"
#undef READING
	};

	check_same(&pb__audit__reading__descriptor, readings, COUNT(readings));
}

static void test_trades_and_accounts(void)
{
	static const struct number_row trades[] = {
		{1, "PLUMBING"},
		{2, "ELECTRICITY"},
		{3, "LIFT"},
		{4, "HEATING"},
		{5, "GAS"},
		{6, "FIRE"},
		{7, "CARPENTRY"},
		{8, "MASONRY"},
		{9, "LOCKS"},
		{10, "GREENING"},
		{11, "CLEANING"},
		{12, "PESTS"},
		{13, "INTERCOM"},
		{99, "OTHER"},
	};
	static const struct number_row accounts[] = {{1, "ACTIVE"}, {2, "LEFT"}};

	check_same(&pb__crew__trade__descriptor, trades, COUNT(trades));
	check_same(&pb__account__state__descriptor, accounts, COUNT(accounts));
}

static bool is_verb_of(const char *verb, const char *step)
{
	while (*verb != 0 && *step != 0 && (*verb == *step || *verb - 'a' + 'A' == *step)) {
		verb++;
		step++;
	}
	return *verb == 0 && *step == 0;
}

/* By whoever leads, with an officer and without; 0 where no person takes it. */
static role_set roles_of_move(const struct complaint_move *move)
{
	role_set roles = 0;

	if ((move->who & WHO_BIT(WHO_WORKER)) != 0) {
		roles |= ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_CLEANER) |
		         ROLE_BIT(ROLE_GUARD) | ROLE_BIT(ROLE_CREW_MEMBER);
	}
	for (int n = 0; n < WHO_COUNT * LEAD_DIRECTOR * 2; n++) {
		enum complaint_who who = (enum complaint_who)(n % WHO_COUNT);
		enum complaint_lead lead = (enum complaint_lead)(1 + n / WHO_COUNT % LEAD_DIRECTOR);

		if ((move->who & WHO_BIT(who)) != 0) {
			roles |= complaint_who_roles(who, lead, n < WHO_COUNT * LEAD_DIRECTOR);
		}
	}
	return roles;
}

static role_set roles_of_step(const char *verb)
{
	role_set roles = 0;

	for (size_t i = 0; i < complaint_move_count; i++) {
		if (is_verb_of(verb, complaint_step_name((int)complaint_moves[i].step))) {
			roles |= roles_of_move(&complaint_moves[i]);
		}
	}
	return roles;
}

/* A method's right is what can be said without looking at the complaint: the roles that its step can ever be by. */
static void test_rights_of_the_steps_are_those_of_the_table(void)
{
	static const struct {
		const char *noun, *verb;
		enum right right;
	} methods[] = {
#define M(noun, verb, message, right, kind, ms, size) {#noun, #verb, RIGHT_##right},
#include "proto/method.def"
#undef M
	};
	size_t found = 0;

	for (size_t i = 0; i < COUNT(methods); i++) {
		role_set roles = 0;

		if (strcmp(methods[i].noun, "complaint") == 0) {
			roles = roles_of_step(methods[i].verb);
		}
		if (roles != 0) {
			printf("# complaint.%s\n", methods[i].verb);
			CHECK_INT_EQ(right_roles(methods[i].right), roles);
			found++;
		}
	}
	/* All but SUBMIT, and the server's own: ARCHIVE, REMIND, COLLECTIVE, CLOCK. */
	CHECK_INT_EQ(found, COMPLAINT_STEP_COUNT - 5);
}

static const struct test tests[] = {
	{"states_and_steps", test_states_and_steps},
	{"roles_and_scopes", test_roles_and_scopes},
	{"kinds_of_places", test_kinds_of_places},
	{"kinds_of_qualifications_and_trades", test_kinds_of_qualifications_and_trades},
	{"who_leads_and_how_it_closed", test_who_leads_and_how_it_closed},
	{"opinions_are_the_kinds_without_a_follow_up", test_opinions_are_the_kinds_without_a_follow_up},
	{"kinds_of_a_complaint", test_kinds_of_a_complaint},
	{"reasons_and_actors", test_reasons_and_actors},
	{"promises", test_promises},
	{"promises", test_promises},
	{"receipts_and_codes", test_receipts_and_codes},
	{"files", test_files},
	{"figures", test_figures},
	{"readings", test_readings},
	{"trades_and_accounts", test_trades_and_accounts},
	{"rights_of_the_steps_are_those_of_the_table", test_rights_of_the_steps_are_those_of_the_table},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
