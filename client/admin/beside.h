/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guanjiad as a command of this machine: what only the server's own program may do, asked for by the
 * words that people know. It is the one that lies beside this program, else the one on the path.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

struct app;

#define BESIDE_ARGUMENTS_MAX 16

/* "name=value", as guanjiad prints them. */
struct beside_value {
	struct str name;
	struct str value;
};

struct beside_answer {
	struct beside_value values[32]; /* in the app's arena */
	size_t count;
};

/*
 * Runs `guanjiad ARGUMENTS`, to its end. What it logs goes to standard error, why it failed into the
 * app's fault.
 *
 *   arguments  NULL-terminated, at most BESIDE_ARGUMENTS_MAX
 */
enum err beside_run(
	struct app *app, const char *const *arguments, struct beside_answer *out) must_check;

/* Empty where there is none of this name. */
struct str beside_find(const struct beside_answer *answer, const char *name);
