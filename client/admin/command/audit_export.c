/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit export: entries of whole seals as lines of CSV or JSON, and the seals beside them in FILE.seals, so that audit
 * verify --file holds one against the other anywhere. Neither file is there before it is whole.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/record_source.h"

#define LINE_BYTES_MAX ((size_t)1024 * 1024)

struct export
{
	struct app *app;
	const char *path;
	char *entries_part; /* in the app's arena, as all paths */
	char *seals_part;
	char *seals_path;
	FILE *entries;
	FILE *seals;
	int64_t from_us, to_us;   /* of sealing */
	int64_t first, last;      /* seals; 0: none */
	struct uuid community_id; /* with has_community */
	bool has_community;
	uint64_t entry_count;
};

static enum err refuse_path(struct export *export, const char *path)
{
	return fault_set(&export->app->fault, ERR_OUTPUT, "%s: %s", path, strerror(errno));
}

static enum err open_files(struct export *export)
{
	struct arena *arena = &export->app->arena;

	export->entries_part = arena_c_string(arena, arena_printf(arena, "%s.part", export->path));
	export->seals_path = arena_c_string(arena, arena_printf(arena, "%s.seals", export->path));
	export->seals_part = arena_c_string(arena, arena_printf(arena, "%s.seals.part", export->path));
	if (access(export->path, F_OK) == 0 || access(export->seals_path, F_OK) == 0) {
		errno = EEXIST;
		return refuse_path(export, export->path);
	}
	export->entries = fopen(export->entries_part, "we");
	if (export->entries == NULL) {
		return refuse_path(export, export->entries_part);
	}
	export->seals = fopen(export->seals_part, "we");
	return export->seals == NULL ? refuse_path(export, export->seals_part) : ERR_OK;
}

/* Seals of the period, as they come: their lines go to the file. */
static enum err write_seals(struct export *export, struct record_source *source)
{
	while (source->has_seal) {
		enum err err;

		if (source->is_seal_broken) {
			return fault_set(&export->app->fault, ERR_RECORD_BROKEN,
				_("seal %" PRId64 " is broken"), source->seal_after + 1);
		}
		if (source->seal.sealed_us >= export->to_us) {
			return ERR_OK;
		}
		if (source->seal.sealed_us >= export->from_us) {
			export->first = export->first == 0 ? source->seal.number : export->first;
			export->last = source->seal.number;
			fprintf(export->seals, "%.*s\n", STR_ARG(source->seal_line));
		}
		err = record_source_next_seal(source);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err write_entry(struct export *export, const struct record_source *source)
{
	struct record_entry entry;
	struct arena arena;
	struct str line;

	if (!record_decode(source->entry, &entry)) {
		return fault_set_plain(&export->app->fault, ERR_REPLY_MALFORMED);
	}
	if (entry.form > RECORD_FORM) {
		return fault_set(&export->app->fault, ERR_REPLY_MALFORMED,
			_("the server records more than this program knows: it needs a newer one"));
	}
	arena_init(&arena, LINE_BYTES_MAX);
	line = record_line(&arena, &source->place, &entry, record_is_csv(export->path));
	(void)fwrite(line.ptr, 1, line.len, export->entries);
	arena_fini(&arena);
	export->entry_count++;
	return ERR_OK;
}

static enum err write_entries(struct export *export)
{
	struct record_source source;
	Pb__AuditRead request = PB__AUDIT_READ__INIT;
	enum err err;

	request.has_purpose = request.has_seal_from = request.has_seal_to = true;
	request.purpose = PB__AUDIT__PURPOSE__EXPORT;
	request.seal_from = export->first;
	request.seal_to = export->last;
	request.has_community_id = export->has_community;
	request.community_id = codec_bytes(span_of(export->community_id.bytes, UUID_BYTES));
	err = record_source_server(&source, export->app, &request, export->last);
	if (err == ERR_OK) {
		err = record_source_begin(&source);
	}
	while (err == ERR_OK && source.has_entry && ferror(export->entries) == 0) {
		err = write_entry(export, &source);
		if (err == ERR_OK) {
			err = record_source_next_entry(&source);
		}
	}
	record_source_close(&source);
	return err;
}

static enum err write_all(struct export *export)
{
	struct record_source source;
	Pb__AuditRead request = PB__AUDIT_READ__INIT;
	struct str heading = record_heading(&export->app->arena);
	enum err err = record_source_server(&source, export->app, &request, 0);

	if (err == ERR_OK) {
		err = write_seals(export, &source);
	}
	record_source_close(&source);
	if (err == ERR_OK && export->last == 0) {
		return fault_set(&export->app->fault, ERR_NOT_FOUND, _("nothing was sealed then"));
	}
	if (err == ERR_OK && record_is_csv(export->path)) {
		(void)fwrite(heading.ptr, 1, heading.len, export->entries);
	}
	return err == ERR_OK ? write_entries(export) : err;
}

/* To disk, then under its name. */
static enum err finish(struct export *export, FILE **file, const char *part, const char *path)
{
	bool is_good = fflush(*file) == 0 && ferror(*file) == 0 && fsync(fileno(*file)) == 0;

	is_good = fclose(*file) == 0 && is_good;
	*file = NULL;
	return is_good && rename(part, path) == 0 ? ERR_OK : refuse_path(export, path);
}

static void abandon(struct export *export)
{
	if (export->entries != NULL) {
		(void)fclose(export->entries);
		(void)unlink(export->entries_part);
	}
	if (export->seals != NULL) {
		(void)fclose(export->seals);
		(void)unlink(export->seals_part);
	}
}

static enum err take_what(struct app *app, struct export *export)
{
	struct place_community community;
	enum err err = app_profile(app);

	export->to_us = INT64_MAX;
	if (err == ERR_OK && app_option(app, OPTION_EARLIEST) != NULL) {
		err = app_time(app, OPTION_EARLIEST, &export->from_us);
	}
	if (err == ERR_OK && app_option(app, OPTION_AWAY_TO) != NULL) {
		err = app_time(app, OPTION_AWAY_TO, &export->to_us);
	}
	if (err == ERR_OK && app_option(app, OPTION_COMMUNITY) != NULL) {
		err = place_community(app, &community);
		export->has_community = err == ERR_OK;
		export->community_id = err == ERR_OK ? community.id : uuid_nil;
	}
	return err;
}

static void say(struct app *app, const struct export *export)
{
	if (app->is_json) {
		print_json(json_pack("{s:I, s:I, s:I}", "entries", (json_int_t) export->entry_count,
			"seal_from", (json_int_t) export->first, "seal_to", (json_int_t) export->last));
		return;
	}
	print_note(app, _("%" PRIu64 " entries of seals %" PRId64 " to %" PRId64 ": %s, %s"),
		export->entry_count, export->first, export->last, export->path, export->seals_path);
}

enum err command_audit_export(struct app *app)
{
	struct export export = {.app = app, .path = app->options.arguments[0]};
	enum err err = take_what(app, &export);

	if (err == ERR_OK) {
		err = open_files(&export);
	}
	if (err == ERR_OK) {
		err = write_all(&export);
	}
	if (err == ERR_OK) {
		err = finish(&export, &export.seals, export.seals_part, export.seals_path);
	}
	if (err == ERR_OK) {
		err = finish(&export, &export.entries, export.entries_part, export.path);
	}
	if (err == ERR_OK) {
		say(app, &export);
	}
	abandon(&export);
	return err;
}
