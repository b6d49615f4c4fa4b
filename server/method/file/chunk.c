/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.chunk: the next piece of a file. Who does not know how far it came is told; what came before changes nothing, so
 * a piece may be sent again whenever its answer was lost.
 */
#include "server/method/file/file_row.h"
#include "server/principal.h"

static enum err check(struct request *r)
{
	const Pb__FileChunk *in = (const Pb__FileChunk *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	if (in->offset % FILE_CHUNK_BYTES != 0) {
		return request_refuse(r, ERR_FIELD_RANGE, "offset", "a multiple of 262144");
	}
	return ERR_OK;
}

static void load(struct request *r)
{
	file_row_load(r, ((const Pb__FileChunk *)r->message)->file_id);
}

static enum err reply(struct request *r, uint32_t received_bytes)
{
	Pb__FileChunkReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_received_bytes = true;
	out->received_bytes = received_bytes;
	return ERR_OK;
}

static enum err put(struct request *r, const struct file_record *record)
{
	const Pb__FileChunk *in = (const Pb__FileChunk *)r->message;
	enum err err = reply(r, in->offset + (uint32_t)in->content.len);
	struct query *query = err == ERR_OK ? request_plain_effect(r, STMT_file_chunk_put) : NULL;

	if (query == NULL) {
		return ERR_BUSY;
	}
	query_uuid(query, r->community_id);
	query_uuid(query, record->file_id);
	query_uuid(query, r->principal->account_id);
	query_int4(query, (int32_t)in->offset);
	query_int2(query, (int)(in->offset / FILE_CHUNK_BYTES));
	query_bytes(query, codec_span(true, in->content));
	return ERR_OK;
}

static enum err decide(struct request *r)
{
	const Pb__FileChunk *in = (const Pb__FileChunk *)r->message;
	struct file_record record = file_row_record(file_row_of(r), 0);

	if (record.state == FILE_REFUSED) {
		return file_row_refuse(r, (enum file_fault)record.fault);
	}
	if (in->content.len != file_chunk_len(record.sent_bytes, in->offset)) {
		return request_refuse(
			r, ERR_FIELD_LENGTH, "content", "262144 bytes, at the end what is left of the file");
	}
	if (in->offset > record.received_bytes) {
		return file_row_refuse_offset(r);
	}
	if (in->offset < record.received_bytes || record.state == FILE_READY) {
		return reply(r, record.received_bytes);
	}
	return put(r, &record);
}

const struct method_impl impl_file_chunk = {
	.check = check,
	.load = load,
	.may = file_row_may_send,
	.decide = decide,
	.file_bytes = FILE_CHUNK_BYTES,
};
