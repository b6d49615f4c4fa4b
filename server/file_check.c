/* SPDX-License-Identifier: Apache-2.0 */
#include "server/file_check.h"

#include <stdlib.h>
#include <string.h>

#include "common/sha256.h"
#include "server/image.h"
#include "server/request_step.h"
#include "server/server.h"

#define CHUNK_ARENA_BYTES (FILE_CHUNK_BYTES + 4096)
#define BUSY_RETRY_MS 500

/* In RAM while it runs; freed by finish. The request waits for it, and so outlives it. */
struct file_check {
	struct request *r;
	struct file_check_state *state;
	struct errand errand; /* one chunk at a time, in the room that the request holds */
	struct query query;
	struct arena arena; /* of the query */
	uv_work_t work;
	enum err err;
	uint8_t *bytes; /* what was sent, of state->sent_bytes */
	struct image kept;
	size_t at; /* bytes that were fetched, then stored */
};

static void finish(struct file_check *check, enum err err)
{
	struct request *r = check->r;

	query_fini(&check->query);
	arena_fini(&check->arena);
	free(check->bytes);
	image_fini(&check->kept);
	free(check);
	r->server->file_checks_running--;
	r->work_err = err;
	request_make_ready(r);
}

static struct query *next_query(struct file_check *check, enum stmt stmt)
{
	query_fini(&check->query);
	arena_fini(&check->arena);
	arena_init(&check->arena, CHUNK_ARENA_BYTES);
	query_init(&check->query, stmt, &check->arena);
	query_uuid(&check->query, check->r->community_id);
	query_uuid(&check->query, check->state->file_id);
	return &check->query;
}

static void ask(struct file_check *check)
{
	check->errand.queries = &check->query;
	check->errand.query_count = 1;
	check->errand.expires_mono_us = check->r->deadline_mono_us;
	check->errand.trace_id = check->r->trace_id;
	file_lane_submit(&check->r->server->files, &check->errand);
}

static void fetch(struct file_check *check)
{
	query_int2(next_query(check, STMT_file_chunk_get), (int)(check->at / FILE_CHUNK_BYTES));
	ask(check);
}

static void store(struct file_check *check)
{
	struct query *query = next_query(check, STMT_file_chunk_store);
	size_t left = check->kept.len - check->at;

	query_uuid(query, check->state->part_id);
	query_int2(query, (int)(check->at / FILE_CHUNK_BYTES));
	query_bytes(query, span_of(check->kept.bytes + check->at, size_min(left, FILE_CHUNK_BYTES)));
	ask(check);
}

static enum file_fault fault_of_large(
	const struct file_check_state *state, const struct image *kept)
{
	/* What was packed very well, and is not when we pack it. */
	return kept->len > FILE_BYTES_MAX ? FILE_FAULT_PIXELS
	       : state->purpose->purpose == FILE_SIGNATURE &&
	               (kept->width > state->purpose->width_max ||
					   kept->height > state->purpose->height_max)
	           ? FILE_FAULT_SIGNATURE /* it was turned */
	           : FILE_FAULT_NONE;
}

/* An image, made anew. */
static enum err look_closer(struct span bytes, const struct file_look *look,
	struct file_check_state *state, struct image *out)
{
	switch (image_anew(bytes, look, out)) {
	case IMAGE_NO_MEMORY:
		return ERR_BUSY;
	case IMAGE_BROKEN:
		state->fault = FILE_FAULT_BROKEN;
		return ERR_OK;
	case IMAGE_DONE:
		break;
	}
	state->fault = fault_of_large(state, out);
	state->kept_bytes = (uint32_t)out->len;
	state->width = out->width;
	state->height = out->height;
	sha256(span_of(out->bytes, out->len), state->kept_hash);
	return ERR_OK;
}

enum err file_check_look(struct span bytes, struct file_check_state *state, struct image *out)
{
	struct file_look look;
	uint8_t hash[SHA256_BYTES];

	sha256(bytes, hash);
	if (memcmp(hash, state->sent_hash, sizeof hash) != 0) {
		state->fault = FILE_FAULT_HASH;
		return ERR_OK;
	}
	look = file_look_at(bytes);
	state->fault = file_judge(state->purpose, &look);
	state->type = look.type;
	if (state->fault != FILE_FAULT_NONE) {
		return ERR_OK;
	}
	if (look.type != FILE_TYPE_PDF) {
		return look_closer(bytes, &look, state, out);
	}
	state->kept_bytes = (uint32_t)bytes.len;
	memcpy(state->kept_hash, hash, sizeof hash);
	return ERR_OK;
}

static void on_look(uv_work_t *work)
{
	struct file_check *check = container_of(work, struct file_check, work);

	check->err = file_check_look(
		span_of(check->bytes, check->state->sent_bytes), check->state, &check->kept);
}

static void on_looked(uv_work_t *work, int status)
{
	struct file_check *check = container_of(work, struct file_check, work);
	struct file_check_state *state = check->state;

	(void)status;
	free(check->bytes); /* what it is worth is known: one copy is enough */
	check->bytes = NULL;
	state->part_id = state->file_id;
	if (check->err != ERR_OK || state->fault != FILE_FAULT_NONE || check->kept.len == 0) {
		finish(check, check->err);
		return;
	}
	state->part_id = uuid_v7(check->r->server->now.utc_us);
	check->at = 0;
	store(check);
}

static void begin_look(struct file_check *check)
{
	int failed = uv_queue_work(&check->r->server->loop, &check->work, on_look, on_looked);

	assert(failed == 0);
}

/* False: what is there is not what was said to be there. */
static bool take_chunk(struct file_check *check)
{
	uint32_t len = file_chunk_len(check->state->sent_bytes, (uint32_t)check->at);
	struct span content;

	if (query_rows(&check->query) != 1) {
		return false;
	}
	content = row_bytes(&check->query, 0, 0);
	if (content.len != len) {
		return false;
	}
	memcpy(check->bytes + check->at, content.ptr, len);
	check->at += len;
	return true;
}

static void go_on_fetching(struct file_check *check)
{
	if (!take_chunk(check)) {
		finish(check, ERR_TRY_LATER); /* somebody else has ended it: look again */
	} else if (check->at < check->state->sent_bytes) {
		fetch(check);
	} else {
		begin_look(check);
	}
}

static void go_on_storing(struct file_check *check)
{
	if (query_rows(&check->query) != 1) {
		finish(check, ERR_TRY_LATER);
		return;
	}
	check->at += size_min(check->kept.len - check->at, FILE_CHUNK_BYTES);
	if (check->at < check->kept.len) {
		store(check);
	} else {
		finish(check, ERR_OK);
	}
}

static void on_done(struct errand *errand)
{
	struct file_check *check = container_of(errand, struct file_check, errand);

	if (errand->outcome != ERRAND_DONE) {
		finish(check, errand->outcome == ERRAND_REFUSED ? errand->err : ERR_TRY_LATER);
	} else if (check->kept.len == 0) {
		go_on_fetching(check);
	} else {
		go_on_storing(check);
	}
}

enum err file_check_begin(struct request *r, struct file_check_state *state)
{
	struct server *server = r->server;
	struct file_check *check;

	assert(state->sent_bytes > 0 && state->sent_bytes <= FILE_BYTES_MAX);
	if (server->file_checks_running >= (size_t)server->config->file_checks_max) {
		r->retry_after_ms = BUSY_RETRY_MS;
		return ERR_BUSY;
	}
	check = calloc(1, sizeof *check);
	if (check == NULL) {
		return ERR_BUSY;
	}
	check->bytes = malloc(state->sent_bytes);
	if (check->bytes == NULL) {
		free(check);
		return ERR_BUSY;
	}
	check->r = r;
	check->state = state;
	check->errand.done = on_done;
	arena_init(&check->arena, CHUNK_ARENA_BYTES);
	query_init(&check->query, STMT_file_chunk_get, &check->arena);
	server->file_checks_running++;
	fetch(check);
	return ERR_OK;
}
