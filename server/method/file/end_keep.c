/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/file/end.h"
#include "server/server.h"

void end_set_reply(Pb__FileEndReply *out, const Pb__File *file)
{
	out->has_type = file->has_type;
	out->type = file->type;
	out->has_bytes = file->has_bytes;
	out->bytes = file->bytes;
	out->has_hash = file->has_hash;
	out->hash = file->hash;
	out->has_width = file->has_width;
	out->width = file->width;
	out->has_height = file->has_height;
	out->height = file->height;
}

static void add_kept(struct query *query, const struct file_check_state *state)
{
	query_uuid(query, state->part_id);
	query_int2(query, (int)state->type);
	query_int4(query, (int32_t)state->kept_bytes);
	query_bytes(query, span_of(state->kept_hash, sizeof state->kept_hash));
	if (state->width == 0) {
		query_null(query);
		query_null(query);
	} else {
		query_int4(query, (int32_t)state->width);
		query_int4(query, (int32_t)state->height);
	}
}

enum err end_keep(struct request *r, const struct file_check_state *state)
{
	Pb__File file = PB__FILE__INIT;
	Pb__FileEndReply *out = request_reply(r);
	struct query *query;

	if (out == NULL) {
		return ERR_BUSY;
	}
	r->server->counters.files_ready++;
	file.has_type = file.has_bytes = file.has_hash = true;
	file.type = (Pb__File__Type)state->type;
	file.bytes = state->kept_bytes;
	file.hash = codec_bytes(span_of(state->kept_hash, sizeof state->kept_hash));
	file.has_width = file.has_height = state->width != 0;
	file.width = state->width;
	file.height = state->height;
	end_set_reply(out, &file);
	query = request_effect(r, STMT_file_end, state->file_id, file_row_grant(r));
	if (query != NULL) {
		add_kept(query, state);
	}
	return ERR_OK;
}
