/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts that a step issues: made of the record as the step leaves it, and told to the owner with the
 * receipt's code. The step was loaded with state.tells. What is stored goes without the code; replies get
 * it when they are sent (mint), first or again.
 */
#pragma once

#include "server/method/complaint/complaint_tell.h"
#include "server/receipt.h"

/*
 * Who comes when; from state.record. `change` says below it what is different from the appointment before:
 * NOTICE_MOVED, NOTICE_OTHER_PERSON, or NOTICE_COUNT where it is the first.
 */
void complaint_receipt_appointment(struct request *r, enum notice change);

/* What was done, beside the result. */
struct complaint_work {
	const struct receipt_material *materials; /* in the arena */
	size_t material_count;
	struct span photo_hashes;
	bool wants_code; /* a new one to sign with */
};

/* The receipt of it, to be signed. Returns whether a new code to sign with is on its way. */
bool complaint_receipt_service(struct request *r, const struct complaint_work *work);

/* The code of the receipt whose id is minted, in the arena; NULL where that failed. */
char *complaint_receipt_code(struct request *r, struct str minted);

/* --- for the receipts themselves --- */

/* Columns of complaint_around. */
enum around {
	AROUND_COMMUNITY,
	AROUND_SHORT_NO,
	AROUND_CONTACT,
	AROUND_TEAM,
	AROUND_CREW,
	AROUND_WORKER,
	AROUND_NOW,
	AROUND_SUBMITTED,
	AROUND_ARRIVED,
	AROUND_FROM,
	AROUND_TO,
	AROUND_UNTIL,
	AROUND_ZONE,
	AROUND_WAS_FROM, /* the window that is booked, whatever is asked for */
	AROUND_WAS_TO,
};

struct str complaint_receipt_around(const struct request *r, enum around column);

/* What every receipt of a complaint says. */
struct receipt complaint_receipt_begin(struct request *r, enum receipt_kind kind);

/* Into the state; returns what the owner is sent below the receipt: its code. */
struct str complaint_receipt_issue(struct request *r, const struct receipt *receipt);
