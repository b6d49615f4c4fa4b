/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs wire scripts against a server and reports them as TAP, one line a script. README.md says how
 * scripts are written.
 *
 *     GUANJIA_WIRE_PASSWORD=… wire --address 127.0.0.1:7443 --ca ca.crt --login admin
 *         [--told DIR] [--database SOCKET_DIR] a.wire b.wire …
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/wire/database.h"
#include "tests/wire/run.h"

#define EXIT_USAGE 64

static const struct option options[] = {
	{"address", required_argument, NULL, 'a'},
	{"ca", required_argument, NULL, 'c'},
	{"login", required_argument, NULL, 'l'},
	{"told", required_argument, NULL, 't'},
	{"database", required_argument, NULL, 'd'},
	{"verbs", no_argument, NULL, 'v'},
	{NULL, 0, NULL, 0},
};

static void print_verbs(void)
{
#define V(name, usage) (void)puts(usage);
#include "tests/wire/verb.def"
#undef V
}

/* Cuts "host:port" and "[::1]:port" in two, in place. */
static bool split_address(char *address, struct world *world)
{
	char *colon = strrchr(address, ':');

	if (colon == NULL || colon[1] == '\0') {
		return false;
	}
	*colon = '\0';
	world->port = colon + 1;
	if (address[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		address++;
	}
	world->host = address;
	return true;
}

/* False where something is missing. */
static bool read_options(int argc, char **argv, struct world *world)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'a':
			if (!split_address(optarg, world)) {
				return false;
			}
			break;
		case 'c':
			world->ca_path = optarg;
			break;
		case 'l':
			world->login = optarg;
			break;
		case 't':
			world->told_path = optarg;
			break;
		case 'd':
			world->socket_path = optarg;
			break;
		case 'v':
			print_verbs();
			exit(0);
		default:
			return false;
		}
	}
	world->password = getenv("GUANJIA_WIRE_PASSWORD");
	return world->host != NULL && world->ca_path != NULL && world->login != NULL &&
	       world->password != NULL && optind < argc;
}

/* "tests/wire/complaint.accept.wire" is complaint.accept. */
static struct str name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_from_c(slash == NULL ? path : slash + 1);
	struct str ending = STR(".wire");

	if (name.len > ending.len &&
		memcmp(name.ptr + name.len - ending.len, ending.ptr, ending.len) == 0) {
		name.len -= ending.len;
	}
	return name;
}

/* Each line of it as a comment. */
static void print_failure(const struct run *run)
{
	const char *line = run->failure;

	printf("# %s:%u:\n", run->path, run->line);
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		printf("#   %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static bool run_one(struct world *world, const char *path, int number)
{
	struct run *run = malloc(sizeof(*run));
	struct str name = name_of(path);
	int64_t began_us = clock_now().mono_us;
	bool passed;

	assert(run != NULL);
	run_init(run, world, path);
	passed = run_script(run);
	if (!passed) {
		print_failure(run);
	}
	printf("%s %d - %.*s (%lld ms)\n", passed ? "ok" : "not ok", number, STR_ARG(name),
		(long long)((clock_now().mono_us - began_us) / US_PER_MS));
	run_fini(run);
	free(run);
	return passed;
}

int main(int argc, char **argv)
{
	struct world world = {0};
	struct tls_files files = {0};
	const char *reason = NULL;
	bool passed = true;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (!read_options(argc, argv, &world)) {
		(void)fprintf(stderr, "usage: GUANJIA_WIRE_PASSWORD=... wire --address HOST:PORT --ca FILE "
							  "--login NAME [--told DIR] [--database SOCKET_DIR] SCRIPT...\n");
		return EXIT_USAGE;
	}
	files.ca_path = world.ca_path;
	world.context = tls_client_context(&files, &reason);
	if (world.context == NULL) {
		printf("Bail out! %s: %s\n", world.ca_path, reason);
		return 1;
	}
	(void)snprintf(world.run_name, sizeof(world.run_name), "%llx",
		(unsigned long long)clock_now().utc_us / 1000);
	printf("1..%d\n", argc - optind);
	for (int i = optind; i < argc; i++) {
		passed = run_one(&world, argv[i], i - optind + 1) && passed;
	}
	json_decref(world.desk);
	database_close(&world);
	tls_context_free(world.context);
	return passed ? 0 : 1;
}
