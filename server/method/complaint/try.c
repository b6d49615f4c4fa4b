/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.try: what would become of a step. Its own functions load, look and decide; what they decided is then
 * thrown away. A request of its own, not a mark on the step's: a server that does not know it refuses it, and one
 * that did not know the mark would take the step.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/trying.h"
#include "server/method/message.h"
#include "server/principal.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintTry *in = (const Pb__ComplaintTry *)r->message;
	struct trying *trying = arena_new(&r->arena, struct trying);
	enum err err;

	if (trying == NULL) {
		return ERR_BUSY;
	}
	if (!trying_find(codec_str(in->method), trying)) {
		return request_refuse(r, ERR_FIELD_INVALID, "method",
			"complaint.accept, complaint.classify, complaint.pass or complaint.resume");
	}
	if (in->body.len > trying->row->body_bytes_max) {
		return ERR_BODY_SIZE;
	}
	trying->has_key = in->has_key;
	trying->message =
		codec_decode(trying->row->request, codec_span(true, in->body), &r->arena, &r->fault);
	if (trying->message == NULL) {
		return r->fault.err;
	}
	trying_begin(r, trying);
	err = trying->impl->check == NULL ? ERR_OK : trying->impl->check(r);
	trying_end(r, trying);
	return err;
}

static void load(struct request *r)
{
	const Pb__ComplaintTry *in = (const Pb__ComplaintTry *)r->message;
	struct trying *trying = r->state;
	struct query *applied;

	trying_begin(r, trying);
	trying->impl->load(r);
	trying_end(r, trying);
	if (!trying->has_key) {
		return;
	}
	trying->key_query = r->query_count;
	applied = request_query(r, STMT_applied_get);
	query_uuid(applied, r->community_id);
	query_uuid(applied, request_account(r));
	query_uuid(applied, message_id(true, in->key));
}

static enum err may(struct request *r)
{
	struct trying *trying = r->state;
	role_set held = access_roles(r->principal->grants, request_now_us(r));
	enum err err;

	if ((held & right_roles(trying->right)) == 0) {
		return ERR_DENIED;
	}
	trying_begin(r, trying);
	err = trying->impl->may(r);
	trying_end(r, trying);
	return err;
}

/* The reply of a step has a version, whichever step it is. */
static uint32_t version_of(const ProtobufCMessage *reply)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(reply->descriptor, "version");

	assert(field != NULL && field->type == PROTOBUF_C_TYPE_UINT32);
	return *(const uint32_t *)(const void *)((const char *)reply + field->offset);
}

/* What the step decided, without what it would have written. */
static enum err try_it(struct request *r, struct trying *trying, uint32_t *out_version)
{
	enum err err;

	trying_begin(r, trying);
	err = trying->impl->decide(r);
	trying_end(r, trying);
	if (r->effect != NULL) {
		query_fini(r->effect);
		r->effect = NULL;
	}
	if (err == ERR_OK && !r->arena.failed) {
		*out_version = version_of(r->reply);
	}
	r->reply = NULL;
	r->reply_bytes = (struct span){NULL, 0};
	return err;
}

static enum err decide(struct request *r)
{
	struct trying *trying = r->state;
	bool is_used = trying->has_key && query_rows(&r->queries[trying->key_query]) > 0;
	Pb__ComplaintTryReply *out;
	uint32_t version = 0;
	enum err err = is_used ? ERR_OK : try_it(r, trying, &version);

	if (err != ERR_OK || r->arena.failed) {
		return err;
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_is_used = is_used;
	out->is_used = is_used;
	out->has_version = !is_used;
	out->version = version;
	return ERR_OK;
}

const struct method_impl impl_complaint_try = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
