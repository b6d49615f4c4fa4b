/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finished files that another method's message names: complaint.submit, done, sign. A file that is READY and belongs to
 * a complaint stays as it is, so nothing has to guard it afterwards.
 */
#pragma once

#include "server/method/file/file_row.h"

struct file_choice {
	const ProtobufCBinaryData *ids; /* borrowed from the message */
	size_t count;                   /* at most FILES_MAX, by field.def */
};

/* In check: each an id, none twice. A refusal names the field. */
enum err file_choice_check(struct request *r, const struct file_choice *choice, const char *field);

/* One query, file_some; nothing where none is named. */
void file_choice_load(struct request *r, const struct file_choice *choice);

/* `files` is that query, and not looked at where none is named. All of them are there and READY, of this complaint (nil: of the asker's own that have none yet) and purposes. */
bool file_choice_is_good(const struct request *r, const struct query *files,
	const struct file_choice *choice, struct uuid complaint_id, unsigned purposes);
#define FILE_PURPOSE_BIT(name) (1u << FILE_##name)
