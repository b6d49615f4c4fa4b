/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/split_part.h"

#include "server/domain/category.h"
#include "server/method/complaint/complaint_column.h"
#include "server/method/message.h"
#include "server/server.h"

/* How it came; history that is worked on came by telephone from now on. */
static Pb__Complaint__Channel channel_of(const struct split_source *source)
{
	Pb__Complaint__Channel channel =
		(Pb__Complaint__Channel)row_int2(source->row, 0, COLUMN_CHANNEL);

	return channel == PB__COMPLAINT__CHANNEL__IMPORT ? PB__COMPLAINT__CHANNEL__PHONE : channel;
}

static Pb__ComplaintSubmit *message_of(struct request *r, const struct split_source *source)
{
	const Pb__ComplaintSplit *in = (const Pb__ComplaintSplit *)r->message;
	const struct complaint_record *record = source->record;
	Pb__ComplaintSubmit *out = arena_new(&r->arena, Pb__ComplaintSubmit);

	if (out == NULL) {
		return NULL;
	}
	pb__complaint_submit__init(out);
	out->kind = in->has_kind ? in->kind : (Pb__Complaint__Kind)record->kind;
	out->channel = channel_of(source);
	out->has_urgency = true;
	out->urgency = in->has_urgency ? in->urgency : (Pb__Complaint__Urgency)record->urgency;
	out->title = in->title;
	out->text = in->text;
	out->has_place_id = !uuid_is_nil(record->place_id);
	out->place_id = message_uuid(&r->arena, record->place_id);
	out->has_respondent_id = !uuid_is_nil(record->respondent_id);
	out->respondent_id = message_uuid(&r->arena, record->respondent_id);
	out->has_deadline_us = !row_is_null(source->row, 0, COLUMN_DEADLINE);
	out->deadline_us = row_time(source->row, 0, COLUMN_DEADLINE);
	return out;
}

/* Who may see the new one is who might see the old one. */
struct submit *split_part(struct request *r, const struct split_source *source)
{
	const Pb__ComplaintSplit *in = (const Pb__ComplaintSplit *)r->message;
	const struct complaint_record *record = source->record;
	struct submit *out = arena_new(&r->arena, struct submit);

	if (out == NULL) {
		return NULL;
	}
	out->in = message_of(r, source);
	if (out->in == NULL) {
		return NULL;
	}
	out->subkind = submit_subkind(out->in, source->around);
	out->around = source->around;
	out->team_id = record->team_id;
	out->lead = record->lead;
	out->reporter = record->reporter;
	out->language = record->language;
	out->is_suggested = !in->has_category;
	out->category = in->has_category ? in->category
	                                 : category_suggest(r->server->words.all, codec_str(in->title),
										   codec_str(in->text));
	if (!complaint_contact_open(r, source->contact, record->complaint_id, &out->contact)) {
		out->contact = (struct complaint_contact){{NULL, 0}, {NULL, 0}}; /* nobody to write to */
	}
	return r->arena.failed ? NULL : out;
}
