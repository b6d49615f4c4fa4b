/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The step WORK: what takes long and needs no answer of the reading or writing lanes. A computation in a thread, behind
 * the bounded queue of hashes; or a toil of several waits, which brings its own object.
 */
#include "server/hash.h"
#include "server/request_step.h"
#include "server/server.h"

static void on_work(uv_work_t *work)
{
	struct request *r = container_of(work, struct request, work);

	r->impl->work(r);
}

static void on_work_done(uv_work_t *work, int status)
{
	struct request *r = container_of(work, struct request, work);

	(void)status;
	hash_ended(r->server);
	request_make_ready(r);
}

/* From hash.c, when it is this request's turn. */
void request_start_work(struct request *r)
{
	int failed = uv_queue_work(&r->server->loop, &r->work, on_work, on_work_done);

	assert(failed == 0);
}

/* True where it waits. */
static bool begin_toil(struct request *r)
{
	bool waits = false;

	r->has_toiled = true;
	r->work_err = r->impl->toil(r, &waits);
	assert(!waits || r->work_err == ERR_OK);
	r->is_waiting = waits;
	return waits;
}

enum next request_step_work(struct request *r)
{
	if (r->impl->toil != NULL) {
		if (!r->has_toiled && begin_toil(r)) {
			return NEXT_WAIT;
		}
		return r->work_err == ERR_OK ? request_go(r, STEP_DECIDE) : request_fail(r, r->work_err);
	}
	if (r->impl->work == NULL || r->work.loop != NULL) {
		r->work.loop = NULL;
		return request_go(r, STEP_DECIDE);
	}
	if (!hash_has_room(r->server)) {
		return request_fail(r, ERR_BUSY);
	}
	r->work.loop = &r->server->loop; /* it was queued: the next run goes on */
	r->is_waiting = true;
	hash_queue(r->server, r);
	return NEXT_WAIT;
}
