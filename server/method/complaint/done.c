/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.done: the work is finished: what was done, with what, and photographs of it (完工). Makes the receipt
 * that is then to be signed, and sends the owner the code for it. Once more before that: a new one.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_code.h"
#include "server/method/complaint/complaint_receipt.h"
#include "server/method/complaint/done_materials.h"
#include "server/method/file/file_choice.h"
#include "server/method/message.h"

#define PHOTO_HASH_BYTES 32
#define FILES_ALLOWED "finished photographs of this complaint, sent as AFTER"
#define RECEIPTS_A_DAY 20 /* each is a message to the owner */
#define DAY_US (INT64_C(24) * 3600 * 1000000)

static struct file_choice files_named(const Pb__ComplaintDone *in)
{
	return (struct file_choice){in->file_ids, in->n_file_ids};
}

/* Where none is named there is no such query. */
static const struct query *files_of(const struct request *r)
{
	return &r->queries[complaint_step_own(r) + 3];
}

/* One hash behind the other: of those that are kept elsewhere, then of those here, as they are kept. */
static struct span photos_of(struct request *r, const Pb__ComplaintDone *in)
{
	size_t count = in->n_photos + in->n_file_ids;
	uint8_t *out = arena_alloc(&r->arena, size_max(count, 1) * PHOTO_HASH_BYTES);

	for (size_t i = 0; out != NULL && i < in->n_photos; i++) {
		memcpy(out + i * PHOTO_HASH_BYTES, in->photos[i].data, PHOTO_HASH_BYTES);
	}
	for (size_t i = 0; out != NULL && i < in->n_file_ids; i++) {
		struct span hash = file_row_record(files_of(r), i).kept_hash;

		assert(hash.len == PHOTO_HASH_BYTES);
		memcpy(out + (in->n_photos + i) * PHOTO_HASH_BYTES, hash.ptr, PHOTO_HASH_BYTES);
	}
	return span_of(out, out == NULL ? 0 : count * PHOTO_HASH_BYTES);
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	const Pb__ComplaintDone *in = (const Pb__ComplaintDone *)r->message;
	Pb__ComplaintDoneReply *out = (Pb__ComplaintDoneReply *)r->reply;
	const struct query *code = &r->queries[complaint_step_own(r)];
	struct file_choice choice = files_named(in);
	struct receipt_material *materials = NULL;
	enum err err = done_materials_take(r, in, &r->queries[complaint_step_own(r) + 2], &materials);
	struct complaint_work made = {
		.materials = materials,
		.material_count = in->n_materials,
		/* One a minute; that of the receipt before signs nothing any more (complaint_code_check). */
		.wants_code = complaint_code_again_us(r, code) == 0,
	};

	if (err != ERR_OK) {
		return err;
	}
	if (!file_choice_is_good(
			r, files_of(r), &choice, state->complaint_id, FILE_PURPOSE_BIT(AFTER))) {
		return request_refuse(r, ERR_FIELD_INVALID, "file_ids",
			"finished photographs of this complaint, sent as AFTER");
	}
	made.photo_hashes = photos_of(r, in);
	if (made.photo_hashes.ptr == NULL) {
		return ERR_BUSY;
	}
	if (row_int8(&r->queries[complaint_step_own(r) + 1], 0, 0) >= RECEIPTS_A_DAY) {
		return request_refuse(
			r, ERR_STEP_REFUSED, "receipt_id", "at most 20 service receipts a day");
	}
	state->record.result = state->words;
	state->record.work_done_us = request_now_us(r);
	out->has_is_code_sent = true;
	out->is_code_sent = complaint_receipt_service(r, &made);
	out->has_receipt_id = true;
	out->receipt_id = message_uuid(&r->arena, state->receipt_id);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintDone *in = (const Pb__ComplaintDone *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_DONE);
	struct file_choice choice = files_named(in);
	enum err err;

	if (state == NULL) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < in->n_photos; i++) {
		if (in->photos[i].len != PHOTO_HASH_BYTES) {
			return request_refuse(r, ERR_FIELD_LENGTH, "photos", "32 bytes each");
		}
	}
	state->words = codec_str(in->result);
	state->given = NEED_BIT(NEED_RESULT);
	state->given |= in->n_photos + in->n_file_ids > 0 ? NEED_BIT(NEED_PHOTOS) : 0;
	state->tells = true;
	state->apply = apply;
	err = done_materials_check(r, in);
	return err != ERR_OK ? err : file_choice_check(r, &choice, "file_ids");
}

static void mint(struct request *r, struct str minted)
{
	Pb__ComplaintDoneReply *out = (Pb__ComplaintDoneReply *)r->reply;

	out->receipt_code = complaint_receipt_code(r, minted);
}

static void load(struct request *r)
{
	struct file_choice choice = files_named((const Pb__ComplaintDone *)r->message);
	struct query *query;

	complaint_step_load(r);
	complaint_code_load(r, complaint_step_of(r)->complaint_id, CODE_SIGN);
	query = request_query(r, STMT_receipts_since);
	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
	query_time(query, request_now_us(r) - DAY_US);
	done_materials_load(r, (const Pb__ComplaintDone *)r->message);
	file_choice_load(r, &choice);
}

const struct method_impl impl_complaint_done = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
	.mint = mint,
};
