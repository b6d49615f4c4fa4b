/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements as data: stmt.def with its parameter types spelled out as PostgreSQL's object ids.
 */
#pragma once

#include <libpq-fe.h>

#include "common/arena.h"
#include "common/base.h"

#define STMT_PARAM_MAX 80

enum stmt {
#define S(name, lane, types, sql) STMT_##name,
#include "server/db/stmt.def"
#undef S
	STMT_COUNT
};

enum lane { LANE_READ, LANE_WRITE, LANE_FILE };

/* For the log. */
const char *lane_name(enum lane lane);

enum stmt_form {
	FORM_ALONE,
	FORM_EACH, /* also for many at once */
	FORM_ONE,   /* only as for many, and only with itself */
	FORM_MANY,  /* only as for many */
	FORM_FIRST, /* the same, before all others of a batch */
};

struct stmt_row {
	const char *name;
	enum lane lane;
	enum stmt_form form;
	const char *types;     /* a letter a parameter, as in stmt.def */
	const char *sql;       /* of the last three forms what stands behind `asked` */
	const char *each_name; /* its form for many at once; NULL: it has none */
};

extern const struct stmt_row stmt_rows[STMT_COUNT];

/* Is it prepared as it stands, too? */
static inline bool stmt_has_plain(const struct stmt_row *row)
{
	return row->form == FORM_ALONE || row->form == FORM_EACH;
}

size_t stmt_param_count(enum stmt stmt);
/* The object id behind a letter of stmt.def. */
Oid stmt_oid(char letter);
/* Of an element of the array of such values: what is an array itself goes as text. */
Oid stmt_element_oid(char letter);
Oid stmt_array_oid(char letter);

/*
 * A statement's form for many: each parameter is an array, the i-th elements of which are one question's,
 * and behind the columns stands the number of the question, counted from 1, as int8. Rows come in the
 * questions' order. NULL where the arena failed.
 */
const char *stmt_each_sql(enum stmt stmt, struct arena *arena);
