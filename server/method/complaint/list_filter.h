/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list's filter: what its message asks for, checked, and as the parameters of stmt_list.def. A list and a count of
 * the same filter ask the same, of the same rows.
 */
#pragma once

#include "common/clock.h"
#include "complaint.pb-c.h"
#include "server/domain/phone.h"
#include "server/method/complaint/list_cursor.h"
#include "server/method/complaint/list_reach.h"
#include "server/method/complaint/list_way.h"
#include "server/request.h"

#define LIST_LIMIT_DEFAULT 50
#define LIST_COUNT_MAX 10000   /* where complaint.count stops */
#define LIST_ANCHOR_MAX 100000 /* where anchors do */
/* How far back what ended, or a person did, is read, all of which must be sorted: a year, and the month after it. */
#define LIST_PERIOD_US (INT64_C(400) * 24 * 3600 * US_PER_S)

/* Lives in request.state. */
struct listing {
	const Pb__ComplaintList *in;
	struct list_reach *reach;
	struct list_position position; /* of the cursor */
	bool has_position;
	bool is_cursor_bad; /* may() says so */
	bool is_by_due;
	bool is_open; /* asked for, or of states that are open alone */
	enum list_way way;
	struct list_teams teams; /* only they can have any; none: anybody */
	struct str words;        /* normalised; empty: not searched for */
	bool is_short;           /* … and no two characters of them stand side by side */
	struct str day;          /* of the number; empty: not asked for */
	int32_t day_no;
	char phone[PHONE_BYTES]; /* E.164; empty: not asked for */
};

/* What is asked of a way. */
struct list_ask {
	bool is_sum;
	bool with_anchors; /* of a sum */
	int32_t row_max;
};

/* list_check.c: the message's shape beyond field.def; sets request.state and community_id. */
enum err list_filter_check(struct request *r, const Pb__ComplaintList *in);

/* Of what stands out, bits of $20 of stmt_list.def; 0: nothing of it is asked for. */
enum { LIST_CHASED = 1, LIST_REPEATS = 2, LIST_COLLECTIVE = 4 };
unsigned list_filter_flags(const Pb__ComplaintList *in);

/* --- list_bounds.c --- */

/* Of the key, both outside. */
struct list_bounds {
	struct list_position upper;
	struct list_position lower;
};

/* Which rows the cursor leaves, if it was given: a bad one is noted in the listing. */
void list_filter_position(struct request *r);
/* Does the page go upwards in its key? A list from the newest goes down, one by clock up; back is the other way. */
bool list_filter_is_up(const struct listing *listing);
struct list_bounds list_bounds_of(const struct listing *listing, bool has_cursor);
/* From when on the steps of handled_by_id are looked at. */
int64_t list_bounds_handled_from(const struct request *r, const Pb__ComplaintList *in);

/* --- list_filter.c --- */

/* $1–$37. */
void list_filter_add(struct request *r, struct query *query, const struct list_ask *ask);

/* --- list_load.c --- */

/* The reach, the way and the teams; false where memory failed. */
bool list_begin(struct request *r) must_check;
/* One query more, of the filter's way. */
void list_query(struct request *r, const struct list_ask *ask);
/* The second authorisation, of a list and of a count. */
enum err list_may(struct request *r);
