/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guanjiad: the command line, then in order data directory, settings, keys, certificate, database, loops; and back.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/backup_command.h"
#include "server/bootstrap.h"
#include "server/config.h"
#include "server/data_dir.h"
#include "server/loops.h"
#include "server/options.h"
#include "server/server.h"

static int complain(enum err err, const char *text)
{
	fprintf(stderr, "guanjiad: %s\n", text);
	return err_row(err)->exit_code;
}

static enum err init_servers(struct loops *loops, struct server *servers, struct config *config,
	const struct options *options, struct bootstrap *bootstrap, struct config_fault *out_fault)
{
	struct embedded *embedded = bootstrap->embedded.pid != 0 ? &bootstrap->embedded : NULL;

	for (size_t i = 0; i < loops->count; i++) {
		struct server *server = &servers[i];
		enum err err = server_init(server, loops, config, i == 0 ? embedded : NULL, bootstrap->app,
			STDERR_FILENO, out_fault);

		if (err != ERR_OK) {
			while (i-- > 0) {
				server_abandon(&servers[i]);
			}
			return err;
		}
		server->sets = options->sets;
		server->set_count = options->set_count;
		server->schema = bootstrap->schema;
		keys_derive(&bootstrap->keys, "cursor", server->cursor_key);
		keys_derive(&bootstrap->keys, "request", server->request_key);
		seal_init(&server->seal, &bootstrap->keys);
		server->seals.key = &bootstrap->record_key;
	}
	return ERR_OK;
}

static int serve(
	struct config *config, const struct options *options, struct log *log, int spool_fd)
{
	struct bootstrap bootstrap = {0};
	struct supervisor supervisor;
	struct bootstrap_fault fault;
	struct config_fault config_fault;
	struct loops loops;
	struct server *servers;
	enum err err = bootstrap_open(&bootstrap, config, log, &fault);

	if (err != ERR_OK) {
		bootstrap_close(&bootstrap);
		return complain(err, fault.text);
	}
	servers = calloc((size_t)config->loops, sizeof *servers);
	assert(servers != NULL);
	loops_init(&loops, (size_t)config->loops);
	err = init_servers(&loops, servers, config, options, &bootstrap, &config_fault);
	if (err == ERR_OK) {
		servers[0].outgoing.spool_fd = spool_fd;
		servers[0].seals.file = &bootstrap.seal_file;
		supervisor_open(&supervisor);
		servers[0].supervisor = &supervisor;
		loops_run(&loops);
		for (size_t i = 0; i < loops.count; i++) {
			server_fini(&servers[i]);
		}
		supervisor_close(&supervisor);
	}
	loops_fini(&loops);
	free(servers);
	log->utc_us = clock_now().utc_us;
	bootstrap_close(&bootstrap);
	return err == ERR_OK ? 0 : complain(err, config_fault.text);
}

static int run(struct config *config, const struct options *options, int spool_fd)
{
	struct bootstrap_fault fault;
	struct log log;
	enum err err;
	int schema = 0;
	int code;

	log_init(&log, STDERR_FILENO, LOG_INFO);
	if (options->command == NULL) {
		code = serve(config, options, &log, spool_fd);
	} else if (strcmp(options->command, "init") == 0) {
		err = bootstrap_init(config, &log, options->admin, STDIN_FILENO, &fault);
		code = err == ERR_OK ? 0 : complain(err, fault.text);
	} else {
		err = bootstrap_migrate(config, &log, &schema, &fault);
		code = err == ERR_OK ? 0 : complain(err, fault.text);
	}
	log_fini(&log);
	return code;
}

int main(int argc, char **argv)
{
	struct options options;
	struct data_dir dir = {0};
	struct data_dir_fault dir_fault;
	struct config_fault config_fault;
	struct config config;
	struct arena arena;
	int spool_fd;
	int code;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (!options_parse(&options, argc, argv, &code)) {
		return code;
	}
	if (options.command != NULL && strcmp(options.command, "backup") == 0) {
		return backup_command(&options);
	}
	if (options.command != NULL && strcmp(options.command, "restore") == 0) {
		return restore_command(&options);
	}
	spool_fd = outgoing_program_find_spool(); /* before root is left */
	arena_init(&arena, 1024 * 1024);
	enum err err = data_dir_open(&dir, options.dir, options.account, &dir_fault);

	if (err != ERR_OK) {
		return complain(err, dir_fault.text);
	}
	config_init(&config, dir.path);
	err = config_load(&config, &arena, options.sets, options.set_count, &config_fault);
	code = err == ERR_OK ? run(&config, &options, spool_fd) : complain(err, config_fault.text);
	data_dir_close(&dir);
	arena_fini(&arena);
	if (spool_fd >= 0) {
		(void)close(spool_fd);
	}
	return code;
}
