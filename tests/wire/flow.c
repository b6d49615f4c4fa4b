/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/flow.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "tests/wire/desk.h"
#include "tests/wire/link.h"

#define HOUR_US INT64_C(3600000000)

/* The way to the end, a line a step: the state it leads to, who takes it, and what it needs. */
static const struct {
	const char *state;
	const char *person;
	const char *method;
	const char *more;
} steps[] = {
	{"ACCEPTED", "leader", "complaint.accept", ""},
	{"SCHEDULED", "leader", "complaint.book",
		", \"window\": {\"from_us\": $from_us, \"to_us\": $to_us}"},
	{"DISPATCHED", "leader", "complaint.dispatch", ", \"crew_id\": $crew"},
	{"ON_SITE", "crew", "complaint.arrive", ""},
	{"WORK_DONE", "crew", "complaint.done", ", \"result\": \"换了门机皮带\""},
	{"PENDING_CONFIRMATION", "leader", "complaint.verify", ""},
	{"CLOSED", "service", "complaint.confirm", ", \"rating\": 5"},
};

static bool submit(struct run *run)
{
	int64_t from_us = clock_now().utc_us + HOUR_US;

	run_set(run, "from_us", json_integer(from_us));
	run_set(run, "to_us", json_integer(from_us + HOUR_US));
	return desk_use(run) && desk_person(run, "service") &&
	       run_statement(run, "call complaint.submit {\"community_id\": $community, \"kind\": "
							  "\"REPAIR\", \"channel\": \"PHONE\", \"text\": \"电梯不动了\"}") &&
	       run_statement(run, "ok {\"version\": 1}") &&
	       run_statement(run, "save complaint = .complaint_id") &&
	       run_statement(run, "save version = .version") &&
	       run_statement(run, "save number = .number");
}

static bool take_step(struct run *run, size_t i)
{
	char statement[512];

	(void)snprintf(statement, sizeof(statement),
		"call %s {\"community_id\": $community, \"complaint_id\": $complaint, \"version\": "
		"$version%s}",
		steps[i].method, steps[i].more);
	return desk_person(run, steps[i].person) && run_statement(run, statement) &&
	       run_statement(run, "ok") && run_statement(run, "save version = .version");
}

bool flow_use(struct run *run, const char *state)
{
	struct link *link = run->link;
	size_t count = 0;

	while (count < COUNT(steps) && strcmp(steps[count].state, state) != 0) {
		count++;
	}
	if (count == COUNT(steps) && strcmp(state, "SUBMITTED") != 0) {
		return run_fail(run, "'%s' is no state of a complaint", state);
	}
	count = count == COUNT(steps) ? 0 : count + 1;
	if (!submit(run)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!take_step(run, i)) {
			return false;
		}
	}
	run->link = link == NULL ? run->link : link;
	run->answer = (struct answer){0}; /* the script has asked nothing yet */
	return true;
}
