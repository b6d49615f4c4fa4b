/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/plan.h"

#include <stdio.h>
#include <string.h>

#define SQL_MAX 4096
#define EACH_BYTES_MAX 65536

static bool is_name_char(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The name at `text`, cut off behind it. */
size_t plan_name(const char *text, char out[PLAN_NAME_MAX])
{
	size_t len = 0;

	while (is_name_char(text[len])) {
		assert(len + 1 < PLAN_NAME_MAX);
		out[len] = text[len];
		len++;
	}
	out[len] = '\0';
	return len;
}

static const char *line_at(const struct plan *plan, int row)
{
	return PQgetvalue(plan->rows, row, 0);
}

static int depth_of(const char *line)
{
	return (int)strspn(line, " ");
}

/* "… Scan using x on public.complaint c", "CTE Scan on held h": what is read, and its name here. */
static void look_at_scan(struct plan *plan, int row)
{
	static const char *const marks[] = {
		" on public.", "CTE Scan on ", "Subquery Scan on ", "Function Scan on pg_catalog."};
	const char *line = line_at(plan, row);
	struct scan *scan = &plan->scans[plan->scan_count];

	for (size_t i = 0; i < COUNT(marks); i++) {
		const char *at = strstr(line, marks[i]);

		if (at == NULL || strstr(line, "Scan") == NULL ||
			strstr(line, "Scan") > at + strlen(marks[i])) {
			continue;
		}
		assert(plan->scan_count + 1 < PLAN_SCANS_MAX);
		*scan = (struct scan){.kind = (enum scan_kind)i, .row = row};
		at += strlen(marks[i]);
		at += plan_name(at, scan->source);
		if (*at != ' ' || plan_name(at + 1, scan->alias) == 0) {
			memcpy(scan->alias, scan->source, sizeof scan->alias);
		}
		plan->scan_count++;
		return;
	}
}

static const struct scan *find_alias(const struct plan *plan, const char *text)
{
	char alias[PLAN_NAME_MAX];

	(void)plan_name(text, alias);
	for (size_t i = 0; i < plan->scan_count; i++) {
		if (strcmp(plan->scans[i].alias, alias) == 0) {
			return &plan->scans[i];
		}
	}
	return NULL;
}

/* What community_id is compared with: a parameter, a constant, or what is bound itself. */
static bool is_anchor(const struct plan *plan, const char *text)
{
	const struct scan *other;

	if (text[0] == '$' || text[0] == '\'') {
		return true;
	}
	other = find_alias(plan, text);
	return other != NULL && other->is_bound;
}

/* VERBOSE plans give each source a name of its own, and write it before every column. */
static bool is_bound_in(const struct plan *plan, const struct scan *scan, const char *line)
{
	char left[PLAN_NAME_MAX + 32];
	char right[PLAN_NAME_MAX + 32];
	const char *at = strstr(line, "Cond: ");

	at = at == NULL ? strstr(line, "Filter: ") : at;
	if (at == NULL) {
		return false;
	}
	(void)snprintf(left, sizeof left, "(%s.community_id = ", scan->alias);
	(void)snprintf(right, sizeof right, ".community_id = %s.community_id)", scan->alias);
	if (strstr(at, left) != NULL && is_anchor(plan, strstr(at, left) + strlen(left))) {
		return true;
	}
	at = strstr(at, right);
	if (at == NULL) {
		return false;
	}
	while (is_name_char(at[-1])) {
		at--;
	}
	return is_anchor(plan, at);
}

/* Where the plan of a part of the statement begins ("CTE held"); the number of rows where there is none. */
static int row_of_part(const struct plan *plan, const char *part)
{
	int row = 0;

	for (; row < PQntuples(plan->rows); row++) {
		const char *at = strstr(line_at(plan, row), "CTE ");
		char name[PLAN_NAME_MAX];

		if (at != NULL && strncmp(at, "CTE Scan", 8) != 0) {
			(void)plan_name(at + 4, name);
			if (strcmp(name, part) == 0) {
				break;
			}
		}
	}
	return row;
}

/* A part, or a query inside, is bound where everything is that it reads. */
static bool is_part_bound(const struct plan *plan, const struct scan *scan)
{
	int first = scan->kind == SCAN_INNER ? scan->row : row_of_part(plan, scan->source);
	int last = first + 1;

	while (last < PQntuples(plan->rows) &&
		   depth_of(line_at(plan, last)) > depth_of(line_at(plan, first))) {
		last++;
	}
	for (size_t i = 0; i < plan->scan_count; i++) {
		const struct scan *inner = &plan->scans[i];
		bool matters = inner->kind != SCAN_TABLE || plan->is_of_community(inner->source) ||
		               strcmp(inner->source, "community") == 0;

		if (inner->row > first && inner->row < last && matters && !inner->is_bound) {
			return false;
		}
	}
	return first < PQntuples(plan->rows);
}

static bool is_scan_bound(const struct plan *plan, const struct scan *scan)
{
	if ((scan->kind == SCAN_PART || scan->kind == SCAN_INNER) && is_part_bound(plan, scan)) {
		return true;
	}
	for (int row = 0; row < PQntuples(plan->rows); row++) {
		if (is_bound_in(plan, scan, line_at(plan, row))) {
			return true;
		}
	}
	return false;
}

/* What is bound binds what it is joined with: as long as that finds more. */
static void bind_scans(struct plan *plan)
{
	bool has_more = true;

	while (has_more) {
		has_more = false;
		for (size_t i = 0; i < plan->scan_count; i++) {
			struct scan *scan = &plan->scans[i];

			if (!scan->is_bound && is_scan_bound(plan, scan)) {
				scan->is_bound = has_more = true;
			}
		}
	}
	for (size_t i = 0; i < plan->scan_count; i++) {
		const struct scan *scan = &plan->scans[i];

		if (scan->kind == SCAN_TABLE && plan->is_of_community(scan->source)) {
			plan->checked_count++;
			plan->is_bound &= scan->is_bound;
		}
	}
}

static void look_at_write(struct plan *plan, const char *line)
{
	static const char *const verbs[] = {
		"Insert on public.", "Update on public.", "Delete on public."};

	for (size_t i = 0; i < COUNT(verbs); i++) {
		const char *at = strstr(line, verbs[i]);
		char table[PLAN_NAME_MAX];

		if (at != NULL && plan_name(at + strlen(verbs[i]), table) > 0) {
			plan->writes_community |= plan->is_of_community(table);
			plan->writes_company |= !plan->is_of_community(table);
		}
	}
}

static PGresult *explain(PGconn *pg, enum stmt stmt)
{
	Oid oids[STMT_PARAM_MAX];
	size_t count = stmt_param_count(stmt);
	char sql[SQL_MAX];
	int len =
		snprintf(sql, sizeof sql, "EXPLAIN (VERBOSE, COSTS OFF) EXECUTE %s", stmt_rows[stmt].name);
	bool has_plain = stmt_has_plain(&stmt_rows[stmt]);
	struct arena arena;
	PGresult *result;

	for (size_t i = 0; i < count; i++) {
		char letter = stmt_rows[stmt].types[i];

		oids[i] = has_plain ? stmt_oid(letter) : stmt_array_oid(letter);
		len += snprintf(sql + len, sizeof sql - (size_t)len, "%sNULL", i == 0 ? "(" : ", ");
	}
	(void)snprintf(sql + len, sizeof sql - (size_t)len, "%s", count == 0 ? "" : ")");
	arena_init(&arena, EACH_BYTES_MAX);
	result = PQprepare(pg, stmt_rows[stmt].name,
		has_plain ? stmt_rows[stmt].sql : stmt_each_sql(stmt, &arena), (int)count, oids);
	arena_fini(&arena);
	assert(PQresultStatus(result) == PGRES_COMMAND_OK); /* test_stmt.c says why not */
	PQclear(result);
	result = PQexec(pg, sql);
	assert(PQresultStatus(result) == PGRES_TUPLES_OK);
	return result;
}

void plan_read(struct plan *plan, PGconn *pg, enum stmt stmt, plan_is_of_community is_of_community)
{
	*plan = (struct plan){
		.rows = explain(pg, stmt), .is_of_community = is_of_community, .is_bound = true};
	for (int row = 0; row < PQntuples(plan->rows); row++) {
		look_at_scan(plan, row);
		look_at_write(plan, line_at(plan, row));
	}
	bind_scans(plan);
}

void plan_fini(struct plan *plan)
{
	PQclear(plan->rows);
	plan->rows = NULL;
}

void plan_show_unbound(const struct plan *plan)
{
	for (size_t i = 0; i < plan->scan_count; i++) {
		const struct scan *scan = &plan->scans[i];

		if (scan->kind == SCAN_TABLE && plan->is_of_community(scan->source) && !scan->is_bound) {
			printf("#   by what it reads of %s as %s\n", scan->source, scan->alias);
		}
	}
}
