/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody at the door of a running server, for benches that look at the server and not at the load: it
 * makes people and complaints, opens connections and keeps them, shakes hands, asks a given number of
 * times. What it is told to do is in its arguments; what it has done it says on standard output; where two
 * things have to be looked at one after the other it waits for a line on its standard input.
 */
#pragma once

#include "common/span.h"
#include "tests/live/peer.h"

struct knock {
	struct live_server server; /* where it is; not ours to start */
	SSL_CTX *context;
	int count; /* arguments of the command */
	char **arguments;
};

/* What goes on only if it holds; says what did not, and ends. */
void knock_need(bool holds, const char *what);
/* Says one line, at once. */
void knock_say(const char *format, ...) printf_like(1, 2);
/* Waits for a line; false at the end of the input. */
bool knock_await(void) must_check;
/* Argument `index` as a number from 1 to `max`. */
size_t knock_number(const struct knock *knock, int index, size_t max);
/* The token that an argument spells in hexadecimal. */
void knock_token(const char *text, uint8_t out[32]);

/* The commands; knock.c says what each takes. */
void knock_site(struct knock *knock);
void knock_hold(struct knock *knock);
void knock_ask(struct knock *knock);
void knock_shake(struct knock *knock);
void knock_watch(struct knock *knock);
