/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place in the feed of events as people carry it from one run to the next: three numbers with dots between,
 * ERA.XID.SEQ.
 */
#pragma once

#include "common/base.h"

#define POSITION_TEXT_MAX 64

struct position {
	uint64_t era; /* 0: none is known */
	uint64_t xid;
	int64_t seq;
};

/* Returns out. */
const char *position_format(const struct position *position, char out[POSITION_TEXT_MAX]);
/* False where the text is none; each number fits into 63 bits. */
bool position_parse(const char *text, struct position *out) must_check;
