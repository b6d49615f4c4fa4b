/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of guanjiad.
 */
#pragma once

#include "common/base.h"

#define OPTIONS_SETS_MAX 64

struct options {
	const char *command;                /* of commands in options.c; NULL: serve */
	const char *argument;               /* of backup and restore: a folder; else NULL */
	const char *dir;                    /* --data; NULL: the default */
	const char *keys;                   /* --keys of restore; "none": they are lost */
	uint32_t keep;                      /* --keep of backup; 0: all */
	const char *admin;                  /* --admin; NULL: nobody is made */
	const char *account;                /* --account: whom root becomes */
	char loops[32];                     /* --loops N as one of them */
	const char *sets[OPTIONS_SETS_MAX]; /* --set name=value, in order */
	size_t set_count;
};

/* False: the program ends here, with *out_code; what there was to say has been printed. */
bool options_parse(struct options *options, int argc, char **argv, int *out_code) must_check;
