/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options as data, and a command line taken apart by them. Nothing is looked up or converted
 * here: what was typed stays text.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

struct command_row;
struct fault;

enum option_id {
#define O(name, spelling, value, times, help) OPTION_##name,
#include "client/admin/option.def"
#undef O
	OPTION_COUNT
};

/*
 * A set of options: a bit each. Both compilers have integers of 128 bits, in which a row's set can be written as a
 * constant; two of them hold every option, so each set of command.def is read twice, once for each half.
 */
typedef unsigned __int128 option_half;

struct option_set {
	option_half low;
	option_half high;
};

static_assert(OPTION_COUNT <= 256, "a set of options is 256 bits");

enum option_times { OPTION_ONCE, OPTION_MANY };

struct option_row {
	const char *spelling;
	const char *value; /* NULL: takes none */
	enum option_times times;
	const char *help; /* English; shown through gettext */
};

extern const struct option_row option_rows[OPTION_COUNT];

#define OPTION_LOW(option) ((option) < 128 ? (option_half)1 << ((option) % 128) : 0)
#define OPTION_HIGH(option) ((option) < 128 ? 0 : (option_half)1 << ((option) % 128))

struct option_set option_set_of(enum option_id option);
struct option_set option_set_join(struct option_set a, struct option_set b);
struct option_set option_set_without(struct option_set set, enum option_id option);
bool option_set_has(struct option_set set, enum option_id option);
bool option_set_is_empty(struct option_set set);

/* What every command takes, and what may stand before a command's words. */
struct option_set option_set_global(void);

#define OPTION_ARGUMENTS_MAX 2
#define OPTION_MANY_MAX 64 /* values of the options that may come MANY times, together */

/* One value of an option that may come MANY times. */
struct option_given {
	enum option_id option;
	const char *value;
};

/* A command line. Everything borrows from argv; of an option given twice the last counts. */
struct options {
	const char *values[OPTION_COUNT];          /* NULL: not given; "" for one that takes no value */
	struct option_given many[OPTION_MANY_MAX]; /* in their order */
	size_t many_count;
	const char *arguments[OPTION_ARGUMENTS_MAX];
	size_t argument_count;
};

/*
 * Takes the options before a command's words. *out_used: how many of argv it took.
 *
 *   argv     without the program's name
 *   returns  ERR_OK | USAGE, and *fault says what is wrong
 */
enum err options_take_global(
	struct options *options, int argc, char **argv, int *out_used, struct fault *fault) must_check;

/* Takes everything behind a command's words: its options and arguments in any order. */
enum err options_take(struct options *options, const struct command_row *command, int argc,
	char **argv, struct fault *fault) must_check;

/* What a command needs and was not given; after help was not asked for. */
enum err options_check(const struct options *options, const struct command_row *command,
	struct fault *fault) must_check;

bool options_has(const struct options *options, enum option_id option);

/* The i-th value of an option that may come MANY times; NULL behind the last. */
const char *options_at(const struct options *options, enum option_id option, size_t i);
