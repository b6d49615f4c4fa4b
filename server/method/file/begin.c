/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.begin: a file is going to be sent, of a complaint, or of one that the same person is about to submit. It has its
 * place among the complaint's nine from now on; its id is the request's key.
 */
#include "common/clock.h"
#include "server/method/file/begin.h"
#include "server/method/message.h"

#define LOOSE_US (FILE_LOOSE_HOURS * INT64_C(3600) * US_PER_S)

static enum err check(struct request *r)
{
	const Pb__FileBegin *in = begin_message(r);

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	if (in->bytes > begin_purpose(r)->bytes_max) {
		return request_refuse(r, ERR_FIELD_RANGE, "bytes", "at most 65536 for a signature");
	}
	if (begin_is_of_a_visit(r) && !in->has_complaint_id) {
		return request_refuse(
			r, ERR_FIELD_MISSING, "complaint_id", "the complaint that the work was done for");
	}
	return ERR_OK;
}

static void load(struct request *r)
{
	struct query *query = request_query(r, STMT_file_get);

	query_uuid(query, r->community_id);
	query_uuid(query, r->key);
	query = request_query(r, STMT_file_slots);
	query_uuid(query, r->community_id);
	query_uuid(query, begin_holder(r));
	query_int2(query, begin_purpose(r)->slot_first);
	query_int2(query, begin_purpose(r)->slot_last);
	if (begin_message(r)->has_complaint_id) {
		query = request_query(r, STMT_complaint_get);
		query_uuid(query, r->community_id);
		query_uuid(query, begin_holder(r));
	} else {
		query_uuid(request_query(r, STMT_community_get), r->community_id);
	}
}

static enum err refuse_full(struct request *r)
{
	return request_refuse(r, ERR_FILES_FULL, "complaint_id",
		begin_message(r)->purpose == PB__FILE__PURPOSE__SIGNATURE ? "three signatures at most"
																  : "nine files at most");
}

static void effect(struct request *r)
{
	const Pb__FileBegin *in = begin_message(r);
	struct query *query = request_effect(r, STMT_file_begin, r->key, begin_grant(r));

	if (query == NULL) {
		return;
	}
	r->effect_key.record_id = begin_holder(r); /* it locks that: in the order of records */
	query_uuid_or_null(query, in->has_complaint_id ? begin_holder(r) : uuid_nil);
	query_uuid(query, begin_holder(r));
	query_int2(query, begin_purpose(r)->slot_first);
	query_int2(query, begin_purpose(r)->slot_last);
	query_int2(query, (int)in->purpose);
	query_int4(query, (int32_t)in->bytes);
	query_bytes(query, codec_span(true, in->hash));
	query_time(query, request_now_us(r) + LOOSE_US);
}

static enum err decide(struct request *r)
{
	const struct file_purpose_row *purpose = begin_purpose(r);
	int64_t places = purpose->slot_last - purpose->slot_first + 1;
	Pb__FileBeginReply *out;

	if (query_rows(&r->queries[BEGIN_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (begin_message(r)->has_complaint_id &&
		!complaint_is_open(complaint_row_record(&r->queries[BEGIN_COMPLAINT], 0).state)) {
		return request_refuse(r, ERR_STEP_REFUSED, "complaint_id", "an open complaint");
	}
	if (row_int8(&r->queries[BEGIN_SLOTS], 0, 0) >= places) {
		return refuse_full(r);
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_file_id = true;
	out->file_id = message_uuid(&r->arena, r->key);
	effect(r);
	return ERR_OK;
}

const struct method_impl impl_file_begin = {
	.check = check,
	.load = load,
	.may = begin_may,
	.decide = decide,
};
