/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load as a program: one run, the line "begin" when all are connected, and a line of what came
 * of it. tests/bench/run calls it.
 *
 *     bench-load get|list|submit|transition --port N --ca FILE [--clients N] [--in-flight N] [--seconds S]
 *         [--requests N] [--communities N] [--rows N] [--hot N] [--supply N] [--base N] [--group N] [--check]
 *
 * Exits with 1 where any request was not answered well.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/load.h"

enum { USAGE = 64 };

static uint64_t whole(const char *text, uint64_t min, uint64_t max)
{
	char *end = NULL;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < min || value > max) {
		fprintf(stderr, "bench-load: '%s' is no number from %llu to %llu\n", text,
			(unsigned long long)min, (unsigned long long)max);
		exit(USAGE);
	}
	return value;
}

static void take_option(int letter, struct load_terms *terms)
{
	switch (letter) {
	case 'p':
		terms->port = (uint16_t)whole(optarg, 1, 65535);
		break;
	case 'a':
		terms->ca_path = optarg;
		break;
	case 'n':
		terms->link_count = (unsigned)whole(optarg, 1, LOAD_LINKS_MAX);
		break;
	case 'k':
		terms->in_flight = (unsigned)whole(optarg, 1, LOAD_IN_FLIGHT_MAX);
		break;
	case 's':
		terms->seconds = atof(optarg);
		break;
	case 'm':
		terms->requests_max = whole(optarg, 0, UINT64_MAX);
		break;
	case 'c':
		terms->town.communities = whole(optarg, 1, 1000000);
		break;
	case 'r':
		terms->town.rows = whole(optarg, 1, NUMBER_FIRST);
		break;
	case 'h':
		terms->town.hot = whole(optarg, 1, NUMBER_FIRST);
		break;
	case 'u':
		terms->town.supply = whole(optarg, 0, NUMBER_FIRST);
		break;
	case 'b':
		terms->town.base = whole(optarg, NUMBER_FIRST, INT64_MAX);
		break;
	case 'g':
		terms->town.group = (unsigned)whole(optarg, 1, LOAD_LINKS_MAX);
		break;
	case 'x':
		terms->is_checked = true;
		break;
	default:
		exit(USAGE);
	}
}

static void parse(int argc, char **argv, struct load_terms *terms)
{
	static const struct option rows[] = {
		{"port", required_argument, NULL, 'p'},
		{"ca", required_argument, NULL, 'a'},
		{"clients", required_argument, NULL, 'n'},
		{"in-flight", required_argument, NULL, 'k'},
		{"seconds", required_argument, NULL, 's'},
		{"requests", required_argument, NULL, 'm'},
		{"communities", required_argument, NULL, 'c'},
		{"rows", required_argument, NULL, 'r'},
		{"hot", required_argument, NULL, 'h'},
		{"supply", required_argument, NULL, 'u'},
		{"base", required_argument, NULL, 'b'},
		{"group", required_argument, NULL, 'g'},
		{"check", no_argument, NULL, 'x'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		take_option(letter, terms);
	}
	terms->town.hot = terms->town.hot == 0 ? terms->town.rows : terms->town.hot;
	if (optind + 1 != argc || !question_parse(argv[optind], &terms->kind) || terms->port == 0 ||
		terms->ca_path == NULL) {
		fputs(
			"usage: bench-load get|list|submit|transition --port N --ca FILE [options]\n", stderr);
		exit(USAGE);
	}
}

int main(int argc, char **argv)
{
	struct load_terms terms = {
		.link_count = 1,
		.in_flight = 1,
		.seconds = 1,
		.town =
			{.communities = 200, .rows = 1000, .supply = 0, .base = 2 * NUMBER_FIRST, .group = 8},
	};
	static struct load_outcome out;
	bool done;

	(void)signal(SIGPIPE, SIG_IGN);
	parse(argc, argv, &terms);
	done = load_run(&terms, &out);
	printf("requests=%llu errors=%llu seconds=%.6f p50_us=%llu p99_us=%llu\n",
		(unsigned long long)out.requests, (unsigned long long)out.errors, out.seconds,
		(unsigned long long)histogram_at(&out.times, 0.5),
		(unsigned long long)histogram_at(&out.times, 0.99));
	if (!done || out.errors > 0) {
		fprintf(stderr, "bench-load: %s\n", out.code);
		return 1;
	}
	return 0;
}
