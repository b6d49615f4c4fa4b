/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list that comes in pages, shown to its end or to --limit: a table that goes on below itself, or one
 * JSON document whose rows are printed as they come. Works on any reply that has rows and a cursor.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/err.h"

#include "proto/method.h"

struct app;
struct table;
struct table_column;

struct page_list {
	enum method method;
	ProtobufCMessage *request; /* with fields limit and cursor, which are set here */
	const char *rows_name;     /* the reply's field with the rows */
	const struct table_column *columns;
	size_t column_count;
	/* Adds the cells of one row. */
	void (*add_row)(const struct app *app, struct table *table, const ProtobufCMessage *row);
};

/* By --limit and --all; 50 rows where nothing is said. */
enum err page_show_all(struct app *app, const struct page_list *list) must_check;
