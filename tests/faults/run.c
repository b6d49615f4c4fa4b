/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plays histories under fault and says what they came to; tests/faults/run starts it.
 *
 *     --seed N                                what is drawn; without it one is, and printed
 *     --rounds N                              so many in all, each with one to three blows
 *     --seconds N                             so long in all, without what it takes to make the databases; 120
 *                                             where neither is given
 *     --database embedded|given|standby       without it a third of each
 *
 * With the same seed everybody asks the same steps of the same journeys in the same order, and meets the same faults
 * of the network; which of them a blow meets depends on the machine.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tests/faults/history.h"
#include "tests/live/server.h"

#define SECONDS 120
#define EXIT_USAGE 64

struct choice {
	uint64_t seed;
	unsigned rounds;
	unsigned seconds;
	int kind; /* VENUE_KIND_COUNT: each in turn */
};

static const struct option options[] = {
	{"seed", required_argument, NULL, 's'},
	{"rounds", required_argument, NULL, 'r'},
	{"seconds", required_argument, NULL, 't'},
	{"database", required_argument, NULL, 'd'},
	{NULL, 0, NULL, 0},
};

static void refuse(const char *what)
{
	(void)fprintf(stderr,
		"%s\nusage: tests/faults/run [--seed N] [--rounds N] [--seconds N]"
		" [--database embedded|given|standby]\n",
		what);
	exit(EXIT_USAGE);
}

static uint64_t number_of(const char *text)
{
	char *end = NULL;
	uint64_t number = strtoull(text, &end, 10);

	if (end == text || *end != '\0' || number == 0 || number > UINT32_MAX) {
		refuse("a number from 1 on is wanted");
	}
	return number;
}

static int kind_of(const char *text)
{
	for (int kind = 0; kind < VENUE_KIND_COUNT; kind++) {
		if (strcmp(text, venue_kind_names[kind]) == 0) {
			return kind;
		}
	}
	refuse("there is no such database");
	return VENUE_KIND_COUNT;
}

static uint64_t draw_seed(void)
{
	uint64_t seed = 0;
	ssize_t len = getrandom(&seed, sizeof(seed), 0);

	assert(len == (ssize_t)sizeof(seed));
	(void)len;
	return seed % 1000000 + 1;
}

static struct choice read_options(int argc, char *argv[])
{
	struct choice choice = {.seed = draw_seed(), .kind = VENUE_KIND_COUNT};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			choice.seed = number_of(optarg);
			break;
		case 'r':
			choice.rounds = (unsigned)number_of(optarg);
			break;
		case 't':
			choice.seconds = (unsigned)number_of(optarg);
			break;
		case 'd':
			choice.kind = kind_of(optarg);
			break;
		default:
			refuse("that is not understood");
		}
	}
	if (optind < argc) {
		refuse("words are not wanted");
	}
	if (choice.rounds == 0 && choice.seconds == 0) {
		choice.seconds = SECONDS;
	}
	return choice;
}

/* A share of what is left for each that is still to come. */
static void play_all(const struct choice *choice, struct history_sum *sum)
{
	bool is_one = choice->kind != VENUE_KIND_COUNT;

	for (int kind = 0; kind < VENUE_KIND_COUNT; kind++) {
		unsigned left = is_one ? 1 : (unsigned)(VENUE_KIND_COUNT - kind);
		struct history_plan plan = {
			.kind = (enum venue_kind)kind,
			.seed = choice->seed,
			.play_ms = (int64_t)choice->seconds * 1000 / (is_one ? 1 : VENUE_KIND_COUNT),
		};

		if (is_one && kind != choice->kind) {
			continue;
		}
		if (choice->rounds > 0) {
			plan.rounds = (choice->rounds - (unsigned)sum->rounds) / left;
			if (plan.rounds == 0) {
				continue;
			}
		}
		history_play(&plan, sum);
	}
}

static void print_sum(const struct choice *choice, const struct history_sum *sum)
{
	printf("# %zu rounds; %zu calls lost, %zu answers repeated, %zu signed by a code;"
		   " %zu pushes heard, %zu lists loaded; connections cut %zu times\n",
		sum->rounds, sum->lost, sum->repeated, sum->by_code, sum->pushes, sum->reloads, sum->cuts);
	printf("# network:");
	for (int fault = PROXY_DELAY; fault < PROXY_FAULT_COUNT; fault++) {
		printf(" %s %zu%s", proxy_fault_names[fault], sum->faults[fault],
			fault + 1 < PROXY_FAULT_COUNT ? "," : "\n");
	}
	printf("seed %" PRIu64 "\n", choice->seed);
	printf("acknowledged %zu\n", sum->acknowledged);
	printf("violations %zu\n", sum->violations);
	printf("kills %zu\n", sum->kills);
	printf("slowest restart %lld ms\n", (long long)sum->slowest_start_ms);
	printf("slowest recovery %lld ms\n", (long long)sum->slowest_recovery_ms);
}

int main(int argc, char *argv[])
{
	struct choice choice = read_options(argc, argv);
	struct history_sum sum = {0};

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# seed %" PRIu64 "\n", choice.seed); /* a run that dies has said it */
	live_begin();
	play_all(&choice, &sum);
	print_sum(&choice, &sum);
	return sum.violations == 0 && sum.acknowledged > 0 ? 0 : 1;
}
