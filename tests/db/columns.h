/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of each statement's columns, in the letters of stmt.def. test_stmt holds them against what
 * PostgreSQL says of the prepared statement, so rows that tests make by hand are like those that come.
 */
#pragma once

#include "server/db/stmt.h"

/* "" for a statement that returns no rows. */
const char *columns_of(enum stmt stmt);
