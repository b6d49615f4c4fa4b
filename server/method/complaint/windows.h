/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What complaint.windows asks of the database (windows_load.c), for its method (windows.c).
 */
#pragma once

#include "server/request.h"

enum {
	WINDOWS_QUERY_COMPLAINT,
	WINDOWS_QUERY_DAYS,
	WINDOWS_QUERY_CANDIDATES,
	WINDOWS_QUERY_BUSY,
	WINDOWS_QUERY_PROVEN,
};

enum err windows_check(struct request *r);
void windows_load(struct request *r);

/* No window begins earlier: the time asked for, but never in the past. */
int64_t windows_begin_us(const struct request *r);
