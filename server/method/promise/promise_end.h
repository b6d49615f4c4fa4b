/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What turning down and taking back share: the set comes to nothing.
 */
#pragma once

#include "common/span.h"
#include "server/method/promise/promise_row.h"

/* The reply with the set's next version, and the effect. */
struct promise_ending {
	uint32_t set_no;
	uint32_t version;
	struct str reason; /* empty: none */
	enum promise_step step;
};

enum err promise_end(struct request *r, struct promise_ending ending);
