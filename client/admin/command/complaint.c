/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint submit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/similar.h"
#include "client/admin/target.h"

/* From now on it can be called by the beginning of its id. */
static void remember(
	struct app *app, ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id)
{
	struct recent *recent = recent_load(app->profile.name);

	target_remember(recent, community_id, complaint_id);
	recent_save(app->profile.name, recent);
	free(recent);
}

/* Who has it now, what it is taken to be about, and the code of the receipt for the owner. */
static void note_submitted(const struct app *app, const Pb__ComplaintSubmitReply *reply)
{
	char number[16];
	char id[UUID_TEXT_LEN + 1];

	if (reply->has_team_id) {
		print_note(app, _("it is with butler team %s"),
			place_team_name(app, codec_span(true, reply->team_id), id));
	} else {
		print_note(app, _("it is in customer service's queue"));
	}
	if (reply->has_category) {
		print_note(app, reply->is_suggested ? _("category, as suggested: %s") : _("category: %s"),
			category_label(reply->category, number));
	}
	if (reply->has_repeat_of_id) {
		uuid_format(uuid_from_span(codec_span(true, reply->repeat_of_id)), id);
		print_note(app, _("it is a repeat of %s, which was closed within the last 30 days"), id);
	}
	if (reply->receipt_code != NULL) {
		print_note(app, _("the receipt's code, for the owner: %s"), reply->receipt_code);
	}
}

/* The number alone goes to standard output. */
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
	note_submitted(app, reply);
	return ERR_OK;
}

/* A person who looks is shown it; a script only where it asks. */
static bool shows_similar(const struct app *app)
{
	bool is_watched = isatty(STDOUT_FILENO) != 0 && isatty(STDERR_FILENO) != 0;

	return !app->is_json && (is_watched || app_option(app, OPTION_SIMILAR) != NULL);
}

enum err command_complaint_submit(struct app *app)
{
	Pb__ComplaintSubmit *request = (void *)form_new(app, &pb__complaint_submit__descriptor);
	const Pb__ComplaintSubmitReply *reply;
	struct place_community community;
	struct client_result *result;
	enum err err;

	/* What most complaints are, where nothing is said. */
	request->has_kind = true;
	request->kind = PB__COMPLAINT__KIND__COMPLAINT;
	request->has_channel = true;
	request->channel = PB__COMPLAINT__CHANNEL__PHONE;
	err = form_words(app, &request->base);
	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK) {
		form_set_id(app, &request->base, "community_id", community.id);
		err = form_names(app, &request->base, &community.id);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (shows_similar(app)) {
		similar_warn(app, request);
	}
	result = link_call(app, METHOD_complaint_submit, &request->base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	remember(app, request->community_id, reply->complaint_id);
	err = print_submitted(app, result);
	client_result_free(result);
	return err;
}
