/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.submit: whoever hears it first registers it (首问负责制). Its id is the request's key, and its
 * acknowledgement's too; the database mints its number. It belongs to the team that has the place today,
 * and where nobody has, to customer service's queue; whom it is about has nothing to do with it.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/submit.h"
#include "server/method/message.h"
#include "server/principal.h"

enum {
	QUERY_AROUND,
	QUERY_MORE
}; /* then whom it is about, what it may repeat, files; and, where it looks back, what has its id */

static enum err check(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;

	r->community_id = message_id(true, in->community_id);
	return submit_check(r);
}

static void load(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	struct file_choice choice = submit_files(in);
	struct query *query = request_query(r, STMT_place_around);

	query_uuid(query, r->community_id);
	query_uuid_or_null(query, message_id(in->has_place_id, in->place_id));
	query_time(query, request_now_us(r));
	if (in->has_respondent_id) {
		query = request_query(r, STMT_respondent_roles);
		query_uuid(query, r->community_id);
		query_uuid(query, message_id(true, in->respondent_id));
		query_time(query, request_now_us(r));
	}
	if (in->channel != PB__COMPLAINT__CHANNEL__IMPORT) {
		submit_repeat_load(r, in);
	}
	file_choice_load(r, &choice);
	if (r->looks_back) { /* the statement looks as well, so at first that is enough */
		query = request_query(r, STMT_complaint_get);
		query_uuid(query, r->community_id);
		query_uuid(query, r->key);
	}
}

static enum err may(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	if (query_rows(&r->queries[QUERY_AROUND]) == 0 || (roles & right_roles(r->right)) == 0) {
		return ERR_NOT_FOUND;
	}
	if (in->channel == PB__COMPLAINT__CHANNEL__IMPORT &&
		(roles & right_roles(RIGHT_COMPLAINT_IMPORT)) == 0) {
		return ERR_DENIED;
	}
	return ERR_OK;
}

static void reply(struct request *r, const struct submit *submit)
{
	Pb__ComplaintSubmitReply *out = (Pb__ComplaintSubmitReply *)r->reply;

	out->has_complaint_id = out->has_version = out->has_category = out->has_is_suggested = true;
	out->complaint_id = message_uuid(&r->arena, r->key);
	out->version = 1;
	out->category = submit->category;
	out->is_suggested = submit->is_suggested;
	out->has_team_id = !uuid_is_nil(submit->team_id);
	if (out->has_team_id) {
		out->team_id = message_uuid(&r->arena, submit->team_id);
	}
	out->has_repeat_of_id = !uuid_is_nil(submit->repeat_of);
	if (out->has_repeat_of_id) {
		out->repeat_of_id = message_uuid(&r->arena, submit->repeat_of);
	}
}

/* Sent by the same person for a complaint to come. Who takes them first has them: the statement looks once more. */
static bool are_files_good(const struct request *r, const struct query *files)
{
	struct file_choice choice = submit_files((const Pb__ComplaintSubmit *)r->message);

	return file_choice_is_good(
		r, files, &choice, uuid_nil, FILE_PURPOSE_BIT(BEFORE) | FILE_PURPOSE_BIT(DOCUMENT));
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	struct submit *submit = arena_new(&r->arena, struct submit);
	size_t more = QUERY_MORE;
	enum err err;

	if (submit == NULL || request_reply(r) == NULL) {
		return ERR_BUSY;
	}
	submit->in = in;
	submit->around = &r->queries[QUERY_AROUND];
	submit->respondent = in->has_respondent_id ? &r->queries[more++] : NULL;
	submit->earlier = in->channel == PB__COMPLAINT__CHANNEL__IMPORT ? NULL : &r->queries[more++];
	submit->files = in->n_file_ids > 0 ? &r->queries[more++] : NULL;
	if (r->looks_back && query_rows(&r->queries[more]) > 0) {
		r->reply = NULL;
		return ERR_ID_TAKEN;
	}
	if (!are_files_good(r, submit->files)) {
		r->reply = NULL;
		return request_refuse(r, ERR_FIELD_INVALID, "file_ids",
			"finished files that the same person sent for it, BEFORE or DOCUMENT");
	}
	err = submit_decide(r, submit);
	if (err != ERR_OK) {
		r->reply = NULL;
		return err;
	}
	reply(r, submit);
	submit_effect(r, submit);
	return ERR_OK;
}

/* The acknowledgement's code is made of the complaint's id, first and again. */
static void mint(struct request *r, struct str minted)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	Pb__ComplaintSubmitReply *out = (Pb__ComplaintSubmitReply *)r->reply;

	out->number = arena_c_string(&r->arena, minted);
	if (in->channel != PB__COMPLAINT__CHANNEL__IMPORT) {
		out->receipt_code = submit_receipt_code(r, &r->queries[QUERY_AROUND]);
	}
}

const struct method_impl impl_complaint_submit = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
	.mint = mint,
};
