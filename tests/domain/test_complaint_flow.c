/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the complaint's flow: it is written down a second time in flow.def, row by row as the company tells
 * it, and every state × step × role × (own area, other area, expired grant) × (who leads it)
 * × (its team has an officer or not) × (what the person is to it) × version × (each thing that must be there: there
 * or not; everything else: there or not) is decided and held against it. That covers the order of refusals too,
 * since the expected one is the first of them that applies.
 */
#include "server/domain/complaint.h"

#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define DAY (INT64_C(24) * 3600000000)
#define VERSION 7
#define ROLE_LAST 10
#define LEAD_LAST 4

/* A set of states: bits of open ones from 1 on, of ended ones from 20 on. */
#define AT(state) (1U << (COMPLAINT_##state % 100 + (COMPLAINT_##state >= 100 ? 20 : 0)))
#define EVERY_OPEN \
	(AT(SUBMITTED) | AT(ACCEPTED) | AT(SCHEDULED) | AT(DISPATCHED) | AT(ON_SITE) | AT(WORK_DONE) | \
		AT(PENDING_CONFIRMATION) | AT(ADVISED) | AT(REPORTED_UP) | AT(ANSWERED) | AT(REOPENED))
#define WITH(need) NEED_BIT(NEED_##need)

enum party {
	LEADER = 1,
	OFFICER = 2,
	MANAGER = 4,
	NEXT_UP = 8, /* the officer (manager) of REPORTED_UP */
	CUSTOMER_SERVICE = 16,
	INSPECTOR = 32,
	DISPATCHED = 64,
	OWNER = 128,
	SYSTEM = 256,
	/* By a code, or a call that customer service records. */
	OWNERS_WORD = OWNER | CUSTOMER_SERVICE,
};

static const struct flow_row {
	unsigned from; /* AT */
	enum complaint_step step;
	enum complaint_state to;
	unsigned who;   /* enum party */
	unsigned needs; /* WITH */
} flow[] = {
#define ROW(from, step, to, who, needs) \
	{ \
		from, COMPLAINT_STEP_##step, COMPLAINT_##to, who, needs \
	}
#include "tests/domain/flow.def"
#undef ROW
};

/* What the complaint shows; the rest comes with the step. */
#define SHOWN \
	(WITH(URGENT) | WITH(OWNED) | WITH(BOOKED) | WITH(RECEIPT) | WITH(WAITED) | WITH(RECENT) | \
		WITH(SETTLED) | WITH(DUE) | WITH(BRIEF))

static const struct flow_row *flow_row_of(enum complaint_state from, enum complaint_step step)
{
	unsigned bit = 1U << (from % 100 + (from >= 100 ? 20 : 0));

	for (size_t i = 0; i < COUNT(flow); i++) {
		if ((flow[i].from & bit) != 0 && flow[i].step == step) {
			return &flow[i];
		}
	}
	return NULL;
}

/* --- what one cell is --- */

enum situation { OWN_AREA, OTHER_AREA, EXPIRED, SITUATION_COUNT };

/* What the person is to the complaint. */
enum relation {
	PLAIN,
	WORKER,
	RESPONDENT,
	RESPONDENT_WORKER, /* dispatched all the same */
	BY_CODE,
	BY_ITSELF,
	HANDLED, /* had a hand in it once, and is none of them today */
	RELATION_COUNT
};

struct cell {
	enum complaint_state state;
	enum complaint_step step;
	const struct flow_row *row; /* NULL: the step does not follow */
	role_set reach;
	enum complaint_lead lead;
	bool has_officer;
	enum relation relation;
	bool is_current; /* the client saw the present version */
	unsigned there;  /* WITH: what is there */
};

struct expected {
	enum err err;
	enum complaint_state to;
	role_set roles;
	int missing;
};

/* Everything can be there at once but a close of late that is long ago, and a reminder after the last one. */
#define ALL_THERE (NEED_BIT(NEED_COUNT) - 1 - WITH(RECENT) - WITH(DUE))

static enum role role_on(const struct cell *cell, enum complaint_lead rung)
{
	static const enum role ladder[] = {
		[LEAD_LEADER] = ROLE_LEADER,
		[LEAD_OFFICER] = ROLE_OFFICER,
		[LEAD_MANAGER] = ROLE_MANAGER,
		[LEAD_DIRECTOR] = ROLE_DIRECTOR,
	};

	return rung == LEAD_OFFICER && !cell->has_officer ? ROLE_MANAGER : ladder[rung];
}

/* Whoever it goes to stands for the leader, and for everybody below. */
static enum role role_at_least(const struct cell *cell, enum complaint_lead rung)
{
	return role_on(cell, cell->lead > rung ? cell->lead : rung);
}

static enum role role_next_up(const struct cell *cell)
{
	for (int rung = (int)cell->lead + 1; rung <= LEAD_LAST; rung++) {
		if (role_on(cell, (enum complaint_lead)rung) != role_on(cell, cell->lead)) {
			return role_on(cell, (enum complaint_lead)rung);
		}
	}
	return ROLE_DIRECTOR;
}

static bool is_worker(const struct cell *cell)
{
	return cell->relation == WORKER || cell->relation == RESPONDENT_WORKER;
}

/* Has somebody with this role to do with it at all? */
static bool role_sees(const struct cell *cell, enum role role)
{
	if (cell->relation == RESPONDENT || cell->relation == RESPONDENT_WORKER ||
		role == ROLE_ADMINISTRATOR) {
		return false;
	}
	if (cell->relation == WORKER) {
		return true;
	}
	switch ((int)role) {
	case ROLE_LEADER:
	case ROLE_CLEANER:
	case ROLE_GUARD:
		return cell->lead == LEAD_LEADER;
	case ROLE_OFFICER:
		return cell->lead <= LEAD_OFFICER;
	case ROLE_MANAGER:
		return cell->lead <= LEAD_MANAGER;
	}
	return true;
}

static bool role_may(const struct cell *cell, unsigned who, enum role role)
{
	bool can_serve = role == ROLE_LEADER || role == ROLE_OFFICER || role == ROLE_CLEANER ||
	                 role == ROLE_GUARD || role == ROLE_CREW_MEMBER;

	return ((who & LEADER) != 0 && role == role_on(cell, cell->lead)) ||
	       ((who & OFFICER) != 0 && role == role_at_least(cell, LEAD_OFFICER)) ||
	       ((who & MANAGER) != 0 && role == role_at_least(cell, LEAD_MANAGER)) ||
	       ((who & NEXT_UP) != 0 && role == role_next_up(cell)) ||
	       ((who & CUSTOMER_SERVICE) != 0 && role == ROLE_CUSTOMER_SERVICE) ||
	       ((who & INSPECTOR) != 0 && role == ROLE_INSPECTOR) ||
	       ((who & DISPATCHED) != 0 && is_worker(cell) && can_serve);
}

/* Nobody with a grant: the owner with the code, the server. */
static bool is_other_that_may(const struct cell *cell)
{
	return ((cell->row->who & OWNER) != 0 && cell->relation == BY_CODE) ||
	       ((cell->row->who & SYSTEM) != 0 && cell->relation == BY_ITSELF);
}

/* Follow-up is not done by those that handled it. A score that comes along makes it one. */
static bool is_of_those_that_handled_it(const struct cell *cell)
{
	role_set handled = ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_CLEANER) |
	                   ROLE_BIT(ROLE_GUARD) | ROLE_BIT(ROLE_CREW_MEMBER);

	handled |= ROLE_BIT(role_on(cell, cell->lead));
	return is_worker(cell) || cell->relation == HANDLED || (cell->reach & handled) != 0;
}

static bool is_there(const struct cell *cell, enum complaint_need need, role_set by)
{
	/* The owner has 15 days; an inspector, or a bad score, has not. */
	bool is_bound = (by & ROLE_BIT(ROLE_INSPECTOR)) == 0 && (cell->there & WITH(SCORE)) == 0;

	return (cell->there & NEED_BIT(need)) != 0 || (need == NEED_RECENT && !is_bound) ||
	       (need == NEED_BRIEF && (by & ROLE_BIT(role_at_least(cell, LEAD_MANAGER))) != 0);
}

static struct expected refused(enum err err)
{
	return (struct expected){.err = err, .missing = NEED_COUNT};
}

static struct expected expected_of(const struct cell *cell)
{
	bool is_someone = cell->relation == BY_CODE || cell->relation == BY_ITSELF;
	bool is_score = cell->step == COMPLAINT_STEP_FOLLOW_UP || (cell->there & WITH(SCORE)) != 0;
	struct expected out = refused(ERR_OK);

	for (int role = 1; role <= ROLE_LAST; role++) {
		if ((cell->reach & ROLE_BIT(role)) != 0 && role_sees(cell, (enum role)role)) {
			bool may = cell->row != NULL && role_may(cell, cell->row->who, (enum role)role);

			is_someone = true;
			out.roles |= may ? ROLE_BIT(role) : 0;
		}
	}
	if (!is_someone) {
		return refused(ERR_NOT_FOUND);
	}
	if (!cell->is_current) {
		return refused(ERR_CONFLICT);
	}
	if (cell->row == NULL) {
		return refused(ERR_STEP_REFUSED);
	}
	if ((out.roles == 0 && !is_other_that_may(cell)) ||
		(is_score && is_of_those_that_handled_it(cell))) {
		return refused(ERR_DENIED);
	}
	for (int need = 0; need < NEED_COUNT; need++) {
		if ((cell->row->needs & NEED_BIT(need)) != 0 &&
			!is_there(cell, (enum complaint_need)need, out.roles)) {
			out.err = complaint_needs[need].err; /* test_complaint.c says which */
			out.missing = need;
			return out;
		}
	}
	out.to = cell->row->to == COMPLAINT_BEFORE ? COMPLAINT_WORK_DONE
	         : cell->row->to == COMPLAINT_SAME ? cell->state
	                                           : cell->row->to;
	return out;
}

static struct complaint_ask ask_of(const struct cell *cell)
{
	bool is_recent = (cell->there & WITH(RECENT)) != 0;
	bool has_waited = (cell->there & WITH(WAITED)) != 0;
	bool is_due = (cell->there & WITH(DUE)) != 0;

	return (struct complaint_ask){
		.state = cell->state,
		.state_before = COMPLAINT_WORK_DONE,
		.version = VERSION,
		.version_expected = cell->is_current ? VERSION : VERSION - 1,
		.step = cell->step,
		.lead = cell->lead,
		.has_officer = cell->has_officer,
		.has_team = (cell->there & WITH(OWNED)) != 0,
		.is_urgent = (cell->there & WITH(URGENT)) != 0,
		.is_booked = (cell->there & WITH(BOOKED)) != 0,
		.has_receipt = (cell->there & WITH(RECEIPT)) != 0,
		.wants_follow_up = true,
		.is_followed_up = (cell->there & WITH(SETTLED)) != 0,
		.pending_us = NOW - 7 * DAY + (has_waited ? 0 : 1),
		.remind_us = has_waited && !is_due ? 0 : NOW + !is_due,
		.ended_us = NOW - 15 * DAY - (is_recent ? 0 : 1),
		.pauses_us = 7 * DAY + ((cell->there & WITH(BRIEF)) != 0 ? 0 : 1),
		.now_us = NOW,
		.reach = cell->reach,
		.is_respondent = cell->relation == RESPONDENT || cell->relation == RESPONDENT_WORKER,
		.is_worker = is_worker(cell),
		.has_handled = cell->relation == HANDLED,
		.is_owner = cell->relation == BY_CODE,
		.is_system = cell->relation == BY_ITSELF,
		.given = cell->there & ~SHOWN,
	};
}

static void check_cell(const struct cell *cell)
{
	struct complaint_ask ask = ask_of(cell);
	struct expected expected = expected_of(cell);
	struct complaint_verdict verdict;
	enum err err = complaint_decide(&ask, &verdict);

	if (err != expected.err || (int)verdict.missing != expected.missing ||
		(err == ERR_OK && (verdict.to != expected.to || verdict.roles != expected.roles))) {
		printf(
			"# %s %s reach %x lead %d officer %d relation %d current %d there %x: %d to %d by %x\n",
			complaint_state_name((int)cell->state), complaint_step_name((int)cell->step),
			cell->reach, (int)cell->lead, cell->has_officer, (int)cell->relation, cell->is_current,
			cell->there, (int)expected.err, (int)expected.to, expected.roles);
	}
	CHECK_INT_EQ(err, expected.err);
	CHECK_INT_EQ(verdict.missing, expected.missing);
	if (err == ERR_OK) {
		CHECK_INT_EQ(verdict.to, expected.to);
		CHECK_INT_EQ(verdict.roles, expected.roles);
		CHECK_INT_EQ(verdict.move->step, cell->step);
	}
}

/* --- the walk --- */

/* One grant of the role, as the situation has it, and what it reaches. */
static role_set reach_of(enum role role, enum situation situation)
{
	const struct area area = {.community_id = {{1}}, .team_id = {{2}}, .crew_id = {{3}}};
	struct uuid elsewhere = {{9}};
	bool is_own = situation != OTHER_AREA;
	enum scope scope = role_row((int)role)->scope;
	struct access_grant grant = {
		.role = role,
		.scope = scope,
		.community_id = is_own || scope == SCOPE_TEAM ? area.community_id : elsewhere,
		.team_id = is_own ? area.team_id : elsewhere,
		.crew_id = is_own ? area.crew_id : elsewhere,
		.from_us = NOW - DAY,
		.to_us = situation == EXPIRED ? NOW : NOW + 1,
	};

	return access_reach((struct access_grants){&grant, 1}, &area, NOW);
}

/* The n-th way in which what a row needs, and everything else, is there or not. */
static unsigned there_of(const struct flow_row *row, unsigned n)
{
	unsigned needs = row == NULL ? 0 : row->needs;
	unsigned there = (n & 1) != 0 ? ALL_THERE & ~needs : 0;

	for (int need = 0; need < NEED_COUNT; need++) {
		if ((needs & NEED_BIT(need)) != 0) {
			n >>= 1;
			there |= (n & 1) != 0 ? NEED_BIT(need) : 0;
		}
	}
	return there;
}

static unsigned way_count(const struct flow_row *row)
{
	return 2U << (row == NULL ? 0 : __builtin_popcount(row->needs));
}

#define PEOPLE_COUNT (SITUATION_COUNT * ROLE_LAST * LEAD_LAST * 2 * RELATION_COUNT * 2)

/* The n-th of all who can ask, and of what the complaint is to them. */
static void set_person(struct cell *cell, role_set reach[SITUATION_COUNT][ROLE_LAST], size_t n)
{
	cell->is_current = n % 2 == 0;
	n /= 2;
	cell->has_officer = n % 2 == 0;
	n /= 2;
	cell->relation = (enum relation)(n % RELATION_COUNT);
	n /= RELATION_COUNT;
	cell->lead = (enum complaint_lead)(1 + n % LEAD_LAST);
	n /= LEAD_LAST;
	cell->reach = reach[n / ROLE_LAST][n % ROLE_LAST];
}

static void check_pair(struct cell *cell, role_set reach[SITUATION_COUNT][ROLE_LAST], size_t *count)
{
	unsigned ways = way_count(cell->row);

	for (size_t n = 0; n < PEOPLE_COUNT; n++) {
		set_person(cell, reach, n);
		for (unsigned way = 0; way < ways; way++) {
			cell->there = there_of(cell->row, way);
			check_cell(cell);
			if (check_failed()) {
				return;
			}
			++*count;
		}
	}
}

static void test_every_cell_is_decided_as_the_company_tells_it(void)
{
	role_set reach[SITUATION_COUNT][ROLE_LAST];
	size_t count = 0;

	for (int situation = 0; situation < SITUATION_COUNT; situation++) {
		for (int role = 1; role <= ROLE_LAST; role++) {
			/* The whole company is an area of its own: there is no other. */
			bool is_everywhere = role_row(role)->scope == SCOPE_COMPANY;
			bool reaches = situation == OWN_AREA || (situation == OTHER_AREA && is_everywhere);

			reach[situation][role - 1] = reach_of((enum role)role, (enum situation)situation);
			CHECK_INT_EQ(reach[situation][role - 1], reaches ? ROLE_BIT(role) : 0);
		}
	}
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		for (size_t k = 0; k < COMPLAINT_STEP_COUNT; k++) {
			struct cell cell = {.state = complaint_states[i], .step = complaint_steps[k]};

			cell.row = flow_row_of(cell.state, cell.step);
			check_pair(&cell, reach, &count);
			if (check_failed()) {
				return;
			}
		}
	}
	printf("# %zu cells\n", count);
	/* Of 684 pairs of state and step 569 do not follow; 7 need nothing, 85 one thing, 20 two, 3 three. */
	CHECK_INT_EQ(PEOPLE_COUNT, 3360);
	CHECK_INT_EQ(count, 3360 * (569 * 2 + 7 * 2 + 85 * 4 + 20 * 8 + 3 * 16));
}

/* A person with several roles: one of them that may is enough, unless another forbids it. */
static void test_any_set_of_roles_is_decided_by_its_roles(void)
{
	size_t count = 0;

	for (size_t n = 0; n < COMPLAINT_STATE_COUNT * COMPLAINT_STEP_COUNT; n++) {
		struct cell cell = {
			.state = complaint_states[n / COMPLAINT_STEP_COUNT],
			.step = complaint_steps[n % COMPLAINT_STEP_COUNT],
			.is_current = true,
			.has_officer = true,
		};

		cell.row = flow_row_of(cell.state, cell.step);
		if (cell.row == NULL) {
			continue;
		}
		for (role_set reach = 0; reach < 1U << (ROLE_LAST + 1); reach += 2) {
			cell.reach = reach;
			cell.relation = (reach >> 1) % 5 == 0 ? WORKER : PLAIN;
			cell.lead = (enum complaint_lead)(1 + count % LEAD_LAST);
			cell.there = cell.row->needs;
			check_cell(&cell);
			if (check_failed()) {
				return;
			}
			count++;
		}
	}
	CHECK_INT_EQ(count, 115 * 1024);
}

static const struct test tests[] = {
	{"every_cell_is_decided_as_the_company_tells_it",
		test_every_cell_is_decided_as_the_company_tells_it},
	{"any_set_of_roles_is_decided_by_its_roles", test_any_set_of_roles_is_decided_by_its_roles},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
