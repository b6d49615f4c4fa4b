/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.get: one file, without its bytes: how far it came, what is kept.
 */
#include "server/method/file/file_row.h"

static enum err check(struct request *r)
{
	const Pb__FileGet *in = (const Pb__FileGet *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	file_row_load(r, ((const Pb__FileGet *)r->message)->file_id);
}

static enum err decide(struct request *r)
{
	Pb__FileGetReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->file = file_row_message(&r->arena, file_row_of(r), 0);
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_file_get = {
	.check = check,
	.load = load,
	.may = file_row_may,
	.decide = decide,
};
