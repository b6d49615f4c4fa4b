/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/answer.h"

#include "proto/wire.h"

/* Fields of Envelope, Reply and Failure in proto/envelope.proto. */
enum { ENVELOPE_HELLO = 1, ENVELOPE_REPLY = 3, ENVELOPE_FAILURE = 4 };
enum { FIELD_ID = 1, FIELD_BODY = 2, FIELD_REPEAT = 3 };

static bool take_field(struct span *in, struct wire_key *key, struct wire_value *value)
{
	return wire_take_key(in, key) && wire_take_value(in, key->type, value);
}

/* Reply and Failure have their id and their second field, body or code, in common. */
static bool read_fields(struct span in, struct answer *out)
{
	struct wire_key key;
	struct wire_value value;

	while (in.len > 0) {
		if (!take_field(&in, &key, &value)) {
			return false;
		}
		if (key.number == FIELD_ID) {
			out->id = value.number;
		} else if (key.number == FIELD_BODY && out->kind == ANSWER_REPLY) {
			out->body = value.bytes;
		} else if (key.number == FIELD_BODY) {
			out->code = str_of((const char *)value.bytes.ptr, value.bytes.len);
		} else if (key.number == FIELD_REPEAT && out->kind == ANSWER_REPLY) {
			out->is_repeat = value.number != 0;
		}
	}
	return true;
}

struct answer answer_read(struct span envelope)
{
	struct answer out = {.kind = ANSWER_BROKEN};
	struct wire_value value;
	struct wire_key key;

	if (!take_field(&envelope, &key, &value) || key.type != WIRE_BYTES || envelope.len > 0) {
		return out;
	}
	switch (key.number) {
	case ENVELOPE_HELLO:
		out.kind = ANSWER_HELLO;
		return out;
	case ENVELOPE_REPLY:
		out.kind = ANSWER_REPLY;
		break;
	case ENVELOPE_FAILURE:
		out.kind = ANSWER_FAILURE;
		break;
	default:
		out.kind = ANSWER_OTHER;
		return out;
	}
	if (!read_fields(value.bytes, &out)) {
		out.kind = ANSWER_BROKEN;
	}
	return out;
}
