/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/flow.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "tests/wire/desk.h"
#include "tests/wire/link.h"

#define HOUR_US INT64_C(3600000000)
#define DAY_US (24 * HOUR_US)
#define WAY_MAX 16 /* steps from the submission to any state */

#define REASON ", \"reason\": \"核实后的决定\""

/* How each state is reached, from an earlier row's. RECEIPT is ON_SITE with the receipt to be signed. */
static const struct way {
	const char *state;
	const char *from;
	const char *person;
	const char *method;
	const char *more;
} ways[] = {
	{"ACCEPTED", "SUBMITTED", "leader", "complaint.accept", ""},
	{"SCHEDULED", "ACCEPTED", "leader", "complaint.book",
		", \"window\": {\"from_us\": $from_us, \"to_us\": $to_us}"},
	{"DISPATCHED", "SCHEDULED", "leader", "complaint.dispatch", ", \"crew_id\": $crew"},
	{"ON_SITE", "DISPATCHED", "crew", "complaint.arrive", ", \"has_entry_consent\": true"},
	{"RECEIPT", "ON_SITE", "crew", "complaint.done",
		", \"result\": \"换了门机皮带\", \"photos\": [$photo]"},
	{"WORK_DONE", "RECEIPT", "crew", "complaint.sign",
		", \"sign_method\": 3, \"reason\": \"不愿签字\""},
	{"PENDING_CONFIRMATION", "WORK_DONE", "leader", "complaint.verify", ""},
	{"CLOSED", "PENDING_CONFIRMATION", "service", "complaint.confirm", ", \"rating\": 5"},
	{"REOPENED", "PENDING_CONFIRMATION", "service", "complaint.refuse", REASON},
	{"ADVISED", "ACCEPTED", "leader", "complaint.advise", ", \"advice\": \"请向供电公司报修\""},
	{"REPORTED_UP", "ADVISED", "leader", "complaint.report_up", ""},
	{"CLOSED_OUT_OF_SCOPE", "REPORTED_UP", "officer", "complaint.agree", ""},
	{"ANSWERED", "ACCEPTED", "leader", "complaint.answer", ", \"answer\": \"每年三月检修\""},
	{"SUSPENDED", "ACCEPTED", "leader", "complaint.suspend",
		", \"reason\": \"WAITING_PARTS\", \"until_us\": $until_us"},
	{"REJECTED_INVALID", "SUBMITTED", "manager", "complaint.reject", REASON},
	{"WITHDRAWN", "SUBMITTED", "service", "complaint.withdraw", REASON},
	{"MERGED", "SUBMITTED", "service", "complaint.merge",
		", \"master_id\": $master, \"master_version\": 1"},
};

static const struct way *way_to(const char *state)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		if (strcmp(ways[i].state, state) == 0) {
			return &ways[i];
		}
	}
	return NULL;
}

static bool submit(struct run *run, const char *variable)
{
	char save[64];

	(void)snprintf(save, sizeof(save), "save %s = .complaint_id", variable);
	run_set(run, "phone", json_string(run_phone(run)));
	return desk_person(run, "service") &&
	       run_statement(run, "call complaint.submit {\"community_id\": $community, \"kind\": "
							  "\"REPAIR\", \"channel\": \"PHONE\", \"text\": \"厨房水管漏水\", "
							  "\"place_id\": $home, \"contact_name\": \"许知夏\", "
							  "\"contact_phone\": $phone}") &&
	       run_statement(run, "ok {\"version\": 1}") && run_statement(run, save) &&
	       run_statement(run, "save version = .version") &&
	       run_statement(run, "save code = .receipt_code") &&
	       run_statement(run, "save number = .number");
}

static bool take_step(struct run *run, const struct way *way)
{
	char statement[512];

	(void)snprintf(statement, sizeof(statement),
		"call %s {\"community_id\": $community, \"complaint_id\": $complaint, \"version\": "
		"$version%s}",
		way->method, way->more);
	return desk_person(run, way->person) && run_statement(run, statement) &&
	       run_statement(run, "ok") && run_statement(run, "save version = .version");
}

static bool prepare(struct run *run)
{
	int64_t from_us = clock_now().utc_us + HOUR_US;
	char photo[128] = "";

	for (size_t i = 0; i < 43; i++) {
		photo[i] = 'A';
	}
	photo[43] = '='; /* 32 bytes of nothing, as base64 */
	run_set(run, "photo", json_string(photo));
	run_set(run, "from_us", json_integer(from_us));
	run_set(run, "to_us", json_integer(from_us + HOUR_US));
	run_set(run, "until_us", json_integer(from_us + DAY_US));
	return desk_use(run);
}

/* The steps from the submission to there, the last one first; the number of them. */
static size_t find_way(const char *state, const struct way *out[WAY_MAX])
{
	const struct way *way = way_to(state);
	size_t count = 0;

	for (; way != NULL; way = way_to(way->from)) {
		assert(count < WAY_MAX); /* ways lead from earlier rows only */
		out[count++] = way;
	}
	return count;
}

bool flow_use(struct run *run, const char *state)
{
	const struct way *way[WAY_MAX];
	struct link *link = run->link;
	size_t count = find_way(state, way);

	if (count == 0 && strcmp(state, "SUBMITTED") != 0) {
		return run_fail(run, "'%s' is no state of a complaint", state);
	}
	if (!prepare(run) || (strcmp(state, "MERGED") == 0 && !submit(run, "master")) ||
		!submit(run, "complaint")) {
		return false;
	}
	while (count-- > 0) {
		if (!take_step(run, way[count])) {
			return false;
		}
	}
	run->link = link == NULL ? run->link : link;
	run->answer = (struct answer){0}; /* the script has asked nothing yet */
	return true;
}
