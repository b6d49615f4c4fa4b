/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/reply.h"

#include "proto/codec.h"

#include "complaint.pb-c.h"

#define ARENA_BYTES_MAX ((size_t)8 * 1024 * 1024)

static bool is_id(bool has, ProtobufCBinaryData id, unsigned kind, uint64_t number)
{
	struct uuid wanted = number_uuid(kind, number);

	return span_equal(codec_span(has, id), span_of(wanted.bytes, UUID_BYTES));
}

static bool is_got(const ProtobufCMessage *message, const struct pick_target *target)
{
	const Pb__ComplaintGetReply *reply = (const Pb__ComplaintGetReply *)message;
	const Pb__Complaint *complaint = reply->complaint;

	return complaint != NULL &&
	       is_id(complaint->has_complaint_id, complaint->complaint_id, NUMBER_COMPLAINT,
			   NUMBER_FIRST + target->complaint) &&
	       is_id(complaint->has_place_id, complaint->place_id, NUMBER_PLACE,
			   NUMBER_FIRST + target->place) &&
	       complaint->text != NULL && complaint->contact != NULL &&
	       complaint->contact->phone != NULL;
}

static bool is_listed(const ProtobufCMessage *message, const struct pick_target *target)
{
	const Pb__ComplaintListReply *reply = (const Pb__ComplaintListReply *)message;

	for (size_t i = 0; i < reply->n_complaints; i++) {
		if (!is_id(reply->complaints[i]->has_team_id, reply->complaints[i]->team_id, NUMBER_TEAM,
				NUMBER_FIRST + target->team)) {
			return false;
		}
	}
	return reply->n_complaints == QUESTION_LIMIT;
}

static bool is_submitted(const ProtobufCMessage *message, const struct pick_target *target)
{
	const Pb__ComplaintSubmitReply *reply = (const Pb__ComplaintSubmitReply *)message;

	return is_id(reply->has_complaint_id, reply->complaint_id, NUMBER_COMPLAINT, target->key) &&
	       is_id(reply->has_team_id, reply->team_id, NUMBER_TEAM, NUMBER_FIRST + target->team) &&
	       reply->version == 1 && reply->number != NULL && reply->receipt_code != NULL;
}

static bool is_accepted(const ProtobufCMessage *message, const struct pick_target *target)
{
	(void)target;
	return ((const Pb__ComplaintAcceptReply *)message)->version == 2;
}

static const struct {
	enum method method;
	bool (*is_right)(const ProtobufCMessage *message, const struct pick_target *target);
} kinds[QUESTION_COUNT] = {
	[QUESTION_GET] = {METHOD_complaint_get, is_got},
	[QUESTION_LIST] = {METHOD_complaint_list, is_listed},
	[QUESTION_SUBMIT] = {METHOD_complaint_submit, is_submitted},
	[QUESTION_ACCEPT] = {METHOD_complaint_accept, is_accepted},
};

bool reply_is_right(enum question_kind kind, struct span body, const struct pick_target *target)
{
	const ProtobufCMessage *message;
	struct arena arena;
	bool is_right;

	arena_init(&arena, ARENA_BYTES_MAX);
	message = codec_unpack(method_rows[kinds[kind].method].reply, body, &arena);
	is_right = message != NULL && kinds[kind].is_right(message, target);
	arena_fini(&arena);
	return is_right;
}
