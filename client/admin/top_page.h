/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `guanjia top` says, as lines of text in the person's language, or as JSON for programs.
 */
#pragma once

#include <jansson.h>

#include "common/arena.h"

#include "client/admin/top.h"

#define TOP_PAGE_HEAD 8 /* lines above the methods: a title, seven of numbers */
#define TOP_PAGE_MAX (TOP_PAGE_HEAD + 2 + METHOD_COUNT + 1)

struct top_page {
	struct str lines[TOP_PAGE_MAX]; /* in the arena; none is cut: whoever shows them does */
	size_t count;
	size_t heading; /* which line is the heading of the methods */
};

/*
 * The whole page.
 *
 *   server  as the profile names it
 *   when    the time of the look
 */
void top_page_make(struct top_page *page, const struct top *top, const char *server,
	const char *when, struct arena *arena);

/* A new object; integers only, times in microseconds. */
json_t *top_page_json(const struct top *top) must_check;
