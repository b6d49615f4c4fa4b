/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a statement from left to right: words, numbers, JSON with $variables in it, and bytes. The
 * first thing that is not what was asked for fails the run.
 */
#pragma once

#include <jansson.h>

#include "common/base.h"
#include "common/span.h"

struct run;

struct cursor {
	struct run *run;
	const char *at; /* in the statement; never before a blank */
};

struct cursor cursor_of(struct run *run, const char *text);

bool cursor_is_at_end(const struct cursor *cursor);
/* Fails the run where something is left over. */
bool cursor_end(struct cursor *cursor);

/* Takes the word if it is the next one. */
bool cursor_take(struct cursor *cursor, const char *word);
/* Takes the character if it is the next one. */
bool cursor_symbol(struct cursor *cursor, char symbol);
/* Letters, digits and . _ - ; a copy in the run's arena. NULL after a failure. */
const char *cursor_word(struct cursor *cursor);
/* Whatever stands up to the next blank: ".complaints[0].number". NULL after a failure. */
const char *cursor_path(struct cursor *cursor);
/* A number from 0. */
bool cursor_number(struct cursor *cursor, int64_t *out);

/* Whether JSON is next: { [ " $ or the beginning of a number, true, false, null. */
bool cursor_has_json(const struct cursor *cursor);
/* One value, with variables put in; borrowed from the run. NULL after a failure. */
json_t *cursor_json(struct cursor *cursor);

/*
 * Bytes, to the end of the statement: 0a0b, 41*300 (so often), "text", $variable (an id's 16 bytes, or
 * its text). In the run's arena.
 */
bool cursor_bytes(struct cursor *cursor, struct span *out);
