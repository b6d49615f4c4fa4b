/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/identity.h"
#include "server/job/merged_job.h"
#include "server/job/reminder_job.h"
#include "server/loops.h"
#include "server/net/address.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request.h"

#define BACKLOG 512
#define READ_ROOM_BYTES (64 * 1024)
#define KEYS_MAX (1 << 20)
#define CONNECTIONS_MAX (1 << 21) /* above what connections_max may be set to */
#define CONFIG_BYTES_MAX (1024 * 1024)

static void on_signal(uv_signal_t *signal, int number)
{
	struct server *server = signal->data;

	if (number == SIGHUP) {
		server->wants_reload = true; /* the others are told when it has been done here */
	} else {
		server->wants_stop = true;
		loops_tell(server, WORD_STOP);
	}
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct server *server = listener->data;

	if (status != 0) {
		return;
	}
	if (server->counters.connections >= (uint64_t)server->config->connections_max) {
		server->is_full = true; /* not accepted: libuv then listens no further (pitfall 34) */
		return;
	}
	conn_accept(server, listener);
}

static int let_others_listen(struct server *server)
{
	int on = 1;
	int fd = -1;
	int status = uv_fileno((uv_handle_t *)&server->listener, &fd);

	if (status == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
		status = -errno;
	}
	return status;
}

/*
 * Every loop has a listener on the one port, and the kernel gives each its connections. The first one takes the port
 * before it lets the others: so a second server on it by mistake is told so, as with one loop.
 */
static int listen_as_told(struct server *server, const struct sockaddr_storage *address)
{
	int status = uv_tcp_init_ex(&server->loop, &server->listener, address->ss_family);

	server->listener.data = server;
	if (status == 0 && !server_is_first(server)) {
		status = let_others_listen(server);
	}
	if (status == 0) {
		status = uv_tcp_bind(&server->listener, (const struct sockaddr *)address, 0);
	}
	if (status == 0 && server_is_first(server) && server->loops->count > 1) {
		status = let_others_listen(server);
	}
	return status != 0 ? status
	                   : uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
}

static enum err listen_on(struct server *server, struct config_fault *out_fault)
{
	struct sockaddr_storage address = {0};
	struct sockaddr_storage bound = {0};
	int len = sizeof bound;
	bool is_address = address_parse(server->config->listen, &address);
	int status;

	if (is_address && !server_is_first(server)) {
		address_set_port(&address, server->loops->seats[0].server->port);
	}
	status =
		listen_as_told(server, &address); /* not an address: the handle is there to be closed */
	status = is_address ? status : UV_EINVAL;
	if (status != 0 ||
		uv_tcp_getsockname(&server->listener, (struct sockaddr *)&bound, &len) != 0) {
		snprintf(out_fault->text, sizeof out_fault->text, "cannot listen on '%s': %s",
			server->config->listen, uv_strerror(status));
		return ERR_CONFIG;
	}
	server->port = address_port(&bound);
	return ERR_OK;
}

static void init_lists(struct server *server)
{
	list_init(&server->conns);
	list_init(&server->guests);
	list_init(&server->dirty);
	list_init(&server->closed);
	list_init(&server->ready);
	list_init(&server->requests);
	list_init(&server->hashes_waiting);
	list_init(&server->watches);
	id_map_init(&server->conns_by_id, CONNECTIONS_MAX);
	id_map_init(&server->keys, KEYS_MAX);
	server->read_room = malloc(READ_ROOM_BYTES);
	assert(server->read_room != NULL);
}

static void init_signals(struct server *server)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

	static_assert(COUNT(numbers) == COUNT(((struct server *)0)->signals), "a handle a signal");
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int failed = uv_signal_init(&server->loop, &server->signals[i]) != 0;

		server->signals[i].data = server;
		failed = failed || uv_signal_start(&server->signals[i], on_signal, numbers[i]) != 0;
		assert(!failed);
	}
}

/* The settings; false, and nothing has changed, where they do not do. */
static bool reload_config(struct server *server)
{
	struct config next;
	struct config_fault fault;
	struct arena arena;
	enum log_level level;
	size_t need_restart;

	arena_init(&arena, CONFIG_BYTES_MAX);
	config_init(&next, server->config->dir);
	if (config_load(&next, &arena, server->sets, server->set_count, &fault) != ERR_OK) {
		log_line(&server->log, LOG_ERROR, "server.reload", "err=CONFIG kept=old");
		arena_fini(&arena);
		return false;
	}
	loops_share_limits(&next, server->loops->count);
	need_restart = config_reload(server->config, &next);
	log_line(&server->log, LOG_INFO, "server.reload", "need_restart=%zu loop=%zu", need_restart,
		server->loop_no);
	arena_fini(&server->reloaded); /* RELOAD rows point into the newest; START rows never did */
	server->reloaded = arena;
	if (log_level_parse(str_from_c(server->config->log_level), &level)) {
		server->log.from = level;
	}
	return true;
}

/* The first loop, then the others: so nobody reads settings that are wrong, and all serve its certificate. */
static void reload(struct server *server)
{
	struct config_fault fault;

	if (!reload_config(server)) {
		return;
	}
	if (category_file_load(&server->words, server->config, &fault) != ERR_OK) {
		log_line(&server->log, LOG_ERROR, "server.category_words", "err=CONFIG kept=old");
	}
	if (server_is_first(server)) {
		server->certificate_mono_us = 0;
		identity_renew(server);
		loops_tell(server, WORD_RELOAD);
	} else {
		identity_take(server);
	}
}

static void set_life(struct server *server, enum server_life life)
{
	server->life = life;
	server->life_mono_us = server->now.mono_us;
}

static void begin_drain(struct server *server)
{
	log_line(&server->log, LOG_INFO, "server.drain", "requests=%llu connections=%llu",
		(unsigned long long)server->counters.requests_now,
		(unsigned long long)server->counters.connections);
	supervisor_tell(server->supervisor, SUPERVISOR_STOPPING, server->now.mono_us);
	uv_close((uv_handle_t *)&server->listener, NULL);
	set_life(server, SERVER_DRAINING);
	list_each (node, after, &server->conns) {
		conn_go_away(container_of(node, struct conn, node), ERR_GOING_AWAY);
	}
}

static void begin_end(struct server *server)
{
	set_life(server, SERVER_ENDING);
	reader_stop(&server->reader);
	writers_stop(&server->writers);
	file_lane_stop(&server->files);
	outgoing_job_stop(&server->outgoing);
	scrape_close(&server->scrape);
	list_each (node, after, &server->conns) {
		conn_close(container_of(node, struct conn, node), ERR_OK, "server_stops");
	}
	for (size_t i = 0; server_is_first(server) && i < COUNT(server->signals); i++) {
		uv_close((uv_handle_t *)&server->signals[i], NULL);
	}
	loops_leave(server);
}

void server_mind_embedded(struct server *server)
{
	struct embedded *embedded = server->embedded;
	enum embedded_step before;

	if (embedded == NULL || server->life != SERVER_SERVING) {
		return;
	}
	before = embedded->step;
	embedded->log->utc_us = server->now.utc_us;
	embedded_run(embedded, server->now.mono_us);
	if (embedded->step == EMBEDDED_RUNNING && before != EMBEDDED_RUNNING) {
		server->source.news++;
		loops_tell(server, WORD_DATABASE);
	}
	if (server->counters.database_restarts != embedded->death_count) {
		server->counters.database_restarts = embedded->death_count;
		log_line(&server->log, LOG_ERROR, "db.died", "restart=1");
	}
}

void server_watch_over(struct server *server)
{
	if (server->wants_reload) {
		server->wants_reload = false;
		supervisor_tell(server->supervisor, SUPERVISOR_RELOADING, server->now.mono_us);
		reload(server);
		supervisor_tell(server->supervisor, SUPERVISOR_READY, server->now.mono_us);
	}
	if (server->wants_certificate) {
		server->wants_certificate = false;
		identity_take(server);
	}
	if (server_is_first(server) && server->life == SERVER_SERVING) {
		identity_mind(server);
	}
	loops_put(server);
	if (server->life == SERVER_SERVING && server->wants_stop) {
		begin_drain(server);
	}
	if (server->life == SERVER_DRAINING &&
		((server->counters.requests_now == 0 && outgoing_job_is_idle(&server->outgoing)) ||
			server->now.mono_us - server->life_mono_us > server->config->drain_ms * US_PER_MS)) {
		begin_end(server);
	}
	if (server->life == SERVER_SERVING && server->is_full &&
		server->counters.connections < (uint64_t)server->config->connections_max) {
		server->is_full = false;
		conn_accept(server, (uv_stream_t *)&server->listener);
	}
}

/* Everything of connections and programs is closed: then the tick itself may end. */
static bool is_over(const struct server *server)
{
	return server->life == SERVER_ENDING && server->counters.connections == 0 &&
	       server->counters.requests_now == 0 && outgoing_job_is_closed(&server->outgoing) &&
	       seal_job_is_closed(&server->seals);
}

void server_run(struct server *server)
{
	if (server_is_first(server)) {
		log_line(&server->log, LOG_INFO, "server.ready",
			"port=%d version=%s schema=%d metrics=%d loops=%zu", server->port, GUANJIA_VERSION,
			server->schema, server->scrape.port, server->loops->count);
		supervisor_tell(server->supervisor, SUPERVISOR_READY, server->now.mono_us);
	}
	while (!is_over(server)) {
		(void)uv_run(&server->loop, UV_RUN_ONCE);
	}
	tick_close(server);
	(void)uv_run(&server->loop, UV_RUN_DEFAULT);
	log_line(&server->log, LOG_INFO, "server.end", "requests=%llu",
		(unsigned long long)server->counters.requests);
}

void server_fini(struct server *server)
{
	int left = uv_loop_close(&server->loop);

	assert(left == 0); /* every handle was closed */
	feed_fini(&server->feed);
	outgoing_job_fini(&server->outgoing);
	standby_job_fini(&server->standby);
	backup_job_fini(&server->backups);
	clock_job_fini(&server->clocks);
	portion_job_fini(&server->reminders);
	portion_job_fini(&server->merged);
	seal_job_fini(&server->seals);
	reading_job_fini(&server->readings);
	reader_fini(&server->reader);
	source_fini(&server->source);
	id_map_fini(&server->conns_by_id);
	id_map_fini(&server->keys);
	tls_context_free(server->tls);
	free(server->read_room);
	category_file_fini(&server->words);
	arena_fini(&server->reloaded);
	explicit_bzero(server->cursor_key, sizeof server->cursor_key);
	explicit_bzero(server->request_key, sizeof server->request_key);
	seal_fini(&server->seal);
	log_fini(&server->log);
}

void server_abandon(struct server *server)
{
	server->wants_stop = true;
	server_watch_over(server); /* drains: nobody is there */
	server_watch_over(server); /* ends */
	tick_close(server);
	(void)uv_run(&server->loop, UV_RUN_DEFAULT);
	server_fini(server);
}

/* The loop itself, among the others. */
static void open_loop(struct server *server)
{
	int failed = uv_loop_init(&server->loop);

	assert(failed == 0);
	(void)failed;
	loops_join(server);
	server->conn_id_last = (uint64_t)server->loop_no << 32; /* one log: an id is one connection's */
	if (server_is_first(server)) {
		init_signals(server);
	} else {
		server->started_us = server->loops->seats[0].server->started_us; /* they are one server */
	}
	tick_init(server);
}

enum err server_init(struct server *server, struct loops *loops, const struct config *config,
	struct embedded *embedded, const char *conninfo, int log_fd, struct config_fault *out_fault)
{
	enum log_level level = LOG_INFO;
	struct source_fault source_fault;

	*server = (struct server){
		.loops = loops, .loop_no = loops->joined_count, .own = *config, .embedded = embedded};
	server->config = &server->own;
	loops_share_limits(server->config, loops->count);
	config = server->config;
	server->now = clock_now();
	server->started_us = server->now.utc_us;
	if (!log_level_parse(str_from_c(config->log_level), &level)) {
		snprintf(out_fault->text, sizeof out_fault->text, "log_level is '%s'", config->log_level);
		return ERR_CONFIG;
	}
	if (!identity_open(server, out_fault)) {
		return ERR_CONFIG;
	}
	category_file_init(&server->words);
	if (category_file_load(&server->words, config, out_fault) != ERR_OK) {
		tls_context_free(server->tls);
		return ERR_CONFIG;
	}
	if (!source_init(&server->source, conninfo, &source_fault)) {
		snprintf(out_fault->text, sizeof out_fault->text, "%s", source_fault.text);
		category_file_fini(&server->words);
		tls_context_free(server->tls);
		return ERR_CONFIG;
	}
	log_init(&server->log, log_fd, level);
	init_lists(server);
	open_loop(server);
	reader_init(&server->reader, &server->loop, &server->log, &server->source,
		(size_t)config->readers, server->now.mono_us);
	writers_init(&server->writers, (size_t)config->writers, &server->loop, &server->log,
		&server->source, (size_t)config->commit_batch_max, server->now.mono_us);
	file_lane_init(
		&server->files, &server->loop, &server->log, &server->source, server->now.mono_us);
	feed_init(&server->feed, server);
	outgoing_job_init(&server->outgoing, server);
	standby_job_init(&server->standby, server);
	backup_job_init(&server->backups, server);
	clock_job_init(&server->clocks, server);
	portion_job_init(&server->reminders, server, &reminder_portion);
	portion_job_init(&server->merged, server, &merged_portion);
	seal_job_init(&server->seals, server);
	reading_job_init(&server->readings, server);
	arena_init(&server->reloaded, CONFIG_BYTES_MAX);
	if (listen_on(server, out_fault) != ERR_OK ||
		(server_is_first(server) && !scrape_open(&server->scrape, server, out_fault))) {
		server_abandon(server);
		return ERR_CONFIG;
	}
	return ERR_OK;
}

void server_count(struct server *server)
{
	struct counters *counters = &server->counters;

	counters->read_groups = server->reader.group_count;
	counters->read_queries = server->reader.query_count;
	counters->write_batches = counters->write_commands = counters->write_failures = 0;
	counters->write_unknown = 0;
	counters->database_losses = server->reader.loss_count;
	for (size_t i = 0; i < server->writers.count; i++) {
		const struct writer *writer = &server->writers.each[i];

		counters->write_batches += writer->batch_count;
		counters->write_commands += writer->command_count;
		counters->write_failures += writer->failed_count;
		counters->write_unknown += writer->unknown_count;
		counters->database_losses += writer->lost_count;
	}
	counters->database_losses += server->files.lost_count;
	counters->file_moves = server->files.done_count;
	counters->file_failures = server->files.failed_count;
	counters->file_busy = server->files.busy_count;
	counters->log_dropped = server->log.dropped_total;
}
