/* SPDX-License-Identifier: Apache-2.0 */
#include "server/loops.h"

#include <stdlib.h>
#include <string.h>

#include "server/server.h"

static void lock(pthread_mutex_t *mutex)
{
	int failed = pthread_mutex_lock(mutex);

	assert(failed == 0);
	(void)failed;
}

static void unlock(pthread_mutex_t *mutex)
{
	int failed = pthread_mutex_unlock(mutex);

	assert(failed == 0);
	(void)failed;
}

void loops_init(struct loops *loops, size_t count)
{
	assert(count > 0);
	*loops = (struct loops){.count = count, .lock = PTHREAD_MUTEX_INITIALIZER};
	loops->seats = calloc(count, sizeof *loops->seats);
	assert(loops->seats != NULL);
	for (size_t i = 0; i < count; i++) {
		loops->seats[i].lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	}
}

void loops_fini(struct loops *loops)
{
	for (size_t i = 0; i < loops->count; i++) {
		(void)pthread_mutex_destroy(&loops->seats[i].lock);
	}
	(void)pthread_mutex_destroy(&loops->lock);
	free(loops->seats);
	tls_context_free(loops->tls);
	*loops = (struct loops){0};
}

/* In the woken loop's thread: as everything from outside, it only marks; the tick acts. */
static void on_words(uv_async_t *async)
{
	struct loop_seat *seat = async->data;
	struct server *server = seat->server;
	unsigned words = atomic_exchange(&seat->words, 0);

	server->wants_stop = server->wants_stop || (words & WORD_STOP) != 0;
	server->wants_reload = server->wants_reload || (words & WORD_RELOAD) != 0;
	server->wants_certificate = server->wants_certificate || (words & WORD_CERTIFICATE) != 0;
	if (server->wants_stop || server->wants_reload || server->wants_certificate) {
		server->swept_mono_us = 0; /* in this turn: the first one has it already */
	}
	if ((words & WORD_COMMITTED) != 0) {
		feed_nudge(&server->feed);
		clock_job_nudge(&server->clocks);
	}
	if ((words & WORD_OUTGOING) != 0) {
		outgoing_nudge(server);
	}
	if ((words & WORD_DATABASE) != 0) {
		server->source.news++;
	}
}

void loops_join(struct server *server)
{
	struct loops *loops = server->loops;
	struct loop_seat *seat = &loops->seats[server->loop_no];
	int failed;

	assert(server->loop_no == loops->joined_count && loops->joined_count < loops->count);
	loops->joined_count++;
	seat->server = server;
	failed = uv_async_init(&server->loop, &seat->async, on_words);
	assert(failed == 0);
	(void)failed;
	seat->async.data = seat;
	seat->is_open = true;
}

void loops_leave(struct server *server)
{
	struct loop_seat *seat = &server->loops->seats[server->loop_no];

	lock(&seat->lock);
	seat->is_open = false;
	unlock(&seat->lock);
	uv_close((uv_handle_t *)&seat->async, NULL);
}

static void *run(void *argument)
{
	server_run(argument);
	return NULL;
}

void loops_run(struct loops *loops)
{
	assert(loops->joined_count == loops->count);
	for (size_t i = 1; i < loops->count; i++) {
		int failed = pthread_create(&loops->seats[i].thread, NULL, run, loops->seats[i].server);

		assert(failed == 0);
		(void)failed;
	}
	server_run(loops->seats[0].server);
	for (size_t i = 1; i < loops->count; i++) {
		int failed = pthread_join(loops->seats[i].thread, NULL);

		assert(failed == 0);
		(void)failed;
	}
}

void loops_tell(struct server *server, unsigned words)
{
	size_t count = server->loops == NULL ? 0 : server->loops->count; /* a test's may have none */

	for (size_t i = 0; i < count; i++) {
		struct loop_seat *seat = &server->loops->seats[i];

		if (i == server->loop_no || (atomic_fetch_or(&seat->words, words) & words) == words) {
			continue; /* who said the same before has woken it, and it has not taken that yet */
		}
		lock(&seat->lock);
		if (seat->is_open) {
			(void)uv_async_send(&seat->async);
		}
		unlock(&seat->lock);
	}
}

void loops_put_tls(struct loops *loops, SSL_CTX *context)
{
	SSL_CTX *before;

	lock(&loops->lock);
	before = loops->tls;
	loops->tls = context;
	unlock(&loops->lock);
	tls_context_free(before);
}

SSL_CTX *loops_take_tls(struct loops *loops)
{
	SSL_CTX *context;

	lock(&loops->lock);
	context = loops->tls;
	tls_context_hold(context);
	unlock(&loops->lock);
	return context;
}

void loops_put(struct server *server)
{
	struct loop_seat *seat = &server->loops->seats[server->loop_no];
	struct figures figures;

	if (server->loops->count == 1) {
		return;
	}
	figures_take(server, &figures);
	lock(&seat->lock);
	seat->figures = figures;
	seat->metrics = server->metrics;
	unlock(&seat->lock);
}

const struct metrics *loops_figures(struct server *server, struct figures *out)
{
	size_t count = server->loops == NULL ? 1 : server->loops->count;
	struct metrics *sum;

	figures_take(server, out);
	if (count == 1) {
		return &server->metrics;
	}
	sum = &server->loops->seats[server->loop_no].sum;
	*sum = server->metrics;
	for (size_t i = 0; i < count; i++) {
		struct loop_seat *seat = &server->loops->seats[i];

		if (i != server->loop_no) {
			lock(&seat->lock);
			figures_join(out, &seat->figures);
			figures_join_metrics(sum, &seat->metrics);
			unlock(&seat->lock);
		}
	}
	return sum;
}

static int64_t share(int64_t limit, size_t count)
{
	return (limit + (int64_t)count - 1) / (int64_t)count;
}

/* Rounded up: of a limit of one every loop has one. The kernel spreads connections, one address's too. */
void loops_share_limits(struct config *config, size_t count)
{
	config->connections_max = share(config->connections_max, count);
	config->guests_max = share(config->guests_max, count);
	config->guests_address_max = share(config->guests_address_max, count);
	config->requests_max = share(config->requests_max, count);
	config->hash_running_max = share(config->hash_running_max, count);
	config->hash_waiting_max = share(config->hash_waiting_max, count);
	config->file_checks_max = share(config->file_checks_max, count);
}
