/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves session.login and session.resume: which delays count for whom, that a wrong password and an
 * unknown account have one answer and differ only in what is counted, who may log in from elsewhere,
 * which sessions are alive, over both edges of their times. Hashes are real ones, of 8 KiB.
 */
#include "account.pb-c.h"
#include "server/hash.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define PASSWORD "correct horse"
#define SOURCE "source 192.0.2.7"
#define DEVICE "device a1000000-0000-0000-0000-000000000001 at 192.0.2.7"
#define MINUTE (60 * US_PER_S)

/* What the statements find for wang.lin. */
struct facts {
	bool is_unknown, has_left;
	bool is_known_device;
	bool is_administrator;
	int version;
	uint32_t hash_kib;
};

static void prepare(struct bench *bench, const struct facts *facts, const char *password)
{
	uint32_t kib = facts->hash_kib == 0 ? BENCH_HASH_KIB : facts->hash_kib;
	struct str phc = hash_password(&bench->arena, STR(PASSWORD), kib);

	put_text(bench, "login", "Wang.Lin");
	put_text(bench, "password", password);
	put_id(bench, "device_id", TOWN_DEVICE, 1);
	if (!facts->is_unknown) {
		bench_row(bench, STMT_login_account, town_id(TOWN_ACCOUNT, 1), "wang.lin", "王琳",
			arena_c_string(&bench->arena, phc), facts->has_left ? 2 : 1, 5);
	}
	bench_row(bench, STMT_login_known_device, facts->is_known_device);
	bench_row(bench, STMT_login_holds_role, facts->is_administrator);
}

/* --- right and wrong --- */

static const struct login_case {
	const char *what;
	struct facts facts;
	const char *password;
	bool is_local, administrator_remote;
	enum err expected;
	const char *lane; /* where a failure is counted */
} logins[] = {
	{"a right password", {0}, PASSWORD, .expected = ERR_OK},
	{"a right password, known device", {.is_known_device = true}, PASSWORD, .expected = ERR_OK},
	{"a wrong password", {0}, "guessed", .expected = ERR_LOGIN_FAILED, .lane = SOURCE},
	{"a wrong password, known device", {.is_known_device = true}, "guessed",
		.expected = ERR_LOGIN_FAILED, .lane = DEVICE},
	{"an unknown account", {.is_unknown = true}, PASSWORD, .expected = ERR_LOGIN_FAILED,
		.lane = SOURCE},
	{"one who has left", {.has_left = true}, PASSWORD, .expected = ERR_LOGIN_FAILED,
		.lane = SOURCE},
	{"an administrator here", {.is_administrator = true}, PASSWORD, .is_local = true,
		.expected = ERR_OK},
	{"an administrator from elsewhere", {.is_administrator = true}, PASSWORD,
		.expected = ERR_DENIED},
	{"an administrator from elsewhere, where that is allowed", {.is_administrator = true}, PASSWORD,
		.administrator_remote = true, .expected = ERR_OK},
	/* Whether somebody is an administrator is nothing to be learnt by guessing. */
	{"a wrong password of an administrator", {.is_administrator = true}, "guessed",
		.expected = ERR_LOGIN_FAILED, .lane = SOURCE},
};

static void check_failure(const struct bench *bench, const struct login_case *one)
{
	const struct query *effect = bench->r.effect;

	CHECK(bench->r.reply == NULL);
	CHECK_STR_EQ(bench->r.fault.field, one->expected == ERR_DENIED ? "login" : "");
	CHECK_INT_EQ(effect != NULL, one->expected == ERR_LOGIN_FAILED);
	if (effect != NULL) {
		CHECK_INT_EQ(effect->stmt, STMT_login_failed);
		CHECK(param_is_id(effect, 1,
			one->facts.is_unknown ? uuid_v8(STR("login"), STR("wang.lin"))
								  : town_id(TOWN_ACCOUNT, 1)));
		CHECK_STR_EQ(param_text(effect, 2), one->lane);
		CHECK_STR_EQ(param_text(effect, 3), "192.0.2.7");
		CHECK_INT_EQ(param_time(effect, 4), TOWN_NOW);
	}
}

static void check_success(struct bench *bench)
{
	const Pb__SessionLoginReply *reply = (const Pb__SessionLoginReply *)bench->r.reply;
	const struct query *effect = bench->r.effect;
	uint8_t hash[TOKEN_BYTES];

	CHECK_INT_EQ(effect->stmt, STMT_session_open);
	CHECK(param_is_id(effect, 1, town_id(TOWN_ACCOUNT, 1)));
	CHECK(param_is_id(effect, 2, town_id(TOWN_DEVICE, 1)));
	CHECK_STR_EQ(param_text(effect, 3), "-"); /* a device without a name */
	CHECK_INT_EQ(param_time(effect, 5), TOWN_NOW);
	CHECK_INT_EQ(param_time(effect, 6), TOWN_NOW + bench->config.session_ms * US_PER_MS);
	CHECK_INT_EQ(param_number(effect, 7), 5);
	CHECK(param_is_null(effect, 8)); /* the hash is as new as can be */
	/* The database gets the token's hash; the token itself only whoever logged in. */
	CHECK_INT_EQ(reply->token.len, TOKEN_BYTES);
	principal_token_hash(codec_span(true, reply->token), hash);
	CHECK(span_equal(param_bytes(effect, 4), span_of(hash, sizeof hash)));
	CHECK_INT_EQ(reply->ends_us, param_time(effect, 6));
	CHECK_INT_EQ(reply->idle_ms, bench->config.session_idle_ms);
	CHECK_STR_EQ(reply->account->login, "wang.lin");
}

static void check_login(const struct login_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_session_login, nobody);
	bench.conn.is_local = one->is_local;
	bench.config.administrator_remote = one->administrator_remote;
	prepare(&bench, &one->facts, one->password);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	/* In whatever case it was typed. */
	CHECK_STR_EQ(param_text(&bench.r.queries[0], 1), "wang.lin");
	if (one->expected == ERR_OK) {
		check_success(&bench);
	} else {
		check_failure(&bench, one);
	}
	bench_end(&bench);
}

static void test_a_right_password_opens_a_session(void)
{
	for (size_t i = 0; i < COUNT(logins); i++) {
		check_login(&logins[i]);
		if (check_failed()) {
			printf("# %s\n", logins[i].what);
			return;
		}
	}
}

static void test_two_logins_have_two_tokens(void)
{
	uint8_t tokens[2][TOKEN_BYTES];

	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_session_login, nobody);
		prepare(&bench, &(struct facts){0}, PASSWORD);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		memcpy(tokens[i], ((const Pb__SessionLoginReply *)bench.r.reply)->token.data, TOKEN_BYTES);
		bench_end(&bench);
	}
	CHECK(memcmp(tokens[0], tokens[1], TOKEN_BYTES) != 0);
}

static void test_an_outdated_hash_is_made_anew(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_session_login, nobody);
	prepare(&bench, &(struct facts){.hash_kib = 16}, PASSWORD);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(!param_is_null(bench.r.effect, 8));
	CHECK(!hash_is_old(param_text(bench.r.effect, 8), BENCH_HASH_KIB));
	CHECK(hash_verify(&bench.arena, param_text(bench.r.effect, 8), STR(PASSWORD)));
	bench_end(&bench);
}

/* --- delays --- */

static const struct delay_case {
	const char *what;
	bool is_known_device;
	const char *lane;
	bool is_of_all; /* the source's own, over all accounts */
	int64_t wait_us;
	enum err expected;
	uint32_t retry_after_ms;
} delays[] = {
	{"the source's lane of the account", false, SOURCE, false, 5 * MINUTE, ERR_LOGIN_DELAYED,
		300001},
	{"the same, from a device of one's own", true, SOURCE, false, 5 * MINUTE, ERR_OK, 0},
	{"the device's lane", true, DEVICE, false, MINUTE, ERR_LOGIN_DELAYED, 60001},
	{"the device's lane, of one nobody has used", false, DEVICE, false, MINUTE, ERR_OK, 0},
	{"the whole source", false, SOURCE, true, MINUTE, ERR_LOGIN_DELAYED, 60001},
	{"the whole source, from a device of one's own", true, SOURCE, true, MINUTE, ERR_OK, 0},
	{"a moment", false, SOURCE, false, 1, ERR_LOGIN_DELAYED, 1},
	{"a wait that is over", false, SOURCE, false, 0, ERR_OK, 0},
	{"a wait that is long over", false, SOURCE, false, -5 * MINUTE, ERR_OK, 0},
};

static void check_delay(const struct delay_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_session_login, nobody);
	prepare(&bench, &(struct facts){.is_known_device = one->is_known_device}, PASSWORD);
	bench_row(&bench, STMT_login_delays, one->lane, one->is_of_all, TOWN_NOW + one->wait_us);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_INT_EQ(bench.r.retry_after_ms, one->retry_after_ms);
	/* While it waits nothing is tried and nothing is counted. */
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	bench_end(&bench);
}

static void test_delays_count_for_their_lane(void)
{
	for (size_t i = 0; i < COUNT(delays); i++) {
		check_delay(&delays[i]);
		if (check_failed()) {
			printf("# %s\n", delays[i].what);
			return;
		}
	}
}

static void test_the_longest_delay_counts(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_session_login, nobody);
	prepare(&bench, &(struct facts){0}, PASSWORD);
	bench_row(&bench, STMT_login_delays, SOURCE, 0, TOWN_NOW + MINUTE);
	bench_row(&bench, STMT_login_delays, SOURCE, 1, TOWN_NOW + 2 * MINUTE);
	bench_row(&bench, STMT_login_delays, DEVICE, 0, TOWN_NOW + 3 * MINUTE); /* not ours */
	CHECK_INT_EQ(bench_ask(&bench), ERR_LOGIN_DELAYED);
	CHECK_INT_EQ(bench.r.retry_after_ms, 120001);
	bench_end(&bench);
}

static void test_without_a_connection_nothing_is_done(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_session_login, nobody);
	prepare(&bench, &(struct facts){0}, PASSWORD);
	bench.conn.state = CONN_CLOSING;
	CHECK_INT_EQ(bench_ask(&bench), ERR_CANCELLED);
	CHECK_INT_EQ(bench.r.query_count, 0);
	bench_end(&bench);
}

/* --- resume --- */

static const struct {
	const char *what;
	int64_t seen_ago_us, ends_in_us;
	int state;
	bool is_ended, is_missing;
	enum err expected;
} resumes[] = {
	{"alive", MINUTE, MINUTE, 1, .expected = ERR_OK},
	{"seen as long ago as may be", 15 * MINUTE, MINUTE, 1, .expected = ERR_OK},
	{"silent too long", 15 * MINUTE + 1, MINUTE, 1, .expected = ERR_SESSION_ENDED},
	{"about to end", MINUTE, 1, 1, .expected = ERR_OK},
	{"at its end", MINUTE, 0, 1, .expected = ERR_SESSION_ENDED},
	{"ended, or its device revoked", MINUTE, MINUTE, 1, .is_ended = true,
		.expected = ERR_SESSION_ENDED},
	{"of one who has left", MINUTE, MINUTE, 2, .expected = ERR_SESSION_ENDED},
	{"no such session", MINUTE, MINUTE, 1, .is_missing = true, .expected = ERR_SESSION_ENDED},
};

static void check_resume(size_t i)
{
	uint8_t token[TOKEN_BYTES] = {1, 2, 3};
	uint8_t hash[TOKEN_BYTES];
	struct bench bench;

	bench_begin(&bench, METHOD_session_resume, nobody);
	put_bytes(&bench, "token", span_of(token, sizeof token));
	if (!resumes[i].is_missing) {
		bench_row(&bench, STMT_principal_get, town_id(TOWN_ACCOUNT, 1), town_id(TOWN_DEVICE, 1),
			TOWN_NOW - resumes[i].seen_ago_us, TOWN_NOW + resumes[i].ends_in_us, "wang.lin", "王琳",
			resumes[i].state, 5, INT64_C(9), resumes[i].is_ended);
	}
	CHECK_INT_EQ(bench_ask(&bench), resumes[i].expected);
	principal_token_hash(span_of(token, sizeof token), hash);
	CHECK(span_equal(param_bytes(&bench.r.queries[0], 1), span_of(hash, sizeof hash)));
	if (resumes[i].expected == ERR_OK) {
		bench.r.impl->settle(&bench.r);
		CHECK(bench.conn.principal != NULL);
		CHECK_INT_EQ(bench.conn.principal->epoch, 9);
		CHECK_STR_EQ(bench.conn.principal->name, "王琳");
		CHECK_INT_EQ(bench.conn.state, CONN_MEMBER);
		principal_unref(bench.conn.principal);
	}
	bench_end(&bench);
}

static void test_resume_takes_sessions_that_are_alive(void)
{
	for (size_t i = 0; i < COUNT(resumes); i++) {
		check_resume(i);
		if (check_failed()) {
			printf("# %s\n", resumes[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"a_right_password_opens_a_session", test_a_right_password_opens_a_session},
	{"two_logins_have_two_tokens", test_two_logins_have_two_tokens},
	{"an_outdated_hash_is_made_anew", test_an_outdated_hash_is_made_anew},
	{"delays_count_for_their_lane", test_delays_count_for_their_lane},
	{"the_longest_delay_counts", test_the_longest_delay_counts},
	{"without_a_connection_nothing_is_done", test_without_a_connection_nothing_is_done},
	{"resume_takes_sessions_that_are_alive", test_resume_takes_sessions_that_are_alive},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
