/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a statement reads and writes, as PostgreSQL plans it: every source of its plan, and whether its rows
 * are those of one community. Read from EXPLAIN's text, where each source has a name of its own that stands
 * before all of its columns.
 */
#pragma once

#include "server/db/stmt.h"

#define PLAN_NAME_MAX 128
#define PLAN_SCANS_MAX 128

/* A table that is found by its community. */
typedef bool (*plan_is_of_community)(const char *table);

enum scan_kind {
	SCAN_TABLE,
	SCAN_PART,  /* WITH part AS (…) */
	SCAN_INNER, /* a query in a FROM */
	SCAN_LIST,  /* a function's rows */
};

struct scan {
	char alias[PLAN_NAME_MAX];  /* the name of its columns */
	char source[PLAN_NAME_MAX]; /* the table, function or part */
	enum scan_kind kind;
	int row; /* of the plan */
	bool is_bound;
};

struct plan {
	PGresult *rows; /* owned */
	plan_is_of_community is_of_community;
	struct scan scans[PLAN_SCANS_MAX];
	size_t scan_count;
	size_t checked_count; /* of them of tables of a community */
	bool is_bound;        /* those are all bound to one */
	bool writes_community;
	bool writes_company;
};

/* Plans the statement as the lanes do, with one plan for all parameters, and runs nothing. */
void plan_read(struct plan *plan, PGconn *pg, enum stmt stmt, plan_is_of_community is_of_community);
void plan_fini(struct plan *plan);

/* As comments of the test: what is not bound to a community, by table and name. */
void plan_show_unbound(const struct plan *plan);

/* The name at the beginning of a text, in lower case; its length. */
size_t plan_name(const char *text, char out[PLAN_NAME_MAX]);
