/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.reads: who was given what, by day, beside what is usual for the roles that they had.
 */
#include "audit.pb-c.h"
#include "common/day.h"
#include "server/domain/reading.h"
#include "server/method/message.h"
#include "server/method/row_message.h"
#include "server/request.h"
#include "server/job/reading_job.h"

#define ROWS_MAX 1000
#define PERIOD_US_MAX (INT64_C(400) * 24 * 3600 * US_PER_S)
#define ROLES_MAX 32

/* Columns of audit_reads. */
enum {
	COLUMN_ACCOUNT,
	COLUMN_DAY,
	COLUMN_KIND,
	COLUMN_TIMES,
	COLUMN_AMOUNT,
	COLUMN_COMMUNITIES,
	COLUMN_LOGIN,
	COLUMN_NAME,
	COLUMN_ROLES,
};

static enum err check(struct request *r)
{
	const Pb__AuditReads *in = (const Pb__AuditReads *)r->message;

	return in->from_us < in->to_us && in->to_us - in->from_us <= PERIOD_US_MAX
	           ? ERR_OK
	           : request_refuse(
					 r, ERR_FIELD_INVALID, "to_us", "behind from_us, by at most 400 days");
}

static void load(struct request *r)
{
	const Pb__AuditReads *in = (const Pb__AuditReads *)r->message;
	struct query *query = request_query(r, STMT_audit_reads);

	query_time(query, in->from_us);
	query_time(query, in->to_us);
	query_uuid_or_null(query, message_id(in->has_account_id, in->account_id));
	reading_job_add_kinds(query, in->has_only_exports && in->only_exports);
	query_int4(query, ROWS_MAX + 1);
}

static role_set roles_of(const struct query *rows, size_t row)
{
	int roles[ROLES_MAX];
	size_t count = size_min(row_int2s(rows, row, COLUMN_ROLES, roles, ROLES_MAX), ROLES_MAX);
	role_set set = 0;

	for (size_t i = 0; i < count; i++) {
		set |= role_row(roles[i]) == NULL ? 0 : ROLE_BIT(roles[i]);
	}
	return set;
}

static void set_budget(const struct query *rows, size_t row, Pb__AuditReadsRow *out)
{
	out->has_budget = out->has_is_over = true;
	out->budget = (uint64_t)reading_a_day(
		(enum reading)row_int2(rows, row, COLUMN_KIND), roles_of(rows, row));
	out->is_over = out->amount > out->budget;
}

static Pb__AuditReadsRow *row_of(struct request *r, const struct query *rows, size_t row)
{
	struct row_source from = {&r->arena, rows, row};
	Pb__AuditReadsRow *out = arena_new(&r->arena, Pb__AuditReadsRow);

	if (out == NULL) {
		return NULL;
	}
	pb__audit_reads_row__init(out);
	row_set_uuid(&from, COLUMN_ACCOUNT, &out->has_account_id, &out->account_id);
	out->login = row_borrow_text(&from, COLUMN_LOGIN);
	out->name = row_borrow_text(&from, COLUMN_NAME);
	out->has_day = out->has_reading = out->has_times = out->has_amount = out->has_communities =
		true;
	out->day = day_number(row_day(rows, row, COLUMN_DAY));
	out->reading = (Pb__Audit__Reading)row_int2(rows, row, COLUMN_KIND);
	out->times = (uint64_t)row_int8(rows, row, COLUMN_TIMES);
	out->amount = (uint64_t)row_int8(rows, row, COLUMN_AMOUNT);
	out->communities = (uint32_t)row_int4(rows, row, COLUMN_COMMUNITIES);
	set_budget(rows, row, out);
	return out;
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	size_t count = size_min(query_rows(rows), ROWS_MAX);
	Pb__AuditReadsReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->rows = arena_alloc(&r->arena, size_max(count, 1) * sizeof *out->rows);
	for (size_t i = 0; out->rows != NULL && i < count; i++) {
		out->rows[out->n_rows++] = row_of(r, rows, i);
	}
	out->has_has_more = true;
	out->has_more = query_rows(rows) > ROWS_MAX;
	return ERR_OK;
}

const struct method_impl impl_audit_reads = {
	.check = check,
	.load = load,
	.may = may_always, /* of the whole company */
	.decide = decide,
};
