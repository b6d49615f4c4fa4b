/* SPDX-License-Identifier: Apache-2.0 */
#include "common/random.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#define DRAWN_BYTES 512

/* What was drawn and is not yet given out; its front is. Each thread has its own. */
struct drawn {
	uint8_t bytes[DRAWN_BYTES];
	size_t left;
};
static _Thread_local struct drawn drawn;

static void draw(void *out, size_t bytes)
{
	assert(bytes <= INT_MAX);
	if (RAND_bytes(out, (int)bytes) != 1) {
		abort();
	}
}

void random_bytes(void *out, size_t bytes)
{
	if (bytes > DRAWN_BYTES) {
		draw(out, bytes);
		return;
	}
	if (bytes > drawn.left) {
		draw(drawn.bytes, DRAWN_BYTES);
		drawn.left = DRAWN_BYTES;
	}
	drawn.left -= bytes;
	memcpy(out, drawn.bytes + drawn.left, bytes);
	explicit_bzero(drawn.bytes + drawn.left, bytes); /* it may be a key: here is no copy of it */
}
