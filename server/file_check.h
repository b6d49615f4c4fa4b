/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a file that was sent whole: the toil of file.end. It brings the chunks together, looks at them and
 * makes images anew in a thread, and stores what is to be kept as a part of its own, which counts only once file.end's
 * statement says so.
 *
 *   FETCH ─▶ LOOK (thread) ─▶ STORE ─▶ the request runs on
 *
 * At most file_checks_max at a time: a check holds the whole file, at most 20 MiB, and the pixels of one image.
 */
#pragma once

#include "server/domain/file.h"
#include "server/request.h"

/* What it has to know, and what it found. Lives in the request's arena. */
struct file_check_state {
	struct uuid file_id;
	const struct file_purpose_row *purpose;
	uint32_t sent_bytes;
	uint8_t sent_hash[32];

	/* Found. */
	enum file_fault fault; /* then nothing below is set */
	enum file_type type;
	struct uuid part_id; /* the file's own id: what was sent is kept as it is */
	uint32_t kept_bytes;
	uint8_t kept_hash[32];
	uint32_t width; /* 0: it has no pixels */
	uint32_t height;
};

/*
 * Begins; r->work_err says how it ended, when the request runs on. Only for r->community_id.
 *
 *   returns  ERR_OK | ERR_BUSY (as many as may are running, or memory is out)
 */
enum err file_check_begin(struct request *r, struct file_check_state *state) must_check;

/* The thread's part, alone: bytes in; state as found, what is to be kept instead of them in out. */
struct image;
enum err file_check_look(struct span bytes, struct file_check_state *state, struct image *out);
