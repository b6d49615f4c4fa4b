/* SPDX-License-Identifier: Apache-2.0 */
/*
 * community hours: from when until when service is open.
 */
#include <ctype.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"

/* "08:30", "8:30", "24:00". */
static bool parse_time(const char *text, uint32_t *out_min)
{
	size_t hour_digits = strspn(text, "0123456789");
	unsigned hour = 0;
	unsigned minute;

	if (hour_digits < 1 || hour_digits > 2 || text[hour_digits] != ':' ||
		!isdigit((unsigned char)text[hour_digits + 1]) ||
		!isdigit((unsigned char)text[hour_digits + 2]) || text[hour_digits + 3] != '\0') {
		return false;
	}
	for (size_t i = 0; i < hour_digits; i++) {
		hour = hour * 10 + (unsigned)(text[i] - '0');
	}
	minute = (unsigned)(text[hour_digits + 1] - '0') * 10 + (unsigned)(text[hour_digits + 2] - '0');
	*out_min = hour * 60 + minute;
	return minute < 60 && *out_min <= 1440;
}

static enum err take_time(struct app *app, enum option_id option, uint32_t *out_min)
{
	const char *text = app_option(app, option);

	return parse_time(text, out_min)
	           ? ERR_OK
	           : fault_set(&app->fault, ERR_USAGE, _("--%s: a time of day is wanted, as 08:30"),
					 option_rows[option].spelling);
}

/* The version that the list says, of this community. */
static uint32_t version_of(const struct app *app, const struct uuid *id)
{
	const Pb__CommunityListReply *list = (const void *)app->places->message;

	for (size_t i = 0; i < list->n_communities; i++) {
		const Pb__Community *community = list->communities[i];

		if (community->community_id.len == UUID_BYTES &&
			memcmp(community->community_id.data, id->bytes, UUID_BYTES) == 0) {
			return community->version;
		}
	}
	return 1;
}

enum err command_community_hours(struct app *app)
{
	Pb__CommunityHours request = PB__COMMUNITY_HOURS__INIT;
	const char *version = app_option(app, OPTION_VERSION);
	struct place_community community;
	enum err err = take_time(app, OPTION_OPENS, &request.open_min);

	if (err == ERR_OK) {
		err = take_time(app, OPTION_CLOSES, &request.close_min);
	}
	if (err == ERR_OK) {
		err = place_load(app);
	}
	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = request.has_version = true;
	request.has_open_min = request.has_close_min = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	request.version = version_of(app, &community.id);
	if (version != NULL) {
		err = app_number(app, "--version", version, 1, INT32_MAX, &request.version);
	}
	return err == ERR_OK ? print_call(app, METHOD_community_hours, &request.base,
							   _("the service hours were set"))
	                     : err;
}
