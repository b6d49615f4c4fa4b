/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file get: a file of a complaint onto this machine. It lies beside its name with .part behind it until all of it has
 * come and its SHA-256 is right; the same command again goes on behind what is there.
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
#include "client/admin/print.h"

static enum err refuse_path(struct app *app, const char *path)
{
	return fault_set(&app->fault, ERR_OUTPUT, "%s: %s", path, strerror(errno));
}

/* Behind the last whole chunk of what is there. */
static enum err open_part(struct app *app, struct file_move *move)
{
	struct stat info;

	move->fd = open(move->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (move->fd < 0 || fstat(move->fd, &info) != 0) {
		return refuse_path(app, move->path);
	}
	move->at = info.st_size > (off_t)move->total
	               ? 0
	               : (uint32_t)info.st_size / FILE_MOVE_CHUNK_BYTES * FILE_MOVE_CHUNK_BYTES;
	if (ftruncate(move->fd, move->at) != 0) {
		return refuse_path(app, move->path);
	}
	return ERR_OK;
}

/* All of it is there: is it what it should be? */
static enum err check_part(struct app *app, const struct file_move *move, const Pb__File *file)
{
	uint8_t digest[DIGEST_BYTES];

	if (fsync(move->fd) != 0 || digest_file(move->path, digest) != 0) {
		return refuse_path(app, move->path);
	}
	if (!span_equal(span_of(digest, DIGEST_BYTES), codec_span(file->has_hash, file->hash))) {
		(void)unlink(move->path);
		return fault_set(&app->fault, ERR_REPLY_MALFORMED,
			_("the SHA-256 of what came is not that of the file; fetch it again"));
	}
	return ERR_OK;
}

static enum err fetch(struct app *app, struct file_move *move, const Pb__File *file)
{
	const char *path = app->options.arguments[1];
	enum err err;

	if (!file->has_bytes) {
		return fault_set(&app->fault, ERR_STEP_REFUSED, _("the file is not there as a whole"));
	}
	move->path = arena_printf(&app->arena, "%s.part", path).ptr;
	move->total = file->bytes;
	err = open_part(app, move);
	if (err == ERR_OK) {
		err = file_move_fetch(app, move);
	}
	if (err == ERR_OK) {
		err = check_part(app, move, file);
	}
	if (err == ERR_OK && rename(move->path, path) != 0) {
		err = refuse_path(app, path);
	}
	if (err == ERR_OK) {
		print_note(app, _("%u bytes: %s"), file->bytes, path);
	}
	return err;
}

enum err command_file_get(struct app *app)
{
	struct file_move move = {.fd = -1};
	const Pb__File *file = NULL;
	struct client_result *result = file_move_find(app, &move, &file);
	enum err err;

	if (result == NULL) {
		return app->fault.err;
	}
	err = fetch(app, &move, file);
	if (err == ERR_OK && app->is_json) {
		err = print_message(app, result->message);
	}
	client_result_free(result);
	if (move.fd >= 0) {
		(void)close(move.fd);
	}
	return err;
}
