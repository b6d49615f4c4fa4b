/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom to call about a complaint: sealed in the table complaint_contact under a key of its own.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_row.h"

struct complaint_contact {
	struct str name;  /* empty: none */
	struct str phone; /* E.164; empty: none */
};

/* What is stored. Spans are NULL where there is nothing. */
struct complaint_contact_sealed {
	struct span wrapped_key;
	struct span name;
	struct span phone;
	struct span phone_index;
};

/* Who may know who a protected reporter is, and find complaints by that telephone. */
role_set complaint_contact_protected_roles(void);

/* In the arena; with neither name nor phone everything of *out is empty. */
void complaint_contact_seal(struct request *r, struct uuid complaint_id,
	const struct complaint_contact *contact, struct complaint_contact_sealed *out);

/*
 * Of a row of complaint_contact_get. False: there is none, or it does not open (then it is logged, by
 * id: another server's key).
 */
bool complaint_contact_open(struct request *r, const struct query *query, struct uuid complaint_id,
	struct complaint_contact *out) must_check;

/*
 * As much of it as somebody may know: all for whoever leads or handles it, name and masked telephone for
 * the crew while it serves; a protected reporter for customer service, managers and directors alone;
 * nothing for cleaners, guards, inspectors. NULL where that is nothing, or the arena failed.
 */
Pb__Contact *complaint_contact_message(struct request *r, const struct query *contact,
	const struct complaint_record *record, const struct complaint_relation *relation);
