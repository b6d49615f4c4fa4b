/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file list, file show.
 */
#include <stdio.h>

#include "file.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/digest.h"
#include "client/admin/file_move.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"

static const struct table_column columns[] = {
	{N_("File"), false},
	{N_("Purpose"), false},
	{N_("State"), false},
	{N_("Type"), false},
	{N_("Size"), false},
	{N_("Begun"), false},
};

static void add_id(struct app *app, struct table *table, struct span id)
{
	char text[UUID_TEXT_LEN + 1] = "";

	(void)app;
	if (id.len == UUID_BYTES) {
		uuid_format(uuid_from_span(id), text);
	}
	table_add_c(table, text);
}

/* As it is kept; while it comes, how far it is. */
static const char *size_of(struct app *app, const Pb__File *file)
{
	if (file->has_bytes) {
		return arena_printf(&app->arena, "%u", file->bytes).ptr;
	}
	return arena_printf(&app->arena, "%u / %u", file->received_bytes, file->sent_bytes).ptr;
}

static void add_file(struct app *app, struct table *table, const Pb__File *file)
{
	char number[16];

	add_id(app, table, codec_span(file->has_file_id, file->file_id));
	table_add_c(table, label_of(&pb__file__purpose__descriptor, (int)file->purpose, number));
	table_add_c(table, label_of(&pb__file__state__descriptor, (int)file->state, number));
	table_add_c(table,
		file->has_type ? label_of(&pb__file__type__descriptor, (int)file->type, number) : "");
	table_add_c(table, size_of(app, file));
	table_add_c(table, app_show_time(app, file->begun_us));
}

enum err command_file_list(struct app *app)
{
	ProtobufCMessage *request = form_new(app, &pb__file_list__descriptor);
	const Pb__FileListReply *reply;
	struct client_result *result;
	struct target target;
	struct table table;
	enum err err = target_find(app, app->options.arguments[0], &target);

	if (err != ERR_OK) {
		return err;
	}
	form_set_id(app, request, "community_id", target.community_id);
	form_set_id(app, request, "complaint_id", target.complaint_id);
	result = link_call(app, METHOD_file_list, request);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		table_init(&table, columns, COUNT(columns));
		for (size_t i = 0; i < reply->n_files; i++) {
			add_file(app, &table, reply->files[i]);
		}
		table_print(&table, stdout, table_terminal_width(stdout));
		table_fini(&table);
	}
	client_result_free(result);
	return err;
}

static void print_file(struct app *app, const Pb__File *file)
{
	char number[16];
	char hash[DIGEST_TEXT_LEN + 1] = "";

	print_id(_("file"), codec_span(file->has_file_id, file->file_id));
	print_id(_("complaint"), codec_span(file->has_complaint_id, file->complaint_id));
	print_pair_c(
		_("purpose"), label_of(&pb__file__purpose__descriptor, (int)file->purpose, number));
	print_pair_c(_("state"), label_of(&pb__file__state__descriptor, (int)file->state, number));
	if (file->has_type) {
		print_pair_c(_("type"), label_of(&pb__file__type__descriptor, (int)file->type, number));
	}
	print_pair_c(_("size"), size_of(app, file));
	if (file->has_width && file->has_height) {
		print_pair(_("pixels"), arena_printf(&app->arena, "%u × %u", file->width, file->height));
	}
	if (file->has_hash && file->hash.len == DIGEST_BYTES) {
		digest_format(file->hash.data, hash);
	}
	print_pair_c(_("SHA-256"), hash);
}

enum err command_file_show(struct app *app)
{
	struct file_move move = {.fd = -1};
	const Pb__File *file = NULL;
	struct client_result *result = file_move_find(app, &move, &file);
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_file(app, file);
	}
	client_result_free(result);
	return err;
}
