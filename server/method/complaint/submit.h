/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new complaint is made of: between the message and its one statement.
 */
#pragma once

#include "server/domain/complaint.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/request.h"

struct submit {
	const struct query *around;     /* place_around */
	const struct query *respondent; /* respondent_roles; NULL: nobody is named */
	struct uuid team_id;            /* nil: the queue */
	enum complaint_lead lead;
	uint32_t category;
	bool is_suggested;
	int subkind; /* Complaint.Subkind; 0: none */
	int reporter;
	int language;
	struct complaint_contact contact;
	const struct query *files; /* file_some; NULL: none is named */
};

/* The message's shape beyond field.def: what goes with the channel, the reporter, the category. */
enum err submit_check(struct request *r);

/* Place, team, who leads it, category. A refusal names the field. */
enum err submit_decide(struct request *r, struct submit *submit);

/* The statement, with acknowledgement and message; the reply must be filled in. */
void submit_effect(struct request *r, const struct submit *submit);

/* Of the acknowledgement; in the arena, NULL where that failed. */
char *submit_receipt_code(struct request *r, const struct query *around);

/* For submit_effect: $35–$43, the acknowledgement and its message; history is told to nobody. */
void submit_receipt_add(struct request *r, struct query *query, const struct submit *submit);
