/* SPDX-License-Identifier: Apache-2.0 */
/*
 *     knock PORT CA site COUNT                   people and COUNT complaints; says their ids and a token
 *     knock PORT CA hold COUNT none|hello|TOKEN  COUNT connections, kept until the input ends
 *     knock PORT CA shake COUNT full|resumed     COUNT handshakes, one after the other
 *     knock PORT CA ask KIND COUNT CONNECTIONS TOKEN COMMUNITY TEAM PLACE COMPLAINT...
 *                                                get, list or submit; for each line of input again
 *     knock PORT CA watch COUNT SLOW CHANGES ACTOR_PORT TOKEN COMMUNITY PLACE
 *                                                how long until all who watch have heard of a change
 *
 * The administrator is LIVE_ADMIN, and every password LIVE_PASSWORD.
 */
#include "tests/bench/knock/knock.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const struct {
	const char *name;
	int count_min; /* of its arguments */
	void (*run)(struct knock *knock);
} commands[] = {
	{"site", 1, knock_site},
	{"hold", 2, knock_hold},
	{"shake", 2, knock_shake},
	{"ask", 8, knock_ask},
	{"watch", 7, knock_watch},
};

void knock_need(bool holds, const char *what)
{
	if (!holds) {
		(void)fprintf(stderr, "knock: %s\n", what);
		exit(EXIT_FAILURE);
	}
}

void knock_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	(void)putchar('\n');
	knock_need(fflush(stdout) == 0, "nobody listens");
}

bool knock_await(void)
{
	char line[64];

	return fgets(line, sizeof(line), stdin) != NULL;
}

size_t knock_number(const struct knock *knock, int index, size_t max)
{
	char *end;
	unsigned long number;

	assert(index < knock->count);
	errno = 0;
	number = strtoul(knock->arguments[index], &end, 10);
	knock_need(errno == 0 && *end == '\0' && number >= 1 && number <= max, "not such a number");
	return number;
}

void knock_token(const char *text, uint8_t out[32])
{
	knock_need(strlen(text) == 64, "a token has 64 hexadecimal digits");
	for (size_t i = 0; i < 32; i++) {
		char pair[] = {text[2 * i], text[2 * i + 1], '\0'};
		char *end;

		out[i] = (uint8_t)strtoul(pair, &end, 16);
		knock_need(*end == '\0', "a token has 64 hexadecimal digits");
	}
}

/* A connection is a descriptor: as many as we may have. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char *argv[])
{
	static struct knock knock;

	(void)signal(SIGPIPE, SIG_IGN);
	knock_need(argc >= 4, "knock PORT CA COMMAND ...");
	raise_descriptors();
	knock.arguments = argv;
	knock.count = argc;
	knock.server.port = (uint16_t)knock_number(&knock, 1, UINT16_MAX);
	(void)snprintf(knock.server.ca_path, sizeof(knock.server.ca_path), "%s", argv[2]);
	knock.context = peer_context(&knock.server);
	knock.arguments = argv + 4;
	knock.count = argc - 4;
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(argv[3], commands[i].name) == 0) {
			knock_need(knock.count >= commands[i].count_min, "arguments are missing");
			commands[i].run(&knock);
			tls_context_free(knock.context);
			return EXIT_SUCCESS;
		}
	}
	knock_need(false, "no such command");
	return EXIT_FAILURE;
}
