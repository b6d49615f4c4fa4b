/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/watch_wish.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/place.h"
#include "client/admin/target.h"

static enum err choose_scope(struct app *app, struct watch_wish *wish)
{
	const struct options *options = &app->options;
	bool is_mine = options_has(options, OPTION_MY_HANDS);
	bool is_teams = options_has(options, OPTION_MY_TEAMS);
	int count = is_mine + is_teams + (app_option(app, OPTION_TEAM) != NULL) +
	            (app_option(app, OPTION_COMPLAINT) != NULL);

	if (count > 1) {
		return fault_set(&app->fault, ERR_USAGE, "%s",
			_("only one of --mine, --my-teams, --team and --complaint"));
	}
	wish->scope = is_mine    ? PB__WATCH_OPEN__SCOPE__MINE
	              : is_teams ? PB__WATCH_OPEN__SCOPE__TEAMS
	                         : 0;
	return ERR_OK;
}

/* A community where one is meant: by option, by the profile, or as the only one. */
static enum err choose_community(struct app *app, struct watch_wish *wish)
{
	struct place_community community;
	enum err err;

	if (app_option(app, OPTION_COMMUNITY) == NULL && app->profile.community[0] == '\0' &&
		place_community_count(app) != 1) {
		return ERR_OK;
	}
	err = place_community(app, &community);
	if (err == ERR_OK) {
		wish->community_id = community.id;
	}
	return err;
}

/* A community given by name narrows where a team is looked for. */
static enum err choose_team(struct app *app, struct watch_wish *wish, const char *team)
{
	bool is_any = uuid_is_nil(wish->community_id);

	return place_team(
		app, is_any ? NULL : &wish->community_id, team, &wish->team_id, &wish->community_id);
}

static enum err choose_complaint(struct app *app, struct watch_wish *wish, const char *complaint)
{
	struct target target;
	enum err err = target_find(app, complaint, &target);

	if (err == ERR_OK) {
		wish->complaint_id = target.complaint_id;
		wish->community_id = target.community_id;
	}
	return err;
}

enum err watch_wish_choose(struct app *app, struct watch_wish *wish)
{
	const char *complaint = app_option(app, OPTION_COMPLAINT);
	const char *team = app_option(app, OPTION_TEAM);
	enum err err;

	*wish = (struct watch_wish){0};
	err = choose_scope(app, wish);

	if (err == ERR_OK) {
		err = place_load(app);
	}
	if (err == ERR_OK && complaint != NULL) {
		return choose_complaint(app, wish, complaint);
	}
	if (err == ERR_OK) {
		err = choose_community(app, wish);
	}
	if (err == ERR_OK && team != NULL) {
		return choose_team(app, wish, team);
	}
	if (err == ERR_OK && wish->scope == 0 && uuid_is_nil(wish->community_id)) {
		wish->scope = PB__WATCH_OPEN__SCOPE__ALL;
	}
	return err;
}
