/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the client does when nothing happens: deadlines of calls, pings, and giving up. The
 * clock stands still until a test moves it.
 */
#include "tests/check.h"

#include "tests/client/pair.h"

static void test_a_call_ends_at_its_deadline(void)
{
	struct client_ask ask = {.method = &method_rows[METHOD_server_status], .deadline_ms = 300};
	struct pair pair;
	struct pair_result seen;
	uint64_t id = 0;
	uint64_t slow;

	pair_open(&pair, 8);
	slow = pair_ask(&pair, METHOD_session_whoami);
	CHECK_INT_EQ(client_ask(&pair.client, &ask, pair.now, &id), ERR_OK);
	pair_carry(&pair);
	(void)far_end_hear_request(&pair.far_end);
	CHECK_INT_EQ(far_end_hear_request(&pair.far_end)->deadline_ms, 300);
	CHECK_INT_EQ(client_deadline_us(&pair.client), pair.now.mono_us + 300 * US_PER_MS);
	pair_pass(&pair, 299);
	CHECK_INT_EQ(pair_poll(&pair).kind, -1);
	pair_pass(&pair, 1);
	seen = pair_poll(&pair);
	CHECK_INT_EQ(seen.id, id);
	CHECK_INT_EQ(seen.err, ERR_DEADLINE);
	CHECK(far_end_hear(&pair.far_end) == NULL); /* the server knows the deadline itself */
	CHECK_INT_EQ(client_call_count(&pair.client), 1);
	far_end_reply(&pair.far_end, slow, NULL);
	pair_carry(&pair);
	CHECK_INT_EQ(pair_poll(&pair).id, slow);
	pair_close(&pair);
}

static void test_a_call_that_never_left_ends_at_its_deadline_too(void)
{
	struct pair pair;
	uint64_t id;

	pair_begin(&pair);
	id = pair_ask(&pair, METHOD_server_status);
	pair_pass(&pair, method_rows[METHOD_server_status].deadline_ms);
	CHECK_INT_EQ(pair_poll(&pair).id, id);
	CHECK_INT_EQ(pair.client.state, CLIENT_OPENING);
	pair_close(&pair);
}

static void test_pings_after_silence_and_gives_up_without_an_answer(void)
{
	struct pair pair;

	pair_open(&pair, 1);
	pair_pass(&pair, CLIENT_PING_MS - 1);
	CHECK(far_end_hear(&pair.far_end) == NULL);
	pair_pass(&pair, 1);
	CHECK_INT_EQ(far_end_hear(&pair.far_end)->kind_case, PB__ENVELOPE__KIND_PING);
	pair_pass(&pair, CLIENT_PING_MS);
	CHECK_INT_EQ(far_end_hear(&pair.far_end)->kind_case, PB__ENVELOPE__KIND_PING);
	CHECK_INT_EQ(client_deadline_us(&pair.client), pair.now.mono_us + CLIENT_PING_MS * US_PER_MS);
	pair_pass(&pair, CLIENT_SILENCE_MS - 2 * CLIENT_PING_MS);
	CHECK_INT_EQ(pair.client.state, CLIENT_ENDED);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_CONNECT);
	pair_close(&pair);
}

static void test_a_pong_is_a_sign_of_life(void)
{
	Pb__Pong pong = PB__PONG__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	struct pair pair;

	pair_open(&pair, 1);
	pair_pass(&pair, CLIENT_PING_MS);
	pong.has_token = true;
	pong.token = far_end_hear(&pair.far_end)->ping->token;
	envelope.kind_case = PB__ENVELOPE__KIND_PONG;
	envelope.pong = &pong;
	far_end_say(&pair.far_end, &envelope.base);
	pair_carry(&pair);
	pair_pass(&pair, CLIENT_SILENCE_MS - 1);
	CHECK_INT_EQ(pair.client.state, CLIENT_READY);
	pair_close(&pair);
}

static void test_no_hello_in_time_ends_the_connection(void)
{
	struct pair pair;

	pair_begin(&pair);
	CHECK_INT_EQ(client_deadline_us(&pair.client), pair.now.mono_us + CLIENT_OPEN_MS * US_PER_MS);
	pair_pass(&pair, CLIENT_OPEN_MS);
	CHECK_INT_EQ(pair.client.state, CLIENT_ENDED);
	CHECK_INT_EQ(pair_poll(&pair).err, ERR_CONNECT);
	pair_close(&pair);
}

static const struct test tests[] = {
	{"a_call_ends_at_its_deadline", test_a_call_ends_at_its_deadline},
	{"a_call_that_never_left_ends_at_its_deadline_too",
		test_a_call_that_never_left_ends_at_its_deadline_too},
	{"pings_after_silence_and_gives_up_without_an_answer",
		test_pings_after_silence_and_gives_up_without_an_answer},
	{"a_pong_is_a_sign_of_life", test_a_pong_is_a_sign_of_life},
	{"no_hello_in_time_ends_the_connection", test_no_hello_in_time_ends_the_connection},
};

int main(void)
{
	int code;

	pair_prepare();
	code = check_main(tests, COUNT(tests));
	pair_clean_up();
	return code;
}
