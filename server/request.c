/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request.h"

#include <stdlib.h>
#include <string.h>

#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request_step.h"
#include "server/server.h"

static void on_errand_done(struct errand *errand)
{
	request_make_ready(container_of(errand, struct request, errand));
}

struct request *request_new(struct conn *conn, uint64_t id, struct str method, struct span body,
	struct span key, uint32_t deadline_ms)
{
	struct server *server = conn->server;
	struct request *r = calloc(1, sizeof *r);
	uint32_t longest_ms;

	if (r == NULL) {
		return NULL;
	}
	arena_init(&r->arena, (size_t)(conn->principal != NULL ? server->config->request_bytes_max
														   : server->config->request_bytes_guest));
	r->server = server;
	r->conn_id = conn->id;
	r->id = id;
	r->row = method_find(method);
	r->body = arena_span(&r->arena, body);
	r->key = key.len == UUID_BYTES ? uuid_from_span(key) : uuid_nil;
	r->began_mono_us = server->now.mono_us;
	longest_ms = r->row == NULL ? 1000 : r->row->deadline_ms;
	r->deadline_mono_us =
		r->began_mono_us + (deadline_ms < longest_ms ? deadline_ms : longest_ms) * US_PER_MS;
	r->errand.done = on_errand_done;
	list_init(&r->followers);
	list_append(&server->ready, &r->node);
	list_append(&server->requests, &r->all_node);
	list_append(&conn->requests, &r->conn_node);
	conn->request_count++;
	server->counters.requests++;
	server->counters.requests_now++;
	return r;
}

void request_set_trace(struct request *r, struct uuid trace_id)
{
	assert(uuid_is_nil(r->trace_id));
	r->trace_id = uuid_is_nil(trace_id) ? uuid_v7(r->server->now.utc_us) : trace_id;
	r->errand.trace_id = r->trace_id;
}

const char *request_trace(const struct request *r, char out[UUID_TEXT_LEN + 1])
{
	uuid_format(r->trace_id, out);
	return out;
}

void request_refresh(struct conn *conn)
{
	struct request *r = request_new(
		conn, 0, STR("session.whoami"), (struct span){NULL, 0}, (struct span){NULL, 0}, UINT32_MAX);

	conn->refresh_mono_us =
		conn->server->now.mono_us + conn->server->config->feed_poll_ms * US_PER_MS;
	if (r != NULL) {
		request_set_trace(r, uuid_nil);
		r->is_answered = true;
		conn->is_refreshing = true;
	}
}

/* --- for methods --- */

struct query *request_query(struct request *r, enum stmt stmt)
{
	struct query *query = &r->queries[r->query_count];

	assert(r->query_count < REQUEST_QUERY_MAX);
	r->query_count++;
	query_init(query, stmt, &r->arena);
	return query;
}

void *request_reply(struct request *r)
{
	ProtobufCMessage *message = arena_alloc(&r->arena, r->row->reply->sizeof_message);

	if (message != NULL) {
		r->row->reply->message_init(message);
	}
	r->reply = message;
	return message;
}

void request_reply_version(struct request *r, uint32_t version)
{
	ProtobufCMessage *reply = request_reply(r);
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(r->row->reply, "version");

	assert(field != NULL && field->type == PROTOBUF_C_TYPE_UINT32);
	if (reply != NULL) {
		*(protobuf_c_boolean *)(void *)((char *)reply + field->quantifier_offset) = true;
		*(uint32_t *)(void *)((char *)reply + field->offset) = version;
	}
}

enum err request_refuse(struct request *r, enum err err, const char *field, const char *allowed)
{
	r->fault.err = err;
	strncpy(r->fault.field, field, sizeof r->fault.field - 1);
	strncpy(r->fault.allowed, allowed, sizeof r->fault.allowed - 1);
	return err;
}

struct query *request_plain_effect(struct request *r, enum stmt stmt)
{
	assert(r->effect == NULL);
	r->effect_has_key = false;
	r->effect_key.community_id = r->community_id;
	r->effect = arena_new(&r->arena, struct query);
	if (r->effect != NULL) {
		query_init(r->effect, stmt, &r->arena);
	}
	return r->effect;
}

struct uuid request_account(const struct request *r)
{
	return r->right == RIGHT_ANYONE ? uuid_nil : r->principal->account_id;
}

struct query *request_effect(
	struct request *r, enum stmt stmt, struct uuid record_id, struct uuid grant_id)
{
	struct query *query = request_plain_effect(r, stmt);

	assert(r->row->kind == METHOD_KIND_WRITE);
	assert(r->reply != NULL);
	r->reply_bytes = codec_encode(r->reply, &r->arena);
	r->effect_key = (struct errand_key){r->community_id, record_id};
	r->effect_has_key = true;
	if (query == NULL) {
		return NULL;
	}
	query_uuid(query, r->community_id);
	query_uuid(query, record_id);
	query_uuid(query, request_account(r));
	query_uuid(query, r->key);
	query_bytes(query, span_of(r->hash, sizeof r->hash));
	query_bytes(query, r->reply_bytes);
	query_time(query, r->server->now.utc_us);
	query_uuid(query, r->right == RIGHT_ANYONE ? uuid_nil : r->principal->device_id);
	query_uuid(query, grant_id);
	return query;
}

role_set request_reach(const struct request *r, const struct area *area)
{
	return access_reach(r->principal->grants, area, r->server->now.utc_us);
}

struct uuid request_grant(const struct request *r, role_set roles, const struct area *area)
{
	const struct access_grant *grant =
		access_by(r->principal->grants, roles, area, r->server->now.utc_us);

	return grant == NULL ? uuid_nil : grant->grant_id;
}

int64_t request_now_us(const struct request *r)
{
	return r->server->now.utc_us;
}

struct conn *request_settled(const struct request *r)
{
	return r->is_answered ? NULL : conn_find(r->server, r->conn_id);
}

enum err may_always(struct request *r)
{
	(void)r;
	return ERR_OK;
}
