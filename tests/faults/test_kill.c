/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that nothing acknowledged is lost and nothing is done twice, whoever is killed: under the load
 * of a crowd the server, its PostgreSQL or a part of that, both at once, or the clients' own connections
 * end without a word, again and again; then everything is read back (crowd.h). Owners, too: each message
 * that was committed reaches them at least once, and none that was not.
 *
 * Whom and when is drawn from a seed, which is printed. GUANJIA_TEST_SEED sets it, GUANJIA_TEST_ROUNDS
 * the number of kills. How threads and processes interleave is not in it: the same seed may well show
 * something else.
 */
#include "tests/check.h"

#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <time.h>

#include "tests/faults/crowd.h"
#include "tests/live/cluster.h"

#define WORKERS 10
#define ROUNDS 20
#define STEPS_MIN 10 /* acknowledged between two kills */
#define STEPS_SPAN 240
#define MOMENT_US_MAX 6000

enum victim {
	VICTIM_SERVER,
	VICTIM_POSTMASTER, /* its children notice, and end when they like */
	VICTIM_CHILD,      /* one of them: the postmaster then starts all of them anew */
	VICTIM_POSTGRES,   /* every process of it at once */
	VICTIM_BOTH,       /* that, and the server */
	VICTIM_CONNECTIONS,
	VICTIM_COUNT
};

static const char *const names[VICTIM_COUNT] = {
	"server", "postmaster", "child", "postgres", "both", "connections"};

static const enum victim odds[] = {VICTIM_SERVER, VICTIM_SERVER, VICTIM_SERVER, VICTIM_POSTMASTER,
	VICTIM_POSTMASTER, VICTIM_CHILD, VICTIM_POSTGRES, VICTIM_POSTGRES, VICTIM_BOTH,
	VICTIM_CONNECTIONS};

/* xorshift64*: small, and the same everywhere. */
static uint64_t draw(uint64_t *state, uint64_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * UINT64_C(2685821657736338717) >> 11) % below;
}

/* The moment itself is the fault, and it is drawn: nothing is waited for here. */
static void let_pass(uint64_t us)
{
	const struct timespec time = {.tv_nsec = (long)(us * 1000)};

	(void)ppoll(NULL, 0, &time, NULL);
}

static void kill_postgres(const struct live_server *server, enum victim victim, uint64_t number)
{
	pid_t postmaster = live_server_postmaster(server);

	switch (victim) {
	case VICTIM_POSTMASTER:
		if (postmaster > 0) {
			(void)kill(postmaster, SIGKILL);
		}
		return;
	case VICTIM_CHILD:
		live_kill_child(server->cluster, postmaster, number);
		return;
	case VICTIM_POSTGRES:
	case VICTIM_BOTH:
		live_kill_all(server->cluster);
		return;
	case VICTIM_SERVER:
	case VICTIM_CONNECTIONS:
	case VICTIM_COUNT:
		return;
	}
	unreachable();
}

/* False where the server does not come back. */
static bool kill_victim(struct crowd *crowd, enum victim victim, uint64_t number)
{
	bool is_back = true;

	if (victim == VICTIM_CONNECTIONS) {
		crowd_hang_up(crowd);
	}
	kill_postgres(crowd->server, victim, number);
	if (victim == VICTIM_SERVER || victim == VICTIM_BOTH) {
		crowd_set_up(crowd, false);
		live_server_kill(crowd->server);
		is_back = live_server_start(crowd->server);
		crowd_set_up(crowd, is_back);
	}
	return is_back;
}

/* How often it killed; less than asked where nothing went on any more. */
static unsigned kill_again_and_again(struct crowd *crowd, uint64_t seed, unsigned rounds)
{
	uint64_t state = seed;
	int64_t longest_us = 0;
	unsigned counts[VICTIM_COUNT] = {0};
	unsigned round = 0;

	while (round < rounds && crowd_await(crowd, STEPS_MIN + draw(&state, STEPS_SPAN))) {
		enum victim victim = odds[draw(&state, COUNT(odds))];
		int64_t begin_us;

		let_pass(draw(&state, MOMENT_US_MAX));
		begin_us = live_until(0);
		if (!kill_victim(crowd, victim, draw(&state, UINT32_MAX))) {
			break;
		}
		longest_us = live_until(0) - begin_us > longest_us ? live_until(0) - begin_us : longest_us;
		counts[victim]++;
		round++;
	}
	printf("# killed:");
	for (int victim = 0; victim < VICTIM_COUNT; victim++) {
		printf(" %s %u", names[victim], counts[victim]);
	}
	printf("; longest start %lld ms\n", (long long)(longest_us / US_PER_MS));
	return round;
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t choose_seed(void)
{
	uint64_t seed = 0;
	ssize_t len = getrandom(&seed, sizeof(seed), 0);

	assert(len == (ssize_t)sizeof(seed));
	(void)len;
	return number_from("GUANJIA_TEST_SEED", seed % 1000000 + 1);
}

static void test_kill_loses_nothing_and_doubles_nothing(void)
{
	static struct live_told told;
	static struct live_server server;
	static struct crowd crowd;
	const char *sets[] = {"session_idle_ms=3600000", told.set, NULL};
	uint64_t seed = choose_seed();
	unsigned rounds = (unsigned)number_from("GUANJIA_TEST_ROUNDS", ROUNDS);
	unsigned killed;

	printf("# seed %" PRIu64 "\n", seed);
	live_told_begin(&told);
	live_server_init(&server, sets);
	CHECK(live_server_start(&server));
	crowd_begin(&crowd, &server, &told, WORKERS);
	killed = kill_again_and_again(&crowd, seed, rounds);
	CHECK_INT_EQ(killed, rounds);
	crowd_end(&crowd);
	printf("# seed %" PRIu64
		   " acknowledged %zu violations %zu; %zu calls lost, %zu answers repeated,"
		   " %zu signed by a code\n",
		seed, crowd.acknowledged, crowd.violations, crowd.lost, crowd_repeated(&crowd),
		crowd_by_code(&crowd));
	CHECK_INT_EQ(crowd.violations, 0);
	CHECK(crowd_by_code(&crowd) > 0);
	CHECK_INT_EQ(live_server_stop(&server), 0);
	CHECK(live_server_is_sound(&server));
	crowd_fini(&crowd);
	live_server_fini(&server);
}

static const struct test tests[] = {
	{"kill_loses_nothing_and_doubles_nothing", test_kill_loses_nothing_and_doubles_nothing},
};

int main(void)
{
	live_begin();
	return check_main(tests, COUNT(tests));
}
