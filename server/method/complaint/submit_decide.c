/* SPDX-License-Identifier: Apache-2.0 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/phone.h"
#include "server/domain/place.h"
#include "server/method/complaint/submit.h"
#include "server/server.h"

/* Columns of place_around. */
enum { COLUMN_PLACE_KIND = 3, COLUMN_TEAM = 6 };

static const Pb__ComplaintSubmit *message_of(const struct request *r)
{
	return (const Pb__ComplaintSubmit *)r->message;
}

/*
 * Of whom it is about, in any team of the community: a complaint may be passed on, and who leads it is
 * decided once.
 */
static role_set respondent_roles(const struct submit *submit)
{
	role_set roles = 0;

	for (size_t i = 0; submit->respondent != NULL && i < query_rows(submit->respondent); i++) {
		int role = row_int2(submit->respondent, i, 0);

		roles |= role_row(role) == NULL ? 0 : ROLE_BIT(role);
	}
	return roles;
}

static void choose_category(const struct request *r, struct submit *submit)
{
	const Pb__ComplaintSubmit *in = message_of(r);

	submit->is_suggested = !in->has_category;
	submit->category = in->has_category ? in->category
	                                    : category_suggest(r->server->words.all,
											  codec_str(in->title), codec_str(in->text));
}

/* Whoever reports somebody else is protected, unless they say that they need not be. */
int submit_reporter(const Pb__ComplaintSubmit *in)
{
	if (in->has_reporter) {
		return (int)in->reporter;
	}
	return in->kind == PB__COMPLAINT__KIND__VIOLATION ? PB__COMPLAINT__REPORTER__PROTECTED
	                                                  : PB__COMPLAINT__REPORTER__NAMED;
}

static struct complaint_contact contact_of(struct request *r)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	struct complaint_contact out = {.name = codec_str(in->contact_name)};
	char phone[PHONE_BYTES];

	if (in->contact_phone != NULL && phone_normalise(codec_str(in->contact_phone), phone)) {
		out.phone = arena_str(&r->arena, str_from_c(phone));
	}
	return out;
}

/* A repair is of a dwelling or of what all share: the promise differs, and the place says which. */
int submit_subkind(const Pb__ComplaintSubmit *in, const struct query *around)
{
	if (in->has_subkind) {
		return (int)in->subkind;
	}
	if (in->kind != PB__COMPLAINT__KIND__REPAIR || !in->has_place_id ||
		in->channel == PB__COMPLAINT__CHANNEL__IMPORT) {
		return 0;
	}
	return row_int2(around, 0, COLUMN_PLACE_KIND) == PLACE_DWELLING
	           ? PB__COMPLAINT__SUBKIND__DWELLING
	           : PB__COMPLAINT__SUBKIND__COMMON_PART;
}

enum err submit_decide(struct request *r, struct submit *submit)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	bool is_conduct = in->has_subkind && in->subkind == PB__COMPLAINT__SUBKIND__STAFF_CONDUCT;

	if (in->has_place_id && row_is_null(submit->around, 0, COLUMN_PLACE_KIND)) {
		return request_refuse(r, ERR_FIELD_INVALID, "place_id", "a place of the community");
	}
	if (submit->respondent != NULL && query_rows(submit->respondent) == 0) {
		return request_refuse(r, ERR_FIELD_INVALID, "respondent_id", "somebody who works here");
	}
	submit->team_id = row_uuid(submit->around, 0, COLUMN_TEAM);
	submit->lead = complaint_lead_of(respondent_roles(submit), is_conduct);
	submit->subkind = submit_subkind(in, submit->around);
	submit->reporter = submit_reporter(in);
	submit->language = in->has_language ? (int)in->language : PB__COMPLAINT__LANGUAGE__ZH;
	submit->contact = contact_of(r);
	choose_category(r, submit);
	if (submit->earlier != NULL) {
		submit->repeat_of = submit_repeat_of(r, submit, in, submit->earlier);
	}
	return ERR_OK;
}
