/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/message.h"

#include "proto/codec.h"

ProtobufCBinaryData message_uuid(struct arena *arena, struct uuid id)
{
	return codec_bytes(arena_span(arena, span_of(id.bytes, UUID_BYTES)));
}

struct uuid message_id(bool is_there, ProtobufCBinaryData bytes)
{
	return is_there ? uuid_from_span(codec_span(true, bytes)) : uuid_nil;
}

Pb__Account *message_account(struct arena *arena, const struct query *query, size_t row)
{
	Pb__Account *out = arena_new(arena, Pb__Account);

	if (out == NULL) {
		return NULL;
	}
	pb__account__init(out);
	out->has_account_id = out->has_state = out->has_version = true;
	out->account_id = message_uuid(arena, row_uuid(query, row, 0));
	out->login = arena_c_string(arena, row_text(query, row, 1));
	out->name = arena_c_string(arena, row_text(query, row, 2));
	out->state = (Pb__Account__State)row_int2(query, row, 4);
	out->version = (uint32_t)row_int4(query, row, 5);
	return out;
}

Pb__Account *message_account_of(struct arena *arena, const struct principal *principal)
{
	Pb__Account *out = arena_new(arena, Pb__Account);

	if (out == NULL) {
		return NULL;
	}
	pb__account__init(out);
	out->has_account_id = out->has_state = out->has_version = true;
	out->account_id = message_uuid(arena, principal->account_id);
	out->login = arena_c_string(arena, principal->login);
	out->name = arena_c_string(arena, principal->name);
	out->state = PB__ACCOUNT__STATE__ACTIVE; /* nobody else has a session */
	out->version = principal->account_version;
	return out;
}

static void set_uuid(
	struct arena *arena, protobuf_c_boolean *has, ProtobufCBinaryData *out, struct uuid id)
{
	*has = !uuid_is_nil(id);
	if (*has) {
		*out = message_uuid(arena, id);
	}
}

Pb__Grant *message_grant(struct arena *arena, const struct query *query, size_t row)
{
	struct access_grant grant = principal_grant_row(query, row);
	Pb__Grant *out = arena_new(arena, Pb__Grant);

	if (out == NULL) {
		return NULL;
	}
	pb__grant__init(out);
	set_uuid(arena, &out->has_grant_id, &out->grant_id, grant.grant_id);
	set_uuid(arena, &out->has_account_id, &out->account_id, row_uuid(query, row, 1));
	set_uuid(arena, &out->has_community_id, &out->community_id, grant.community_id);
	set_uuid(arena, &out->has_team_id, &out->team_id, grant.team_id);
	set_uuid(arena, &out->has_crew_id, &out->crew_id, grant.crew_id);
	out->has_role = out->has_scope = out->has_from_us = out->has_version = true;
	out->role = (Pb__Grant__Role)grant.role;
	out->scope = (Pb__Grant__Scope)grant.scope;
	out->from_us = grant.from_us;
	out->has_to_us = grant.to_us != INT64_MAX;
	out->to_us = grant.to_us;
	out->version = grant.version;
	return out;
}
