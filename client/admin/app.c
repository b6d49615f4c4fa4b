/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/app.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/admin/file.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/when.h"

#define INPUT_BYTES_MAX (1024 * 1024)

void app_init(struct app *app)
{
	*app = (struct app){.started = clock_now()};
	arena_init(&app->arena, APP_ARENA_BYTES_MAX);
}

void app_fini(struct app *app)
{
	if (app->places != NULL) {
		client_result_free(app->places);
	}
	client_loop_close(&app->loop);
	tls_session_free(app->session);
	fault_fini(&app->fault);
	arena_fini(&app->arena);
	*app = (struct app){0};
}

const char *app_option(const struct app *app, enum option_id option)
{
	return app->options.values[option];
}

enum err app_profile_name(struct app *app, const char **out)
{
	const char *name = app_option(app, OPTION_PROFILE);

	if (name == NULL) {
		name = getenv("GUANJIA_PROFILE");
	}
	if (name == NULL || name[0] == '\0') {
		name = PROFILE_NAME_DEFAULT;
	}
	if (!home_name_is_valid(name)) {
		return fault_set(&app->fault, ERR_USAGE,
			_("'%s' is no name for a profile: letters, digits, . _ -, at most %d"), name,
			HOME_NAME_MAX);
	}
	*out = name;
	return ERR_OK;
}

enum err app_profile(struct app *app)
{
	const char *name;
	enum err err;

	if (app->has_profile) {
		return ERR_OK;
	}
	err = app_profile_name(app, &name);
	if (err == ERR_OK && profile_load(name, &app->profile, &app->fault) != ERR_OK) {
		err = app->fault.err;
	}
	app->has_profile = err == ERR_OK;
	return err;
}

enum err app_guest(struct app *app)
{
	const char *server = app_option(app, OPTION_SERVER);
	const char *ca = app_option(app, OPTION_CA);
	int error;

	app->is_guest = true;
	if (server == NULL && ca == NULL) {
		enum err err = app_profile(app);

		return err == ERR_OK ? ERR_OK
		                     : fault_hint(&app->fault, _("give --server and --ca, or make a "
														 "profile: guanjia profile add --help"));
	}
	if (server == NULL || ca == NULL) {
		return fault_set(&app->fault, ERR_USAGE, _("--server and --ca belong together"));
	}
	if (!profile_set_server(&app->profile, server)) {
		return fault_set(&app->fault, ERR_USAGE, _("--server: '%s' is no HOST:PORT"), server);
	}
	error = profile_set_ca(&app->profile, ca);
	if (error != 0) {
		return fault_set(&app->fault, ERR_INPUT, "--ca: %s: %s", ca, strerror(error));
	}
	(void)snprintf(app->profile.zone, sizeof(app->profile.zone), "%s", WHEN_ZONE_DEFAULT);
	app->has_profile = true;
	return ERR_OK;
}

enum err app_number(
	struct app *app, const char *name, const char *text, uint32_t min, uint32_t max, uint32_t *out)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);

	assert(min <= max);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || number < min || number > max) {
		return fault_set(&app->fault, ERR_USAGE, _("%s: '%s' is no whole number from %u to %u"),
			name, text, min, max);
	}
	*out = (uint32_t)number;
	return ERR_OK;
}

enum err app_time(struct app *app, enum option_id option, int64_t *out_us)
{
	const char *text = app_option(app, option);

	assert(text != NULL && app->has_profile);
	if (!when_parse(str_from_c(text), app->profile.zone, out_us)) {
		return fault_set(&app->fault, ERR_USAGE,
			_("--%s: '%s' is no time; like this: '2026-11-24 10:00', in %s"),
			option_rows[option].spelling, text, app->profile.zone);
	}
	return ERR_OK;
}

enum err app_enum(struct app *app, const char *name, const ProtobufCEnumDescriptor *type,
	const char *text, int *out)
{
	char list[512];

	if (label_parse(type, str_from_c(text), out)) {
		return ERR_OK;
	}
	label_list(type, list, sizeof(list));
	return fault_set(&app->fault, ERR_USAGE, _("%s: '%s' is none of: %s"), name, text, list);
}

enum err app_text(struct app *app, enum option_id option, const char **out)
{
	const char *text = app_option(app, option);
	struct str input;
	int error;

	assert(text != NULL);
	if (strcmp(text, "-") != 0) {
		*out = text;
		return ERR_OK;
	}
	error = file_read("-", INPUT_BYTES_MAX, &app->arena, &input);
	if (error != 0) {
		return fault_set(
			&app->fault, ERR_INPUT, "--%s: %s", option_rows[option].spelling, strerror(error));
	}
	while (
		input.len > 0 && (input.ptr[input.len - 1] == '\n' || input.ptr[input.len - 1] == '\r')) {
		input.len--;
	}
	if (memchr(input.ptr == NULL ? "" : input.ptr, '\0', input.len) != NULL) {
		return fault_set(&app->fault, ERR_FIELD_TEXT, "--%s", option_rows[option].spelling);
	}
	*out = arena_c_string(&app->arena, input);
	assert(*out != NULL);
	return ERR_OK;
}

const char *app_show_time(struct app *app, int64_t us)
{
	char text[WHEN_TEXT_MAX];

	assert(app->has_profile);
	when_format(us, app->profile.zone, text);
	return arena_c_string(&app->arena, str_from_c(text));
}
