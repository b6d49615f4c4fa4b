/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold in a database whatever happened to it, when nobody is at work: everything that a step leaves
 * behind is there once, and nothing that no step left. And what owners were told, against what was committed.
 */
#pragma once

#include "tests/live/told.h"
#include "tests/server/pg.h"

/* Where violations go. */
struct database_check {
	void (*violate)(void *user, const char *what, const char *detail);
	void *user;
};

void database_check_rows(const struct database_check *check, PGconn *pg);

/*
 * Waits until every message is sent; each that was committed came at least once, and none came that was not.
 * The connection is a superuser's.
 *
 *   returns  how many messages there are
 */
size_t database_check_told(
	const struct database_check *check, PGconn *pg, const struct live_told *told);
