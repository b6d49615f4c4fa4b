/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every method that moves a complaint, as data: the step it asks for, from which states it leads where,
 * and whose it is, written down a second time beside complaint.def. And how to ask for one: its message
 * with everything that it needs, and rows with everything there.
 */
#pragma once

#include "server/domain/complaint.h"
#include "tests/method/bench.h"

#define STEP_VERSION 5
#define STEP_HOUR (3600 * US_PER_S)
#define STEP_PHONE "+8613800138000"

/* Who asks, as a bit; the order is that of step_people. */
enum step_person {
	BY_NOBODY = 1,
	BY_ADMINISTRATOR = 2,
	BY_MANAGER = 4,
	BY_LEADER = 8,
	BY_OFFICER = 16,
	BY_SERVICE = 32,
	BY_CREW = 64,
	BY_CLEANER = 128,
	BY_GUARD = 256,
	BY_INSPECTOR = 512,
	BY_DIRECTOR = 1024,
	/* These see nothing of team 1 in community 1. */
	BY_LEADER_ELSEWHERE = 2048,
	BY_LEADER_OF_TEAM_2 = 4096,
	BY_SERVICE_ELSEWHERE = 8192,
	BY_CREW_ELSEWHERE = 16384,
	BY_EXPIRED_LEADER = 32768,
	BY_ADMINISTRATOR_WHO_LEADS_ELSEWHERE = 65536,
};
#define STEP_PEOPLE_COUNT 17

extern const struct access_grants *const step_people[STEP_PEOPLE_COUNT];

#define STEP_FROM_MAX 16
#define STEP_BEFORE 3 /* the state that suspended and merged ones were in: SCHEDULED */

struct step_row {
	enum method method;
	enum complaint_step step;
	enum complaint_state from[STEP_FROM_MAX]; /* up to the first 0 */
	enum complaint_state to;
	unsigned who; /* bits of enum step_person */
	/* The message's own fields; what is 0 or NULL is not put. */
	const char *text_field, *text;
	const char *number_field;
	int64_t number;
	bool is_full; /* also without a telephone: it leaves more behind than the record */
};

extern const struct step_row step_rows[];
extern const size_t step_row_count;

const struct step_row *step_row_of(enum method method);
bool step_leads_from(const struct step_row *row, enum complaint_state state);

/* A complaint as it is in this state, on its way through the whole flow, urgent, with crew 1. */
struct bench_complaint step_complaint(enum complaint_state state);

/* The message, from this version. */
void step_put(struct bench *bench, const struct step_row *row, uint32_t version);
/* The rows; without a telephone where phone is NULL. */
void step_find(struct bench *bench, const struct step_row *row,
	const struct bench_complaint *complaint, const char *phone);

/* What is sealed in the effect for the owner: receiver and words; both empty where there is nothing. */
struct outgoing_message step_told(struct bench *bench);
