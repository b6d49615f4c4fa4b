/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint export: all of a list into a file, page by page through FILE.part (export_part.h), so that it can be cut
 * anywhere and goes on: by Ctrl-C, by a server that is gone, or where somebody else has to approve it first.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "export.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/export_part.h"
#include "client/admin/export_rows.h"
#include "client/admin/filter.h"
#include "client/admin/grid_file.h"
#include "client/admin/i18n.h"
#include "client/admin/interrupt.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/progress.h"
#include "client/admin/secret.h"

#define PAGE_BYTES_MAX ((size_t)16 * 1024 * 1024)

struct exporting {
	struct app *app;
	const char *file;
	struct export_part part;
	struct arena page; /* of the page that becomes rows */
	int read_error;    /* an errno */
};

/* FILE, and what it becomes; one of both options, and a name. */
static enum err take_file(struct app *app, const char **out_file, Pb__Export__Format *out_format)
{
	const char *csv = app_option(app, OPTION_CSV);
	const char *xlsx = app_option(app, OPTION_XLSX);

	if ((csv == NULL) == (xlsx == NULL)) {
		return fault_set(&app->fault, ERR_USAGE, _("one of --csv FILE and --xlsx FILE"));
	}
	*out_file = csv != NULL ? csv : xlsx;
	*out_format = csv != NULL ? PB__EXPORT__FORMAT__CSV : PB__EXPORT__FORMAT__XLSX;
	if (strcmp(*out_file, "-") == 0) {
		return fault_set(&app->fault, ERR_USAGE, _("an export needs a file with a name"));
	}
	return ERR_OK;
}

static enum err refuse_part(struct exporting *exporting, int error)
{
	struct app *app = exporting->app;

	switch (error) {
	case EEXIST:
		(void)fault_set(
			&app->fault, ERR_OUTPUT, _("%s is there: an export was cut"), exporting->part.path);
		return fault_hint(&app->fault, _("guanjia complaint export --resume %s"), exporting->file);
	case ENOENT:
		return fault_set(
			&app->fault, ERR_INPUT, _("%s: no export was cut there"), exporting->part.path);
	case EBADMSG:
		return fault_set(
			&app->fault, ERR_INPUT, _("%s is no beginning of an export"), exporting->part.path);
	case EWOULDBLOCK:
		return fault_set(
			&app->fault, ERR_OUTPUT, _("%s is being written already"), exporting->part.path);
	default:
		return fault_set(&app->fault, ERR_OUTPUT, "%s: %s", exporting->part.path, strerror(error));
	}
}

/* Asks the server to begin, with the password once more. */
static enum err ask_begin(struct app *app, Pb__ExportBegin *request, Pb__Export *head)
{
	struct secret own = {0};
	struct client_result *result = NULL;
	const Pb__ExportBeginReply *reply;
	enum err err = secret_read(&own, app_option(app, OPTION_OWN_PASSWORD_FILE),
		_("Your own present password: "), &app->fault);

	if (err == ERR_OK) {
		request->own_password = own.text;
		result = link_call(app, METHOD_export_begin, &request->base);
		err = result == NULL ? app->fault.err : ERR_OK;
	}
	secret_wipe(&own);
	if (err == ERR_OK) {
		reply = (const void *)result->message;
		head->has_community_id = head->has_export_id = head->has_format = true;
		head->community_id = request->community_id;
		head->export_id = codec_bytes(
			arena_span(&app->arena, codec_span(reply->has_export_id, reply->export_id)));
		head->format = request->format;
		head->n_columns = request->n_columns;
		head->columns = request->columns;
	}
	client_result_free(result);
	return err;
}

static enum err begin(struct exporting *exporting)
{
	Pb__ExportBegin request = PB__EXPORT_BEGIN__INIT;
	struct app *app = exporting->app;
	Pb__Export head = PB__EXPORT__INIT;
	enum err err = take_file(app, &exporting->file, &request.format);

	if (err == ERR_OK) {
		(void)snprintf(
			exporting->part.path, sizeof(exporting->part.path), "%s.part", exporting->file);
		err = access(exporting->part.path, F_OK) == 0 ? refuse_part(exporting, EEXIST) : ERR_OK;
	}
	if (err == ERR_OK) {
		err = export_rows_columns(app, app_option(app, OPTION_COLUMNS), &request);
	}
	if (err == ERR_OK) {
		err = filter_build(app, &request.list);
	}
	if (err == ERR_OK) {
		request.has_community_id = request.has_format = true;
		request.community_id = request.list->community_id;
		err = ask_begin(app, &request, &head);
	}
	if (err == ERR_OK) {
		int error = export_part_create(&exporting->part, exporting->file, &head);

		err = error == 0 ? ERR_OK : refuse_part(exporting, error);
	}
	return err;
}

static enum err resume(struct exporting *exporting)
{
	struct app *app = exporting->app;
	int error;

	exporting->file = app_option(app, OPTION_RESUME);
	error = export_part_open(&exporting->part, exporting->file);
	if (error != 0) {
		return refuse_part(exporting, error);
	}
	return place_load(app);
}

/* What was brought stays; how it goes on is said. */
static enum err refuse_page(struct exporting *exporting, enum err err)
{
	struct fault *fault = &exporting->app->fault;
	char id[UUID_TEXT_LEN + 1];

	if (err == ERR_APPROVAL_NEEDED) {
		uuid_format(uuid_from_span(codec_span(true, exporting->part.head->export_id)), id);
		return fault_hint(fault,
			_("a manager or director: guanjia export approve %s; then --resume %s goes on"), id,
			exporting->file);
	}
	return fault_hint(fault, _("%u are there; guanjia complaint export --resume %s goes on"),
		(unsigned)exporting->part.row_count, exporting->file);
}

/* Page by page, each on the disk before the next is asked for. */
static enum err read_all(struct exporting *exporting)
{
	struct export_part *part = &exporting->part;
	struct app *app = exporting->app;
	struct progress progress;
	enum err err = ERR_OK;

	progress_begin(&progress, app);
	while (err == ERR_OK && !part->is_whole) {
		Pb__ExportRead request = PB__EXPORT_READ__INIT;
		struct client_result *result;
		int error;

		if (interrupt_came()) {
			err = fault_set_plain(&app->fault, ERR_CANCELLED);
			break;
		}
		request.has_community_id = request.has_export_id = true;
		request.community_id = part->head->community_id;
		request.export_id = part->head->export_id;
		request.has_cursor = part->cursor.len > 0;
		request.cursor = codec_bytes(part->cursor);
		result = link_call(app, METHOD_export_read, &request.base);
		if (result == NULL) {
			err = app->fault.err;
			break;
		}
		error = export_part_add(part, (const void *)result->message);
		client_result_free(result);
		progress_show(&progress, part->row_count, 0);
		if (error != 0) {
			err = refuse_part(exporting, error);
		}
	}
	progress_end(&progress);
	return err == ERR_OK ? ERR_OK : refuse_page(exporting, err);
}

static bool next_portion(void *context, struct grid *grid)
{
	struct exporting *exporting = context;
	Pb__ExportReadReply *page = NULL;

	arena_fini(&exporting->page);
	arena_init(&exporting->page, PAGE_BYTES_MAX);
	exporting->read_error = export_part_next(&exporting->part, &exporting->page, &page);
	if (page == NULL) {
		return false;
	}
	export_rows_fill(exporting->app, exporting->part.head, page, grid);
	return true;
}

static enum err write_file(struct exporting *exporting)
{
	struct grid_source source = {next_portion, exporting};
	bool is_csv = exporting->part.head->format == PB__EXPORT__FORMAT__CSV;
	int failed;

	export_part_rewind(&exporting->part);
	arena_init(&exporting->page, PAGE_BYTES_MAX);
	failed = grid_file_write(
		&source, is_csv ? GRID_FILE_CSV : GRID_FILE_XLSX, exporting->file, _("complaints"));
	arena_fini(&exporting->page);
	failed = failed == 0 ? exporting->read_error : failed;
	return failed == 0 ? ERR_OK
	                   : fault_set(&exporting->app->fault, ERR_OUTPUT, "%s: %s", exporting->file,
							 strerror(failed));
}

/* The server's record says that it is over; its key is the export's, so it may be said again. */
static enum err end(struct exporting *exporting)
{
	Pb__ExportEnd request = PB__EXPORT_END__INIT;
	const Pb__Export *head = exporting->part.head;
	struct span id = codec_span(true, head->export_id);
	struct uuid key = uuid_v8(STR("export.end"), str_of((const char *)id.ptr, id.len));
	struct client_ask ask = {
		.method = &method_rows[METHOD_export_end],
		.request = &request.base,
		.key = span_of(key.bytes, UUID_BYTES),
	};
	struct client_result *result;

	request.has_community_id = request.has_export_id = true;
	request.community_id = head->community_id;
	request.export_id = head->export_id;
	result = link_ask(exporting->app, &ask);
	if (result == NULL) {
		return refuse_page(exporting, exporting->app->fault.err);
	}
	client_result_free(result);
	return ERR_OK;
}

static void say(const struct exporting *exporting)
{
	const struct export_part *part = &exporting->part;
	char id[UUID_TEXT_LEN + 1];
	json_t *json;

	if (!exporting->app->is_json) {
		print_note(exporting->app,
			ngettext("%u complaint: %s", "%u complaints: %s", part->row_count),
			(unsigned)part->row_count, exporting->file);
		return;
	}
	json = json_object();
	uuid_format(uuid_from_span(codec_span(true, part->head->export_id)), id);
	(void)json_object_set_new(json, "export_id", json_string(id));
	(void)json_object_set_new(json, "rows", json_integer(part->row_count));
	(void)json_object_set_new(json, "file", json_string(exporting->file));
	print_json(json);
}

static enum err finish(struct exporting *exporting)
{
	enum err err = write_file(exporting);
	int error;

	if (err == ERR_OK) {
		err = end(exporting);
	}
	if (err != ERR_OK) {
		return err;
	}
	error = export_part_remove(&exporting->part);
	if (error != 0) {
		return refuse_part(exporting, error);
	}
	say(exporting);
	return ERR_OK;
}

enum err command_complaint_export(struct app *app)
{
	struct exporting exporting = {.app = app};
	enum err err;

	err = app_option(app, OPTION_RESUME) == NULL ? begin(&exporting) : resume(&exporting);
	if (err == ERR_OK) {
		interrupt_watch();
		err = read_all(&exporting);
	}
	if (err == ERR_OK) {
		err = finish(&exporting);
	}
	export_part_close(&exporting.part);
	return err;
}
