/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file send: begin, chunks, end. The file's id is made of who sends what for which complaint: the same command again
 * goes on where the first was cut, and sends nothing that has come.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/digest.h"
#include "client/admin/file_move.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/target.h"

#define BYTES_MAX (20 * 1024 * 1024)

struct sending {
	struct file_move move;
	int purpose;
	bool has_complaint;
	struct uuid complaint_id;
	uint8_t digest[DIGEST_BYTES];
};

/* Opens it, measures it, makes its hash; nobody is asked. */
static enum err take_file(struct app *app, struct sending *sending)
{
	const char *path = app->options.arguments[0];
	struct stat info;
	int error;

	sending->move.path = path;
	sending->move.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (sending->move.fd < 0 || fstat(sending->move.fd, &info) != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(errno));
	}
	if (!S_ISREG(info.st_mode) || info.st_size == 0) {
		return fault_set(&app->fault, ERR_INPUT, _("%s is empty, or no file"), path);
	}
	if (info.st_size > BYTES_MAX) {
		return fault_set(&app->fault, ERR_INPUT, _("%s is larger than 20 MiB"), path);
	}
	sending->move.total = (uint32_t)info.st_size;
	error = digest_file(path, sending->digest);
	return error == 0 ? ERR_OK : fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(error));
}

/* For which complaint; without one for what this person is about to submit. */
static enum err take_target(struct app *app, struct sending *sending)
{
	struct place_community community;
	struct target target;
	enum err err;

	sending->has_complaint = app->options.argument_count > 1;
	if (sending->has_complaint) {
		err = target_find(app, app->options.arguments[1], &target);
		sending->move.community_id = target.community_id;
		sending->complaint_id = target.complaint_id;
		return err;
	}
	err = place_community(app, &community);
	sending->move.community_id = community.id;
	return err;
}

static enum err take_key(struct app *app, struct sending *sending)
{
	const char *key = app_option(app, OPTION_KEY);
	char community[UUID_TEXT_LEN + 1];
	char complaint[UUID_TEXT_LEN + 1];
	char digest[DIGEST_TEXT_LEN + 1];

	if (key != NULL) {
		return uuid_parse(str_from_c(key), &sending->move.file_id)
		           ? ERR_OK
		           : fault_set(&app->fault, ERR_USAGE, _("--%s: '%s' is no UUID"), "key", key);
	}
	uuid_format(sending->move.community_id, community);
	uuid_format(sending->complaint_id, complaint);
	digest_format(sending->digest, digest);
	sending->move.file_id = uuid_v8(
		STR("guanjia file send"), arena_printf(&app->arena, "%s %s %s %d %s", app->profile.login,
									  community, complaint, sending->purpose, digest));
	return ERR_OK;
}

static enum err begin(struct app *app, const struct sending *sending)
{
	Pb__FileBegin request = PB__FILE_BEGIN__INIT;
	struct client_ask ask = {
		.method = &method_rows[METHOD_file_begin],
		.request = &request.base,
		.key = span_of(sending->move.file_id.bytes, UUID_BYTES),
	};
	struct client_result *result;

	request.has_community_id = request.has_purpose = request.has_bytes = request.has_hash = true;
	request.community_id = codec_bytes(span_of(sending->move.community_id.bytes, UUID_BYTES));
	request.has_complaint_id = sending->has_complaint;
	request.complaint_id = codec_bytes(span_of(sending->complaint_id.bytes, UUID_BYTES));
	request.purpose = (Pb__File__Purpose)sending->purpose;
	request.bytes = sending->move.total;
	request.hash = codec_bytes(span_of(sending->digest, DIGEST_BYTES));
	result = link_ask(app, &ask);
	client_result_free(result);
	return result == NULL ? app->fault.err : ERR_OK;
}

static enum err end(struct app *app, const struct sending *sending)
{
	Pb__FileEnd request = PB__FILE_END__INIT;
	struct client_ask ask = {.method = &method_rows[METHOD_file_end], .request = &request.base};
	struct client_result *result;

	request.has_community_id = request.has_file_id = true;
	request.community_id = codec_bytes(span_of(sending->move.community_id.bytes, UUID_BYTES));
	request.file_id = codec_bytes(span_of(sending->move.file_id.bytes, UUID_BYTES));
	result = link_ask(app, &ask);
	client_result_free(result);
	return result == NULL ? app->fault.err : ERR_OK;
}

/* How far an earlier run came. */
static enum err go_on(struct app *app, struct sending *sending)
{
	const Pb__File *file = NULL;
	struct client_result *result = file_move_look(app, &sending->move, &file);

	if (result == NULL) {
		return app->fault.err;
	}
	sending->move.at = file->received_bytes;
	if (sending->move.at > 0 && sending->move.at < sending->move.total) {
		print_note(app, _("going on behind %u of %u bytes"), sending->move.at, sending->move.total);
	}
	client_result_free(result);
	return ERR_OK;
}

/* Its id alone goes to standard output. */
static enum err print_sent(struct app *app, const struct sending *sending)
{
	const Pb__File *file = NULL;
	struct client_result *result = file_move_look(app, &sending->move, &file);
	char id[UUID_TEXT_LEN + 1];
	char number[16];
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		uuid_format(sending->move.file_id, id);
		puts(id);
		print_note(app, _("sent, and kept as %s of %u bytes"),
			label_of(&pb__file__type__descriptor, (int)file->type, number), file->bytes);
	}
	client_result_free(result);
	return err;
}

static enum err send_all(struct app *app, struct sending *sending)
{
	enum err err = take_file(app, sending);

	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err == ERR_OK) {
		err = take_target(app, sending);
	}
	if (err == ERR_OK) {
		err = take_key(app, sending);
	}
	if (err == ERR_OK) {
		err = begin(app, sending);
	}
	if (err == ERR_OK) {
		err = go_on(app, sending);
	}
	if (err == ERR_OK) {
		err = file_move_send(app, &sending->move);
	}
	if (err == ERR_OK) {
		err = end(app, sending);
	}
	return err == ERR_OK ? print_sent(app, sending) : err;
}

enum err command_file_send(struct app *app)
{
	struct sending sending = {.move = {.fd = -1}, .purpose = PB__FILE__PURPOSE__BEFORE};
	const char *purpose = app_option(app, OPTION_FILE_PURPOSE);
	enum err err = ERR_OK;

	if (purpose != NULL) {
		err = app_enum(app, "--purpose", &pb__file__purpose__descriptor, purpose, &sending.purpose);
	}
	if (err == ERR_OK) {
		err = send_all(app, &sending);
	}
	if (sending.move.fd >= 0) {
		(void)close(sending.move.fd);
	}
	return err;
}
