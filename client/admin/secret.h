/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords and one-time codes: from a terminal without echo, from the first line of a file, or from the next line of
 * standard input. Never from the command line, where everybody on the machine could read them.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

struct fault;

#define SECRET_MAX 512 /* bytes; the server allows 128 characters */

struct secret {
	char text[SECRET_MAX + 1];
};

/*
 * Reads one.
 *
 *   file     path, "-" for standard input, NULL: the terminal where standard input is one, else
 *            standard input
 *   prompt   shown on the terminal, in the person's language
 *   returns  ERR_OK | INPUT
 */
enum err secret_read(
	struct secret *out, const char *file, const char *prompt, struct fault *fault) must_check;

/* Asks twice on a terminal, where a typing error could not be seen. */
enum err secret_read_new(struct secret *out, const char *file, struct fault *fault) must_check;

void secret_wipe(struct secret *secret);
