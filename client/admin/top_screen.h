/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal while `guanjia top` has it: pages of lines, keys, and sizes that change. ncurses draws; it is told of keys
 * and sizes by whoever waits for them, and installs nothing that could interrupt.
 */
#pragma once

#include "client/admin/top_page.h"

enum top_key {
	TOP_KEY_NONE,
	TOP_KEY_QUIT,
	TOP_KEY_HELP,
	TOP_KEY_PAUSE,
	TOP_KEY_LEFT, /* the column that the methods are sorted by */
	TOP_KEY_RIGHT,
	TOP_KEY_DOWN, /* the first method shown */
	TOP_KEY_UP,
};

struct top_screen {
	void *terminal;  /* owned; ncurses' own; NULL: it was not taken */
	int keyboard_fd; /* owned; readable when something was typed */
};

/*
 * Takes the terminal; false where standard input and output are none, or it cannot do what is needed. Whoever waits for
 * the keyboard polls a descriptor of its own: libuv makes what it polls non-blocking, and with standard input that would
 * be the output's too, and the shell's behind us.
 */
bool top_screen_open(struct top_screen *screen) must_check;
/* Gives it back as it was. */
void top_screen_close(struct top_screen *screen);

/* The next key that was typed; NONE where there is no more. */
enum top_key top_screen_key(void);
/* The terminal has another size now. */
void top_screen_resize(void);

/*
 * Draws a page, its methods from the `skip`-th on, or the help.
 *
 *   note  in the last line, in front of the keys: "paused", why nothing comes; may be ""
 */
void top_screen_draw(const struct top_page *page, size_t skip, const char *note);
void top_screen_help(void);
