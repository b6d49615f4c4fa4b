/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of the record as people and programs read them in an export, and back again, byte for byte: ids with dashes,
 * numbers in decimal, times in UTC to the microsecond, hashes in hexadecimal. A text's percent signs, commas, quotes and
 * control characters are written as in a URL, so a line of CSV needs no quotes.
 */
#pragma once

#include "common/record.h"

/* The empty text is a null. Empty too, with the arena failed, where it has no more. */
struct str record_text(struct arena *arena, enum record_type type, struct span value);

/* False for what record_text does not write. */
bool record_text_parse(
	struct arena *arena, enum record_type type, struct str text, struct span *out) must_check;
