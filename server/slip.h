/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain text for a narrow strip of paper: an 80 mm printer has 48 columns, a Chinese character takes two.
 * The same lines are fine in a message on a phone.
 *
 *     类别：报修
 *     内容：厨房洗菜盆下水管漏水，已经漏到楼下，请尽快
 *       派人处理。
 *
 * A line that is too long goes on in the next, indented, so that no value can pass for a line of its own.
 * In values, controls and marks of direction become spaces, and several spaces one.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

#define SLIP_COLUMNS 48
#define SLIP_INDENT_COLUMNS 2

struct slip {
	struct arena *arena;
	char *text; /* in the arena; NULL before the first line and where the arena failed */
	size_t len;
	size_t capacity;
};

void slip_init(struct slip *slip, struct arena *arena);

/* One line, or several where it does not fit. Nothing at all for a text without anything to see. */
void slip_line(struct slip *slip, struct str text);

/* All lines, each with a line feed behind; empty where the arena failed, or where there is no line. */
struct str slip_text(const struct slip *slip);
