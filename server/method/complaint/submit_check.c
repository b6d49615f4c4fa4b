/* SPDX-License-Identifier: Apache-2.0 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/phone.h"
#include "server/method/complaint/submit.h"

#define CLOCK_SKEW_US (INT64_C(300) * 1000000) /* a client's clock may be this much ahead */

static const Pb__ComplaintSubmit *message_of(const struct request *r)
{
	return (const Pb__ComplaintSubmit *)r->message;
}

static enum err check_deadline(struct request *r)
{
	const Pb__ComplaintSubmit *in = message_of(r);

	if (in->has_deadline_us && in->channel != PB__COMPLAINT__CHANNEL__AUTHORITY) {
		return request_refuse(r, ERR_FIELD_INVALID, "deadline_us", "with channel AUTHORITY only");
	}
	if (in->has_deadline_us && in->deadline_us <= request_now_us(r)) {
		return request_refuse(r, ERR_FIELD_RANGE, "deadline_us", "in the future");
	}
	return ERR_OK;
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

struct file_choice submit_files(const Pb__ComplaintSubmit *in)
{
	return (struct file_choice){in->file_ids, in->n_file_ids};
}

enum err submit_check(struct request *r)
{
	const Pb__ComplaintSubmit *in = message_of(r);
	struct file_choice choice = submit_files(in);
	enum err err = check_import(r);

	if (err == ERR_OK) {
		err = check_contact(r);
	}
	if (err == ERR_OK) {
		err = check_deadline(r);
	}
	if (err == ERR_OK && in->has_category && !category_is_known(in->category)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "category", "a number of the list of categories");
	}
	return err == ERR_OK ? file_choice_check(r, &choice, "file_ids") : err;
}
