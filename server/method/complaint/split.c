/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.split: one complaint held two matters (拆分). The other one becomes a complaint of its own, with number,
 * acknowledgement and receipt for the owner; this one goes on as it stands, and each timeline says so.
 */
#include "server/domain/category.h"
#include "server/method/complaint/split_part.h"
#include "server/method/message.h"

enum { OWN_CONTACT, OWN_AROUND, OWN_SAME_ID }; /* behind complaint_step_own */

/* The step's own state is its beginning; lives in request.state. */
struct split {
	struct complaint_step_state step;
	struct submit *part;
};

static const struct query *own(const struct request *r, size_t i)
{
	return &r->queries[complaint_step_own(r) + i];
}

static struct split *split_of(const struct request *r)
{
	return container_of(complaint_step_of(r), struct split, step);
}

static void load(struct request *r)
{
	struct query *query;

	complaint_step_load(r);
	query = request_query(r, STMT_complaint_contact_get);
	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
	query = request_query(r, STMT_complaint_split_around);
	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
	query_time(query, request_now_us(r));
	query = request_query(r, STMT_complaint_get);
	query_uuid(query, r->community_id);
	query_uuid(query, r->key);
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	struct split_source source = {
		&state->before, complaint_step_row(r), own(r, OWN_CONTACT), own(r, OWN_AROUND)};
	Pb__ComplaintSplitReply *out = (Pb__ComplaintSplitReply *)r->reply;
	struct submit *part;

	if (query_rows(own(r, OWN_SAME_ID)) > 0) {
		return ERR_ID_TAKEN;
	}
	part = split_part(r, &source);
	if (part == NULL) {
		return ERR_BUSY;
	}
	split_of(r)->part = part;
	out->has_part_id = out->has_category = out->has_is_suggested = true;
	out->part_id = message_uuid(&r->arena, r->key);
	out->category = part->category;
	out->is_suggested = part->is_suggested;
	return ERR_OK;
}

static void effect(struct request *r, struct uuid grant_id)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	struct query *query = request_effect(r, STMT_complaint_split, r->key, grant_id);

	if (query == NULL) {
		return;
	}
	submit_effect_add(r, query, split_of(r)->part);
	query_uuid(query, state->complaint_id);
	query_int4(query, (int32_t)state->before.version);
	query_int2(query, (int)state->before.state);
	complaint_effect_words(r, query, state->words);
}

static enum err check(struct request *r)
{
	const Pb__ComplaintSplit *in = (const Pb__ComplaintSplit *)r->message;
	struct split *split = arena_new(&r->arena, struct split);

	if (split == NULL) {
		return ERR_BUSY;
	}
	if (in->has_category && !category_is_known(in->category)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "category", "a number of the list of categories");
	}
	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	split->step = (struct complaint_step_state){
		.complaint_id = uuid_from_span(codec_span(true, in->complaint_id)),
		.version = in->version,
		.step = COMPLAINT_STEP_SPLIT,
		.words = codec_str(in->words),
		.given = NEED_BIT(NEED_MATTER), /* field.def asks for the text */
		.apply = apply,
		.effect = effect,
	};
	r->state = &split->step;
	return ERR_OK;
}

/* As with a submission, the code is made of the new one's id. */
static void mint(struct request *r, struct str minted)
{
	Pb__ComplaintSplitReply *out = (Pb__ComplaintSplitReply *)r->reply;

	out->number = arena_c_string(&r->arena, minted);
	out->receipt_code = submit_receipt_code(r, own(r, OWN_AROUND));
}

const struct method_impl impl_complaint_split = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
	.mint = mint,
};
