/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An export as export_get and export_list read it, and whom it is shown to.
 */
#pragma once

#include "export.pb-c.h"
#include "server/db/query.h"
#include "server/request.h"

enum {
	EXPORT_COLUMN_ID = 1,
	EXPORT_COLUMN_ACCOUNT,
	EXPORT_COLUMN_ACCOUNT_NAME,
	EXPORT_COLUMN_STATE,
	EXPORT_COLUMN_LIST,
	EXPORT_COLUMN_COLUMNS,
	EXPORT_COLUMN_FORMAT,
	EXPORT_COLUMN_ROWS,
	EXPORT_COLUMN_IS_WHOLE,
	EXPORT_COLUMN_BEGUN,
	EXPORT_COLUMN_READ,
	EXPORT_COLUMN_ENDED,
	EXPORT_COLUMN_APPROVER,
	EXPORT_COLUMN_APPROVER_NAME,
	EXPORT_COLUMN_APPROVED,
	EXPORT_COLUMN_VERSION,
	EXPORT_COLUMN_ALONE /* rows that its maker has taken alone besides */
};

/* Does a grant here let them export at all, or approve? */
bool export_is_here(const struct request *r);
bool export_may_approve(const struct request *r);
/* The grant by which they do what the method is about, for the record. */
struct uuid export_granted_by(const struct request *r);

/* One export to read; its row after that. */
void export_load(struct request *r, struct uuid export_id);
const struct query *export_row_of(const struct request *r);
bool export_is_own(const struct request *r);

/* `may` of what its maker does; of what whoever may approve does too. NOT_FOUND otherwise. */
enum err export_may_own(struct request *r);
enum err export_may_any(struct request *r);

/* Refuses with the export as it is. */
enum err export_refuse(struct request *r, enum err err);

/* In the arena; NULL where it failed. Borrows from the rows. */
Pb__Export *export_message(struct arena *arena, const struct query *rows, size_t row);
