/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves account.create, account.password and account.leave: who may, which logins and which present
 * passwords are taken, and that what is written holds a hash of the password and never the password.
 * The hash is a real one, of 8 KiB.
 */
#include "account.pb-c.h"
#include "server/hash.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define PASSWORD "correct horse"

/* --- create --- */

static const struct create_case {
	const char *login;
	bool id_taken, login_taken;
	enum err expected;
	const char *field;
} creates[] = {
	{"wang.lin", .expected = ERR_OK},
	{"a-z_0.9", .expected = ERR_OK},
	{"x", .expected = ERR_OK},
	{"Wang", .expected = ERR_FIELD_INVALID, .field = "login"},
	{"wang lin", .expected = ERR_FIELD_INVALID, .field = "login"},
	{"wang@lin", .expected = ERR_FIELD_INVALID, .field = "login"},
	{"王琳", .expected = ERR_FIELD_INVALID, .field = "login"},
	{"", .expected = ERR_FIELD_LENGTH, .field = "login"},
	{"wang.lin", .login_taken = true, .expected = ERR_NAME_TAKEN, .field = "login"},
	{"wang.lin", .id_taken = true, .expected = ERR_ID_TAKEN},
	{"wang.lin", .id_taken = true, .login_taken = true, .expected = ERR_ID_TAKEN},
};

static void check_created(struct bench *bench, const char *login)
{
	const Pb__AccountCreateReply *reply = (const Pb__AccountCreateReply *)bench->r.reply;
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_account_create);
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, 201)));
	CHECK_STR_EQ(param_text(effect, 10), login);
	CHECK_STR_EQ(param_text(effect, 11), "王琳");
	CHECK(hash_verify(&bench->arena, param_text(effect, 12), STR(PASSWORD)));
	CHECK(!hash_verify(&bench->arena, param_text(effect, 12), STR("correct mouse")));
	CHECK_INT_EQ(reply->version, 1);
	CHECK(span_equal(codec_span(reply->has_account_id, reply->account_id),
		span_of(BENCH_KEY.bytes, UUID_BYTES)));
	/* Replies are kept for a year: no words of people, least of all secret ones. */
	CHECK(memmem(bench->r.reply_bytes.ptr, bench->r.reply_bytes.len, "王琳", 6) == NULL);
}

static void check_create(const struct create_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_account_create, administrator);
	put_text(&bench, "login", one->login);
	put_text(&bench, "name", "王琳");
	put_text(&bench, "password", PASSWORD);
	if (one->id_taken) {
		bench_account(&bench, STMT_account_get, 2, 1, 1);
	}
	if (one->login_taken) {
		bench_account(&bench, STMT_login_account, 1, 2, 1); /* even of one who has left */
	}
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_created(&bench, one->login);
	}
	bench_end(&bench);
}

static void test_create_takes_new_logins(void)
{
	for (size_t i = 0; i < COUNT(creates); i++) {
		check_create(&creates[i]);
		if (check_failed()) {
			printf("# '%s', case %zu\n", creates[i].login, i);
			return;
		}
	}
}

/* --- leave --- */

static const struct {
	const char *what;
	uint32_t account; /* 0: no such */
	int state, version;
	uint32_t seen;
	enum err expected;
	const char *field;
} leaves[] = {
	{"somebody", 2, 1, 4, 4, ERR_OK, ""},
	{"oneself", 1, 1, 4, 4, ERR_FIELD_INVALID, "account_id"},
	{"an old version", 2, 1, 4, 3, ERR_CONFLICT, ""},
	{"a version to come", 2, 1, 4, 5, ERR_CONFLICT, ""},
	{"who has left", 2, 2, 4, 4, ERR_STEP_REFUSED, ""},
	{"an old version of who has left", 2, 2, 4, 3, ERR_CONFLICT, ""},
	{"nobody", 0, 1, 4, 4, ERR_NOT_FOUND, ""},
};

static void check_leave(size_t i)
{
	bool is_refused = leaves[i].expected == ERR_CONFLICT || leaves[i].expected == ERR_STEP_REFUSED;
	const Pb__Account *current;
	struct bench bench;

	bench_begin(&bench, METHOD_account_leave, administrator);
	put_id(&bench, "account_id", TOWN_ACCOUNT, 2);
	put_number(&bench, "version", leaves[i].seen);
	if (leaves[i].account != 0) {
		bench_account(
			&bench, STMT_account_get, leaves[i].account, leaves[i].state, leaves[i].version);
	}
	CHECK_INT_EQ(bench_ask(&bench), leaves[i].expected);
	CHECK_STR_EQ(bench.r.fault.field, leaves[i].field);
	CHECK_INT_EQ(bench.r.effect != NULL, leaves[i].expected == ERR_OK);
	CHECK_INT_EQ(bench.r.current.len > 0, is_refused);
	if (is_refused) {
		current = (const Pb__Account *)codec_unpack(
			&pb__account__descriptor, bench.r.current, &bench.arena);
		CHECK_INT_EQ(current->version, leaves[i].version);
		CHECK_INT_EQ(current->state, leaves[i].state);
	}
	if (leaves[i].expected == ERR_OK) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_account_leave);
		CHECK(param_is_id(bench.r.effect, 2, town_id(TOWN_ACCOUNT, 2)));
		CHECK_INT_EQ(param_number(bench.r.effect, 10), 4);
		CHECK_INT_EQ(((const Pb__AccountLeaveReply *)bench.r.reply)->version, 5);
	}
	bench_end(&bench);
}

static void test_leave_is_for_others_who_are_here(void)
{
	for (size_t i = 0; i < COUNT(leaves); i++) {
		check_leave(i);
		if (check_failed()) {
			printf("# %s\n", leaves[i].what);
			return;
		}
	}
}

/* --- password --- */

static const struct {
	const char *what;
	const struct access_grants *who;
	uint32_t account; /* whose; 0: one's own, not named */
	bool is_there;
	int state;
	const char *own_password;
	enum err expected;
} passwords[] = {
	{"one's own", &leader, 0, true, 1, PASSWORD, ERR_OK},
	{"one's own, named", &leader, 1, true, 1, PASSWORD, ERR_OK},
	{"one's own, by nobody in particular", &nobody, 0, true, 1, PASSWORD, ERR_OK},
	{"one's own, with a wrong one", &leader, 0, true, 1, "guessed", ERR_LOGIN_FAILED},
	{"somebody's, by an administrator", &administrator, 2, true, 1, PASSWORD, ERR_OK},
	{"somebody's, with a wrong one", &administrator, 2, true, 1, "guessed", ERR_LOGIN_FAILED},
	{"somebody's, by a leader", &leader, 2, true, 1, PASSWORD, ERR_NOT_FOUND},
	{"somebody's, by nobody in particular", &nobody, 2, true, 1, PASSWORD, ERR_NOT_FOUND},
	{"of one who has left", &administrator, 2, true, 2, PASSWORD, ERR_NOT_FOUND},
	{"of nobody", &administrator, 2, false, 1, PASSWORD, ERR_NOT_FOUND},
};

/* account_get twice: whoever asks, and whose it is. */
static void find_accounts(struct bench *bench, size_t i, struct str phc)
{
	uint32_t whose = passwords[i].account == 0 ? 1 : passwords[i].account;

	bench_row(bench, STMT_account_get, town_id(TOWN_ACCOUNT, 1), "wang.lin", "王琳",
		arena_c_string(&bench->arena, phc), 1, 6);
	bench_next(bench, STMT_account_get);
	if (passwords[i].is_there) {
		bench_account(bench, STMT_account_get, whose, passwords[i].state, 7);
	}
}

static void check_password(size_t i)
{
	uint32_t whose = passwords[i].account == 0 ? 1 : passwords[i].account;
	struct bench bench;

	bench_begin(&bench, METHOD_account_password, *passwords[i].who);
	find_accounts(&bench, i, hash_password(&bench.arena, STR(PASSWORD), BENCH_HASH_KIB));
	put_text(&bench, "password", "another horse");
	put_text(&bench, "own_password", passwords[i].own_password);
	if (passwords[i].account != 0) {
		put_id(&bench, "account_id", TOWN_ACCOUNT, passwords[i].account);
	}
	CHECK_INT_EQ(bench_ask(&bench), passwords[i].expected);
	CHECK_INT_EQ(bench.r.effect != NULL, passwords[i].expected == ERR_OK);
	if (passwords[i].expected == ERR_OK) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_account_password);
		CHECK(param_is_id(bench.r.effect, 2, town_id(TOWN_ACCOUNT, whose)));
		/* Nobody needs a grant for his own. */
		CHECK(param_is_id(bench.r.effect, 9, whose == 1 ? uuid_nil : town_id(TOWN_RECORD, 201)));
		CHECK_INT_EQ(param_number(bench.r.effect, 10), 7);
		CHECK(hash_verify(&bench.arena, param_text(bench.r.effect, 11), STR("another horse")));
		CHECK_INT_EQ(((const Pb__AccountPasswordReply *)bench.r.reply)->version, 8);
	}
	bench_end(&bench);
}

static void test_password_asks_for_the_present_one(void)
{
	for (size_t i = 0; i < COUNT(passwords); i++) {
		check_password(i);
		if (check_failed()) {
			printf("# %s\n", passwords[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"create_takes_new_logins", test_create_takes_new_logins},
	{"leave_is_for_others_who_are_here", test_leave_is_for_others_who_are_here},
	{"password_asks_for_the_present_one", test_password_asks_for_the_present_one},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
