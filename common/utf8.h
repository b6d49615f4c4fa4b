/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

enum utf8_verdict {
	UTF8_OK,
	UTF8_INVALID, /* not UTF-8 */
	UTF8_NUL,     /* UTF-8, but holds U+0000 */
};

/* Checks all of it and counts its code points; *out_points is set only with UTF8_OK. */
enum utf8_verdict utf8_check(struct span bytes, size_t *out_points);

/* Takes one code point off the front of valid text; 0 at its end. */
uint32_t utf8_next(struct str *text);

/* The longest prefix of valid text with at most `points` code points. */
struct str utf8_prefix(struct str text, size_t points);
