/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.list: the files of a complaint, for whoever sees it; those that are still being sent too.
 */
#include "server/method/file/file_row.h"

enum { QUERY_COMPLAINT, QUERY_FILES };

static enum err check(struct request *r)
{
	const Pb__FileList *in = (const Pb__FileList *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	return ERR_OK;
}

static void add_ids(struct request *r, enum stmt stmt)
{
	const Pb__FileList *in = (const Pb__FileList *)r->message;
	struct query *query = request_query(r, stmt);

	query_uuid(query, r->community_id);
	query_uuid(query, uuid_from_span(codec_span(true, in->complaint_id)));
}

static void load(struct request *r)
{
	add_ids(r, STMT_complaint_get);
	add_ids(r, STMT_file_list);
}

static enum err may(struct request *r)
{
	const struct query *row = &r->queries[QUERY_COMPLAINT];

	return query_rows(row) > 0 && complaint_row_relation(r, row, 0).sees != 0 ? ERR_OK
	                                                                          : ERR_NOT_FOUND;
}

static enum err decide(struct request *r)
{
	const struct query *files = &r->queries[QUERY_FILES];
	Pb__FileListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_files = query_rows(files);
	out->files = arena_alloc(&r->arena, size_max(out->n_files, 1) * sizeof *out->files);
	for (size_t i = 0; out->files != NULL && i < out->n_files; i++) {
		out->files[i] = file_row_message(&r->arena, files, i);
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_file_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
