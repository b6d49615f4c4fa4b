/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the domain and the wire mean the same by a number: states, steps, roles and scopes are
 * compared by number and name, both ways. Kinds, channels, urgencies and the states of an account stand
 * in the database by the numbers of the wire, so those are held against a list that may only grow.
 */
#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "place.pb-c.h"
#include "server/domain/complaint.h"
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

static void test_numbers_that_only_the_wire_has(void)
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
	};
	static const struct number_row urgencies[] = {{1, "NORMAL"}, {2, "HIGH"}, {3, "URGENT"}};
	static const struct number_row accounts[] = {{1, "ACTIVE"}, {2, "LEFT"}};

	check_same(&pb__complaint__kind__descriptor, kinds, COUNT(kinds));
	check_same(&pb__complaint__channel__descriptor, channels, COUNT(channels));
	check_same(&pb__complaint__urgency__descriptor, urgencies, COUNT(urgencies));
	check_same(&pb__account__state__descriptor, accounts, COUNT(accounts));
}

static const struct test tests[] = {
	{"states_and_steps", test_states_and_steps},
	{"roles_and_scopes", test_roles_and_scopes},
	{"kinds_of_places", test_kinds_of_places},
	{"numbers_that_only_the_wire_has", test_numbers_that_only_the_wire_has},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
