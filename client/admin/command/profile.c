/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile add, profile list: no server is asked.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/print.h"
#include "client/admin/profile.h"
#include "client/admin/table.h"
#include "client/admin/token.h"
#include "client/admin/when.h"

#define PROFILES_MAX 256

/* Copies an option into a field of the profile, where it was given. */
static enum err take(struct app *app, enum option_id option, char *out, size_t max)
{
	const char *value = app_option(app, option);

	if (value != NULL && (size_t)snprintf(out, max, "%s", value) >= max) {
		return fault_set(
			&app->fault, ERR_USAGE, _("--%s is too long"), option_rows[option].spelling);
	}
	return ERR_OK;
}

static enum err take_ca(struct app *app, struct profile *profile)
{
	const char *value = app_option(app, OPTION_CA);
	int error = value == NULL ? 0 : profile_set_ca(profile, value);

	if (error != 0) {
		return fault_set(&app->fault, ERR_INPUT, "--ca: %s: %s", value, strerror(error));
	}
	return ERR_OK;
}

static enum err take_options(struct app *app, struct profile *profile)
{
	const char *server = app_option(app, OPTION_SERVER);
	const char *zone = app_option(app, OPTION_ZONE);
	enum err err = take_ca(app, profile);

	if (server != NULL && !profile_set_server(profile, server)) {
		return fault_set(&app->fault, ERR_USAGE, _("--server: '%s' is no HOST:PORT"), server);
	}
	if (zone != NULL && !when_zone_is_known(zone)) {
		return fault_set(&app->fault, ERR_USAGE,
			_("--zone: '%s' is no time zone of this machine; like this: Asia/Shanghai"), zone);
	}
	if (err == ERR_OK) {
		err = take(app, OPTION_ZONE, profile->zone, sizeof(profile->zone));
	}
	if (err == ERR_OK) {
		err = take(app, OPTION_LOGIN, profile->login, sizeof(profile->login));
	}
	if (err == ERR_OK) {
		err = take(app, OPTION_COMMUNITY, profile->community, sizeof(profile->community));
	}
	return err;
}

enum err command_profile_add(struct app *app)
{
	const char *name = app->options.arguments[0];
	struct profile profile = {0};
	bool is_new;
	enum err err;

	if (!home_name_is_valid(name)) {
		return fault_set(&app->fault, ERR_USAGE,
			_("'%s' is no name for a profile: letters, digits, . _ -, at most %d"), name,
			HOME_NAME_MAX);
	}
	err = profile_load(name, &profile, &app->fault);
	is_new = err == ERR_NOT_FOUND;
	if (is_new) {
		(void)snprintf(profile.name, sizeof(profile.name), "%s", name);
		(void)snprintf(profile.zone, sizeof(profile.zone), "%s", WHEN_ZONE_DEFAULT);
		profile.device_id = uuid_v7(clock_now().utc_us);
	} else if (err != ERR_OK) {
		return err;
	}
	err = take_options(app, &profile);
	if (err != ERR_OK) {
		return err;
	}
	if (profile.host[0] == '\0' || profile.ca_path[0] == '\0' || profile.login[0] == '\0') {
		return fault_set(
			&app->fault, ERR_USAGE, _("a new profile needs --server, --ca and --login"));
	}
	err = profile_save(&profile, &app->fault);
	if (err == ERR_OK) {
		print_note(app, is_new ? _("profile '%s' was added") : _("profile '%s' was changed"), name);
	}
	return err;
}

/* Of one profile, for programs. */
static json_t *profile_json(struct app *app, const struct profile *profile, bool has_session)
{
	const char *server = arena_c_string(&app->arena, profile_server(profile, &app->arena));

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "name", profile->name, "server", server,
		"ca", profile->ca_path, "login", profile->login, "zone", profile->zone, "has_session",
		has_session);
}

/* Adds one profile to the table or the array; a broken one is shown with what is wrong. */
static void list_one(struct app *app, const char *name, struct table *table, json_t *array)
{
	struct profile profile;
	struct token token = {0};
	bool has_session = token_load(name, &token);
	const char *until = "";

	if (profile_load(name, &profile, &app->fault) != ERR_OK) {
		print_note(app, "%s", app->fault.detail);
		return;
	}
	if (has_session) {
		app->profile = profile;
		app->has_profile = true;
		until = app_show_time(app, token.ends_us);
	}
	token_wipe(&token);
	(void)json_array_append_new(array, profile_json(app, &profile, has_session));
	table_add_c(table, profile.name);
	table_add(table, profile_server(&profile, &app->arena));
	table_add_c(table, profile.login);
	table_add_c(table, profile.zone);
	table_add_c(table, until);
}

enum err command_profile_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("PROFILE"), false},
		{N_("SERVER"), true},
		{N_("LOGIN"), false},
		{N_("TIME ZONE"), false},
		{N_("LOGGED IN UNTIL"), false},
	};
	struct home_name *names = calloc(PROFILES_MAX, sizeof(*names));
	json_t *array = json_array();
	struct table table;
	size_t count = 0;
	enum err err;

	if (names == NULL) {
		abort();
	}
	err = home_names("ini", names, PROFILES_MAX, &count, &app->fault);
	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		list_one(app, names[i].text, &table, array);
	}
	if (err == ERR_OK && app->is_json) {
		print_json(json_pack("{s:O}", "profiles", array));
	} else if (err == ERR_OK) {
		table_print(&table, stdout, table_terminal_width(stdout));
	}
	json_decref(array);
	table_fini(&table);
	free(names);
	return err;
}
