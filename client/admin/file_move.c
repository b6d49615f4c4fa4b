/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/file_move.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"

#define SHOW_AFTER_US (1 * US_PER_S)
#define SHOW_EVERY_US (US_PER_S / 5)

/* "512 / 4096 KiB", over itself, on a terminal only; gone at the end. */
static void show_progress(const struct app *app, struct file_move *move, bool is_end)
{
	int64_t now_us = clock_now().mono_us;

	if (app->is_json || !isatty(STDERR_FILENO)) {
		return;
	}
	if (is_end && move->shown_us != 0) {
		fputs("\r\033[K", stderr);
	}
	if (is_end || now_us - app->started.mono_us < SHOW_AFTER_US ||
		now_us - move->shown_us < SHOW_EVERY_US) {
		return;
	}
	move->shown_us = now_us;
	fprintf(stderr, "\r%u / %u KiB", move->at / 1024, move->total / 1024);
	fflush(stderr);
}

static ProtobufCBinaryData id_bytes(const struct uuid *id)
{
	return codec_bytes(span_of(id->bytes, UUID_BYTES));
}

static uint32_t next_len(const struct file_move *move)
{
	uint32_t left = move->total - move->at;

	return left < FILE_MOVE_CHUNK_BYTES ? left : FILE_MOVE_CHUNK_BYTES;
}

static enum err refuse_file(struct app *app, enum err err, const struct file_move *move, int error)
{
	return fault_set(&app->fault, err, "%s: %s", move->path,
		error == 0 ? _("it has become shorter meanwhile") : strerror(error));
}

/* Exactly so many bytes, or an errno; 0 and *out_short where there are no more. */
static int read_whole(int fd, uint8_t *out, size_t len, uint32_t at, bool *out_short)
{
	size_t done = 0;

	*out_short = false;
	while (done < len) {
		ssize_t count = pread(fd, out + done, len - done, (off_t)(at + done));

		if (count < 0 && errno != EINTR) {
			return errno;
		}
		if (count == 0) {
			*out_short = true;
			return 0;
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return 0;
}

static int write_whole(int fd, struct span bytes, uint32_t at)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t count = pwrite(fd, bytes.ptr + done, bytes.len - done, (off_t)(at + done));

		if (count < 0 && errno != EINTR) {
			return errno;
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return 0;
}

/* The chunk at move->at, whose bytes lie in `piece`. */
static enum err send_chunk(struct app *app, struct file_move *move, uint8_t *piece)
{
	Pb__FileChunk request = PB__FILE_CHUNK__INIT;
	const Pb__FileChunkReply *reply;
	struct client_result *result;
	uint32_t len = next_len(move);
	uint32_t received;
	bool is_short;
	int error = read_whole(move->fd, piece, len, move->at, &is_short);

	if (error != 0 || is_short) {
		return refuse_file(app, ERR_INPUT, move, error);
	}
	request.has_community_id = request.has_file_id = true;
	request.community_id = id_bytes(&move->community_id);
	request.file_id = id_bytes(&move->file_id);
	request.has_offset = request.has_content = true;
	request.offset = move->at;
	request.content = codec_bytes(span_of(piece, len));
	result = link_call(app, METHOD_file_chunk, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	received = reply->received_bytes;
	client_result_free(result);
	if (received <= move->at || received > move->total) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED); /* it would never end */
	}
	move->at = received;
	return ERR_OK;
}

enum err file_move_send(struct app *app, struct file_move *move)
{
	uint8_t *piece = malloc(FILE_MOVE_CHUNK_BYTES);
	enum err err = ERR_OK;

	if (piece == NULL) {
		abort();
	}
	while (err == ERR_OK && move->at < move->total) {
		err = send_chunk(app, move, piece);
		show_progress(app, move, false);
	}
	show_progress(app, move, true);
	free(piece);
	return err;
}

static enum err fetch_chunk(struct app *app, struct file_move *move)
{
	Pb__FileRead request = PB__FILE_READ__INIT;
	struct client_result *result;
	struct span content;
	bool is_whole;
	int error = 0;

	request.has_community_id = request.has_file_id = request.has_offset = true;
	request.community_id = id_bytes(&move->community_id);
	request.file_id = id_bytes(&move->file_id);
	request.offset = move->at;
	result = link_call(app, METHOD_file_read, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	content = codec_span(true, ((const Pb__FileReadReply *)(const void *)result->message)->content);
	is_whole = content.len == next_len(move);
	if (is_whole) {
		error = write_whole(move->fd, content, move->at);
		move->at += (uint32_t)content.len;
	}
	client_result_free(result);
	if (!is_whole) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	return error == 0 ? ERR_OK : refuse_file(app, ERR_OUTPUT, move, error);
}

enum err file_move_fetch(struct app *app, struct file_move *move)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && move->at < move->total) {
		err = fetch_chunk(app, move);
		show_progress(app, move, false);
	}
	show_progress(app, move, true);
	return err;
}

struct client_result *file_move_look(
	struct app *app, const struct file_move *move, const Pb__File **out)
{
	Pb__FileGet request = PB__FILE_GET__INIT;
	struct client_result *result;

	request.has_community_id = request.has_file_id = true;
	request.community_id = id_bytes(&move->community_id);
	request.file_id = id_bytes(&move->file_id);
	result = link_call(app, METHOD_file_get, &request.base);
	if (result == NULL) {
		return NULL;
	}
	*out = ((const Pb__FileGetReply *)(const void *)result->message)->file;
	if (*out == NULL) {
		client_result_free(result);
		(void)fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
		return NULL;
	}
	return result;
}

struct client_result *file_move_find(
	struct app *app, struct file_move *move, const Pb__File **out_file)
{
	const char *text = app->options.arguments[0];
	struct place_community community;

	if (!uuid_parse(str_from_c(text), &move->file_id)) {
		(void)fault_set(&app->fault, ERR_USAGE, _("'%s' is no file's id"), text);
		return NULL;
	}
	if (place_community(app, &community) != ERR_OK) {
		return NULL;
	}
	move->community_id = community.id;
	return file_move_look(app, move, out_file);
}
