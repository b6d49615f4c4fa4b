/* SPDX-License-Identifier: Apache-2.0 */
#include "server/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "server/config.h"
#include "server/data_dir.h"

static void print_usage(FILE *out)
{
	fputs(
		"usage: guanjiad [--data DIR] [--loops N] [--set name=value]...  serve, with N threads\n"
		"       guanjiad init [--data DIR] [--admin LOGIN] [--set …]   make what a first start "
		"needs\n"
		"       guanjiad migrate [--data DIR] [--set …]                bring the database up to "
		"date\n"
		"       guanjiad backup TARGET [--data DIR] [--keep N]         back up the database of the "
		"server that runs\n"
		"       guanjiad restore BACKUP --data DIR --keys DIR          make a data directory of a "
		"backup\n"
		"       guanjiad restore BACKUP                                only check it\n"
		"       guanjiad --help-settings | --help | --version\n",
		out);
}

static bool say(char letter, int *out_code)
{
	if (letter == 'S') {
		config_print(stdout);
	} else if (letter == 'h') {
		print_usage(stdout);
	} else {
		printf("guanjiad %s\n", GUANJIA_VERSION);
	}
	*out_code = 0;
	return false;
}

static bool refuse(int *out_code)
{
	print_usage(stderr);
	*out_code = err_row(ERR_USAGE)->exit_code;
	return false;
}

/* Words that may come first, and how many stand behind them. */
static const struct {
	const char *word;
	int argument_count;
} commands[] = {{"init", 0}, {"migrate", 0}, {"backup", 1}, {"restore", 1}};

static bool take_command(struct options *options, int count, char **words)
{
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(words[0], commands[i].word) == 0) {
			options->command = words[0];
			options->argument = words[1]; /* NULL where there is none */
			return count == 1 + commands[i].argument_count;
		}
	}
	return false;
}

static bool take_set(struct options *options, const char *pair)
{
	if (options->set_count == OPTIONS_SETS_MAX) {
		return false;
	}
	options->sets[options->set_count++] = pair;
	return true;
}

/* A setting like any other, whose range is looked at with the others'; too long for a number is none. */
static bool take_loops(struct options *options, const char *text)
{
	int len = snprintf(options->loops, sizeof options->loops, "loops=%s", text);

	return len > 0 && (size_t)len < sizeof options->loops && take_set(options, options->loops);
}

/* 1 to 9999; false for anything else. */
static bool take_keep(struct options *options, const char *text)
{
	char *end;
	long keep = strtol(text, &end, 10);

	options->keep = (uint32_t)keep;
	return *end == '\0' && keep >= 1 && keep <= 9999;
}

bool options_parse(struct options *options, int argc, char **argv, int *out_code)
{
	static const struct option rows[] = {
		{"data", required_argument, NULL, 'd'},
		{"set", required_argument, NULL, 's'},
		{"loops", required_argument, NULL, 'l'},
		{"admin", required_argument, NULL, 'a'},
		{"account", required_argument, NULL, 'u'},
		{"keep", required_argument, NULL, 'k'},
		{"keys", required_argument, NULL, 'K'},
		{"help-settings", no_argument, NULL, 'S'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	*options = (struct options){.account = DATA_DIR_ACCOUNT};
	while ((letter = getopt_long(argc, argv, "d:s:hV", rows, NULL)) != -1) {
		switch (letter) {
		case 'S':
		case 'h':
		case 'V':
			return say((char)letter, out_code);
		case 'd':
			options->dir = optarg;
			break;
		case 'a':
			options->admin = optarg;
			break;
		case 'u':
			options->account = optarg;
			break;
		case 'K':
			options->keys = optarg;
			break;
		case 'k':
			if (!take_keep(options, optarg)) {
				return refuse(out_code);
			}
			break;
		case 's':
			if (!take_set(options, optarg)) {
				return refuse(out_code);
			}
			break;
		case 'l':
			if (!take_loops(options, optarg)) {
				return refuse(out_code);
			}
			break;
		default:
			return refuse(out_code);
		}
	}
	if (optind < argc && !take_command(options, argc - optind, argv + optind)) {
		return refuse(out_code);
	}
	return true;
}
