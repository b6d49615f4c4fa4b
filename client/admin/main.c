/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guanjia: the command line client. Takes the line apart, runs one command, says how it ended.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/language.h"

#define TIMEOUT_S_MAX 86400

/* Help that was asked for goes to standard output and is a success. */
static bool show_help(const struct app *app, const char *group)
{
	if (!options_has(&app->options, OPTION_HELP)) {
		return false;
	}
	if (app->command != NULL) {
		command_help_one(stdout, app->command);
	} else if (group != NULL) {
		command_help_group(stdout, group);
	} else {
		command_help_all(stdout);
	}
	return true;
}

/* What the options of every command ask for. */
static enum err apply_global(struct app *app)
{
	const char *timeout = app_option(app, OPTION_TIMEOUT);
	enum err err = ERR_OK;

	app->is_json = options_has(&app->options, OPTION_JSON);
	if (options_has(&app->options, OPTION_LANG)) {
		language_init(app_option(app, OPTION_LANG));
	}
	if (timeout != NULL) {
		uint32_t seconds;

		err = app_number(app, "--timeout", timeout, 1, TIMEOUT_S_MAX, &seconds);
		app->timeout_ms = err == ERR_OK ? seconds * 1000 : 0;
	}
	return err;
}

static bool show_version(const struct app *app)
{
	return options_has(&app->options, OPTION_PROGRAM) && puts("guanjia " GUANJIA_VERSION) >= 0;
}

static enum err refuse_words(struct app *app, int argc, char **argv, bool is_group)
{
	if (argc == 0) {
		return fault_set(&app->fault, ERR_USAGE, _("which command? guanjia --help lists them"));
	}
	if (is_group) {
		return fault_set(
			&app->fault, ERR_USAGE, _("guanjia %s --help lists its commands"), argv[0]);
	}
	return fault_set(
		&app->fault, ERR_USAGE, _("there is no command '%s'; guanjia --help lists them"), argv[0]);
}

/* The words that are no command: perhaps a group, perhaps with --help behind it. */
static enum err run_group(struct app *app, int argc, char **argv, bool is_group)
{
	const char *group = is_group ? argv[0] : NULL;

	if (is_group && argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		app->options.values[OPTION_HELP] = "";
	}
	if (show_help(app, group) || show_version(app)) {
		return ERR_OK;
	}
	return refuse_words(app, argc, argv, is_group);
}

static enum err run(struct app *app, int argc, char **argv)
{
	int used = 0;
	enum err err = options_take_global(&app->options, argc, argv, &used, &app->fault);

	if (err == ERR_OK) {
		err = apply_global(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	argc -= used;
	argv += used;
	app->command = command_find(argc, argv, &used);
	if (app->command == NULL) {
		return run_group(app, argc, argv, used == 1);
	}
	err = options_take(&app->options, app->command, argc - used, argv + used, &app->fault);
	if (err == ERR_OK) {
		err = apply_global(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (show_help(app, NULL) || show_version(app)) {
		return ERR_OK;
	}
	err = options_check(&app->options, app->command, &app->fault);
	return err == ERR_OK ? app->command->run(app) : err;
}

/* A full disk or a closed pipe shows only when the last bytes go out. */
static enum err flush_output(struct app *app)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		return fault_set(&app->fault, ERR_OUTPUT, "%s: %s", _("standard output"), strerror(errno));
	}
	return ERR_OK;
}

int main(int argc, char **argv)
{
	static struct app app; /* large, and there is one */
	enum err err;
	int code;

	(void)signal(SIGPIPE, SIG_IGN);
	language_init(NULL);
	app_init(&app);
	err = run(&app, argc - 1, argv + 1);
	if (err == ERR_OK) {
		err = flush_output(&app);
	}
	if (err != ERR_OK) {
		assert(app.fault.err != ERR_OK);
		(void)fflush(stdout);
		if (app.is_json) {
			fault_print_json(&app.fault, stderr);
		} else {
			fault_print(&app.fault, app.command, stderr);
		}
	}
	code = err == ERR_OK ? 0 : err_row(app.fault.err)->exit_code;
	app_fini(&app);
	return code;
}
