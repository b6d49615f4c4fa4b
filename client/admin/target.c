/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/target.h"

#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"

#define COMMUNITIES_MAX 64 /* asked for a number, one after the other */

void target_remember(
	struct recent *recent, ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id)
{
	struct recent_row row = {0};

	if (community_id.len != UUID_BYTES || complaint_id.len != UUID_BYTES) {
		return;
	}
	row.community_id = uuid_from_span(codec_span(true, community_id));
	row.complaint_id = uuid_from_span(codec_span(true, complaint_id));
	recent_add(recent, &row);
}

/* "20261123-0001", and nothing else. */
static bool is_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len == 8 && text[len] == '-' && strspn(text + 9, "0123456789") == strlen(text + 9) &&
	       strlen(text + 9) >= 4;
}

static enum err refuse_many(struct app *app, const char *text)
{
	return fault_set(&app->fault, ERR_USAGE,
		_("'%s' is more than one complaint: give --community, or the whole id"), text);
}

static void keep_name(struct target *target, const char *name)
{
	(void)snprintf(target->name, sizeof(target->name), "%s", name);
}

/* Asks one community; *out_found is set with ERR_OK, and *out where it is true. */
static enum err ask_number(struct app *app, const struct uuid *community_id, const char *number,
	bool *out_found, struct target *out)
{
	Pb__ComplaintList request = PB__COMPLAINT_LIST__INIT;
	const Pb__ComplaintListReply *reply;
	const Pb__Complaint *row;
	struct client_result *result;

	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community_id->bytes, UUID_BYTES));
	request.number = (char *)number;
	request.has_limit = true;
	request.limit = 1; /* it is unique there */
	result = link_call(app, METHOD_complaint_list, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	row = reply->n_complaints == 0 ? NULL : reply->complaints[0];
	/* A server that does not know the condition passes it over: then any row may be the first. */
	*out_found = row != NULL && row->complaint_id.len == UUID_BYTES && row->number != NULL &&
	             strcmp(row->number, number) == 0;
	if (*out_found) {
		*out = (struct target){.community_id = *community_id, .version = row->version};
		out->complaint_id = uuid_from_span(codec_span(true, row->complaint_id));
		keep_name(out, number);
	}
	client_result_free(result);
	return ERR_OK;
}

/* In each community that the account has to do with; a second one that has it is refused. */
static enum err find_anywhere(
	struct app *app, const char *number, bool *out_found, struct target *out)
{
	size_t count = size_min(place_community_count(app), COMMUNITIES_MAX);

	*out_found = false;
	for (size_t i = 0; i < count; i++) {
		struct place_community community;
		struct target target;
		bool is_found = false;
		enum err err;

		place_community_at(app, i, &community);
		err = ask_number(app, &community.id, number, &is_found, &target);
		if (err != ERR_OK) {
			return err;
		}
		if (is_found && *out_found) {
			return refuse_many(app, number);
		}
		if (is_found) {
			*out_found = true;
			*out = target;
		}
	}
	return ERR_OK;
}

/* The usual community first; the others where it has none of this number. */
static enum err find_number(struct app *app, const char *number, struct target *out)
{
	bool has_option = app_option(app, OPTION_COMMUNITY) != NULL;
	struct place_community community;
	bool is_found = false;
	enum err err = place_load(app);

	if (err == ERR_OK && (has_option || app->profile.community[0] != '\0')) {
		err = place_community(app, &community);
		if (err == ERR_OK) {
			err = ask_number(app, &community.id, number, &is_found, out);
		}
	}
	if (err == ERR_OK && !is_found && !has_option) {
		err = find_anywhere(app, number, &is_found, out);
	}
	if (err == ERR_OK && !is_found) {
		err = fault_set(&app->fault, ERR_NOT_FOUND, _("complaint '%s'"), number);
	}
	return err;
}

/* An id that was not seen before stands for itself. */
static enum err take_id(struct app *app, struct uuid id, struct target *out)
{
	struct place_community community;
	enum err err = place_community(app, &community);

	if (err == ERR_OK) {
		*out = (struct target){.community_id = community.id, .complaint_id = id};
		uuid_format(id, out->name);
	}
	return err;
}

/* By an id or the beginning of one. */
static enum err find_id(struct app *app, const char *text, struct target *out)
{
	struct recent *recent = recent_load(app->profile.name);
	const struct recent_row *row = NULL;
	struct place_community community;
	struct uuid id;
	enum recent_verdict verdict = RECENT_NONE;
	enum err err = ERR_OK;

	if (app_option(app, OPTION_COMMUNITY) != NULL) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK) {
		verdict = recent_find(
			recent, text, app_option(app, OPTION_COMMUNITY) != NULL ? &community.id : NULL, &row);
	}
	if (err != ERR_OK) {
		/* fault says why */
	} else if (verdict == RECENT_FOUND) {
		*out =
			(struct target){.community_id = row->community_id, .complaint_id = row->complaint_id};
		uuid_format(row->complaint_id, out->name);
	} else if (verdict == RECENT_MANY) {
		err = refuse_many(app, text);
	} else if (uuid_parse(str_from_c(text), &id)) {
		err = take_id(app, id, out);
	} else {
		(void)fault_set(&app->fault, ERR_NOT_FOUND, _("complaint '%s'"), text);
		err = fault_hint(&app->fault,
			_("beginnings of ids are known once they were listed: guanjia complaint list"));
	}
	free(recent);
	return err;
}

enum err target_find(struct app *app, const char *text, struct target *out)
{
	enum err err = link_resume(app);

	if (err != ERR_OK) {
		return err;
	}
	return is_number(text) ? find_number(app, text, out) : find_id(app, text, out);
}

enum err target_ask(struct app *app, struct target *target)
{
	Pb__ComplaintGet request = PB__COMPLAINT_GET__INIT;
	const Pb__ComplaintGetReply *reply;
	struct client_result *result;

	if (target->version != 0) {
		return ERR_OK;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(target->community_id.bytes, UUID_BYTES));
	request.has_complaint_id = true;
	request.complaint_id = codec_bytes(span_of(target->complaint_id.bytes, UUID_BYTES));
	result = link_call(app, METHOD_complaint_get, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	if (reply->complaint != NULL) {
		target->version = reply->complaint->version;
		keep_name(
			target, reply->complaint->number == NULL ? target->name : reply->complaint->number);
	}
	client_result_free(result);
	return target->version == 0 ? fault_set_plain(&app->fault, ERR_REPLY_MALFORMED) : ERR_OK;
}

enum err target_version(struct app *app, struct target *target, uint32_t *out)
{
	const char *text = app_option(app, OPTION_VERSION);
	enum err err;

	if (text != NULL) {
		return app_number(app, "--version", text, 1, INT32_MAX, out);
	}
	err = target_ask(app, target);
	if (err == ERR_OK) {
		*out = target->version;
	}
	return err;
}
