/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a key is good for one effect and one answer, wherever an exchange breaks: a submission and a step,
 * each cut at every single byte of the request and of the answer, are asked again with the same key, and are done
 * once, with the answer that the first would have got. And 64 connections that send one key in the same moment are
 * told the same, byte for byte, by the one effect that there is; for every step of a complaint's way.
 */
#include "tests/check.h"

#include "common/clock.h"
#include "tests/faults/caller.h"
#include "tests/faults/desk.h"
#include "tests/faults/proxy.h"
#include "tests/server/pg.h"

#define PULSE_MS 1
#define BYTES_MAX 4096 /* of one request or answer inside TLS: far more than there are */
#define TWINS 64

static struct desk desk;

/* ---- cut at every byte ---------------------------------------------------------------------- */

static uv_loop_t loop;
static uv_timer_t pulse;
static struct proxy proxy;
static struct caller caller;

/* The answer to the call in work. */
static struct {
	bool is_there;
	enum err err;
	bool is_repeat;
	uint32_t version;
	char number[32];
} answer;

static void on_result(struct caller *from, const struct client_result *result)
{
	(void)from;
	if (result == NULL) {
		return;
	}
	answer.is_there = true;
	answer.err = result->err;
	answer.is_repeat = result->is_repeat;
	if (result->err == ERR_OK) {
		answer.version = walk_reply_version(result);
		(void)snprintf(answer.number, sizeof(answer.number), "%s", walk_reply_number(result));
	}
}

static void on_refused(struct caller *from, enum err err)
{
	(void)from;
	printf("# the session is not resumed: %s\n", err_name(err));
	abort();
}

static void on_pulse(uv_timer_t *timer)
{
	(void)timer;
	caller_turn(&caller, live_until(0));
}

static void open_network(void)
{
	int failed = uv_loop_init(&loop);

	assert(failed == 0);
	proxy_open(&proxy, &loop, &desk.server, 1, 1);
	proxy_calm(&proxy, true);
	caller = (struct caller){
		.loop = &loop,
		.context = desk.context,
		.token = desk.honest.token,
		.hooks = {on_result, on_refused, NULL},
		.port = proxy_port_of(&proxy, 0),
		.is_wanted = true,
	};
	(void)uv_timer_init(&loop, &pulse);
	(void)uv_timer_start(&pulse, on_pulse, 0, PULSE_MS);
}

static void close_network(void)
{
	int failed;

	caller.is_wanted = false;
	while (!caller_is_away(&caller)) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
	proxy_close(&proxy);
	uv_close((uv_handle_t *)&pulse, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	failed = uv_loop_close(&loop);
	assert(failed == 0);
}

/* Asks once, when it is connected, and waits for what becomes of it. */
static void ask_once(const struct walk *walk, const struct proxy_plan *plan)
{
	struct client_ask ask = walk_ask(walk);
	uint64_t id = 0;
	enum err err;

	answer.is_there = false;
	/* One that looks as if it were there may have been cut behind its answer. */
	while ((err = caller_ask(&caller, &ask, &id)) != ERR_OK) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
	proxy_arm(&proxy, 0, plan);
	while (!answer.is_there) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
}

/* What one present step came to, cut so and then asked again; true where the cut came behind its end. */
static bool cut_step(struct walk *walk, enum proxy_fault fault, uint32_t bytes, size_t *repeated)
{
	const struct proxy_plan plan = {.fault = fault, .bytes = bytes, .is_reset = bytes % 2 == 0};
	const struct proxy_plan pass = {.fault = PROXY_PASS};
	bool is_whole;

	ask_once(walk, &plan);
	is_whole = answer.err == ERR_OK;
	/* Ends: the server is there, and the weather is fair. */
	while (answer.err != ERR_OK) {
		if (answer.err != ERR_CONNECT) {
			printf("# cut at byte %u: %s\n", bytes, err_name(answer.err));
		}
		ask_once(walk, &pass);
	}
	*repeated += answer.is_repeat ? 1 : 0;
	return is_whole;
}

/* As many as were asked, each with its events in order; a number each. */
static void check_effects(const struct uuid *first_id, size_t complaints)
{
	PGconn *pg = pg_connect(desk.server.super);
	char id[UUID_TEXT_LEN + 1];
	char sql[640];
	char told[64];

	uuid_format(*first_id, id);
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) || ' ' || count(DISTINCT subject_id) || ' ' ||"
		" count(DISTINCT (subject_id, version)) || ' ' || (SELECT count(*) FROM complaint"
		" WHERE complaint_id >= '%s' AND version = 2) FROM event"
		" WHERE topic = 1 AND subject_id >= '%s'",
		id, id);
	(void)snprintf(told, sizeof(told), "%zu %zu %zu %zu", 2 * complaints, complaints,
		2 * complaints, complaints);
	CHECK_STR_EQ(pg_run(pg, sql), told);
	PQfinish(pg);
}

static void cut_everywhere(enum proxy_fault fault)
{
	struct uuid first_id = uuid_nil;
	bool are_whole = false;
	size_t repeated = 0;
	uint32_t bytes = 0;

	open_network();
	for (; !are_whole && bytes < BYTES_MAX; bytes++) {
		struct walk walk;

		walk_begin(&walk, &desk.site);
		first_id = bytes == 0 ? walk.complaint_id : first_id;
		are_whole = cut_step(&walk, fault, bytes, &repeated);
		CHECK_INT_EQ(answer.version, 1);
		CHECK(answer.number[0] != '\0');
		(void)walk_on(&walk);
		are_whole = cut_step(&walk, fault, bytes, &repeated) && are_whole;
		CHECK_INT_EQ(answer.version, 2);
	}
	close_network();
	printf("# %s: %u bytes, %zu answers given again\n", proxy_fault_names[fault], bytes, repeated);
	CHECK(are_whole);
	CHECK(bytes > 40);
	/* A request that was cut was not heard; of an answer that was cut, the effect was there. */
	CHECK(fault == PROXY_CUT_DOWN ? repeated > bytes : repeated < bytes);
	check_effects(&first_id, bytes);
}

static void test_request_cut_at_every_byte_is_done_once(void)
{
	cut_everywhere(PROXY_CUT_UP);
}

static void test_reply_lost_at_every_byte_is_given_again(void)
{
	cut_everywhere(PROXY_CUT_DOWN);
}

/* ---- one key, many connections -------------------------------------------------------------- */

static struct live_client twins[TWINS];

static struct client_result *hear(struct live_client *client)
{
	struct client_result *result = live_next(client, CLIENT_REPLY, LIVE_WAIT_MS);

	assert(result != NULL);
	return result;
}

/* "Not now" is an answer too: then the same bytes again. */
static struct client_result *settle(struct live_client *client, const struct walk *walk)
{
	struct client_result *result = hear(client);

	while (err_row(result->err)->retry == ERR_RETRY_SAME && result->err != ERR_OK) {
		struct client_ask ask = walk_ask(walk);

		client_result_free(result);
		result = client_loop_call(&client->loop, &ask);
	}
	return result;
}

static bool are_equal(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	uint8_t bytes[2][1024];
	size_t len = protobuf_c_message_get_packed_size(a);

	assert(len <= sizeof(bytes[0]));
	if (protobuf_c_message_get_packed_size(b) != len) {
		return false;
	}
	(void)protobuf_c_message_pack(a, bytes[0]);
	(void)protobuf_c_message_pack(b, bytes[1]);
	return memcmp(bytes[0], bytes[1], len) == 0;
}

static void send_step(struct live_client *client, const struct walk *walk)
{
	struct client_ask ask = walk_ask(walk);
	uint64_t id = 0;
	enum err err = client_loop_submit(&client->loop, &ask, &id);

	assert(err == ERR_OK);
	live_turn(client);
}

/* One step by all; nobody waits for anybody. */
static void twin_step(const struct walk *walk)
{
	struct client_result *results[TWINS];
	size_t equal = 0;
	size_t first = 0;

	for (size_t i = 0; i < TWINS; i++) {
		send_step(&twins[i], walk);
	}
	for (size_t i = 0; i < TWINS; i++) {
		results[i] = settle(&twins[i], walk);
	}
	for (size_t i = 0; i < TWINS; i++) {
		equal += results[i]->err == ERR_OK && results[0]->err == ERR_OK &&
		                 are_equal(results[0]->message, results[i]->message)
		             ? 1
		             : 0;
		first += results[i]->err == ERR_OK && !results[i]->is_repeat ? 1 : 0;
	}
	CHECK_INT_EQ(equal, TWINS);
	CHECK_INT_EQ(first, 1);
	CHECK_INT_EQ(walk_reply_version(results[0]), walk->done_count + 1);
	for (size_t i = 0; i < TWINS; i++) {
		client_result_free(results[i]);
	}
}

static void test_one_key_of_many_connections_has_one_effect(void)
{
	PGconn *pg = pg_connect(desk.server.super);
	char id[UUID_TEXT_LEN + 1];
	char sql[256];
	struct walk walk;

	for (size_t i = 0; i < TWINS; i++) {
		CHECK_INT_EQ(live_client_beside(&twins[i], &desk.honest), ERR_OK);
	}
	walk_begin(&walk, &desk.site);
	do {
		twin_step(&walk);
	} while (!check_failed() && walk_on(&walk));
	uuid_format(walk.complaint_id, id);
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) || ' ' || max(version) FROM event WHERE topic = 1 AND subject_id = '%s'",
		id);
	CHECK_STR_EQ(pg_run(pg, sql), "9 9");
	PQfinish(pg);
	for (size_t i = 0; i < TWINS; i++) {
		live_client_close(&twins[i]);
	}
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"request_cut_at_every_byte_is_done_once", test_request_cut_at_every_byte_is_done_once},
	{"reply_lost_at_every_byte_is_given_again", test_reply_lost_at_every_byte_is_given_again},
	{"one_key_of_many_connections_has_one_effect", test_one_key_of_many_connections_has_one_effect},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	const char *sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
