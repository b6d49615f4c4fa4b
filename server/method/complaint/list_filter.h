/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list's filter: what its message asks for, checked, and as the parameters of COMPLAINT_FILTER of stmt.def.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/domain/phone.h"
#include "server/method/complaint/list_reach.h"
#include "server/request.h"

#define LIST_LIMIT_DEFAULT 50

/* Lives in request.state. */
struct listing {
	struct list_reach *reach;
	bool is_cursor_bad;
	struct str words; /* normalised; empty: not searched for */
	struct str day;   /* of the number; empty: not asked for */
	int32_t day_no;
	char phone[PHONE_BYTES]; /* E.164; empty: not asked for */
};

/* The message's shape beyond field.def; sets request.state and community_id. */
enum err list_filter_check(struct request *r);

/* list_load.c: the one query, and the roles that the person has in the community. */
void list_load(struct request *r);
role_set list_roles(const struct request *r);

/* Of what stands out, bits of COMPLAINT_FILTER of stmt.def; 0: nothing of it is asked for. */
enum { LIST_CHASED = 1, LIST_REPEATS = 2, LIST_COLLECTIVE = 4 };
unsigned list_filter_flags(const struct request *r);

/* $1–$21; a cursor that is not ours is noted in the listing. */
void list_filter_add(struct request *r, struct query *query);
