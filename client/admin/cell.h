/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from strangers, made fit for a terminal and measured in its columns. Widths are wcwidth's,
 * of the locale's tables: Chinese takes two columns, combining marks none.
 *
 * The locale must be a UTF-8 one (language_init sees to that).
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

enum cell_lines {
	CELL_ONE_LINE, /* line ends and tabs become blanks */
	CELL_LINES,    /* line feeds stay */
};

/*
 * Without control characters of C0 and C1 and without those that change the direction of text or
 * are not seen (bidi, U+FEFF, U+2028, tags): they can make a line say something else than it does.
 * What the locale has no width for becomes U+FFFD; so does every byte that is not UTF-8.
 */
struct str cell_clean(struct arena *arena, struct str text, enum cell_lines lines);

/* Columns that clean text takes. */
size_t cell_width(struct str text);

/* At most `columns` of clean text, with … at the end where some of it is missing. */
struct str cell_clip(struct arena *arena, struct str text, size_t columns);
