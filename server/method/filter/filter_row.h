/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A saved filter as filter_get and filter_list read it, whom it is shown to, and who may change it.
 */
#pragma once

#include "filter.pb-c.h"
#include "server/db/query.h"
#include "server/request.h"

enum {
	FILTER_COLUMN_ID = 1,
	FILTER_COLUMN_VERSION,
	FILTER_COLUMN_NAME,
	FILTER_COLUMN_SHARE,
	FILTER_COLUMN_TEAM,
	FILTER_COLUMN_ACCOUNT,
	FILTER_COLUMN_ACCOUNT_NAME,
	FILTER_COLUMN_LIST,
	FILTER_COLUMN_CHANGED
};

/* The roles that the person has in the request's community by which they read complaints; 0: none. */
role_set filter_roles(const struct request *r);
/* The grant of one of those, for the record. */
struct uuid filter_granted_by(const struct request *r);

/* One filter to read, and its row after LOAD. */
void filter_load(struct request *r, struct uuid filter_id);
const struct query *filter_row_of(const struct request *r);

/* `may` of what is about one filter: NOT_FOUND where it is shared with nobody of whom this is one. */
enum err filter_may(struct request *r);

/* Its maker, or a manager. ERR_OK | DENIED | CONFLICT with the filter as it is. */
enum err filter_may_change(struct request *r, uint32_t version);

/* In the arena; NULL where it failed. Borrows from the rows. */
Pb__Filter *filter_message(struct request *r, const struct query *rows, size_t row);
