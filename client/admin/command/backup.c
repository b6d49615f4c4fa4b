/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backup, restore: done by guanjiad on this machine; here are the words for it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/admin/app.h"
#include "client/admin/beside.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/print.h"
#include "client/admin/when.h"

enum kind { KIND_TEXT, KIND_COUNT, KIND_TIME, KIND_BYTES };

/* What guanjiad says, in the order in which people read it; what it does not say is left out. */
static const struct {
	const char *name;
	enum kind kind;
	const char *words; /* NULL: for programs only */
} rows[] = {
	{"backup", KIND_TEXT, N_("backup")},
	{"data", KIND_TEXT, N_("data directory")},
	{"taken_us", KIND_TIME, N_("backup of")},
	{"version", KIND_TEXT, N_("release")},
	{"schema", KIND_COUNT, N_("schema")},
	{"bytes", KIND_BYTES, N_("size")},
	{"last_event_us", KIND_TIME, N_("last event")},
	{"indexes", KIND_COUNT, N_("indexes checked")},
	{"erased", KIND_COUNT, N_("erased again")},
	{"removed", KIND_COUNT, N_("older ones removed")},
	{"keys", KIND_TEXT, NULL},
	{"recorded", KIND_COUNT, NULL},
};

static uint64_t whole_of(struct str value)
{
	return strtoull(value.ptr, NULL, 10); /* it ends with its line: beside.c */
}

/* Backups are named by UTC, and whoever restores may have no profile with a zone. */
static const char *show(struct app *app, enum kind kind, struct str value)
{
	char time[WHEN_TEXT_MAX];
	uint64_t whole;

	if (kind == KIND_TEXT || kind == KIND_COUNT) {
		return arena_c_string(&app->arena, value);
	}
	whole = whole_of(value);
	if (kind == KIND_BYTES) {
		return arena_c_string(
			&app->arena, arena_printf(&app->arena, "%" PRIu64 ".%u MiB", whole >> 20,
							 (unsigned)((whole & 0xfffff) * 10 >> 20)));
	}
	if (whole == 0) {
		return _("none");
	}
	when_format_seconds((int64_t)whole, "UTC", time);
	return arena_c_string(&app->arena, arena_printf(&app->arena, "%s UTC", time));
}

static void print_answer(struct app *app, const struct beside_answer *answer)
{
	json_t *json = json_object();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str value = beside_find(answer, rows[i].name);

		if (value.len == 0) {
			continue;
		}
		if (!app->is_json && rows[i].words != NULL) {
			print_pair_c(_(rows[i].words), show(app, rows[i].kind, value));
		}
		(void)json_object_set_new(json, rows[i].name,
			rows[i].kind == KIND_TEXT ? json_stringn(value.ptr, value.len)
									  : json_integer((json_int_t)whole_of(value)));
	}
	if (app->is_json) {
		print_json(json);
	} else {
		json_decref(json);
	}
}

/* guanjiad's words for what was typed: the command, its folder, and the options of it. */
static enum err run(struct app *app, const char *command, const enum option_id *options,
	size_t option_count, struct beside_answer *out)
{
	const char *arguments[BESIDE_ARGUMENTS_MAX + 1] = {command, app->options.arguments[0]};
	size_t count = 2;

	for (size_t i = 0; i < option_count; i++) {
		const char *value = app_option(app, options[i]);

		if (value != NULL) {
			arguments[count++] = arena_c_string(&app->arena,
				arena_printf(&app->arena, "--%s=%s", option_rows[options[i]].spelling, value));
		}
	}
	return beside_run(app, arguments, out);
}

enum err command_backup(struct app *app)
{
	static const enum option_id options[] = {OPTION_DATA, OPTION_KEEP};
	struct beside_answer answer;
	enum err err = run(app, "backup", options, COUNT(options), &answer);

	if (err != ERR_OK) {
		return err;
	}
	print_answer(app, &answer);
	print_note(app, "%s",
		_("the keys are not in it: keep a copy of keys/ and tls/ of the data directory elsewhere"));
	if (str_equal(beside_find(&answer, "recorded"), STR("0"))) {
		print_note(app, "%s",
			_("it could not be recorded in the database, and doctor does not know of it"));
	}
	return ERR_OK;
}

enum err command_restore(struct app *app)
{
	static const enum option_id options[] = {OPTION_DATA, OPTION_KEYS};
	struct beside_answer answer;
	enum err err = run(app, "restore", options, COUNT(options), &answer);

	if (err != ERR_OK) {
		return err;
	}
	print_answer(app, &answer);
	if (app_option(app, OPTION_DATA) == NULL) {
		print_note(app, "%s", _("the backup is whole and as it was taken; nothing was restored"));
		return ERR_OK;
	}
	print_note(app, "%s",
		_("what was done after the last event is not there, leavers and new passwords among it"));
	if (str_equal(beside_find(&answer, "keys"), STR("new"))) {
		print_note(app, "%s",
			_("without the old keys, contacts, waiting messages and codes cannot be opened any "
			  "more"));
	}
	return ERR_OK;
}
