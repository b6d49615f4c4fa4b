/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/member.h"

#include "place.pb-c.h"
#include "proto/codec.h"

#include "common/clock.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"

#define GROUPS_MAX 64 /* teams and crews that are asked for one name */

/* What has been found so far. */
struct search {
	const char *name;
	int64_t now_us;
	struct uuid found;
	struct uuid other; /* somebody else of the same name; nil: nobody */
};

static bool is_here(const Pb__TeamMember *member, int64_t now_us)
{
	return member->from_us <= now_us && (!member->has_to_us || now_us < member->to_us);
}

/* One person may be in several teams, and in one several times. */
static void look(struct search *search, Pb__TeamMember *const *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const Pb__TeamMember *member = members[i];
		struct uuid id;

		if (!is_here(member, search->now_us) || member->account_id.len != UUID_BYTES ||
			!str_equal(codec_str(member->name), str_from_c(search->name))) {
			continue;
		}
		id = uuid_from_span(codec_span(true, member->account_id));
		if (uuid_is_nil(search->found)) {
			search->found = id;
		} else if (!uuid_equal(search->found, id)) {
			search->other = id;
		}
	}
}

static enum err look_in_team(struct app *app, struct search *search, const Pb__Team *team)
{
	Pb__TeamMembers request = PB__TEAM_MEMBERS__INIT;
	const Pb__TeamMembersReply *reply;
	struct client_result *result;

	request.has_community_id = request.has_team_id = true;
	request.community_id = team->community_id;
	request.team_id = team->team_id;
	result = link_call(app, METHOD_team_members, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	look(search, reply->members, reply->n_members);
	client_result_free(result);
	return ERR_OK;
}

static enum err look_in_crew(struct app *app, struct search *search, const Pb__Crew *crew)
{
	Pb__CrewMembers request = PB__CREW_MEMBERS__INIT;
	const Pb__CrewMembersReply *reply;
	struct client_result *result;

	request.has_crew_id = true;
	request.crew_id = crew->crew_id;
	result = link_call(app, METHOD_crew_members, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	look(search, reply->members, reply->n_members);
	client_result_free(result);
	return ERR_OK;
}

static enum err look_everywhere(struct app *app, struct search *search)
{
	const Pb__CommunityListReply *list = (const void *)app->places->message;
	size_t asked = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < list->n_teams && asked < GROUPS_MAX; i++, asked++) {
		err = look_in_team(app, search, list->teams[i]);
	}
	for (size_t i = 0; err == ERR_OK && i < list->n_crews && asked < GROUPS_MAX; i++, asked++) {
		err = look_in_crew(app, search, list->crews[i]);
	}
	return err;
}

enum err member_id(struct app *app, const char *name, struct uuid *out)
{
	struct search search = {.name = name, .now_us = clock_now().utc_us};
	char ids[2][UUID_TEXT_LEN + 1];
	enum err err = place_load(app);

	if (err == ERR_OK) {
		err = look_everywhere(app, &search);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (uuid_is_nil(search.found)) {
		return fault_set(&app->fault, ERR_NOT_FOUND, _("'%s' in a butler team or crew"), name);
	}
	if (!uuid_is_nil(search.other)) {
		uuid_format(search.found, ids[0]);
		uuid_format(search.other, ids[1]);
		return fault_set(&app->fault, ERR_USAGE,
			_("several people are called '%s'; which one: %s, %s, …?"), name, ids[0], ids[1]);
	}
	*out = search.found;
	return ERR_OK;
}
