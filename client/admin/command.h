/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands as data, and the help that is made of them.
 */
#pragma once

#include <stdio.h>

#include "common/err.h"

#include "proto/method.h"

#include "client/admin/option.h"

struct app;

enum command {
#define C(name, words, method, arguments, must, may, help) COMMAND_##name,
#include "client/admin/command.def"
#undef C
	COMMAND_COUNT
};

/* Of commands that ask nothing of the server, or several things. */
#define METHOD_none METHOD_COUNT

struct command_row {
	const char *words;     /* "complaint accept" */
	enum method method;    /* METHOD_none */
	const char *arguments; /* "LOGIN ROLE", "[LOGIN]" */
	const char *help;      /* English; shown through gettext */
	enum err (*run)(struct app *app);
};

extern const struct command_row command_rows[COMMAND_COUNT];

#define C(name, words, method, arguments, must, may, help) \
	enum err command_##name(struct app *app) must_check;
#include "client/admin/command.def"
#undef C

/*
 * The command whose words argv begins with. *out_used: how many words those are.
 *
 *   returns  NULL where there is none; then *out_used is 1 where the first word is a group's name
 */
const struct command_row *command_find(int argc, char **argv, int *out_used);

/* How many arguments a command wants at least and at most. */
size_t command_arguments_min(const struct command_row *command);
size_t command_arguments_max(const struct command_row *command);

/* The options that must be given to a command of command_rows, and that may be; disjoint. */
struct option_set command_must(const struct command_row *command);
struct option_set command_may(const struct command_row *command);
/* Every option a command takes. */
struct option_set command_options(const struct command_row *command);

/* Help for everything, for the commands of one group ("complaint"), for one command. */
void command_help_all(FILE *out);
void command_help_group(FILE *out, const char *group);
void command_help_one(FILE *out, const struct command_row *command);
