/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every method about one file reads, whose the file is, and how it is refused.
 */
#include "server/method/file/file_row.h"
#include "server/principal.h"

enum { QUERY_FILE, QUERY_COMPLAINT };

static void add_ids(struct request *r, enum stmt stmt, ProtobufCBinaryData file_id)
{
	struct query *query = request_query(r, stmt);

	query_uuid(query, r->community_id);
	query_uuid(query, uuid_from_span(codec_span(true, file_id)));
}

void file_row_load(struct request *r, ProtobufCBinaryData file_id)
{
	add_ids(r, STMT_file_get, file_id);
	add_ids(r, STMT_file_complaint, file_id);
}

const struct query *file_row_of(const struct request *r)
{
	assert(r->queries[QUERY_FILE].stmt == STMT_file_get);
	return &r->queries[QUERY_FILE];
}

/* Of a complaint that is not submitted yet: the rule of complaint.submit. */
static bool may_before(const struct request *r, struct uuid account_id)
{
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	return uuid_equal(account_id, r->principal->account_id) &&
	       (roles & right_roles(RIGHT_COMPLAINT_SUBMIT)) != 0;
}

enum err file_row_may(struct request *r)
{
	const struct query *complaint = &r->queries[QUERY_COMPLAINT];
	struct file_record record;
	bool may;

	if (query_rows(file_row_of(r)) == 0) {
		return ERR_NOT_FOUND;
	}
	record = file_row_record(file_row_of(r), 0);
	if (uuid_is_nil(record.complaint_id)) {
		may = may_before(r, record.account_id);
	} else {
		may = query_rows(complaint) > 0 && complaint_row_relation(r, complaint, 0).sees != 0;
	}
	return may ? ERR_OK : ERR_NOT_FOUND;
}

enum err file_row_may_send(struct request *r)
{
	enum err err = file_row_may(r);

	if (err != ERR_OK) {
		return err;
	}
	return uuid_equal(file_row_record(file_row_of(r), 0).account_id, r->principal->account_id)
	           ? ERR_OK
	           : ERR_DENIED;
}

struct uuid file_row_grant(const struct request *r)
{
	const struct query *complaint = &r->queries[QUERY_COMPLAINT];
	const struct access_grant *grant;
	struct complaint_relation relation;

	if (query_rows(complaint) == 0) {
		grant = access_community_by(
			r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));
		return grant == NULL ? uuid_nil : grant->grant_id;
	}
	relation = complaint_row_relation(r, complaint, 0);
	return request_grant(r, relation.sees, &relation.area);
}

enum err file_row_refuse(struct request *r, enum file_fault fault)
{
	const struct file_fault_row *row = file_fault_row((int)fault);

	assert(row != NULL);
	return request_refuse(r, ERR_FILE_REFUSED, row->field, row->allowed);
}

enum err file_row_refuse_offset(struct request *r)
{
	Pb__File *current = file_row_message(&r->arena, file_row_of(r), 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return request_refuse(r, ERR_FILE_OFFSET, "offset", "received_bytes");
}
