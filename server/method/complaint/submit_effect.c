/* SPDX-License-Identifier: Apache-2.0 */
#include "complaint.pb-c.h"
#include "server/domain/file.h"
#include "server/domain/search.h"
#include "server/method/complaint/submit.h"
#include "server/principal.h"

static struct str title_and_text(struct request *r, const Pb__ComplaintSubmit *in)
{
	struct str title = codec_str(in->title);
	struct str text = codec_str(in->text);

	return arena_printf(&r->arena, "%.*s\n%.*s", STR_ARG(title), STR_ARG(text));
}

/* Any grant in the community will do: whoever hears it first submits it. */
static struct uuid granted_by(const struct request *r)
{
	const struct access_grant *grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));

	return grant == NULL ? uuid_nil : grant->grant_id;
}

/* $10–$18 */
static void add_words(struct request *r, struct query *query, const struct submit *submit)
{
	const Pb__ComplaintSubmit *in = submit->in;
	struct str found_by = search_normalise(&r->arena, title_and_text(r, in));
	struct search_pairs pairs = search_pairs_of(&r->arena, found_by);

	query_int2(query, (int)in->kind);
	query_int2(query, (int)in->channel);
	query_int2(query, (int)(in->has_urgency ? in->urgency : PB__COMPLAINT__URGENCY__NORMAL));
	query_text_or_null(query, codec_str(in->title));
	query_text(query, codec_str(in->text));
	query_text(query, found_by);
	query_int8s(query, pairs.ptr, pairs.count);
	query_time(query, in->has_submitted_us ? in->submitted_us : request_now_us(r));
	query_uuid_or_null(query, submit->team_id);
}

/* $19–$30 */
static void add_intake(struct query *query, const struct submit *submit)
{
	const Pb__ComplaintSubmit *in = submit->in;
	bool is_closed = in->answer != NULL;

	query_uuid_or_null(
		query, in->has_place_id ? uuid_from_span(codec_span(true, in->place_id)) : uuid_nil);
	query_int2(query, (int)submit->category);
	query_bool(query, submit->is_suggested);
	query_number_or_null(query, submit->subkind);
	query_int2(query, submit->reporter);
	query_int2(query, submit->language);
	query_int2(query, (int)submit->lead);
	query_uuid_or_null(query,
		in->has_respondent_id ? uuid_from_span(codec_span(true, in->respondent_id)) : uuid_nil);
	query_int2(query, is_closed ? (int)COMPLAINT_CLOSED : (int)COMPLAINT_SUBMITTED);
	query_text_or_null(query, codec_str(in->answer));
	query_time_or_null(query, is_closed ? in->answered_us : 0);
	query_number_or_null(query, is_closed ? PB__COMPLAINT__CLOSE_MODE__IMPORTED : 0);
}

/* $31–$34 */
static void add_contact(struct request *r, struct query *query, const struct submit *submit)
{
	struct complaint_contact_sealed sealed;

	complaint_contact_seal(r, r->key, &submit->contact, &sealed);
	query_bytes_or_null(query, sealed.wrapped_key);
	query_bytes_or_null(query, sealed.name);
	query_bytes_or_null(query, sealed.phone);
	query_bytes_or_null(query, sealed.phone_index);
}

/* $46 */
static void add_files(struct query *query, const Pb__ComplaintSubmit *in)
{
	struct uuid ids[FILES_MAX];

	if (in->n_file_ids == 0) {
		query_null(query);
		return;
	}

	assert(in->n_file_ids <= FILES_MAX);
	for (size_t i = 0; i < in->n_file_ids; i++) {
		ids[i] = uuid_from_span(codec_span(true, in->file_ids[i]));
	}
	query_uuids(query, ids, in->n_file_ids);
}

void submit_effect_add(struct request *r, struct query *query, const struct submit *submit)
{
	add_words(r, query, submit);
	add_intake(query, submit);
	add_contact(r, query, submit);
	submit_receipt_add(r, query, submit);
	query_time_or_null(query, submit->in->has_deadline_us ? submit->in->deadline_us : 0);
	query_uuid_or_null(query, submit->repeat_of);
}

void submit_effect(struct request *r, const struct submit *submit)
{
	struct query *query = request_effect(r, STMT_complaint_submit, r->key, granted_by(r));

	if (query != NULL) {
		submit_effect_add(r, query, submit);
		add_files(query, submit->in);
	}
}
