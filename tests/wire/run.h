/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One script being run: its variables, its connections, the answer it looks at, and why it failed. What
 * all scripts share (whom to talk to, the desk) is the world.
 *
 * Steps return false after run_fail() has said why; the runner then stops the script. JSON values and
 * bytes made on the way live as long as the run.
 */
#pragma once

#include <jansson.h>

#include "common/arena.h"
#include "common/list.h"
#include "common/tls.h"
#include "common/uuid.h"
#include "proto/method.h"

#define RUN_LINKS_MAX 64
#define RUN_ASKED_MAX 4096
#define RUN_NAME_MAX 48
/* Every wait of a script for the server ends after this: it is a failure, never a way to go on. */
#define RUN_WAIT_MS 20000

struct link;

/* The server, and what the runner prepared on it. */
struct world {
	const char *host;
	const char *port;
	const char *ca_path;
	const char *login;     /* the administrator's */
	const char *password;  /* the administrator's; never printed */
	SSL_CTX *context;      /* of an ordinary client; owned */
	json_t *desk;          /* variables that `use desk` gives; owned; NULL before it was prepared */
	const char *told_path; /* where the server's program leaves what owners are told; may be NULL */
	const char *socket_path;  /* folder of its private PostgreSQL's socket; may be NULL */
	struct pg_conn *database; /* owned; NULL before it was needed */
	unsigned phone_count;     /* telephones that were given out */
	char run_name[16]; /* different at each run of the runner: part of names that are unique */
};

/* A request that was sent: what its answer is an answer to. */
struct asked {
	const struct link *link;
	uint64_t id;
	const struct method_row *method; /* NULL: there is none of this name */
};

struct answer {
	bool is_there;
	bool is_judged; /* `ok` or `fail` has looked at it */
	bool is_failure;
	bool is_repeat;
	const char *code; /* of a failure; "OK" otherwise */
	json_t *json;     /* the reply, or the failure */
};

struct run {
	struct world *world;
	const char *path;
	unsigned line; /* where the statement begins, from 1 */
	struct arena arena;
	json_t *variables;                 /* object; owned */
	json_t *kept;                      /* array of what run_keep was given; owned */
	struct link *links[RUN_LINKS_MAX]; /* owned; NULL where none */
	struct link *link;                 /* the one that steps are about; NULL before the first */
	struct asked asked[RUN_ASKED_MAX];
	size_t asked_count;
	uint64_t last_id; /* of the last request that was sent */
	struct answer answer;
	struct uuid key;    /* of the last call: what `key same` sends */
	json_t *told;       /* object: ids of messages that `told` has taken; owned */
	char failure[4096]; /* empty until something failed */
};

void run_init(struct run *run, struct world *world, const char *path);
void run_fini(struct run *run);

/* Says why the script failed; the first time counts. Always false. */
bool run_fail(struct run *run, const char *format, ...) printf_like(2, 3);

/* Makes the run own this reference; returns it. Asserts that it is not NULL. */
json_t *run_keep(struct run *run, json_t *json);

/* As compact JSON, in the run's arena. */
const char *run_show(struct run *run, const json_t *json);

/* Takes over the reference. */
void run_set(struct run *run, const char *name, json_t *value);

/* Statements of a script, one after the other; false where one failed, or an answer was not judged. */
bool run_script(struct run *run);

/* One statement; called for the lines of a script, and by `times`. */
bool run_statement(struct run *run, const char *text);

/* The connection of this name; NULL where there is none. */
struct link *run_link(struct run *run, const char *name);
/* A new one, which becomes the run's; NULL after run_fail. */
struct link *run_connect(struct run *run, const char *name, SSL_CTX *context);

/* A telephone that nobody else of this run has. */
const char *run_phone(struct run *run);

/* The functions behind the verbs: what stands behind the verb is theirs to read. */
struct cursor;
#define V(name, usage) bool step_##name(struct run *run, struct cursor *rest);
#include "tests/wire/verb.def"
#undef V
