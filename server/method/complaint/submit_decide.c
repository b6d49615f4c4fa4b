/* SPDX-License-Identifier: Apache-2.0 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/phone.h"
#include "server/method/complaint/submit.h"

#define CLOCK_SKEW_US (INT64_C(300) * 1000000) /* a client's clock may be this much ahead */

/* Columns of place_around. */
enum { COLUMN_PLACE_KIND = 3, COLUMN_TEAM = 6 };

static const Pb__ComplaintSubmit *message_of(const struct request *r)
{
	return (const Pb__ComplaintSubmit *)r->message;
}

/* History has a time, may have an answer, and may not know its place. */
static enum err check_import(struct request *r)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	bool is_import = in->channel == PB__COMPLAINT__CHANNEL__IMPORT;

	if (in->has_submitted_us != is_import) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "submitted_us", "with channel IMPORT, and only there");
	}
	if (in->answer != NULL && !is_import) {
		return request_refuse(r, ERR_FIELD_INVALID, "answer", "with channel IMPORT only");
	}
	if (in->has_answered_us != (in->answer != NULL)) {
		return request_refuse(r, ERR_FIELD_INVALID, "answered_us", "with answer, and only there");
	}
	if (!in->has_place_id && !is_import) {
		return request_refuse(r, ERR_FIELD_MISSING, "place_id", "a place of the community");
	}
	if (is_import && in->submitted_us > request_now_us(r) + CLOCK_SKEW_US) {
		return request_refuse(r, ERR_FIELD_RANGE, "submitted_us", "not in the future");
	}
	if (in->has_answered_us && (in->answered_us < in->submitted_us ||
								   in->answered_us > request_now_us(r) + CLOCK_SKEW_US)) {
		return request_refuse(
			r, ERR_FIELD_RANGE, "answered_us", "behind submitted_us, not in the future");
	}
	return ERR_OK;
}

static enum err check_contact(struct request *r)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	char phone[PHONE_BYTES];

	if (in->has_reporter && in->reporter == PB__COMPLAINT__REPORTER__ANONYMOUS &&
		(in->contact_name != NULL || in->contact_phone != NULL)) {
		return request_refuse(r, ERR_FIELD_INVALID,
			in->contact_phone != NULL ? "contact_phone" : "contact_name",
			"none with reporter ANONYMOUS");
	}
	if (in->contact_phone != NULL && !phone_normalise(codec_str(in->contact_phone), phone)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "contact_phone", "a telephone number, with its area code");
	}
	return ERR_OK;
}

enum err submit_check(struct request *r)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	enum err err = check_import(r);

	if (err == ERR_OK) {
		err = check_contact(r);
	}
	if (err == ERR_OK && in->has_category && !category_is_known(in->category)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "category", "a number of the list of categories");
	}
	return err;
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
	submit->category = in->has_category
	                       ? in->category
	                       : category_suggest(codec_str(in->title), codec_str(in->text));
}

/* Whoever reports somebody else is protected, unless they say that they need not be. */
static int reporter_of(const Pb__ComplaintSubmit *in)
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
	submit->reporter = reporter_of(in);
	submit->language = in->has_language ? (int)in->language : PB__COMPLAINT__LANGUAGE__ZH;
	submit->contact = contact_of(r);
	choose_category(r, submit);
	return ERR_OK;
}
