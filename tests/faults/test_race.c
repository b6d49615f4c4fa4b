/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what becomes of people who act in the same moment, each on a connection and in a thread of his
 * own, let go by one barrier: whatever they do to one complaint, exactly one does it, and all others are
 * told CONFLICT with the record as the one left it; one person's time is taken by one complaint; and a
 * one-time code is good for one of all that it is given with. That a step which has to be decided anew is
 * done once; and that a key is looked up for a repeat or a refusal, and for nothing else.
 */
#include "tests/check.h"

#include <pthread.h>

#include "client/core/json.h"
#include "common/clock.h"
#include "complaint.pb-c.h"
#include "receipt.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/live/told.h"
#include "tests/server/pg.h"

#define RACERS 16
#define TURNS 3 /* of each race */
#define PHONE "+8613900000001"
#define PHOTO "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="
#define HOUR_US (INT64_C(3600) * US_PER_S)
#define REST_MS 600

static struct live_told told;
static struct desk desk;
static pthread_barrier_t barrier;

/* One of them: a person, and what he asks next. */
static struct racer {
	struct live_client client;
	pthread_t thread;
	struct arena arena;
	enum method method;
	ProtobufCMessage *request;
	struct client_result *result; /* owned */
} racers[RACERS];

static struct uuid complaint_id;
static uint32_t version;
static int64_t hour_us; /* begins a window that nobody has */

static void *run_racer(void *argument)
{
	struct racer *racer = argument;

	(void)pthread_barrier_wait(&barrier);
	racer->result = live_call(&racer->client, racer->method, racer->request, NULL);
	return NULL;
}

static void race(void)
{
	for (size_t i = 0; i < RACERS; i++) {
		int failed = pthread_create(&racers[i].thread, NULL, run_racer, &racers[i]);

		assert(failed == 0);
	}
	for (size_t i = 0; i < RACERS; i++) {
		int failed = pthread_join(racers[i].thread, NULL);

		assert(failed == 0);
	}
}

/* A request from JSON, in the racer's arena. */
static void prepare(struct racer *racer, enum method method, const char *text)
{
	struct json_fault fault;

	racer->method = method;
	racer->request = message_from_json_text(
		method_rows[method].request, str_from_c(text), &racer->arena, &fault);
	if (racer->request == NULL) {
		printf("# %s%s in %s\n", fault.path, fault.text, text);
		abort();
	}
}

/* Which complaint, which version, and what else a step needs. */
static void prepare_step(struct racer *racer, enum method method, const char *more)
{
	char community[UUID_TEXT_LEN + 1];
	char complaint[UUID_TEXT_LEN + 1];
	char text[1024];

	uuid_format(desk.site.community_id, community);
	uuid_format(complaint_id, complaint);
	(void)snprintf(text, sizeof(text),
		"{\"community_id\": \"%s\", \"complaint_id\": \"%s\", \"version\": %u%s}", community,
		complaint, version, more);
	prepare(racer, method, text);
}

static void forget_results(void)
{
	for (size_t i = 0; i < RACERS; i++) {
		client_result_free(racers[i].result);
		racers[i].result = NULL;
	}
}

static size_t count(enum err err)
{
	size_t found = 0;

	for (size_t i = 0; i < RACERS; i++) {
		found += racers[i].result->err == err ? 1 : 0;
	}
	return found;
}

static void print_results(void)
{
	for (size_t i = 0; i < RACERS; i++) {
		printf("# %s: %s %.*s\n", method_rows[racers[i].method].name,
			err_name(racers[i].result->err), STR_ARG(racers[i].result->field));
	}
}

/* The record that the losers are shown: as the winner left it. */
static void check_shown(void)
{
	for (size_t i = 0; i < RACERS; i++) {
		const Pb__Complaint *current;

		if (racers[i].result->err != ERR_CONFLICT) {
			continue;
		}
		current = (const Pb__Complaint *)client_result_current(racers[i].result);
		CHECK(current != NULL);
		CHECK(current == NULL || current->version == version + 1);
	}
}

/* As many events as versions, and one more than before. */
static void check_timeline(void)
{
	PGconn *pg = pg_connect(desk.server.super);
	char id[UUID_TEXT_LEN + 1];
	char sql[512];

	uuid_format(complaint_id, id);
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) = %u AND count(DISTINCT version) = %u AND max(version) = %u FROM event"
		" WHERE topic = 1 AND subject_id = '%s'",
		version + 1, version + 1, version + 1, id);
	CHECK_STR_EQ(pg_run(pg, sql), "t");
	PQfinish(pg);
}

/* ---- one complaint -------------------------------------------------------------------------- */

#define WHY ", \"reason\": \"核实后决定\""

/* What can be done after so many steps of a walk. */
static const struct {
	unsigned steps;
	struct {
		enum method method;
		const char *more;
	} asks[4];
	size_t ask_count;
} rows[] = {
	{1, {{METHOD_complaint_accept, ""}, {METHOD_complaint_withdraw, WHY}}, 2},
	{2,
		{{METHOD_complaint_answer, ", \"answer\": \"已答复\""},
			{METHOD_complaint_advise, ", \"advice\": \"请向供电公司报修\""},
			{METHOD_complaint_withdraw, WHY},
			{METHOD_complaint_answer, ", \"answer\": \"另一个\""}},
		4},
	{3, {{METHOD_complaint_dispatch, ", \"worker_id\": \"\""}, {METHOD_complaint_withdraw, WHY}},
		2},
	{4, {{METHOD_complaint_return, ", \"reason\": \"NO_ENTRY\""}, {METHOD_complaint_arrive, ""}},
		2},
	{5,
		{{METHOD_complaint_done, ", \"result\": \"好了\", \"photos\": [\"" PHOTO "\"]"},
			{METHOD_complaint_return, ", \"reason\": \"NEEDS_PARTS\""}},
		2},
	{6,
		{{METHOD_complaint_sign, ", \"sign_method\": 4"},
			{METHOD_complaint_sign, ", \"sign_method\": 3, \"reason\": \"不愿签字\""}},
		2},
	{7, {{METHOD_complaint_verify, ""}, {METHOD_complaint_send_back, WHY}}, 2},
	{8, {{METHOD_complaint_confirm, ", \"rating\": 5"}, {METHOD_complaint_refuse, WHY}}, 2},
	{9, {{METHOD_complaint_reopen, WHY}}, 1},
};

static void walk_to(unsigned steps, const struct walk_manner *manner)
{
	struct walk walk;

	walk_begin_in(&walk, &desk.site, manner);
	for (unsigned i = 0; i < steps; i++) {
		struct client_ask ask = walk_ask(&walk);
		struct client_result *result = client_loop_call(&desk.honest.loop, &ask);

		CHECK_INT_EQ(result->err, ERR_OK);
		client_result_free(result);
		(void)walk_on(&walk);
	}
	complaint_id = walk.complaint_id;
	version = steps;
}

static void test_of_many_on_one_complaint_one_wins(void)
{
	const struct walk_manner manner = {.phone = PHONE};
	char dispatch[128];
	char crew[UUID_TEXT_LEN + 1];

	uuid_format(desk.site.crew_id, crew);
	(void)snprintf(dispatch, sizeof(dispatch), ", \"crew_id\": \"%s\"", crew);
	for (size_t turn = 0; turn < TURNS * COUNT(rows) && !check_failed(); turn++) {
		size_t row = turn % COUNT(rows);

		walk_to(rows[row].steps, &manner);
		for (size_t i = 0; i < RACERS; i++) {
			size_t ask = i % rows[row].ask_count;
			enum method method = rows[row].asks[ask].method;

			prepare_step(&racers[i], method,
				method == METHOD_complaint_dispatch ? dispatch : rows[row].asks[ask].more);
		}
		race();
		CHECK_INT_EQ(count(ERR_OK), 1);
		CHECK_INT_EQ(count(ERR_CONFLICT), RACERS - 1);
		check_shown();
		check_timeline();
		if (check_failed()) {
			print_results();
		}
		forget_results();
	}
}

/* ---- one person's time ---------------------------------------------------------------------- */

static void test_of_many_who_want_one_person_one_gets_the_time(void)
{
	const struct walk_manner manner = {.phone = PHONE};
	char worker[UUID_TEXT_LEN + 1];
	char crew[UUID_TEXT_LEN + 1];
	char more[512];

	uuid_format(desk.account.account_id, worker);
	uuid_format(desk.site.crew_id, crew);
	for (int turn = 0; turn < 2 * TURNS && !check_failed(); turn++) {
		hour_us += HOUR_US;
		for (size_t i = 0; i < RACERS; i++) {
			walk_to(2, &manner);
			/* They overlap, and none is another's. */
			(void)snprintf(more, sizeof(more),
				", \"crew_id\": \"%s\", \"worker_id\": \"%s\","
				" \"window\": {\"from_us\": %lld, \"to_us\": %lld}",
				crew, worker, (long long)hour_us + (long long)i,
				(long long)(hour_us + HOUR_US / 2));
			prepare_step(&racers[i], METHOD_complaint_book, more);
		}
		race();
		CHECK_INT_EQ(count(ERR_OK), 1);
		CHECK_INT_EQ(count(ERR_SLOT_TAKEN), RACERS - 1);
		if (check_failed()) {
			print_results();
		}
		forget_results();
	}
}

/* ---- one code ------------------------------------------------------------------------------- */

static void make_ready(const char *phone, char out_receipt[64], char out_code[TOLD_CODE_BYTES])
{
	struct walk_manner manner = {.phone = ""};
	Pb__ReceiptList list = PB__RECEIPT_LIST__INIT;
	Pb__ReceiptCode ask = PB__RECEIPT_CODE__INIT;
	struct client_result *result;

	(void)snprintf(manner.phone, sizeof(manner.phone), "%s", phone);
	walk_to(8, &manner);
	list.has_community_id = list.has_complaint_id = true;
	list.community_id = live_bytes(&desk.site.community_id);
	list.complaint_id = live_bytes(&complaint_id);
	result = live_call(&desk.honest, METHOD_receipt_list, &list.base, NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	(void)snprintf(
		out_receipt, 64, "%s", ((const Pb__ReceiptListReply *)result->message)->receipts[0]->code);
	client_result_free(result);
	ask.code = out_receipt;
	ask.has_purpose = true;
	ask.purpose = PB__RECEIPT__PURPOSE__CONFIRM;
	CHECK_INT_EQ(live_ask(&desk.honest, METHOD_receipt_code, &ask.base), ERR_OK);
	CHECK(live_told_await_code(&told, phone, "CODE", out_code));
}

static void test_one_code_is_good_once(void)
{
	char receipt[64];
	char code[TOLD_CODE_BYTES] = "";
	char phone[WALK_PHONE_BYTES];
	char text[256];

	for (int turn = 0; turn < TURNS && !check_failed(); turn++) {
		(void)snprintf(phone, sizeof(phone), "+861390000001%d", turn % 10);
		make_ready(phone, receipt, code);
		for (size_t i = 0; i < RACERS; i++) {
			(void)snprintf(text, sizeof(text), "{\"code\": \"%s\", \"one_time_code\": \"%s\"%s}",
				receipt, code, i % 2 == 0 ? ", \"rating\": 4" : WHY);
			prepare(&racers[i], i % 2 == 0 ? METHOD_receipt_confirm : METHOD_receipt_refuse, text);
		}
		race();
		CHECK_INT_EQ(count(ERR_OK), 1);
		CHECK_INT_EQ(count(ERR_CODE_SPENT), RACERS - 1);
		check_timeline();
		if (check_failed()) {
			print_results();
		}
		forget_results();
	}
}

/* ---- a decision that comes to nothing ------------------------------------------------------- */

/* Of the complaint: appointments, messages about them, slots. */
static void check_booked_once(PGconn *pg)
{
	char id[UUID_TEXT_LEN + 1];
	char sql[512];

	uuid_format(complaint_id, id);
	(void)snprintf(sql, sizeof(sql),
		"SELECT (SELECT count(*) FROM receipt WHERE kind = 2 AND complaint_id = c.id) || ' ' ||"
		" (SELECT count(*) FROM outgoing WHERE kind = 2 AND complaint_id = c.id) || ' ' ||"
		" (SELECT count(*) FROM busy WHERE complaint_id = c.id) FROM (SELECT '%s'::uuid AS id) c",
		id);
	CHECK_STR_EQ(pg_run(pg, sql), "1 1 1");
}

/*
 * A step with all that it leaves behind meets a lock, is given up by the database, and is decided anew
 * while the request waits: it is done once.
 */
static void test_step_that_looks_again_is_done_once(void)
{
	const struct walk_manner manner = {.phone = PHONE};
	struct racer *racer = &racers[0];
	PGconn *pg = pg_connect(desk.server.super);
	uint64_t redone = live_counter(&desk.honest, "request.redone");
	struct uuid key = live_key();
	char worker[UUID_TEXT_LEN + 1];
	char more[256];

	walk_to(2, &manner);
	hour_us += HOUR_US;
	uuid_format(desk.account.account_id, worker);
	(void)snprintf(more, sizeof(more),
		", \"worker_id\": \"%s\", \"window\": {\"from_us\": %lld, \"to_us\": %lld}", worker,
		(long long)hour_us, (long long)(hour_us + HOUR_US / 2));
	prepare_step(racer, METHOD_complaint_book, more);
	(void)pg_run(pg, "BEGIN; LOCK TABLE receipt IN EXCLUSIVE MODE");
	(void)live_send(&racer->client, racer->method, racer->request, &key, 0);
	live_turn(&racer->client);
	CHECK(desk_await_counter(&desk, "request.redone", redone + 1));
	(void)pg_run(pg, "COMMIT");
	racer->result = live_next(&racer->client, CLIENT_REPLY, LIVE_WAIT_MS);
	while (racer->result != NULL && racer->result->err == ERR_TRY_LATER) {
		client_result_free(racer->result);
		racer->result = live_call(&racer->client, racer->method, racer->request, &key);
	}
	CHECK(racer->result != NULL && racer->result->err == ERR_OK);
	check_timeline();
	check_booked_once(pg);
	client_result_free(racer->result);
	racer->result = NULL;
	PQfinish(pg);
}

/* What the first racer is told of one more step with this key. */
static enum err take_step(const struct uuid *key)
{
	struct racer *racer = &racers[0];
	struct client_result *result = live_call(&racer->client, racer->method, racer->request, key);
	enum err err = result == NULL ? ERR_INTERNAL : result->err;

	client_result_free(result);
	return err;
}

struct looked {
	uint64_t looks;
	uint64_t repeats;
};

/* Once it stays so: what another loop has counted is told a quarter of a second later (LIVE_LOOPS). */
static struct looked looked_at_rest(void)
{
	struct looked last = {UINT64_MAX, UINT64_MAX};
	int64_t until_us = live_until(REST_MS);

	while (live_left_ms(until_us) > 0) {
		struct looked now = {live_counter(&desk.honest, "request.keys"),
			live_counter(&desk.honest, "request.repeated")};

		if (now.looks != last.looks || now.repeats != last.repeats) {
			until_us = live_until(REST_MS);
		}
		last = now;
	}
	return last;
}

/* A new key costs no look: the command's own guard tells. All else is said only after one. */
static void test_key_is_looked_up_where_more_is_to_be_said(void)
{
	static const struct {
		bool is_new;
		enum err err;
		struct looked more;
	} asked[] = {
		{true, ERR_OK, {0, 0}},       /* accepted */
		{false, ERR_OK, {1, 1}},      /* the same again */
		{true, ERR_CONFLICT, {1, 0}}, /* of a version that is gone */
	};
	const struct walk_manner manner = {.phone = PHONE};
	struct uuid key = uuid_nil;

	walk_to(1, &manner);
	prepare_step(&racers[0], METHOD_complaint_accept, "");
	for (size_t i = 0; i < COUNT(asked); i++) {
		struct looked before = looked_at_rest();
		struct looked after;

		key = asked[i].is_new ? live_key() : key;
		CHECK_INT_EQ(take_step(&key), asked[i].err);
		after = looked_at_rest();
		CHECK_INT_EQ(after.looks - before.looks, asked[i].more.looks);
		CHECK_INT_EQ(after.repeats - before.repeats, asked[i].more.repeats);
	}
	check_timeline();
}

static void test_end_leaves_nothing(void)
{
	for (size_t i = 0; i < RACERS; i++) {
		live_client_close(&racers[i].client);
		arena_fini(&racers[i].arena);
	}
	CHECK(desk_end(&desk));
}

/* Sixteen people, any of whom may take any step. */
static void enter(void)
{
	struct live_account account;
	struct live_client admin;
	char login[32];
	int failed = pthread_barrier_init(&barrier, NULL, RACERS);

	assert(failed == 0);
	live_client_begin(&admin, &desk.server, LIVE_ADMIN);
	for (size_t i = 0; i < RACERS; i++) {
		(void)snprintf(login, sizeof(login), "racer%zu", i);
		live_account_make(&admin, &desk.site, login, LIVE_WALKER, &account);
		live_client_begin(&racers[i].client, &desk.server, login);
		arena_init(&racers[i].arena, 1024 * 1024);
	}
	live_client_close(&admin);
	hour_us = clock_now().utc_us + 24 * HOUR_US;
}

static const struct test tests[] = {
	{"of_many_on_one_complaint_one_wins", test_of_many_on_one_complaint_one_wins},
	{"of_many_who_want_one_person_one_gets_the_time",
		test_of_many_who_want_one_person_one_gets_the_time},
	{"one_code_is_good_once", test_one_code_is_good_once},
	{"step_that_looks_again_is_done_once", test_step_that_looks_again_is_done_once},
	{"key_is_looked_up_where_more_is_to_be_said", test_key_is_looked_up_where_more_is_to_be_said},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	const char *sets[] = {"postgres_fsync=0", told.set, NULL};

	live_begin();
	live_told_begin(&told);
	desk_begin(&desk, sets);
	enter();
	return check_main(tests, COUNT(tests));
}
