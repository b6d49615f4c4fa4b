/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A complaint as it is now, and what a step makes of it: pure. The record comes from its row, the step
 * was allowed by complaint_decide; what the table's move itself changes is changed here, what only one
 * step knows (a window, a result) by that step's method.
 */
#pragma once

#include "common/span.h"
#include "common/uuid.h"
#include "server/domain/complaint.h"

enum complaint_close_mode {
	CLOSE_OWNER = 1,
	CLOSE_CALL = 2,
	CLOSE_DECIDED = 3,
	CLOSE_IMPORTED = 4,
};

/* Numbers as on the wire; ids nil, times 0, texts empty and numbers 0 where there is none. */
struct complaint_record {
	/* Set when it was submitted. */
	struct uuid complaint_id;
	struct str number;
	uint32_t version;
	int kind;
	int urgency;
	int reporter;
	int language;
	enum complaint_lead lead;
	struct uuid place_id;
	int place_kind;
	uint32_t category; /* 0: none, of what was imported */
	struct uuid respondent_id;
	/* Changed by steps. */
	enum complaint_state state;
	struct uuid team_id;
	struct uuid crew_id;
	struct uuid worker_id;
	int64_t window_from_us;
	int64_t window_to_us;
	int64_t arrived_us;
	int64_t work_done_us;
	struct str result;
	int64_t ended_us;
	int rating;
	enum complaint_state state_before; /* 0: neither suspended nor merged */
	int suspend_reason;
	int64_t suspended_until_us;
	struct uuid master_id;
	int64_t accepted_us;
	int64_t pending_us;
	int64_t remind_us; /* when the owner is reminded next; 0: never again, or was not asked */
	struct str advice;
	struct str answer;
	int close_mode; /* 0: not closed */
	int follow_up_score;
	int64_t followed_up_us;
	struct uuid receipt_id;
	int reopened_count;
	/* What other complaints have to do with it, and how often the owner asked again. */
	struct uuid repeat_of;
	struct uuid collective_id;
	struct uuid split_from;
	int chased_count;
	int64_t chased_us; /* the last time that counted; 0: never */
};

/* Does somebody's time stay kept for it in this state? */
bool complaint_keeps_slot(enum complaint_state state);

/* Enquiries, suggestions and compliments are not asked about after the close; nor is what was imported. */
#define COMPLAINT_UNASKED_COUNT 3
extern const int complaint_unasked_kinds[COMPLAINT_UNASKED_COUNT];
bool complaint_wants_follow_up(const struct complaint_record *record);

/* All reminders went out, and the owner has not answered: a person decides. */
bool complaint_waits_for_decision(const struct complaint_record *record);

/*
 * Are the owners of what is merged into a master told when this step was taken with it? It was answered, closed or
 * decided. complaint_step_full of stmt.def says the same; a test compares.
 */
bool complaint_tells_merged(enum complaint_step step);

/*
 * What the move itself changes. suspend_reason, suspended_until and master are the step's own to set; so is when the
 * owner is reminded next, after a reminder.
 */
void complaint_apply(
	struct complaint_record *record, const struct complaint_verdict *verdict, int64_t now_us);
