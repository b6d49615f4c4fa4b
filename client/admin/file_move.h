/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a file on their way, chunk by chunk. One that is lost is asked again (link.h); what came is never sent
 * twice: the server says where to go on, and a file that is fetched goes on behind what is there of it.
 *
 * Everything here leaves the reason of a failure in app->fault.
 */
#pragma once

#include "common/err.h"
#include "common/uuid.h"
#include "file.pb-c.h"

struct app;

#define FILE_MOVE_CHUNK_BYTES 262144 /* proto/file.proto */

/* A file of the server's, and one of this machine. */
struct file_move {
	struct uuid community_id;
	struct uuid file_id;
	const char *path;
	int fd;           /* the caller's */
	uint32_t at;      /* bytes that are there */
	uint32_t total;   /* of so many */
	int64_t shown_us; /* mono: when progress was last shown; 0: never */
};

/* From move->at to its end: file.chunk after file.chunk. */
enum err file_move_send(struct app *app, struct file_move *move) must_check;
/* The same with file.read. */
enum err file_move_fetch(struct app *app, struct file_move *move) must_check;

/*
 * file.get.
 *
 *   returns  the reply, the caller's (client_result_free); NULL where it failed. *out: its file
 */
struct client_result *file_move_look(
	struct app *app, const struct file_move *move, const Pb__File **out) must_check;

/* The same of the file that the command's first argument is the id of, in its community: move says both. */
struct client_result *file_move_find(
	struct app *app, struct file_move *move, const Pb__File **out_file) must_check;
