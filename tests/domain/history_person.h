/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dice of test_history.c, the matter that is played, and who asks: random people, half of whom are near it,
 * an owner with a code, the server by itself; and, by hand, what they are to the matter.
 */
#pragma once

#include "server/domain/complaint_record.h"

#define GRANTS_MAX 6
#define ROLE_LAST 10
#define DAY (INT64_C(24) * 3600 * 1000000)

/* xorshift64*: Marsaglia 2003, Vigna 2016. Never 0. */
static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * UINT64_C(0x2545F4914F6CDD1D) >> 32) % below;
}

static bool one_in(uint64_t n)
{
	return draw(n) == 0;
}

static struct uuid draw_id(uint8_t kind, uint64_t count)
{
	return (struct uuid){{kind, (uint8_t)(1 + draw(count))}};
}

enum { COMMUNITY = 1, TEAM, CREW, ACCOUNT, RECEIPT, MASTER };
#define PEOPLE 6

struct matter {
	struct complaint_record record;
	struct uuid community_id;
	int64_t now_us;
	bool is_booked; /* there was an appointment for the visit it is about now */
};

/* Who asks: somebody with grants, or with none the owner, or the server. */
struct person {
	struct uuid account_id;
	struct access_grant grants[GRANTS_MAX];
	size_t count;
	bool is_owner;
	bool is_system;
};

/* Half of them are near, or nothing would ever come of it: their grants are those of the matter's area. */
static struct person draw_person(const struct matter *matter)
{
	const struct complaint_record *record = &matter->record;
	int64_t now_us = matter->now_us;
	bool is_near = one_in(2);
	struct person person = {.is_owner = one_in(8), .is_system = one_in(8)};

	if (person.is_owner || person.is_system) {
		person.is_system = !person.is_owner;
		return person;
	}
	person.account_id =
		is_near && !uuid_is_nil(record->worker_id) ? record->worker_id : draw_id(ACCOUNT, PEOPLE);
	person.count = draw(GRANTS_MAX + 1);
	for (size_t i = 0; i < person.count; i++) {
		struct access_grant *grant = &person.grants[i];

		grant->role = (enum role)(1 + draw(ROLE_LAST));
		grant->scope = role_row((int)grant->role)->scope;
		grant->community_id = is_near ? matter->community_id : draw_id(COMMUNITY, 2);
		grant->team_id = is_near ? record->team_id : draw_id(TEAM, 2);
		grant->crew_id = is_near ? record->crew_id : draw_id(CREW, 2);
		grant->from_us = one_in(8) ? now_us + 1 : now_us;
		grant->to_us = one_in(8) ? now_us : now_us + 1;
	}
	return person;
}

static bool is_long_over(const struct matter *matter)
{
	return matter->record.ended_us != 0 && matter->now_us - matter->record.ended_us > 30 * DAY;
}

/* By hand, not by access.h. */
static bool grant_reaches(const struct access_grant *grant, const struct matter *matter)
{
	bool same_community = uuid_equal(grant->community_id, matter->community_id);
	bool same_team = uuid_equal(grant->team_id, matter->record.team_id);
	bool same_crew = !uuid_is_nil(matter->record.crew_id) && !is_long_over(matter) &&
	                 uuid_equal(grant->crew_id, matter->record.crew_id);

	return grant->from_us == matter->now_us && grant->to_us == matter->now_us + 1 &&
	       (grant->scope == SCOPE_COMPANY || (grant->scope == SCOPE_COMMUNITY && same_community) ||
			   (grant->scope == SCOPE_TEAM && same_community && same_team) ||
			   (grant->scope == SCOPE_CREW && same_crew));
}

static bool has_role(const struct person *person, const struct matter *matter, role_set roles)
{
	for (size_t i = 0; i < person->count; i++) {
		if ((ROLE_BIT(person->grants[i].role) & roles) != 0 &&
			grant_reaches(&person->grants[i], matter)) {
			return true;
		}
	}
	return false;
}

static bool is_worker(const struct person *person, const struct matter *matter)
{
	if (person->is_owner || person->is_system || is_long_over(matter)) {
		return false;
	}
	return uuid_is_nil(matter->record.worker_id)
	           ? has_role(person, matter, ROLE_BIT(ROLE_CREW_MEMBER))
	           : uuid_equal(matter->record.worker_id, person->account_id);
}

/* Nobody below whoever leads has anything to do with it, but for whoever was dispatched. */
static bool is_high_enough(const struct person *person, const struct matter *matter)
{
	role_set high = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_CUSTOMER_SERVICE) |
	                ROLE_BIT(ROLE_INSPECTOR) | ROLE_BIT(ROLE_CREW_MEMBER);

	high |= matter->record.lead <= LEAD_MANAGER ? ROLE_BIT(ROLE_MANAGER) : 0;
	high |= matter->record.lead <= LEAD_OFFICER ? ROLE_BIT(ROLE_OFFICER) : 0;
	if (matter->record.lead == LEAD_LEADER) {
		high |= ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_CLEANER) | ROLE_BIT(ROLE_GUARD);
	}
	return has_role(person, matter, high) || is_worker(person, matter);
}
