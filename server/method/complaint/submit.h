/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new complaint is made of: between the message and its one statement.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/domain/complaint.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/method/file/file_choice.h"
#include "server/request.h"

struct submit {
	const Pb__ComplaintSubmit *in;  /* what came, or stands for it */
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
	const struct query *earlier; /* complaint_earlier; NULL: history, which repeats nothing */
	struct uuid repeat_of;       /* nil: none */
	const struct query *files;   /* file_some; NULL: none is named */
};

/* The message's shape beyond field.def: what goes with the channel, the reporter, the category; the files. */
enum err submit_check(struct request *r);
struct file_choice submit_files(const Pb__ComplaintSubmit *in);

/* Place, team, who leads it, category. A refusal names the field. */
enum err submit_decide(struct request *r, struct submit *submit);

/* Complaint.Subkind where nothing is said; 0: none. */
int submit_subkind(const Pb__ComplaintSubmit *in, const struct query *around);

/* What the reporter is where nothing is said. */
int submit_reporter(const Pb__ComplaintSubmit *in);

/* submit_repeat.c: what the household had before, and the one that this is a repeat of; nil: none. */
void submit_repeat_load(struct request *r, const Pb__ComplaintSubmit *in);
struct uuid submit_repeat_of(const struct request *r, const struct submit *submit,
	const Pb__ComplaintSubmit *in, const struct query *rows);

/* The statement, with acknowledgement and message; the reply must be filled in. */
void submit_effect(struct request *r, const struct submit *submit);

/* For statements that make a complaint: $10–$45. */
void submit_effect_add(struct request *r, struct query *query, const struct submit *submit);

/* Of the acknowledgement; in the arena, NULL where that failed. */
char *submit_receipt_code(struct request *r, const struct query *around);

/* For submit_effect: $35–$43, the acknowledgement and its message; history is told to nobody. */
void submit_receipt_add(struct request *r, struct query *query, const struct submit *submit);
