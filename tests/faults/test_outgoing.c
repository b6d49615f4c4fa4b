/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that messages to owners reach the program of the setting `outgoing`, once where nothing breaks
 * and at last where something does: by guanjia-spool and by a script that takes, refuses or hangs, with
 * servers that are reloaded, stopped and killed, and with two on one database (mailroom.h). What was sent
 * is empty afterwards, and no log knows a phone or a word of it. No time is waited for: what would be
 * tried later is made due.
 */
#include "tests/check.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "server/db/process.h"
#include "server/keys.h"
#include "tests/faults/mailroom.h"
#include "tests/live/client.h"

#define SOON_MS 15000 /* drain_ms, and what sanitizers take */

static struct mailroom room;

static void begin(struct mail_server *server, const char *const *sets)
{
	mail_server_init(server, &room, sets);
	if (!live_server_start(&server->server)) {
		abort();
	}
}

static void check_says_nothing(const struct mail_server *server)
{
	CHECK_INT_EQ(live_server_log_count(&server->server, MAIL_PHONE), 0);
	CHECK_INT_EQ(live_server_log_count(&server->server, MAIL_WORDS), 0);
	CHECK(live_server_is_sound(&server->server));
}

static void end(struct mail_server *server)
{
	CHECK_INT_EQ(live_server_stop(&server->server), 0);
	check_says_nothing(server);
	live_server_fini(&server->server);
}

static size_t log_count(const struct mail_server *server, const char *words)
{
	return live_server_log_count(&server->server, words);
}

/* So many lines, and so many different messages. */
static void check_taken(size_t lines, size_t messages)
{
	struct mail_taken taken = mail_taken(&room);

	CHECK_INT_EQ(taken.line_count, lines);
	CHECK_INT_EQ(taken.message_count, messages);
}

/* ---- where nothing breaks ------------------------------------------------------------------- */

static void check_spooled(const struct mail_server *server, struct uuid id, int number)
{
	char id_text[UUID_TEXT_LEN + 1];
	char path[2 * LIVE_PATH_MAX];
	char text[64];
	struct stat stat_of;
	json_t *message;

	uuid_format(id, id_text);
	(void)snprintf(path, sizeof(path), "%s/outgoing/%s.json", server->server.dir, id_text);
	(void)snprintf(text, sizeof(text), MAIL_WORDS " %d", number);
	message = json_load_file(path, 0, NULL);
	CHECK_STR_EQ(json_string_value(json_object_get(message, "id")), id_text);
	CHECK_STR_EQ(json_string_value(json_object_get(message, "kind")), "ACKNOWLEDGEMENT");
	CHECK_STR_EQ(json_string_value(json_object_get(message, "to")), MAIL_PHONE);
	CHECK_STR_EQ(json_string_value(json_object_get(message, "text")), text);
	CHECK_INT_EQ(stat(path, &stat_of), 0);
	CHECK_INT_EQ(stat_of.st_mode & 07777, 0600);
	json_decref(message);
}

static void test_spool_is_the_default(void)
{
	static const char *const sets[] = {NULL};
	static struct mail_server server;
	struct uuid ids[40];

	begin(&server, sets);
	for (int i = 0; i < (int)COUNT(ids); i++) {
		ids[i] = mail_put(&room, &server.seal, i, 0);
	}
	CHECK(mail_await_sent(&room, COUNT(ids)));
	for (int i = 0; i < (int)COUNT(ids) && !check_failed(); i++) {
		check_spooled(&server, ids[i], i);
	}
	CHECK_STR_EQ(mail_ask(&room, "SELECT max(try_count) FROM outgoing"), "1");
	end(&server);
}

static void test_program_takes_each_message_once(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;

	begin(&server, sets);
	mail_put_many(&room, &server.seal, 30);
	CHECK(mail_await_sent(&room, 30));
	check_taken(30, 30);
	end(&server);
}

/* Sessions, requests, and one claim after the other: the counters say what happened. */
static void test_none_lets_messages_wait_until_it_is_reloaded(void)
{
	static const char *const sets[] = {"session_idle_ms=3600000", NULL};
	char settings[LIVE_PATH_MAX + 64];
	static struct mail_server server;
	struct live_client admin;

	mail_server_init(&server, &room, sets);
	live_server_configure(&server.server, "outgoing = none\n");
	(void)mail_put(&room, &server.seal, 1, 0);
	(void)mail_put(&room, &server.seal, 2, 700);
	CHECK(live_server_start(&server.server));
	live_client_begin(&admin, &server.server, LIVE_ADMIN);
	while (live_counter(&admin, "outgoing.waiting") == 0) {
		live_turn(&admin); /* counted as soon as the database is there */
	}
	CHECK_INT_EQ(live_counter(&admin, "outgoing.waiting"), 2);
	CHECK_INT_EQ(live_counter(&admin, "outgoing.late"), 1);
	CHECK_STR_EQ(mail_ask(&room, "SELECT max(try_count) FROM outgoing"), "0");
	(void)snprintf(settings, sizeof(settings), "%s\n", room.program_set);
	live_server_reload(&server.server, settings);
	CHECK(mail_await_sent(&room, 2));
	check_taken(2, 2);
	CHECK_INT_EQ(live_counter(&admin, "outgoing.sent"), 2);
	CHECK_INT_EQ(live_counter(&admin, "outgoing.failed"), 0);
	live_client_close(&admin);
	end(&server);
}

static void test_two_servers_hand_out_each_message_once(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server here;
	static struct mail_server there;

	mail_server_init(&here, &room, sets);
	mail_server_init(&there, &room, sets);
	live_server_share_key(&there.server, &here.server);
	mail_put_many(&room, &here.seal, 60);
	CHECK(live_server_start(&here.server));
	CHECK(live_server_start(&there.server));
	mail_put_many(&room, &here.seal, 140);
	CHECK(mail_await_sent(&room, 200));
	check_taken(200, 200);
	printf("# %zu by one, %zu by the other\n", log_count(&here, "outgoing.sent"),
		log_count(&there, "outgoing.sent"));
	CHECK_INT_EQ(log_count(&here, "outgoing.sent") + log_count(&there, "outgoing.sent"), 200);
	CHECK_STR_EQ(mail_ask(&room, "SELECT max(try_count) FROM outgoing"), "1");
	end(&here);
	end(&there);
}

/* ---- programs that fail --------------------------------------------------------------------- */

static void test_refused_message_is_tried_again(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;

	begin(&server, sets);
	mail_mark(&room, "closed", true);
	(void)mail_put(&room, &server.seal, 1, 0);
	for (int try = 1; try <= 3; try++) {
		char condition[256];

		/* 10, 20, 40 s after the try, which was a moment ago; the lease was longer. */
		(void)snprintf(condition, sizeof(condition),
			"try_count = %d AND sealed IS NOT NULL AND sent_at IS NULL AND next_try_at - now()"
			" BETWEEN interval '%d s' AND interval '%d s'",
			try, (10 << (try - 1)) / 2, 10 << (try - 1));
		CHECK(mail_await(&room, condition, 1));
		if (try == 3) {
			mail_mark(&room, "closed", false);
		}
		mail_make_due(&room);
	}
	CHECK(mail_await_sent(&room, 1));
	CHECK_INT_EQ(log_count(&server, "outgoing.failed"), 3);
	CHECK_INT_EQ(log_count(&server, "code=3"), 3);
	check_taken(1, 1);
	end(&server);
}

/* Neither a program that is not there, nor a file that is none. */
static void test_program_that_cannot_be_run_is_a_failure(void)
{
	static const struct {
		const char *sets[2];
		const char *said;
	} rows[] = {
		{{"outgoing=/nowhere/program", NULL}, "try=1 code=127"},
		{{"outgoing=/etc/passwd", NULL}, "try=1 code=126"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		static struct mail_server server;

		begin(&server, rows[i].sets);
		mail_put_many(&room, &server.seal, 6);
		CHECK(mail_await(&room, "try_count = 1 AND next_try_at < now() + interval '11 s'", 6));
		CHECK_INT_EQ(log_count(&server, rows[i].said), 6);
		end(&server);
	}
}

static void test_old_message_is_given_up_when_it_is_refused(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;

	begin(&server, sets);
	(void)mail_put(&room, &server.seal, 1, 49 * 3600); /* old, but it has its try */
	CHECK(mail_await_sent(&room, 1));
	mail_mark(&room, "closed", true);
	(void)mail_put(&room, &server.seal, 2, 47 * 3600);
	(void)mail_put(&room, &server.seal, 3, 49 * 3600);
	CHECK(mail_await(&room, "given_up_at IS NOT NULL AND sealed IS NULL AND sent_at IS NULL", 1));
	CHECK(mail_await(&room, "given_up_at IS NULL AND sealed IS NOT NULL", 1));
	CHECK_INT_EQ(log_count(&server, "outgoing.given_up"), 1);
	end(&server);
}

static void test_message_under_another_key_is_given_up_at_once(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;
	struct keys keys = {{99}};
	struct seal other;

	begin(&server, sets);
	seal_init(&other, &keys);
	(void)mail_put(&room, &other, 1, 0);
	(void)mail_put(&room, &server.seal, 2, 0);
	CHECK(mail_await(&room, "given_up_at IS NOT NULL AND sealed IS NULL AND sent_at IS NULL", 1));
	CHECK(mail_await_sent(&room, 1));
	CHECK_INT_EQ(log_count(&server, "outgoing.given_up"), 1);
	check_taken(1, 1);
	end(&server);
}

static void test_hanging_program_is_killed_with_its_children(void)
{
	const char *sets[] = {room.program_set, "outgoing_ms=500", NULL};
	static struct mail_server server;
	pid_t child;

	begin(&server, sets);
	mail_mark(&room, "hung", true);
	(void)mail_put(&room, &server.seal, 1, 0);
	CHECK(mail_await_mark(&room, "pid"));
	child = mail_hung_pid(&room);
	CHECK(live_server_log_await(&server.server, "outgoing.killed", 1));
	CHECK_INT_EQ(log_count(&server, "try=1 code=137"), 1);
	CHECK(!process_is(child, "sleep", room.place));
	CHECK(mail_await(&room, "try_count = 1 AND next_try_at < now() + interval '11 s'", 1));
	mail_mark(&room, "hung", false);
	mail_make_due(&room);
	CHECK(mail_await_sent(&room, 1));
	end(&server);
}

/* ---- servers that end ----------------------------------------------------------------------- */

static void test_message_survives_a_server_that_is_killed(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;
	pid_t child;

	begin(&server, sets);
	mail_mark(&room, "hung", true);
	(void)mail_put(&room, &server.seal, 1, 0);
	CHECK(mail_await_mark(&room, "pid"));
	child = mail_hung_pid(&room);
	CHECK(process_is(child, "sleep", room.place));
	live_server_kill(&server.server);
	(void)kill(-getpgid(child), SIGKILL); /* nobody else does */
	mail_mark(&room, "hung", false);
	CHECK(mail_await(&room, "sealed IS NOT NULL AND try_count = 1 AND next_try_at > now()", 1));
	CHECK(live_server_start(&server.server));
	mail_make_due(&room); /* the lease is over */
	CHECK(mail_await_sent(&room, 1));
	check_taken(1, 1);
	CHECK_STR_EQ(mail_ask(&room, "SELECT try_count FROM outgoing"), "2");
	end(&server);
}

static void test_server_that_stops_waits_for_its_programs(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;
	size_t sent_count;

	begin(&server, sets);
	mail_mark(&room, "slow", true);
	mail_put_many(&room, &server.seal, 10);
	CHECK(mail_await_mark(&room, "begun"));
	live_server_signal(&server.server, SIGTERM);
	CHECK(live_server_log_await(&server.server, "server.drain", 1));
	mail_mark(&room, "slow", false);
	CHECK_INT_EQ(live_server_wait(&server.server, SOON_MS), 0);
	/* What was with a program is sent, and nothing is left to a lease. */
	CHECK(mail_await(&room, "sent_at IS NULL AND next_try_at > now()", 0));
	sent_count = mail_count(&room, "sent_at IS NOT NULL");
	CHECK(sent_count >= 1);
	check_taken(sent_count, sent_count);
	CHECK_INT_EQ(log_count(&server, "outgoing.sent"), sent_count);
	check_says_nothing(&server);
	live_server_fini(&server.server);
}

static void test_server_that_stops_does_not_wait_for_ever(void)
{
	const char *sets[] = {room.program_set, "drain_ms=200", NULL};
	static struct mail_server server;
	pid_t child;

	begin(&server, sets);
	mail_mark(&room, "hung", true);
	(void)mail_put(&room, &server.seal, 1, 0);
	CHECK(mail_await_mark(&room, "pid"));
	child = mail_hung_pid(&room);
	CHECK_INT_EQ(live_server_stop(&server.server), 0);
	CHECK(!process_is(child, "sleep", room.place));
	CHECK(mail_await(&room, "sealed IS NOT NULL AND sent_at IS NULL AND try_count = 1", 1));
	check_says_nothing(&server);
	live_server_fini(&server.server);
}

/* The database is away while the program has the message: what came of it is written when it is back. */
static void test_database_that_is_away_is_told_later(void)
{
	const char *sets[] = {room.program_set, NULL};
	static struct mail_server server;

	begin(&server, sets);
	mail_mark(&room, "slow", true);
	(void)mail_put(&room, &server.seal, 1, 0);
	CHECK(mail_await_mark(&room, "begun"));
	mailroom_database(&room, false);
	CHECK(live_server_log_await(&server.server, "db.lost", 1));
	mail_mark(&room, "slow", false);
	CHECK(live_server_log_await(&server.server, "outgoing.sent", 1));
	/* The lease is over by then, and a look due: what came of it is written first, or it goes twice. */
	live_server_signal(&server.server, SIGSTOP);
	mailroom_database(&room, true);
	mail_make_due(&room);
	CHECK(mail_await(&room, "made_at < now() - interval '3 s'", 1));
	live_server_signal(&server.server, SIGCONT);
	CHECK(mail_await_sent(&room, 1));
	check_taken(1, 1);
	end(&server);
}

/* What is over is thrown out, and nothing else. */
static void test_what_is_over_is_swept(void)
{
	static const char *const sets[] = {"outgoing=none", NULL};
	static struct mail_server server;

	mail_server_init(&server, &room, sets);
	(void)mail_ask(&room,
		"INSERT INTO outgoing (community_id, outgoing_id, kind, language, made_at, next_try_at,"
		" sent_at, given_up_at) SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, now(), now(),"
		" CASE WHEN n % 2 = 0 THEN now() - n * interval '1 day' END,"
		" CASE WHEN n % 2 = 1 THEN now() - n * interval '1 day' END"
		" FROM generate_series(20, 40) AS n");
	(void)mail_put(&room, &server.seal, 1, 90 * 24 * 3600);
	CHECK(live_server_start(&server.server));
	CHECK(mail_await(&room, "true", 11)); /* of 20 to 29 days, and the one that waits */
	CHECK(mail_await(&room, "sealed IS NOT NULL", 1));
	end(&server);
}

static void test_codes_that_are_over_are_swept(void)
{
	static const char *const sets[] = {NULL};
	static struct mail_server server;

	mail_server_init(&server, &room, sets);
	/* Without the complaints that they belong to. */
	(void)mail_ask(&room,
		"SET session_replication_role = replica; INSERT INTO one_time_code (community_id, code_id,"
		" complaint_id, purpose, code_hash, made_at, expires_at, tries_left)"
		" SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, sha256(''),"
		" now() - n * interval '1 day', now(), 3 FROM generate_series(20, 40) AS n;"
		" RESET session_replication_role");
	(void)mail_put(&room, &server.seal, 1, 0);
	CHECK(live_server_start(&server.server));
	/* Those of 20 to 29 days stay. */
	CHECK(mail_await(&room, "(SELECT count(*) FROM one_time_code) = 10", 1));
	(void)mail_ask(&room, "DELETE FROM one_time_code");
	end(&server);
}

static const struct test tests[] = {
	{"spool_is_the_default", test_spool_is_the_default},
	{"program_takes_each_message_once", test_program_takes_each_message_once},
	{"none_lets_messages_wait_until_it_is_reloaded",
		test_none_lets_messages_wait_until_it_is_reloaded},
	{"two_servers_hand_out_each_message_once", test_two_servers_hand_out_each_message_once},
	{"refused_message_is_tried_again", test_refused_message_is_tried_again},
	{"program_that_cannot_be_run_is_a_failure", test_program_that_cannot_be_run_is_a_failure},
	{"old_message_is_given_up_when_it_is_refused", test_old_message_is_given_up_when_it_is_refused},
	{"message_under_another_key_is_given_up_at_once",
		test_message_under_another_key_is_given_up_at_once},
	{"hanging_program_is_killed_with_its_children",
		test_hanging_program_is_killed_with_its_children},
	{"message_survives_a_server_that_is_killed", test_message_survives_a_server_that_is_killed},
	{"server_that_stops_waits_for_its_programs", test_server_that_stops_waits_for_its_programs},
	{"server_that_stops_does_not_wait_for_ever", test_server_that_stops_does_not_wait_for_ever},
	{"database_that_is_away_is_told_later", test_database_that_is_away_is_told_later},
	{"what_is_over_is_swept", test_what_is_over_is_swept},
	{"codes_that_are_over_are_swept", test_codes_that_are_over_are_swept},
};

int main(void)
{
	int failed;

	live_begin();
	live_programs_together();
	mailroom_begin(&room);
	failed = check_main(tests, COUNT(tests));
	mailroom_end(&room);
	return failed;
}
