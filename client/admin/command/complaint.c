/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint submit.
 */
#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/target.h"

/* An enum option_id with a value where it is not given. */
static enum err take_enum(struct app *app, enum option_id option,
	const ProtobufCEnumDescriptor *type, int otherwise, int *out)
{
	const char *text = app_option(app, option);
	char name[32];

	*out = otherwise;
	(void)snprintf(name, sizeof(name), "--%s", option_rows[option].spelling);
	return text == NULL ? ERR_OK : app_enum(app, name, type, text, out);
}

static enum err fill_submit(struct app *app, Pb__ComplaintSubmit *request)
{
	const char *text = NULL;
	int kind = 0;
	int channel = 0;
	int urgency = 0;
	enum err err = take_enum(
		app, OPTION_KIND, &pb__complaint__kind__descriptor, PB__COMPLAINT__KIND__COMPLAINT, &kind);

	if (err == ERR_OK) {
		err = take_enum(app, OPTION_CHANNEL, &pb__complaint__channel__descriptor,
			PB__COMPLAINT__CHANNEL__PHONE, &channel);
	}
	if (err == ERR_OK) {
		err = take_enum(app, OPTION_URGENCY, &pb__complaint__urgency__descriptor, 0, &urgency);
	}
	if (err == ERR_OK) {
		err = app_text(app, OPTION_TEXT, &text);
	}
	if (err != ERR_OK) {
		return err;
	}
	request->has_kind = true;
	request->kind = (Pb__Complaint__Kind)kind;
	request->has_channel = true;
	request->channel = (Pb__Complaint__Channel)channel;
	request->has_urgency = urgency != 0;
	request->urgency = (Pb__Complaint__Urgency)urgency;
	request->title = (char *)app_option(app, OPTION_TITLE);
	request->text = (char *)text;
	return ERR_OK;
}

/* From now on it can be called by the beginning of its id. */
static void remember(
	struct app *app, ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id)
{
	struct recent *recent = recent_load(app->profile.name);

	target_remember(recent, community_id, complaint_id);
	recent_save(app->profile.name, recent);
	free(recent);
}

static enum err print_submitted(struct app *app, struct client_result *result)
{
	const Pb__ComplaintSubmitReply *reply = (const void *)result->message;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	if (result->is_repeat) {
		print_note(app, _("this had been done before; nothing was done twice"));
	}
	puts(reply->number == NULL ? "?" : reply->number);
	return ERR_OK;
}

enum err command_complaint_submit(struct app *app)
{
	Pb__ComplaintSubmit request = PB__COMPLAINT_SUBMIT__INIT;
	const Pb__ComplaintSubmitReply *reply;
	struct place_community community;
	struct client_result *result;
	enum err err = fill_submit(app, &request);

	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	result = link_call(app, METHOD_complaint_submit, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	remember(app, request.community_id, reply->complaint_id);
	err = print_submitted(app, result);
	client_result_free(result);
	return err;
}
