/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.read: one chunk of a file that is kept. Bytes and the record of who looked at them come from one statement, by
 * the file lane: nothing is shown of which the record is not committed.
 */
#include "server/method/file/file_row.h"
#include "server/principal.h"

static enum err check(struct request *r)
{
	const Pb__FileRead *in = (const Pb__FileRead *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	if (in->offset % FILE_CHUNK_BYTES != 0) {
		return request_refuse(r, ERR_FIELD_RANGE, "offset", "a multiple of 262144");
	}
	return ERR_OK;
}

static void load(struct request *r)
{
	file_row_load(r, ((const Pb__FileRead *)r->message)->file_id);
}

static enum err decide(struct request *r)
{
	const Pb__FileRead *in = (const Pb__FileRead *)r->message;
	struct file_record record = file_row_record(file_row_of(r), 0);
	struct query *query;

	if (record.state != FILE_READY) {
		return request_refuse(r, ERR_STEP_REFUSED, "file_id", "a file that is ready");
	}
	if (in->offset >= record.kept_bytes) {
		return request_refuse(r, ERR_FIELD_RANGE, "offset", "less than its bytes");
	}
	query = request_plain_effect(r, STMT_file_read);
	if (query == NULL || request_reply(r) == NULL) {
		return ERR_BUSY;
	}
	query_uuid(query, r->community_id);
	query_uuid(query, record.file_id);
	query_int2(query, (int)(in->offset / FILE_CHUNK_BYTES));
	query_uuid(query, r->principal->account_id);
	query_uuid(query, r->principal->device_id);
	query_uuid(query, file_row_grant(r));
	query_time(query, request_now_us(r));
	return ERR_OK;
}

static void fill(struct request *r)
{
	Pb__FileReadReply *out = (Pb__FileReadReply *)r->reply;

	out->has_content = true;
	out->content = codec_bytes(row_bytes(r->effect, 0, 0));
}

const struct method_impl impl_file_read = {
	.check = check,
	.load = load,
	.may = file_row_may,
	.decide = decide,
	.fill = fill,
	.file_bytes = FILE_CHUNK_BYTES,
};
