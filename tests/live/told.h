/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What servers tell owners, as a test hears it: a program for the setting `outgoing` that takes every
 * message and leaves it in a file named after the telephone, a line a message, and its id in one file
 * of all.
 */
#pragma once

#include "tests/live/server.h"

#define TOLD_CODE_BYTES 7 /* six digits, and a NUL */

struct live_told {
	char place[LIVE_PATH_MAX];    /* the program's and its files' */
	char set[LIVE_PATH_MAX + 32]; /* "outgoing=…", for live_server_init */
};

/* After live_begin; what is left is gone when the test ends. */
void live_told_begin(struct live_told *told);

/*
 * The one-time code that the newest message of this kind (outgoing.def) to this telephone brings.
 *
 *   returns  false where none has come yet
 */
bool live_told_code(const struct live_told *told, const char *phone, const char *kind,
	char out[TOLD_CODE_BYTES]) must_check;

/* The same, waited for. */
bool live_told_await_code(const struct live_told *told, const char *phone, const char *kind,
	char out[TOLD_CODE_BYTES]) must_check;

/* Every message that came, by its id: calls back for each line, some may stand twice. */
void live_told_ids(
	const struct live_told *told, void (*each)(void *context, const char *id), void *context);
