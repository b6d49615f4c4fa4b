/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/file/begin.h"
#include "server/principal.h"

const Pb__FileBegin *begin_message(const struct request *r)
{
	return (const Pb__FileBegin *)r->message;
}

const struct file_purpose_row *begin_purpose(const struct request *r)
{
	const struct file_purpose_row *row = file_purpose_row((int)begin_message(r)->purpose);

	assert(row != NULL); /* the codec lets in no other; a test compares */
	return row;
}

bool begin_is_of_a_visit(const struct request *r)
{
	return begin_message(r)->purpose == PB__FILE__PURPOSE__AFTER ||
	       begin_message(r)->purpose == PB__FILE__PURPOSE__SIGNATURE;
}

/* Whose places they are: the complaint's, else those that this person has for a while. */
struct uuid begin_holder(const struct request *r)
{
	return begin_message(r)->has_complaint_id
	           ? uuid_from_span(codec_span(true, begin_message(r)->complaint_id))
	           : r->principal->account_id;
}

/* As for complaint.submit. */
static enum err may_before(struct request *r)
{
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	return query_rows(&r->queries[BEGIN_COMPLAINT]) > 0 && (roles & right_roles(r->right)) != 0
	           ? ERR_OK
	           : ERR_NOT_FOUND;
}

enum err begin_may(struct request *r)
{
	const struct query *row = &r->queries[BEGIN_COMPLAINT];
	struct complaint_relation relation;

	if (!begin_message(r)->has_complaint_id) {
		return may_before(r);
	}
	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	relation = complaint_row_relation(r, row, 0);
	if (relation.sees == 0) {
		return ERR_NOT_FOUND;
	}
	/* Who shows the work and has it signed is who does it: the rule of complaint.done. */
	return begin_is_of_a_visit(r) && !relation.is_worker ? ERR_DENIED : ERR_OK;
}

struct uuid begin_grant(const struct request *r)
{
	const struct query *row = &r->queries[BEGIN_COMPLAINT];
	const struct access_grant *grant;
	struct complaint_relation relation;

	if (begin_message(r)->has_complaint_id) {
		relation = complaint_row_relation(r, row, 0);
		return request_grant(r, relation.sees, &relation.area);
	}
	grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));
	return grant == NULL ? uuid_nil : grant->grant_id;
}
