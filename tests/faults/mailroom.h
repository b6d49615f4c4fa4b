/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to owners for tests: a PostgreSQL into whose table they are put as a command would, a program
 * that takes them, and servers in between.
 *
 * The program leaves a line for each message that it took. What it does otherwise is said by files
 * beside it, its marks:
 *
 *   hung     it hangs, and so does a child of it, whose number is in the mark `pid`
 *   slow     it waits until the mark is gone; the mark `begun` says that it does
 *   closed   it refuses, with exit code 3
 */
#pragma once

#include <libpq-fe.h>

#include "server/seal.h"
#include "tests/live/cluster.h"

#define MAIL_PHONE "+8613912345678"
#define MAIL_WORDS "您的报修已受理"

struct mailroom {
	struct live_cluster cluster;
	PGconn *super;
	char place[LIVE_PATH_MAX]; /* the program's, its marks', and their working directory */
	char program_set[LIVE_PATH_MAX + 32]; /* "outgoing=…", the program */
};

/* A server of the mailroom. */
struct mail_server {
	struct live_server server;
	struct seal seal; /* of its key */
};

/* What a program has taken. */
struct mail_taken {
	size_t line_count;
	size_t message_count; /* different ones */
};

/* After live_begin. */
void mailroom_begin(struct mailroom *room);
void mailroom_end(struct mailroom *room);

/* PostgreSQL is killed, or comes back. */
void mailroom_database(struct mailroom *room, bool is_up);

/* No message, no mark; a server that is not started. Settings besides those of the database. */
void mail_server_init(struct mail_server *server, struct mailroom *room, const char *const *sets);

/* Puts a message in, so old and due now; its text is MAIL_WORDS and the number. */
struct uuid mail_put(struct mailroom *room, const struct seal *seal, int number, int age_s);
void mail_put_many(struct mailroom *room, const struct seal *seal, int count);

/* Everything that was not sent is due now. */
void mail_make_due(struct mailroom *room);

/* One value; and waiting until a condition selects so many messages. */
const char *mail_ask(struct mailroom *room, const char *sql);
size_t mail_count(struct mailroom *room, const char *condition);
bool mail_await(struct mailroom *room, const char *condition, size_t count) must_check;
/* … until so many are sent, and empty. */
bool mail_await_sent(struct mailroom *room, size_t count) must_check;

void mail_mark(struct mailroom *room, const char *name, bool is_set);
bool mail_await_mark(struct mailroom *room, const char *name) must_check;
/* The number of the child that hangs. */
pid_t mail_hung_pid(struct mailroom *room);
struct mail_taken mail_taken(struct mailroom *room);
