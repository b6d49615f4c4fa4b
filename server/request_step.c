/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request_step.h"

#include <stdlib.h>
#include <string.h>

#include "server/loops.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/server.h"

#define TRIES_MAX 3
#define FILE_RETRY_MS 200 /* a chunk or two later there is room again */

static const struct method_impl *const impls[METHOD_COUNT] = {
#define M(noun, verb, message, right, kind, ms, bytes) \
	[METHOD_##noun##_##verb] = &impl_##noun##_##verb,
#include "proto/method.def"
#undef M
};

static const enum right rights[METHOD_COUNT] = {
#define M(noun, verb, message, right, kind, ms, bytes) [METHOD_##noun##_##verb] = RIGHT_##right,
#include "proto/method.def"
#undef M
};

static enum next step_decode(struct request *r);
static enum next step_authorise(struct request *r);
static enum next step_locate(struct request *r);
static enum next step_load(struct request *r);
static enum next step_decide(struct request *r);
static enum next step_commit(struct request *r);
static enum next step_reply(struct request *r);
static enum next step_push(struct request *r);
static enum next step_done(struct request *r);

#define TO(step) (1u << STEP_##step)
/* A step that waits is run again, from its beginning, when what it waited for is there. */
static const struct {
	const char *name;
	enum next (*run)(struct request *r);
	unsigned to;
} steps[STEP_COUNT] = {
	[STEP_DECODE] = {"decode", step_decode, TO(IDENTIFY) | TO(REPLY)},
	[STEP_IDENTIFY] = {"identify", request_step_identify, TO(AUTHORISE) | TO(REPLY)},
	[STEP_AUTHORISE] = {"authorise", step_authorise, TO(LOCATE) | TO(REPLY)},
	[STEP_LOCATE] = {"locate", step_locate, TO(LOAD) | TO(REPLY)},
	[STEP_LOAD] = {"load", step_load, TO(WORK) | TO(COMMIT) | TO(IDENTIFY) | TO(REPLY)},
	[STEP_WORK] = {"work", request_step_work, TO(DECIDE) | TO(REPLY)},
	[STEP_DECIDE] = {"decide", step_decide, TO(COMMIT) | TO(LOAD) | TO(REPLY)},
	[STEP_COMMIT] = {"commit", step_commit, TO(REPLY) | TO(IDENTIFY)},
	[STEP_REPLY] = {"reply", step_reply, TO(PUSH) | TO(DONE)},
	[STEP_PUSH] = {"push", step_push, TO(DONE)},
	[STEP_DONE] = {"done", step_done, 0},
};

enum next request_go(struct request *r, enum step to)
{
	assert((steps[r->step].to & (1u << to)) != 0);
	r->step = to;
	return NEXT_MORE;
}

enum next request_fail(struct request *r, enum err err)
{
	r->err = err;
	return request_go(r, STEP_REPLY);
}

/* From a lane or thread: the tick runs it on. */
void request_make_ready(struct request *r)
{
	assert(r->is_waiting);
	r->is_waiting = false;
	list_append(&r->server->ready, &r->node);
}

void request_run(struct request *r)
{
	enum next next;

	assert(!r->is_waiting);
	do {
		next = steps[r->step].run(r);
	} while (next == NEXT_MORE);
	/* After NEXT_END it is gone. */
}

const char *request_step_name(enum step step)
{
	assert(step < STEP_COUNT);
	return steps[step].name;
}

static enum next step_decode(struct request *r)
{
	enum err err;

	if (r->row == NULL) {
		return request_fail(r, ERR_METHOD_UNKNOWN);
	}
	r->impl = impls[r->row - method_rows];
	r->right = rights[r->row - method_rows];
	if (r->body.len > r->row->body_bytes_max) {
		return request_fail(r, ERR_BODY_SIZE);
	}
	if (r->row->kind == METHOD_KIND_WRITE && uuid_is_nil(r->key)) {
		return request_fail(r, ERR_KEY_MISSING);
	}
	r->message = codec_decode(r->row->request, r->body, &r->arena, &r->fault);
	if (r->message == NULL) {
		return request_fail(r, r->arena.is_starved ? ERR_BUSY : r->fault.err);
	}
	err = r->impl->check == NULL ? ERR_OK : r->impl->check(r);
	if (err != ERR_OK) { /* without memory a check finds faults that are not there */
		return request_fail(r, r->arena.failed ? ERR_BUSY : err);
	}
	if (r->row->kind == METHOD_KIND_WRITE) {
		request_hash(r);
	}
	return request_go(r, STEP_IDENTIFY);
}

void request_clear(struct request *r)
{
	for (size_t i = 0; i < r->query_count; i++) {
		query_fini(&r->queries[i]);
	}
	r->query_count = 0;
	r->errand.queries = NULL;
}

enum next request_read(struct request *r)
{
	if (r->arena.failed) {
		return request_fail(r, ERR_BUSY);
	}
	r->errand.queries = r->queries;
	r->errand.query_count = r->query_count;
	r->errand.expires_mono_us = r->deadline_mono_us;
	r->is_waiting = true;
	reader_submit(&r->server->reader, &r->errand);
	return NEXT_WAIT;
}

enum err request_errand_err(const struct request *r)
{
	switch (r->errand.outcome) {
	case ERRAND_DONE:
		return ERR_OK;
	case ERRAND_REFUSED:
		return r->errand.err;
	case ERRAND_REDO:
		return ERR_TRY_LATER;
	case ERRAND_DOWN: /* never sent: too late, or nobody to send it to */
		return reader_is_up(&r->server->reader) && r->server->now.mono_us >= r->deadline_mono_us
		           ? ERR_DEADLINE
		           : ERR_TRY_LATER;
	}
	unreachable();
}

static enum next step_authorise(struct request *r)
{
	if (r->right > RIGHT_NONE) {
		role_set held = access_roles(r->principal->grants, r->server->now.utc_us);

		if ((held & right_roles(r->right)) == 0) {
			return request_fail(r, ERR_DENIED);
		}
	}
	if (r->file_bytes == 0 && r->impl->file_bytes > 0) {
		if (!file_lane_hold(&r->server->files, r->impl->file_bytes)) {
			r->retry_after_ms = FILE_RETRY_MS;
			return request_fail(r, ERR_BUSY);
		}
		r->file_bytes = r->impl->file_bytes;
	}
	return request_go(r, STEP_LOCATE);
}

/* Whose record it is, where only a look at the database tells. */
static enum next step_locate(struct request *r)
{
	enum err err;

	if (r->impl->locate == NULL) {
		return request_go(r, STEP_LOAD);
	}
	if (r->errand.queries == NULL) {
		r->impl->locate(r);
		return request_read(r);
	}
	err = request_errand_err(r);
	if (err == ERR_OK) {
		err = r->impl->located(r);
	}
	request_clear(r);
	return err == ERR_OK ? request_go(r, STEP_LOAD) : request_fail(r, err);
}

static bool must_look_back(const struct request *r)
{
	return r->row->kind == METHOD_KIND_WRITE && !r->looks_back;
}

/* What was read and decided; the rows are read again, and with them what the key did. */
static void forget(struct request *r)
{
	if (r->effect != NULL) {
		query_fini(r->effect);
		r->effect = NULL;
	}
	request_clear(r);
	r->reply = NULL;
	r->reply_bytes = (struct span){NULL, 0};
	r->current = (struct span){NULL, 0};
	r->fault = (struct codec_fault){.err = ERR_OK};
	r->err = ERR_OK;
	r->is_repeat = false;
	r->has_toiled = false;
	r->looks_back = r->row->kind == METHOD_KIND_WRITE;
}

static enum next look_back(struct request *r)
{
	forget(r);
	return r->step == STEP_LOAD ? NEXT_MORE : request_go(r, STEP_LOAD);
}

/*
 * What the rows say. Where it looks back, a repeat comes first: what it did may be why the record is out of
 * this person's area now (a complaint passed on), and its answer, ids and versions, was theirs already. Any
 * other request with the key is refused only once its sender may know of the record.
 */
static enum err take_rows(struct request *r)
{
	enum err err;

	if (r->looks_back && request_is_applied(r)) {
		return request_take_applied(r);
	}
	err = r->impl->may(r);
	return err == ERR_OK && r->looks_back && request_key_is_used(r) ? ERR_KEY_REUSED : err;
}

static enum next begin_load(struct request *r)
{
	bool is_write = r->row->kind == METHOD_KIND_WRITE;

	if (is_write && !request_hold_key(r)) {
		return NEXT_WAIT;
	}
	r->looks_back = r->looks_back || (is_write && request_looks_first(r));
	r->impl->load(r);
	if (r->looks_back) {
		request_ask_key(r);
	}
	return request_read(r);
}

static enum next step_load(struct request *r)
{
	enum err err;

	if (r->impl->load == NULL) {
		err = r->impl->may(r);
		return err == ERR_OK ? request_go(r, STEP_WORK) : request_fail(r, err);
	}
	if (r->errand.queries == NULL) {
		return begin_load(r);
	}
	err = request_errand_err(r);
	if (err != ERR_OK) {
		return request_fail(r, err);
	}
	if (r->right != RIGHT_ANYONE && r->errand.epoch != r->principal->epoch) {
		request_clear(r); /* rights changed meanwhile: who is asking, once more */
		return ++r->tries > TRIES_MAX ? request_fail(r, ERR_TRY_LATER)
		                              : request_go(r, STEP_IDENTIFY);
	}
	err = take_rows(r);
	if (err != ERR_OK) {
		return must_look_back(r) ? look_back(r) : request_fail(r, err);
	}
	return request_go(r, r->is_repeat ? STEP_COMMIT : STEP_WORK);
}

static enum next step_decide(struct request *r)
{
	r->err = r->impl->decide(r);
	if (r->effect != NULL) {
		query_trace_if_last(r->effect, r->trace_id);
	}
	if (r->arena.failed) {
		r->err = ERR_BUSY; /* over the request's memory: nothing was done, nor is anything sure */
		r->effect = NULL;
	}
	if (must_look_back(r) && (r->err != ERR_OK || r->effect == NULL)) {
		return look_back(r);
	}
	if (r->effect != NULL) {
		assert(!must_look_back(r) || r->effect_has_key);
		return request_go(r, STEP_COMMIT);
	}
	if (r->err == ERR_OK && r->impl->settle != NULL) {
		r->impl->settle(r);
	}
	return request_go(r, STEP_REPLY);
}

/* The guard no longer held, or nobody knows whether it did: look again. */
static enum next decide_anew(struct request *r)
{
	forget(r);
	r->server->counters.redone++;
	if (++r->tries > TRIES_MAX) {
		return request_fail(r, ERR_TRY_LATER);
	}
	return request_go(r, STEP_IDENTIFY);
}

static enum next begin_commit(struct request *r)
{
	r->errand.queries = r->effect;
	r->errand.query_count = 1;
	r->errand.key = r->effect_key;
	r->errand.expires_mono_us = r->deadline_mono_us;
	r->is_waiting = true;
	if (stmt_rows[r->effect->stmt].lane == LANE_FILE) {
		file_lane_submit(&r->server->files, &r->errand);
	} else {
		writers_submit(&r->server->writers, &r->errand);
	}
	return NEXT_WAIT;
}

static enum next step_commit(struct request *r)
{
	if (r->errand.queries != r->effect) {
		return begin_commit(r);
	}
	r->errand.queries = NULL;
	if (r->errand.outcome == ERRAND_REDO ||
		(r->errand.outcome == ERRAND_DONE && query_rows(r->effect) == 0)) {
		return decide_anew(r);
	}
	if (r->errand.outcome != ERRAND_DONE) {
		r->effect = NULL;
		return request_fail(r, request_errand_err(r));
	}
	if (r->err == ERR_OK && r->impl->mint != NULL && !row_is_null(r->effect, 0, 1)) {
		r->impl->mint(r, row_text(r->effect, 0, 1));
		r->reply_bytes = codec_encode(r->reply, &r->arena);
	}
	if (r->err == ERR_OK && r->impl->fill != NULL) {
		r->impl->fill(r);
	}
	if (r->is_repeat) {
		r->server->counters.repeats++;
	} else if (r->err == ERR_OK && r->impl->settle != NULL) {
		r->impl->settle(r);
	}
	return request_go(r, STEP_REPLY);
}

static void log_end(struct request *r)
{
	int64_t us = r->server->now.mono_us - r->began_mono_us;
	enum log_level level = r->err == ERR_OK         ? LOG_DEBUG
	                       : r->err == ERR_INTERNAL ? LOG_ERROR
	                                                : LOG_INFO;

	char trace[UUID_TEXT_LEN + 1];

	if (level < r->server->log.from) {
		return; /* most are: not even the text is made */
	}
	log_line(&r->server->log, level, "request.end",
		"conn=%llu id=%llu method=%s err=%s field=%s us=%lld trace=%s",
		(unsigned long long)r->conn_id, (unsigned long long)r->id,
		r->row == NULL ? "?" : r->row->name, err_name(r->err), r->fault.field, (long long)us,
		request_trace(r, trace));
}

static enum next step_reply(struct request *r)
{
	request_answer(r, r->err);
	log_end(r);
	return request_go(r, r->effect != NULL && !r->is_repeat ? STEP_PUSH : STEP_DONE);
}

/* What was committed stands in the event table: the feed looks at once, for all who watch. */
static enum next step_push(struct request *r)
{
	feed_nudge(&r->server->feed);
	clock_job_nudge(&r->server->clocks);
	if (r->writes_outgoing) {
		outgoing_nudge(r->server);
	}
	loops_tell(r->server, WORD_COMMITTED | (r->writes_outgoing ? WORD_OUTGOING : 0));
	return request_go(r, STEP_DONE);
}

static enum next step_done(struct request *r)
{
	struct conn *conn = id_map_get(&r->server->conns_by_id, r->conn_id);

	request_release_key(r);
	request_clear(r);
	if (r->effect != NULL) {
		query_fini(r->effect);
	}
	list_remove(&r->all_node);
	if (conn != NULL) {
		list_remove(&r->conn_node);
		conn->is_refreshing = conn->is_refreshing && r->id != 0;
		conn_request_ended(conn);
	}
	principal_unref(r->principal);
	file_lane_release(&r->server->files, r->file_bytes);
	r->server->counters.requests_now--;
	explicit_bzero(r->hash, sizeof r->hash);
	arena_fini(&r->arena);
	free(r);
	return NEXT_END;
}
