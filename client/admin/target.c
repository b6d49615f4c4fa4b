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

#define LOOK_BACK 200 /* complaints listed in search of a number: one page */

void target_remember(struct recent *recent, const struct target_seen *seen)
{
	struct recent_row row = {0};

	if (seen->number == NULL || strlen(seen->number) >= sizeof(row.number) ||
		seen->community_id.len != UUID_BYTES || seen->complaint_id.len != UUID_BYTES) {
		return;
	}
	row.community_id = uuid_from_span(codec_span(true, seen->community_id));
	row.complaint_id = uuid_from_span(codec_span(true, seen->complaint_id));
	memcpy(row.number, seen->number, strlen(seen->number));
	recent_add(recent, &row);
}

/* Lists the newest of a community into the recent ones. */
static enum err look_back(struct app *app, const struct uuid *community_id, struct recent *recent)
{
	Pb__ComplaintList request = PB__COMPLAINT_LIST__INIT;
	const Pb__ComplaintListReply *reply;
	struct client_result *result;

	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community_id->bytes, UUID_BYTES));
	request.has_limit = true;
	request.limit = LOOK_BACK;
	result = link_call(app, METHOD_complaint_list, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	for (size_t i = reply->n_complaints; i > 0; i--) { /* the newest last, so that it is in front */
		const Pb__Complaint *row = reply->complaints[i - 1];

		target_remember(
			recent, &(struct target_seen){request.community_id, row->complaint_id, row->number});
	}
	client_result_free(result);
	recent_save(app->profile.name, recent);
	return ERR_OK;
}

static void take(const struct recent_row *row, struct target *out)
{
	*out = (struct target){.community_id = row->community_id, .complaint_id = row->complaint_id};
	memcpy(out->name, row->number, strlen(row->number) + 1);
}

/* "20261123-0001", and nothing else. */
static bool is_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len == 8 && text[len] == '-' && strspn(text + 9, "0123456789") == strlen(text + 9) &&
	       strlen(text + 9) >= 4;
}

/* Where nothing seen before fits: an id stands for itself, a number is looked for once. */
static enum err find_unseen(
	struct app *app, const char *text, struct recent *recent, struct target *out)
{
	struct place_community community;
	const struct recent_row *row;
	struct target target = {0};
	bool is_id = uuid_parse(str_from_c(text), &target.complaint_id);
	enum err err = ERR_OK;

	if (is_id || is_number(text)) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK && is_id) {
		target.community_id = community.id;
		uuid_format(target.complaint_id, target.name);
		*out = target;
		return ERR_OK;
	}
	if (err == ERR_OK && is_number(text)) {
		err = look_back(app, &community.id, recent);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (is_number(text) && recent_find(recent, text, &community.id, &row) == RECENT_FOUND) {
		take(row, out);
		return ERR_OK;
	}
	(void)fault_set(&app->fault, ERR_NOT_FOUND, _("complaint '%s'"), text);
	return fault_hint(&app->fault,
		_("numbers are known once they were listed: guanjia complaint list --text WORDS"));
}

enum err target_find(struct app *app, const char *text, struct target *out)
{
	const struct recent_row *row;
	struct place_community community;
	struct recent *recent;
	bool has_community = app_option(app, OPTION_COMMUNITY) != NULL;
	enum recent_verdict verdict;
	enum err err = link_resume(app);

	if (err == ERR_OK && has_community) {
		err = place_community(app, &community);
	}
	if (err != ERR_OK) {
		return err;
	}
	recent = recent_load(app->profile.name);
	verdict = recent_find(recent, text, has_community ? &community.id : NULL, &row);
	if (verdict == RECENT_MANY && app->profile.community[0] != '\0') {
		/* The usual community decides only where something is to be decided. */
		err = place_community(app, &community);
		verdict = err == ERR_OK ? recent_find(recent, text, &community.id, &row) : verdict;
	}
	if (err != ERR_OK) {
		free(recent);
		return err;
	}
	if (verdict == RECENT_FOUND) {
		take(row, out);
	} else if (verdict == RECENT_NONE) {
		err = find_unseen(app, text, recent, out);
	} else {
		err = fault_set(&app->fault, ERR_USAGE,
			_("'%s' is more than one complaint: give --community, or the whole id"), text);
	}
	free(recent);
	return err;
}

enum err target_version(struct app *app, const struct target *target, uint32_t *out)
{
	Pb__ComplaintGet request = PB__COMPLAINT_GET__INIT;
	const Pb__ComplaintGetReply *reply;
	struct client_result *result;
	const char *text = app_option(app, OPTION_VERSION);

	if (text != NULL) {
		return app_number(app, "--version", text, 1, INT32_MAX, out);
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
	*out = reply->complaint == NULL ? 0 : reply->complaint->version;
	client_result_free(result);
	return *out == 0 ? fault_set_plain(&app->fault, ERR_REPLY_MALFORMED) : ERR_OK;
}
