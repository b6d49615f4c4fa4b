/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that nothing acknowledged is lost and nothing is done twice, whoever is killed: workers take
 * complaints from submission to close, several at once, and ask the same bytes again until each answer
 * is known; meanwhile the server, its PostgreSQL, both, or the workers' own connections are killed with
 * -9, again and again. At the end everything is read back, through the protocol and by SQL, and held
 * against what was acknowledged.
 *
 * Whom and when is drawn from a seed, which is printed; GUANJIA_TEST_SEED sets it, GUANJIA_TEST_ROUNDS
 * the number of kills. How threads and processes then interleave is not in it: the same seed may well
 * show something else.
 */
#include "tests/check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/random.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "tests/live/cluster.h"
#include "tests/live/walk.h"
#include "tests/server/pg.h"

#define WORKERS 10
#define WALKS 4          /* of one worker at once */
#define ROUNDS 20
#define ACKS_MIN 10      /* acknowledged between two kills */
#define ACKS_SPAN 240
#define MOMENT_US_MAX 6000
#define RECORDS_MAX 20000 /* complaints of one worker */
#define PAUSE_MS 40      /* after a TRY_LATER: shorter than its hint, to be a nuisance */

/* What a worker was told of one complaint. */
struct record {
	struct uuid complaint_id;
	unsigned acknowledged; /* steps */
	char number[24];
};

struct worker {
	pthread_t thread;
	struct live_account account;
	struct live_client client;
	struct walk walks[WALKS];
	struct record *records_of[WALKS]; /* in records */
	int64_t ask_at_us[WALKS]; /* 0: asked, and not answered; INT64_MAX: finished */
	uint64_t call_ids[WALKS];
	struct record *records; /* owned */
	size_t record_count;
	unsigned hung_up;       /* how many of `hang_ups` it has followed */
	size_t repeated;        /* answers that said is_repeat */
};

/* Shared by the workers and whoever kills. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t has_changed; /* is_up, is_over, acknowledged at wanted */
	bool is_up;
	bool is_over;        /* begin nothing new */
	size_t acknowledged;
	size_t wanted;
	unsigned hang_ups;
	size_t violations;
} world = {.lock = PTHREAD_MUTEX_INITIALIZER, .has_changed = PTHREAD_COND_INITIALIZER};

static struct live_server server;
static struct live_site site;
static struct worker workers[WORKERS];

static void violate(const char *what, const char *detail)
{
	(void)pthread_mutex_lock(&world.lock);
	if (world.violations++ < 50) {
		printf("# violation: %s: %s\n", what, detail);
	}
	(void)pthread_mutex_unlock(&world.lock);
}

/* ---- workers -------------------------------------------------------------------------------- */

static bool is_over(void)
{
	bool over;

	(void)pthread_mutex_lock(&world.lock);
	over = world.is_over;
	(void)pthread_mutex_unlock(&world.lock);
	return over;
}

/* True where there is a server to connect to; false where it is over and there will be none. */
static void await_server(void)
{
	(void)pthread_mutex_lock(&world.lock);
	while (!world.is_up) {
		(void)pthread_cond_wait(&world.has_changed, &world.lock);
	}
	(void)pthread_mutex_unlock(&world.lock);
}

static void count_acknowledged(void)
{
	(void)pthread_mutex_lock(&world.lock);
	world.acknowledged++;
	if (world.acknowledged == world.wanted) {
		(void)pthread_cond_broadcast(&world.has_changed);
	}
	(void)pthread_mutex_unlock(&world.lock);
}

static void begin_walk(struct worker *worker, size_t i)
{
	struct record *record;

	if (worker->record_count == RECORDS_MAX || is_over()) {
		worker->ask_at_us[i] = INT64_MAX;
		return;
	}
	walk_begin(&worker->walks[i], &site);
	record = &worker->records[worker->record_count++];
	record->complaint_id = worker->walks[i].complaint_id;
	worker->records_of[i] = record;
	worker->ask_at_us[i] = live_until(0);
}

static void take_acknowledgement(
	struct worker *worker, size_t i, const struct client_result *result)
{
	struct walk *walk = &worker->walks[i];
	struct record *record = worker->records_of[i];
	const char *number = walk_reply_number(result);

	if (walk_reply_version(result) != walk->done_count + 1) {
		violate("the reply's version is not the step's", result->method->name);
	}
	if (walk->done_count == 0) {
		(void)snprintf(record->number, sizeof(record->number), "%s", number);
	}
	record->acknowledged++;
	worker->repeated += result->is_repeat ? 1 : 0;
	count_acknowledged();
	if (!walk_on(walk)) {
		begin_walk(worker, i);
	} else {
		worker->ask_at_us[i] = is_over() ? INT64_MAX : live_until(0);
	}
}

static void take_reply(struct worker *worker, const struct client_result *result)
{
	char detail[128];
	size_t i = 0;

	while (i < WALKS && (worker->ask_at_us[i] != 0 || worker->call_ids[i] != result->id)) {
		i++;
	}
	assert(i < WALKS);
	if (result->err == ERR_OK) {
		take_acknowledgement(worker, i, result);
		return;
	}
	worker->ask_at_us[i] = live_until(result->err == ERR_CONNECT ? 0 : PAUSE_MS);
	if (err_row(result->err)->retry != ERR_RETRY_SAME || result->err == ERR_INTERNAL) {
		(void)snprintf(detail, sizeof(detail), "%s %s step %u", result->method->name,
			err_name(result->err), worker->walks[i].done_count);
		violate("refused what is right", detail);
		worker->ask_at_us[i] = INT64_MAX;
	}
}

/* Asks what is due. False where the connection takes no more. */
static bool ask_due(struct worker *worker)
{
	int64_t now_us = live_until(0);

	for (size_t i = 0; i < WALKS; i++) {
		struct client_ask ask;

		if (worker->ask_at_us[i] == 0 || worker->ask_at_us[i] > now_us) {
			continue;
		}
		ask = walk_ask(&worker->walks[i]);
		if (client_loop_submit(&worker->client.loop, &ask, &worker->call_ids[i]) != ERR_OK) {
			return false;
		}
		worker->ask_at_us[i] = 0;
	}
	return true;
}

static bool is_working(const struct worker *worker)
{
	for (size_t i = 0; i < WALKS; i++) {
		if (worker->ask_at_us[i] != INT64_MAX) {
			return true;
		}
	}
	return false;
}

/* Until the next is due, or something comes. */
static uint32_t wait_ms(const struct worker *worker)
{
	int64_t due_us = live_until(LIVE_WAIT_MS);

	for (size_t i = 0; i < WALKS; i++) {
		if (worker->ask_at_us[i] != 0 && worker->ask_at_us[i] < due_us) {
			due_us = worker->ask_at_us[i];
		}
	}
	return (uint32_t)live_left_ms(due_us);
}

/* A worker's own connection is killed too: everything without an answer is asked again. */
static bool must_hang_up(struct worker *worker)
{
	bool must;

	(void)pthread_mutex_lock(&world.lock);
	must = worker->hung_up != world.hang_ups;
	worker->hung_up = world.hang_ups;
	(void)pthread_mutex_unlock(&world.lock);
	return must;
}

static void forget_calls(struct worker *worker)
{
	for (size_t i = 0; i < WALKS; i++) {
		worker->ask_at_us[i] = worker->ask_at_us[i] == 0 ? live_until(0) : worker->ask_at_us[i];
	}
}

/* Connects until that works: a server that is there may still have no database. */
static void connect_again(struct worker *worker)
{
	enum err err = ERR_CONNECT;

	forget_calls(worker);
	while (err != ERR_OK) {
		await_server();
		err = live_client_again(&worker->client);
		if (err != ERR_OK && err_row(err)->retry != ERR_RETRY_SAME) {
			violate("the session is not resumed", err_name(err));
			return;
		}
		if (err == ERR_TRY_LATER || err == ERR_DEADLINE) {
			client_result_free(client_loop_next(&worker->client.loop, PAUSE_MS));
		}
	}
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct client_result *result;

	for (size_t i = 0; i < WALKS; i++) {
		begin_walk(worker, i);
	}
	while (is_working(worker)) {
		if (must_hang_up(worker) || !worker->client.is_open || !ask_due(worker)) {
			connect_again(worker);
			continue;
		}
		result = client_loop_next(&worker->client.loop, wait_ms(worker));
		if (result == NULL) {
			continue;
		}
		if (result->kind == CLIENT_REPLY) {
			take_reply(worker, result);
		} else if (result->kind == CLIENT_CLOSED) {
			live_client_close(&worker->client);
		}
		client_result_free(result);
	}
	live_client_close(&worker->client);
	return NULL;
}

/* ---- killing -------------------------------------------------------------------------------- */

enum victim { VICTIM_SERVER, VICTIM_POSTGRES, VICTIM_BOTH, VICTIM_CONNECTIONS };

/* xorshift64*: small, and the same everywhere. */
static uint64_t draw(uint64_t *state, uint64_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * UINT64_C(2685821657736338717) >> 11) % below;
}

static enum victim draw_victim(uint64_t *state)
{
	static const enum victim odds[] = {VICTIM_SERVER, VICTIM_SERVER, VICTIM_SERVER,
		VICTIM_POSTGRES, VICTIM_POSTGRES, VICTIM_POSTGRES, VICTIM_BOTH, VICTIM_CONNECTIONS};

	return odds[draw(state, COUNT(odds))];
}

/* False where nothing goes on any more. */
static bool await_acknowledged(size_t more)
{
	struct timespec until;
	int failed = 0;
	bool has_come;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LIVE_WAIT_MS / 1000;
	(void)pthread_mutex_lock(&world.lock);
	world.wanted = world.acknowledged + more;
	while (world.acknowledged < world.wanted && failed == 0) {
		failed = pthread_cond_timedwait(&world.has_changed, &world.lock, &until);
	}
	has_come = world.acknowledged >= world.wanted;
	(void)pthread_mutex_unlock(&world.lock);
	return has_come;
}

static void set_up(bool is_up)
{
	(void)pthread_mutex_lock(&world.lock);
	world.is_up = is_up;
	(void)pthread_cond_broadcast(&world.has_changed);
	(void)pthread_mutex_unlock(&world.lock);
}

/* The moment itself is part of the fault: it is drawn, nothing is waited for. */
static void let_pass(uint64_t us)
{
	const struct timespec time = {.tv_nsec = (long)(us * 1000)};

	(void)ppoll(NULL, 0, &time, NULL);
}

static int64_t kill_victim(enum victim victim)
{
	int64_t begin_us = live_until(0);
	pid_t postmaster = live_server_postmaster(&server);
	bool is_ready = true;

	if (victim == VICTIM_CONNECTIONS) {
		(void)pthread_mutex_lock(&world.lock);
		world.hang_ups++;
		(void)pthread_mutex_unlock(&world.lock);
	}
	if ((victim == VICTIM_POSTGRES || victim == VICTIM_BOTH) && postmaster > 0) {
		(void)kill(postmaster, SIGKILL);
	}
	if (victim == VICTIM_SERVER || victim == VICTIM_BOTH) {
		set_up(false);
		live_server_kill(&server);
		is_ready = live_server_start(&server);
		set_up(true);
	}
	if (!is_ready) {
		violate("the server does not start again", "");
		abort();
	}
	return live_until(0) - begin_us;
}

/* Returns how often it killed; less than asked where nothing went on any more. */
static unsigned kill_again_and_again(uint64_t seed, unsigned rounds)
{
	uint64_t state = seed;
	int64_t longest_us = 0;
	unsigned counts[4] = {0};
	unsigned round = 0;

	while (round < rounds && await_acknowledged(ACKS_MIN + draw(&state, ACKS_SPAN))) {
		enum victim victim = draw_victim(&state);
		int64_t took_us;

		let_pass(draw(&state, MOMENT_US_MAX));
		took_us = kill_victim(victim);
		longest_us = took_us > longest_us ? took_us : longest_us;
		counts[victim]++;
		round++;
	}
	printf("# killed: server %u, postgres %u, both %u, connections %u; longest restart %lld ms\n",
		counts[VICTIM_SERVER], counts[VICTIM_POSTGRES], counts[VICTIM_BOTH],
		counts[VICTIM_CONNECTIONS], (long long)(longest_us / US_PER_MS));
	return round;
}

/* ---- reading back --------------------------------------------------------------------------- */

static void check_timeline(const struct record *record, const Pb__ComplaintGetReply *reply)
{
	const Pb__Complaint *complaint = reply->complaint;
	bool is_right = reply->n_events == record->acknowledged;

	for (unsigned i = 0; is_right && i < record->acknowledged; i++) {
		const Pb__ComplaintEvent *event = reply->events[i];

		is_right = event->version == i + 1 && (unsigned)event->step == i + 1 &&
				   (int)event->to == walk_state_after(i) &&
				   (i == 0 ? !event->has_from : (int)event->from == walk_state_after(i - 1));
	}
	if (!is_right) {
		violate("the timeline is not what was acknowledged", record->number);
	}
	if (complaint->version != record->acknowledged ||
		(int)complaint->state != walk_state_after(record->acknowledged - 1)) {
		violate("the record is not what was acknowledged", record->number);
	}
	if (strcmp(complaint->number, record->number) != 0) {
		violate("the number is not the one that was given", record->number);
	}
}

static void read_back(struct live_client *client, const struct record *record)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;
	struct client_result *result;

	in.has_community_id = in.has_complaint_id = in.has_with_events = in.with_events = true;
	in.community_id = live_bytes(&site.community_id);
	in.complaint_id = live_bytes(&record->complaint_id);
	result = live_call(client, METHOD_complaint_get, &in.base, NULL);
	if (result->err != ERR_OK) {
		violate("an acknowledged complaint is not there", err_name(result->err));
	} else {
		check_timeline(record, (const Pb__ComplaintGetReply *)result->message);
	}
	client_result_free(result);
}

/* All pages; how many rows they have. */
static size_t count_listed(struct live_client *client)
{
	uint8_t cursor[128];
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;
	size_t count = 0;

	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&site.community_id);
	in.limit = 200;
	do {
		struct client_result *result = live_call(client, METHOD_complaint_list, &in.base, NULL);
		const Pb__ComplaintListReply *reply = (const Pb__ComplaintListReply *)result->message;

		if (result->err != ERR_OK) {
			violate("the list", err_name(result->err));
			client_result_free(result);
			return count;
		}
		count += reply->n_complaints;
		in.has_cursor = reply->has_cursor;
		if (reply->has_cursor) {
			assert(reply->cursor.len <= sizeof(cursor));
			memcpy(cursor, reply->cursor.data, reply->cursor.len);
			in.cursor = codec_bytes(span_of(cursor, reply->cursor.len));
		}
		client_result_free(result);
	} while (in.has_cursor);
	return count;
}

/* Each has to say 0, or what stands beside it. */
static const struct {
	const char *what;
	const char *sql;
} questions[] = {
	{"complaints whose version is not their number of events",
		"SELECT count(*) FROM complaint c WHERE version <> (SELECT count(*) FROM event e"
		" WHERE e.community_id = c.community_id AND e.subject_id = c.complaint_id)"},
	{"versions that stand twice in a timeline",
		"SELECT count(*) FROM (SELECT FROM event WHERE topic = 1"
		" GROUP BY community_id, subject_id, version HAVING count(*) > 1) x"},
	{"events that are not in the order of their versions",
		"SELECT count(*) FROM (SELECT version, row_number() OVER (PARTITION BY subject_id"
		" ORDER BY xid, seq) AS place FROM event WHERE topic = 1) x WHERE version <> place"},
	{"events whose state does not follow from the one before",
		"SELECT count(*) FROM (SELECT state_from, lag(state_to) OVER (PARTITION BY subject_id"
		" ORDER BY version) AS before FROM event WHERE topic = 1) x"
		" WHERE state_from IS DISTINCT FROM before"},
	{"numbers of a day that are missing",
		"SELECT coalesce(sum(gap), 0) FROM (SELECT max(day_no) - count(*) AS gap FROM complaint"
		" GROUP BY community_id, day) x"},
	{"complaints that nobody would find",
		"SELECT count(*) FROM complaint c WHERE NOT EXISTS (SELECT FROM complaint_search s"
		" WHERE s.complaint_id = c.complaint_id)"},
	{"steps without their words",
		"SELECT count(*) FROM event e WHERE topic = 1 AND step = 6 AND NOT EXISTS"
		" (SELECT FROM event_text t WHERE (t.community_id, t.seq) = (e.community_id, e.seq))"},
	{"events without a key that was applied",
		"SELECT (SELECT count(*) FROM event WHERE topic = 1) - (SELECT count(*) FROM applied"
		" WHERE community_id = (SELECT community_id FROM complaint LIMIT 1)"
		" AND key NOT IN (SELECT team_id FROM team))"},
};

static void ask_database(size_t complaint_count, size_t step_count)
{
	PGconn *pg = pg_connect(server.super);
	char told[64];

	for (size_t i = 0; i < COUNT(questions); i++) {
		const char *answer = pg_run(pg, questions[i].sql);

		if (strcmp(answer, "0") != 0) {
			violate(questions[i].what, answer);
		}
	}
	(void)snprintf(told, sizeof(told), "%zu %zu", complaint_count, step_count);
	if (strcmp(pg_run(pg, "SELECT (SELECT count(*) FROM complaint) || ' ' ||"
						  " (SELECT count(*) FROM event WHERE topic = 1)"),
			told) != 0) {
		violate("the database does not hold as many as were acknowledged", told);
	}
	PQfinish(pg);
}

static void read_everything_back(void)
{
	struct live_client client;
	size_t complaint_count = 0;
	size_t step_count = 0;
	size_t listed;

	live_client_begin(&client, &server, workers[0].account.login);
	for (size_t i = 0; i < WORKERS; i++) {
		for (size_t k = 0; k < workers[i].record_count; k++) {
			read_back(&client, &workers[i].records[k]);
			step_count += workers[i].records[k].acknowledged;
		}
		complaint_count += workers[i].record_count;
	}
	listed = count_listed(&client);
	if (listed != complaint_count) {
		violate("the list has another number of complaints", "");
	}
	if (step_count != world.acknowledged) {
		violate("steps were counted wrong", "in the test");
	}
	live_client_close(&client);
	ask_database(complaint_count, step_count);
}

/* ---- the test ------------------------------------------------------------------------------- */

static void prepare(void)
{
	static const char *const sets[] = {"session_idle_ms=3600000", NULL};
	struct live_client admin;

	live_server_init(&server, sets);
	if (!live_server_start(&server)) {
		abort();
	}
	live_client_begin(&admin, &server, LIVE_ADMIN);
	live_site_make(&admin, &site);
	for (size_t i = 0; i < WORKERS; i++) {
		char login[32];

		(void)snprintf(login, sizeof(login), "walker%zu", i);
		live_account_make(&admin, &site, login, LIVE_WALKER, &workers[i].account);
		live_client_begin(&workers[i].client, &server, login);
		workers[i].records = calloc(RECORDS_MAX, sizeof(*workers[i].records));
		assert(workers[i].records != NULL);
	}
	live_client_close(&admin);
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
	uint64_t seed = choose_seed();
	unsigned rounds = (unsigned)number_from("GUANJIA_TEST_ROUNDS", ROUNDS);
	unsigned done;
	size_t repeated = 0;

	printf("# seed %" PRIu64 "\n", seed);
	prepare();
	set_up(true);
	for (size_t i = 0; i < WORKERS; i++) {
		CHECK_INT_EQ(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	done = kill_again_and_again(seed, rounds);
	(void)pthread_mutex_lock(&world.lock);
	world.is_over = true;
	(void)pthread_mutex_unlock(&world.lock);
	for (size_t i = 0; i < WORKERS; i++) {
		CHECK_INT_EQ(pthread_join(workers[i].thread, NULL), 0);
		repeated += workers[i].repeated;
	}
	read_everything_back();
	printf("# seed %" PRIu64 " acknowledged %zu violations %zu; answered as repeated %zu\n", seed,
		world.acknowledged, world.violations, repeated);
	CHECK_INT_EQ(done, rounds);
	CHECK_INT_EQ(world.violations, 0);
	CHECK_INT_EQ(live_server_stop(&server), 0);
	CHECK(live_server_is_sound(&server));
	live_server_fini(&server);
	for (size_t i = 0; i < WORKERS; i++) {
		free(workers[i].records);
	}
}

static const struct test tests[] = {
	{"kill_loses_nothing_and_doubles_nothing", test_kill_loses_nothing_and_doubles_nothing},
};

int main(void)
{
	live_begin();
	return check_main(tests, COUNT(tests));
}
