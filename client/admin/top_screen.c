/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/top_screen.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "client/admin/cell.h"
#include "client/admin/i18n.h"

#define DRAW_BYTES_MAX (256 * 1024)

static const struct {
	int code; /* of ncurses */
	enum top_key key;
} keys[] = {
	{'q', TOP_KEY_QUIT},
	{'Q', TOP_KEY_QUIT},
	{'h', TOP_KEY_HELP},
	{'?', TOP_KEY_HELP},
	{' ', TOP_KEY_PAUSE},
	{'p', TOP_KEY_PAUSE},
	{'<', TOP_KEY_LEFT},
	{KEY_LEFT, TOP_KEY_LEFT},
	{'>', TOP_KEY_RIGHT},
	{'s', TOP_KEY_RIGHT},
	{KEY_RIGHT, TOP_KEY_RIGHT},
	{'j', TOP_KEY_DOWN},
	{KEY_DOWN, TOP_KEY_DOWN},
	{'k', TOP_KEY_UP},
	{KEY_UP, TOP_KEY_UP},
};

static const char *const help[] = {
	N_("guanjia top: the server live, once a second"),
	"",
	N_("q          quit"),
	N_("space, p   pause, and go on"),
	N_("< >, s     sort by another column; the one with * is it"),
	N_("up, down   the methods that have no room"),
	N_("h, ?       this help, and back"),
	"",
	N_("Rates and times are of the last second; the first page is of all since"),
	N_("the server's start."),
	N_("refused: a rule, a conflict, a wrong field"),
	N_("failed: busy, too late, the database away"),
	N_("p50, p99: half of all, 99 of 100, were answered within this time"),
};

bool top_screen_open(struct top_screen *screen)
{
	const char *name = ttyname(STDIN_FILENO);

	*screen = (struct top_screen){.keyboard_fd = -1};
	if (name == NULL || isatty(STDOUT_FILENO) != 1 || getenv("TERM") == NULL) {
		return false;
	}
	screen->keyboard_fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	screen->terminal = screen->keyboard_fd < 0 ? NULL : newterm(NULL, stdout, stdin);
	if (screen->terminal == NULL) {
		top_screen_close(screen);
		return false;
	}
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)curs_set(0);
	set_escdelay(50);
	return true;
}

void top_screen_close(struct top_screen *screen)
{
	if (screen->terminal != NULL) {
		(void)endwin();
		delscreen(screen->terminal);
	}
	if (screen->keyboard_fd >= 0) {
		(void)close(screen->keyboard_fd);
	}
	*screen = (struct top_screen){.keyboard_fd = -1};
}

enum top_key top_screen_key(void)
{
	int code;

	while ((code = getch()) != ERR) {
		for (size_t i = 0; i < COUNT(keys); i++) {
			if (keys[i].code == code) {
				return keys[i].key;
			}
		}
	}
	return TOP_KEY_NONE;
}

void top_screen_resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
		(void)resizeterm(size.ws_row, size.ws_col);
		(void)clearok(stdscr, TRUE); /* what the terminal made of the old lines is not known */
	}
}

/* One line, cut to the terminal's columns, not its bytes. */
static void draw_line(struct arena *arena, int y, struct str text, attr_t attributes)
{
	struct str clipped = cell_clip(arena, text, (size_t)(COLS > 0 ? COLS : 0));

	if (y >= LINES) {
		return;
	}
	(void)attrset((int)attributes);
	if (attributes != A_NORMAL) { /* over the whole width */
		(void)mvhline(y, 0, ' ', COLS);
	}
	(void)mvaddnstr(y, 0, clipped.ptr, (int)clipped.len);
	(void)attrset(A_NORMAL);
}

static void draw_foot(struct arena *arena, const char *note)
{
	struct str text = note[0] == '\0' ? str_from_c(_("q quit  space pause  < > sort  h help"))
	                                  : arena_printf(arena, "%s  |  %s", note,
											_("q quit  space pause  < > sort  h help"));

	draw_line(arena, LINES - 1, text, A_REVERSE);
}

void top_screen_draw(const struct top_page *page, size_t skip, const char *note)
{
	struct arena arena;
	int y = 0;

	arena_init(&arena, DRAW_BYTES_MAX);
	(void)erase();
	for (size_t i = 0; i < page->count; i++) {
		bool is_skipped = i > page->heading && i <= page->heading + skip;

		if (!is_skipped && y < LINES - 1) {
			draw_line(&arena, y++, page->lines[i],
				i == 0               ? A_BOLD
				: i == page->heading ? A_REVERSE
									 : A_NORMAL);
		}
	}
	draw_foot(&arena, note);
	(void)refresh();
	arena_fini(&arena);
}

void top_screen_help(void)
{
	struct arena arena;

	arena_init(&arena, DRAW_BYTES_MAX);
	(void)erase();
	for (size_t i = 0; i < COUNT(help) && (int)i < LINES - 1; i++) {
		draw_line(&arena, (int)i, str_from_c(help[i][0] == '\0' ? "" : _(help[i])),
			i == 0 ? A_BOLD : A_NORMAL);
	}
	draw_foot(&arena, "");
	(void)refresh();
	arena_fini(&arena);
}
