/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/typed.h"

/* Full-width forms of ! to ~ stand in the order of ASCII, this far above it. */
#define WIDE_FIRST 0xFF01
#define WIDE_LAST 0xFF5E
#define WIDE_OFFSET 0xFEE0

/* What separates or cannot be seen, beyond ASCII; both ends belong to it. */
static const struct {
	uint32_t first, last;
} gaps[] = {
	{0x00A0, 0x00A0}, /* no-break space */
	{0x2000, 0x2015}, /* spaces, joiners, marks of direction, dashes */
	{0x202A, 0x202F}, /* marks of direction, narrow space */
	{0x2060, 0x2069}, /* joiners, marks of direction */
	{0x2212, 0x2212}, /* minus */
	{0x3000, 0x3000}, /* ideographic space */
	{0xFEFF, 0xFEFF}, /* byte order mark */
};

static char ascii_char(uint32_t point)
{
	bool is_kept = (point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') ||
	               (point >= 'a' && point <= 'z') || point == '+';

	if (is_kept) {
		return (char)point;
	}
	switch (point) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case '-':
	case '(':
	case ')':
	case '.':
		return ' ';
	}
	return '\0';
}

char typed_char(uint32_t point)
{
	if (point >= WIDE_FIRST && point <= WIDE_LAST) {
		point -= WIDE_OFFSET;
	}
	for (size_t i = 0; i < COUNT(gaps); i++) {
		if (point >= gaps[i].first && point <= gaps[i].last) {
			return ' ';
		}
	}
	return ascii_char(point);
}
