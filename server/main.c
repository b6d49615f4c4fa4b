/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guanjiad: the command line, then in order: data directory, settings, keys, certificate, database,
 * loop; and all of it back again.
 */
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/bootstrap.h"
#include "server/config.h"
#include "server/data_dir.h"
#include "server/server.h"

#define SETS_MAX 64

struct options {
	const char *command; /* NULL: serve */
	const char *dir;
	const char *admin;
	const char *account;
	const char *sets[SETS_MAX];
	size_t set_count;
};

static void print_usage(FILE *out)
{
	fputs("usage: guanjiad [--data DIR] [--set name=value]...            serve\n"
		  "       guanjiad init [--data DIR] [--admin LOGIN] [--set …]   make what a first start "
		  "needs\n"
		  "       guanjiad migrate [--data DIR] [--set …]                bring the database up to "
		  "date\n"
		  "       guanjiad --help-settings | --help | --version\n",
		out);
}

static int parse(int argc, char **argv, struct options *out)
{
	static const struct option rows[] = {
		{"data", required_argument, NULL, 'd'},
		{"set", required_argument, NULL, 's'},
		{"admin", required_argument, NULL, 'a'},
		{"account", required_argument, NULL, 'u'},
		{"help-settings", no_argument, NULL, 'S'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "d:s:hV", rows, NULL)) != -1) {
		if (letter == 'S' || letter == 'h' || letter == 'V') {
			if (letter == 'S') {
				config_print(stdout);
			} else if (letter == 'h') {
				print_usage(stdout);
			} else {
				printf("guanjiad %s\n", GUANJIA_VERSION);
			}
			exit(0);
		}
		if (letter == '?' || (letter == 's' && out->set_count == SETS_MAX)) {
			print_usage(stderr);
			return err_row(ERR_USAGE)->exit_code;
		}
		if (letter == 's') {
			out->sets[out->set_count++] = optarg;
		} else {
			*(letter == 'd' ? &out->dir : letter == 'a' ? &out->admin : &out->account) = optarg;
		}
	}
	out->command = argv[optind];
	if (optind + 1 < argc || (out->command != NULL && strcmp(out->command, "init") != 0 &&
								 strcmp(out->command, "migrate") != 0)) {
		print_usage(stderr);
		return err_row(ERR_USAGE)->exit_code;
	}
	return 0;
}

static int complain(enum err err, const char *text)
{
	fprintf(stderr, "guanjiad: %s\n", text);
	return err_row(err)->exit_code;
}

static int serve(struct config *config, const struct options *options, struct log *log)
{
	struct bootstrap bootstrap = {0};
	struct bootstrap_fault fault;
	struct config_fault config_fault;
	struct server server;
	enum err err = bootstrap_open(&bootstrap, config, log, &fault);

	if (err != ERR_OK) {
		bootstrap_close(&bootstrap);
		return complain(err, fault.text);
	}
	err = server_init(&server, config, bootstrap.embedded.pid != 0 ? &bootstrap.embedded : NULL,
		bootstrap.app, STDERR_FILENO, &config_fault);
	if (err == ERR_OK) {
		server.sets = options->sets;
		server.set_count = options->set_count;
		server.schema = bootstrap.schema;
		keys_derive(&bootstrap.keys, "cursor", server.cursor_key);
		server_run(&server);
		server_fini(&server);
	}
	log->utc_us = clock_now().utc_us;
	bootstrap_close(&bootstrap);
	return err == ERR_OK ? 0 : complain(err, config_fault.text);
}

static int run(struct config *config, const struct options *options)
{
	struct bootstrap_fault fault;
	struct log log;
	enum err err;
	int schema = 0;
	int code;

	log_init(&log, STDERR_FILENO, LOG_INFO);
	if (options->command == NULL) {
		code = serve(config, options, &log);
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
	struct options options = {.account = DATA_DIR_ACCOUNT};
	struct data_dir dir = {0};
	struct data_dir_fault dir_fault;
	struct config_fault config_fault;
	struct config config;
	struct arena arena;
	int code;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	code = parse(argc, argv, &options);
	if (code != 0) {
		return code;
	}
	arena_init(&arena, 1024 * 1024);
	enum err err = data_dir_open(&dir, options.dir, options.account, &dir_fault);

	if (err != ERR_OK) {
		return complain(err, dir_fault.text);
	}
	config_init(&config, dir.path);
	err = config_load(&config, &arena, options.sets, options.set_count, &config_fault);
	code = err == ERR_OK ? run(&config, &options) : complain(err, config_fault.text);
	data_dir_close(&dir);
	arena_fini(&arena);
	return code;
}
