/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 by RFC 4648 §4: the alphabet with + and /, padded, no line breaks. One text for every run of
 * bytes: what is not exactly what base64_encode makes is refused.
 */
#pragma once

#include "common/arena.h"
#include "common/base.h"
#include "common/span.h"

/* NUL-terminated, in the arena; NULL where that failed. */
char *base64_encode(struct span bytes, struct arena *arena) must_check;

/* False, and out untouched, for anything else than padded base64, or where the arena failed. */
bool base64_decode(struct str text, struct arena *arena, struct span *out) must_check;
