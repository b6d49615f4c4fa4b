/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file as it stands in the database, whose it is, and the message that is made of it. Every method about one file
 * loads the same two rows, file_get and file_complaint, by file_row_load.
 */
#pragma once

#include "file.pb-c.h"
#include "server/domain/file.h"
#include "server/method/complaint/complaint_row.h"
#include "server/request.h"

struct file_record {
	struct uuid file_id;
	struct uuid complaint_id; /* nil: of a complaint that is not submitted yet */
	struct uuid account_id;   /* who sends it */
	int purpose;
	enum file_state state;
	uint32_t sent_bytes;
	struct span sent_hash;
	uint32_t received_bytes;
	int fault; /* with FILE_REFUSED */
	int64_t begun_us;
	/* With FILE_READY. */
	int type;
	uint32_t kept_bytes;
	struct span kept_hash;
};

/* Of file_get, file_list, file_some; borrows. */
struct file_record file_row_record(const struct query *query, size_t row);
/* In the arena; NULL where that failed. */
Pb__File *file_row_message(struct arena *arena, const struct query *query, size_t row);

/* file_may.c, from here on: the two queries. */
void file_row_load(struct request *r, ProtobufCBinaryData file_id);
const struct query *file_row_of(const struct request *r);

/*
 * May they see it? Who sees the complaint sees its files; before it is submitted only who sends it, while they may
 * submit there. NOT_FOUND where not.
 */
enum err file_row_may(struct request *r);
/* The same for who goes on sending it: nobody else's. */
enum err file_row_may_send(struct request *r);
/* The grant by which they may, for the record. */
struct uuid file_row_grant(const struct request *r);

/* FILE_REFUSED, with the field and the reason. */
enum err file_row_refuse(struct request *r, enum file_fault fault);
/* FILE_OFFSET, with the file as it is. */
enum err file_row_refuse_offset(struct request *r);
