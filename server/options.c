/* SPDX-License-Identifier: Apache-2.0 */
#include "server/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "server/config.h"
#include "server/data_dir.h"

static void print_usage(FILE *out)
{
	fputs("usage: guanjiad [--data DIR] [--set name=value]...            serve\n"
		  "       guanjiad init [--data DIR] [--admin LOGIN] [--set …]   make what a first start "
		  "needs\n"
		  "       guanjiad migrate [--data DIR] [--set …]                bring the database up to "
		  "date\n"
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

static bool is_command(const char *word)
{
	return strcmp(word, "init") == 0 || strcmp(word, "migrate") == 0;
}

bool options_parse(struct options *options, int argc, char **argv, int *out_code)
{
	static const struct option rows[] = {
		{"data", required_argument, NULL, 'd'},
		{"set", required_argument, NULL, 's'},
		{"admin", required_argument, NULL, 'a'},
		{"account", required_argument, NULL, 'u'},
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
		case 's':
			if (options->set_count == OPTIONS_SETS_MAX) {
				return refuse(out_code);
			}
			options->sets[options->set_count++] = optarg;
			break;
		default:
			return refuse(out_code);
		}
	}
	options->command = argv[optind];
	if (options->command != NULL && (optind + 1 < argc || !is_command(options->command))) {
		return refuse(out_code);
	}
	return true;
}
