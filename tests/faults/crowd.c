/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "tests/faults/crowd_worker.h"

#define PAUSE_MS 40 /* after a refusal of the moment: shorter than its hint, to be a nuisance */
#define SHOWN_MAX 30
#define CODE_MS 8000 /* after that nobody signs: a message whose server died comes much later */
#define MINUTE_US (60 * US_PER_S)
#define DAY_US (24 * 60 * MINUTE_US)

static void lock(struct crowd *crowd)
{
	int failed = pthread_mutex_lock(&crowd->lock);

	assert(failed == 0);
	(void)failed;
}

static void unlock(struct crowd *crowd)
{
	int failed = pthread_mutex_unlock(&crowd->lock);

	assert(failed == 0);
	(void)failed;
}

void crowd_violate(struct crowd *crowd, const char *what, const char *detail)
{
	lock(crowd);
	if (crowd->violations++ < SHOWN_MAX) {
		printf("# violation: %s: %s\n", what, detail);
	}
	unlock(crowd);
}

/* ---- one worker ----------------------------------------------------------------------------- */

static bool is_over(struct crowd *crowd)
{
	bool over;

	lock(crowd);
	over = crowd->is_over;
	unlock(crowd);
	return over;
}

static void await_server(struct crowd *crowd)
{
	lock(crowd);
	while (!crowd->is_up) {
		(void)pthread_cond_wait(&crowd->has_changed, &crowd->lock);
	}
	unlock(crowd);
}

static void count_acknowledged(struct crowd *crowd)
{
	lock(crowd);
	crowd->acknowledged++;
	if (crowd->acknowledged == crowd->wanted) {
		(void)pthread_cond_broadcast(&crowd->has_changed);
	}
	unlock(crowd);
}

static size_t new_record(struct crowd_worker *worker, struct uuid complaint_id)
{
	if (worker->record_count == worker->record_room) {
		worker->record_room = size_max(256, 2 * worker->record_room);
		worker->records = realloc(worker->records, worker->record_room * sizeof(*worker->records));
		assert(worker->records != NULL);
	}
	worker->records[worker->record_count] = (struct crowd_record){.complaint_id = complaint_id};
	return worker->record_count++;
}

/* A minute that nobody else has; for every second a telephone too, so that owners hear in time. */
static struct walk_manner new_manner(const struct crowd_worker *worker)
{
	struct crowd *crowd = worker->crowd;
	struct walk_manner manner = {
		.worker_id = worker->account.account_id,
		.from_us = crowd->first_us + (int64_t)worker->record_count * MINUTE_US,
	};

	if (worker->record_count % 2 == 0) {
		(void)snprintf(manner.phone, sizeof(manner.phone), "+86139%02u%06u",
			(unsigned)(worker - crowd->workers) % 100, (unsigned)worker->record_count % 1000000);
	}
	return manner;
}

static void begin_walk(struct crowd_worker *worker, struct crowd_walk *one)
{
	struct walk_manner manner = new_manner(worker);

	if (is_over(worker->crowd)) {
		one->ask_at_us = INT64_MAX;
		return;
	}
	walk_begin_in(&one->walk, &worker->crowd->site, &manner);
	one->record = new_record(worker, one->walk.complaint_id);
	one->ask_at_us = live_until(0);
}

static void take_acknowledgement(
	struct crowd_worker *worker, struct crowd_walk *one, const struct client_result *result)
{
	struct crowd_record *record = &worker->records[one->record];

	if (walk_reply_version(result) != one->walk.done_count + 1) {
		crowd_violate(worker->crowd, "the reply's version is not the step's", result->method->name);
	}
	if (one->walk.done_count == 0) {
		(void)snprintf(record->number, sizeof(record->number), "%s", walk_reply_number(result));
	}
	record->acknowledged++;
	worker->repeated += result->is_repeat ? 1 : 0;
	count_acknowledged(worker->crowd);
	if (!walk_on(&one->walk)) {
		begin_walk(worker, one);
	} else {
		one->ask_at_us = is_over(worker->crowd) ? INT64_MAX : live_until(0);
		one->code_until_us = one->walk.done_count == WALK_SIGN && one->walk.manner.phone[0] != '\0'
		                         ? live_until(CODE_MS)
		                         : 0;
	}
}

static void take_refusal(
	struct crowd_worker *worker, struct crowd_walk *one, const struct client_result *result)
{
	char detail[128];
	bool is_of_the_moment =
		err_row(result->err)->retry == ERR_RETRY_SAME && result->err != ERR_INTERNAL;

	one->ask_at_us = live_until(result->err == ERR_CONNECT ? 0 : PAUSE_MS);
	if (result->err == ERR_CONNECT) {
		lock(worker->crowd);
		worker->crowd->lost++;
		unlock(worker->crowd);
	}
	if (!is_of_the_moment) {
		(void)snprintf(
			detail, sizeof(detail), "%s %s", result->method->name, err_name(result->err));
		crowd_violate(worker->crowd, "refused what is right", detail);
		begin_walk(worker, one); /* its record stays as it was acknowledged, and will be read */
	}
}

static void take_reply(struct crowd_worker *worker, const struct client_result *result)
{
	size_t i = 0;

	while (i < CROWD_WALKS &&
		   (worker->walks[i].ask_at_us != 0 || worker->walks[i].call_id != result->id)) {
		i++;
	}
	if (i == CROWD_WALKS) {
		crowd_violate(worker->crowd, "answered twice", result->method->name);
	} else if (result->err == ERR_OK) {
		take_acknowledgement(worker, &worker->walks[i], result);
	} else {
		take_refusal(worker, &worker->walks[i], result);
	}
}

static void take(struct crowd_worker *worker, const struct client_result *result)
{
	switch (result->kind) {
	case CLIENT_REPLY:
		take_reply(worker, result);
		return;
	case CLIENT_GO_AWAY:
		worker->is_leaving = true;
		return;
	case CLIENT_CLOSED:
		live_client_close(&worker->client);
		return;
	case CLIENT_OPENED:
	case CLIENT_EVENT:
		return;
	}
	unreachable();
}

/* How it is signed is decided once: what is asked again must be the same bytes. */
static bool waits_for_code(struct crowd_worker *worker, struct crowd_walk *one)
{
	char code[TOLD_CODE_BYTES];

	if (one->code_until_us == 0) {
		return false;
	}
	if (live_told_code(worker->crowd->told, one->walk.manner.phone, "SERVICE_RECEIPT", code)) {
		walk_sign_by(&one->walk, code);
		worker->by_code++;
	} else if (live_left_ms(one->code_until_us) > 0) {
		one->ask_at_us = live_until(PAUSE_MS);
		return true;
	}
	one->code_until_us = 0;
	return false;
}

/* Asks what is due. */
static void ask_due(struct crowd_worker *worker)
{
	int64_t now_us = live_until(0);

	for (size_t i = 0; i < CROWD_WALKS && !worker->is_leaving; i++) {
		struct crowd_walk *one = &worker->walks[i];
		struct client_ask ask;
		enum err err;

		if (one->ask_at_us == 0 || one->ask_at_us > now_us || waits_for_code(worker, one)) {
			continue;
		}
		ask = walk_ask(&one->walk);
		err = client_loop_submit(&worker->client.loop, &ask, &one->call_id);
		if (err != ERR_OK) {
			return; /* the connection ends; its last results say how */
		}
		one->ask_at_us = 0;
	}
}

static bool is_working(const struct crowd_worker *worker)
{
	for (size_t i = 0; i < CROWD_WALKS; i++) {
		if (worker->walks[i].ask_at_us != INT64_MAX) {
			return true;
		}
	}
	return false;
}

/* Until the next is due; for ever so long where all are asked, or may not be. */
static uint32_t wait_ms(const struct crowd_worker *worker)
{
	int64_t due_us = live_until(LIVE_WAIT_MS);

	for (size_t i = 0; i < CROWD_WALKS && !worker->is_leaving; i++) {
		int64_t ask_at_us = worker->walks[i].ask_at_us;

		due_us = ask_at_us != 0 && ask_at_us < due_us ? ask_at_us : due_us;
	}
	return (uint32_t)live_left_ms(due_us);
}

static bool must_hang_up(struct crowd_worker *worker)
{
	bool must;

	lock(worker->crowd);
	must = worker->hung_up != worker->crowd->hang_ups;
	worker->hung_up = worker->crowd->hang_ups;
	unlock(worker->crowd);
	return must;
}

/* Until it works: a server that is there may still have no database. */
static void connect_again(struct crowd_worker *worker)
{
	enum err err = ERR_CONNECT;

	live_client_close(&worker->client);
	worker->is_leaving = false;
	for (size_t i = 0; i < CROWD_WALKS; i++) {
		if (worker->walks[i].ask_at_us == 0) {
			worker->walks[i].ask_at_us = live_until(0); /* its answer is lost */
		}
	}
	while (err != ERR_OK) {
		await_server(worker->crowd);
		err = live_client_again(&worker->client);
		if (err_row(err)->retry != ERR_RETRY_SAME && err != ERR_OK) {
			crowd_violate(worker->crowd, "the session is not resumed", err_name(err));
			abort();
		}
		if (worker->client.is_open && err != ERR_OK) {
			client_result_free(client_loop_next(&worker->client.loop, PAUSE_MS));
		}
	}
}

static void *work(void *argument)
{
	struct crowd_worker *worker = argument;
	struct client_result *result;

	for (size_t i = 0; i < CROWD_WALKS; i++) {
		begin_walk(worker, &worker->walks[i]);
	}
	while (is_working(worker)) {
		if (must_hang_up(worker) || !worker->client.is_open) {
			connect_again(worker);
		}
		ask_due(worker);
		result = client_loop_next(&worker->client.loop, wait_ms(worker));
		if (result != NULL) {
			take(worker, result);
			client_result_free(result);
		}
	}
	live_client_close(&worker->client);
	return NULL;
}

/* ---- all of them ---------------------------------------------------------------------------- */

void crowd_begin(struct crowd *crowd, struct live_server *server, const struct live_told *told,
	size_t worker_count)
{
	struct live_client admin;

	assert(worker_count <= CROWD_WORKERS_MAX);
	*crowd =
		(struct crowd){.server = server, .told = told, .worker_count = worker_count, .is_up = true};
	crowd->first_us = clock_now().utc_us + DAY_US;
	(void)pthread_mutex_init(&crowd->lock, NULL);
	(void)pthread_cond_init(&crowd->has_changed, NULL);
	crowd->workers = calloc(worker_count, sizeof(*crowd->workers));
	assert(crowd->workers != NULL);
	live_client_begin(&admin, server, LIVE_ADMIN);
	live_site_make(&admin, &crowd->site);
	for (size_t i = 0; i < worker_count; i++) {
		struct crowd_worker *worker = &crowd->workers[i];
		char login[32];

		(void)snprintf(login, sizeof(login), "walker%zu", i);
		worker->crowd = crowd;
		live_account_make(&admin, &crowd->site, login, LIVE_WALKER, &worker->account);
		live_client_begin(&worker->client, server, login);
	}
	live_client_close(&admin);
	for (size_t i = 0; i < worker_count; i++) {
		int failed = pthread_create(&crowd->workers[i].thread, NULL, work, &crowd->workers[i]);

		assert(failed == 0);
		(void)failed;
	}
}

bool crowd_await(struct crowd *crowd, size_t more)
{
	struct timespec until;
	int failed = 0;
	bool has_come;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LIVE_WAIT_MS / 1000;
	lock(crowd);
	crowd->wanted = crowd->acknowledged + more;
	while (crowd->acknowledged < crowd->wanted && failed == 0) {
		failed = pthread_cond_timedwait(&crowd->has_changed, &crowd->lock, &until);
	}
	has_come = crowd->acknowledged >= crowd->wanted;
	unlock(crowd);
	return has_come;
}

void crowd_set_up(struct crowd *crowd, bool is_up)
{
	lock(crowd);
	crowd->is_up = is_up;
	(void)pthread_cond_broadcast(&crowd->has_changed);
	unlock(crowd);
}

void crowd_hang_up(struct crowd *crowd)
{
	lock(crowd);
	crowd->hang_ups++;
	unlock(crowd);
}

void crowd_end(struct crowd *crowd)
{
	lock(crowd);
	crowd->is_over = true;
	unlock(crowd);
	for (size_t i = 0; i < crowd->worker_count; i++) {
		int failed = pthread_join(crowd->workers[i].thread, NULL);

		assert(failed == 0);
		(void)failed;
	}
	crowd_read_back(crowd);
}

size_t crowd_repeated(const struct crowd *crowd)
{
	size_t count = 0;

	for (size_t i = 0; i < crowd->worker_count; i++) {
		count += crowd->workers[i].repeated;
	}
	return count;
}

size_t crowd_by_code(const struct crowd *crowd)
{
	size_t count = 0;

	for (size_t i = 0; i < crowd->worker_count; i++) {
		count += crowd->workers[i].by_code;
	}
	return count;
}

void crowd_fini(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->worker_count; i++) {
		free(crowd->workers[i].records);
	}
	free(crowd->workers);
	(void)pthread_cond_destroy(&crowd->has_changed);
	(void)pthread_mutex_destroy(&crowd->lock);
}
