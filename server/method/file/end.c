/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.end: everything was sent. The bytes must be those that were declared, and something that may be kept; then they,
 * or what was made of them, are the file. A file that was refused is told again why, as long as it is there.
 */
#include "server/method/file/end.h"
#include "server/principal.h"
#include "server/server.h"

static enum err check(struct request *r)
{
	const Pb__FileEnd *in = (const Pb__FileEnd *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	file_row_load(r, ((const Pb__FileEnd *)r->message)->file_id);
}

/* Nothing is to be looked at where it was ended before, or cannot be ended yet. */
static enum err toil(struct request *r, bool *out_waits)
{
	struct file_record record = file_row_record(file_row_of(r), 0);
	struct file_check_state *state;
	enum err err;

	r->state = NULL;
	if (record.state != FILE_RECEIVING || record.received_bytes != record.sent_bytes) {
		return ERR_OK;
	}
	state = arena_new(&r->arena, struct file_check_state);
	if (state == NULL) {
		return ERR_BUSY;
	}
	state->file_id = record.file_id;
	state->purpose = file_purpose_row(record.purpose);
	state->sent_bytes = record.sent_bytes;
	assert(state->purpose != NULL && record.sent_hash.len == sizeof state->sent_hash);
	memcpy(state->sent_hash, record.sent_hash.ptr, sizeof state->sent_hash);
	r->state = state;
	err = file_check_begin(r, state);
	*out_waits = err == ERR_OK;
	return err;
}

/* It was ended before, under another key. */
static enum err decide_again(struct request *r, const struct file_record *record)
{
	Pb__FileEndReply *out;
	Pb__File *file;

	if (record->state == FILE_REFUSED) {
		return file_row_refuse(r, (enum file_fault)record->fault);
	}
	if (record->state == FILE_RECEIVING) {
		return file_row_refuse_offset(r);
	}
	out = request_reply(r);
	file = file_row_message(&r->arena, file_row_of(r), 0);
	if (out == NULL || file == NULL) {
		return ERR_BUSY;
	}
	end_set_reply(out, file);
	return ERR_OK;
}

static enum err refuse(struct request *r, const struct file_check_state *state)
{
	struct query *query = request_plain_effect(r, STMT_file_refuse);

	r->server->counters.files_refused++;
	if (query != NULL) {
		query_uuid(query, r->community_id);
		query_uuid(query, state->file_id);
		query_uuid(query, r->principal->account_id);
		query_int2(query, (int)state->fault);
		query_time(query, request_now_us(r));
		query_uuid(query, r->principal->device_id);
		query_uuid(query, file_row_grant(r));
	}
	return file_row_refuse(r, state->fault);
}

static enum err decide(struct request *r)
{
	struct file_record record = file_row_record(file_row_of(r), 0);
	const struct file_check_state *state = r->state;

	if (state == NULL) {
		return decide_again(r, &record);
	}
	return state->fault != FILE_FAULT_NONE ? refuse(r, state) : end_keep(r, state);
}

const struct method_impl impl_file_end = {
	.check = check,
	.load = load,
	.may = file_row_may_send,
	.toil = toil,
	.decide = decide,
	.file_bytes = FILE_CHUNK_BYTES,
};
