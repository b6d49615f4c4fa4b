/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server said, read no further than a bench needs: which request it answers, and whether
 * well.
 */
#pragma once

#include "common/span.h"

enum answer_kind {
	ANSWER_HELLO,
	ANSWER_REPLY,
	ANSWER_FAILURE,
	ANSWER_OTHER, /* pongs, and what ends a connection */
	ANSWER_BROKEN,
};

struct answer {
	enum answer_kind kind;
	uint64_t id;      /* of REPLY and FAILURE */
	struct span body; /* of REPLY; borrowed */
	struct str code;  /* of FAILURE; borrowed */
	bool is_repeat;
};

/* From a frame's body. */
struct answer answer_read(struct span envelope);
