/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/option.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client/admin/command.h"
#include "client/admin/fault.h"
#include "client/admin/i18n.h"

/* getopt's code of a long option: above every character, so that ? and : keep their meanings. */
#define GETOPT_BASE 1000

#define O(name, spelling, value, times, help) {spelling, value, OPTION_##times, help},
const struct option_row option_rows[OPTION_COUNT] = {
#include "client/admin/option.def"
};
#undef O

struct option_set option_set_of(enum option_id option)
{
	return (struct option_set){OPTION_LOW(option), OPTION_HIGH(option)};
}

struct option_set option_set_join(struct option_set a, struct option_set b)
{
	return (struct option_set){a.low | b.low, a.high | b.high};
}

struct option_set option_set_without(struct option_set set, enum option_id option)
{
	return (struct option_set){set.low & ~OPTION_LOW(option), set.high & ~OPTION_HIGH(option)};
}

bool option_set_has(struct option_set set, enum option_id option)
{
	return (set.low & OPTION_LOW(option)) != 0 || (set.high & OPTION_HIGH(option)) != 0;
}

bool option_set_is_empty(struct option_set set)
{
	return set.low == 0 && set.high == 0;
}

struct option_set option_set_global(void)
{
	static const enum option_id options[] = {OPTION_PROFILE, OPTION_JSON, OPTION_LANG,
		OPTION_TIMEOUT, OPTION_VERBOSE, OPTION_PROGRAM, OPTION_HELP};
	struct option_set out = {0};

	for (size_t i = 0; i < COUNT(options); i++) {
		out = option_set_join(out, option_set_of(options[i]));
	}
	return out;
}

bool options_has(const struct options *options, enum option_id option)
{
	return options->values[option] != NULL;
}

const char *options_at(const struct options *options, enum option_id option, size_t i)
{
	assert(option_rows[option].times == OPTION_MANY);
	for (size_t k = 0; k < options->many_count; k++) {
		if (options->many[k].option != option) {
			continue;
		}
		if (i == 0) {
			return options->many[k].value;
		}
		i--;
	}
	return NULL;
}

/* Where a command has its own meaning for a spelling, that one wins over the global one. */
static bool is_hidden(enum option_id option, struct option_set set)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (i != (int)option && option_set_has(set, (enum option_id)i) &&
			!option_set_has(option_set_global(), (enum option_id)i) &&
			strcmp(option_rows[i].spelling, option_rows[option].spelling) == 0) {
			return true;
		}
	}
	return false;
}

/* Rows for getopt_long, ended by a zeroed one. */
static void make_rows(struct option_set set, struct option out[OPTION_COUNT + 1])
{
	size_t count = 0;

	for (int i = 0; i < OPTION_COUNT; i++) {
		if (!option_set_has(set, (enum option_id)i) || is_hidden((enum option_id)i, set)) {
			continue;
		}
		out[count] = (struct option){.name = option_rows[i].spelling,
			.has_arg = option_rows[i].value == NULL ? no_argument : required_argument,
			.val = GETOPT_BASE + i};
		count++;
	}
	out[count] = (struct option){0};
}

static enum err keep(
	struct options *options, enum option_id option, const char *value, struct fault *fault)
{
	assert(option < OPTION_COUNT);
	options->values[option] = value == NULL ? "" : value;
	if (option_rows[option].times == OPTION_ONCE) {
		return ERR_OK;
	}
	if (options->many_count == OPTION_MANY_MAX) {
		return fault_set(
			fault, ERR_USAGE, _("--%s is given too often"), option_rows[option].spelling);
	}
	options->many[options->many_count] = (struct option_given){option, value};
	options->many_count++;
	return ERR_OK;
}

/* What getopt_long did not like; it has left the place in optind and optopt. */
static enum err refuse(int verdict, char **argv, struct fault *fault)
{
	const char *word = argv[optind - 1];

	if (verdict == ':') {
		return fault_set(fault, ERR_USAGE, _("%s needs a value"), word);
	}
	if (optopt >= GETOPT_BASE) {
		return fault_set(fault, ERR_USAGE, _("%s takes no value"), word);
	}
	return fault_set(fault, ERR_USAGE, _("there is no option '%s' here"), word);
}

/*
 * One pass of getopt_long; "+" in `shape` stops at the first word that is no option.
 * argv[0] is skipped by getopt_long, as a program's name would be.
 */
static enum err take(struct options *options, struct option_set set, const char *shape, int argc,
	char **argv, struct fault *fault)
{
	struct option rows[OPTION_COUNT + 1];
	enum err err = ERR_OK;
	int code;

	make_rows(set, rows);
	optind = 0; /* glibc: begin anew, with the shape's flags */
	opterr = 0;
	while (err == ERR_OK && (code = getopt_long(argc, argv, shape, rows, NULL)) != -1) {
		if (code == 'h') {
			err = keep(options, OPTION_HELP, NULL, fault);
		} else if (code >= GETOPT_BASE) {
			err = keep(options, (enum option_id)(code - GETOPT_BASE), optarg, fault);
		} else {
			err = refuse(code, argv, fault);
		}
	}
	return err;
}

enum err options_take_global(
	struct options *options, int argc, char **argv, int *out_used, struct fault *fault)
{
	enum err err = take(options, option_set_global(), "+:h", argc + 1, argv - 1, fault);

	if (err == ERR_OK) {
		*out_used = optind - 1;
		assert(*out_used >= 0 && *out_used <= argc);
	}
	return err;
}

enum err options_take(struct options *options, const struct command_row *command, int argc,
	char **argv, struct fault *fault)
{
	enum err err = take(options, command_options(command), ":h", argc + 1, argv - 1, fault);
	size_t max = command_arguments_max(command);

	if (err != ERR_OK) {
		return err;
	}
	argv--;
	argc++;
	for (int i = optind; i < argc; i++) {
		if (options->argument_count == max) {
			return fault_set(fault, ERR_USAGE, _("'%s' is one word too many"), argv[i]);
		}
		options->arguments[options->argument_count] = argv[i];
		options->argument_count++;
	}
	return ERR_OK;
}

enum err options_check(
	const struct options *options, const struct command_row *command, struct fault *fault)
{
	if (options->argument_count < command_arguments_min(command)) {
		return fault_set(fault, ERR_USAGE, _("missing: %s"), command->arguments);
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (option_set_has(command_must(command), (enum option_id)i) &&
			options->values[i] == NULL) {
			return fault_set(fault, ERR_USAGE, _("missing: --%s"), option_rows[i].spelling);
		}
	}
	return ERR_OK;
}
