/* SPDX-License-Identifier: Apache-2.0 */
#include "common/random.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAWN_BYTES 256 /* at once, at most: getentropy(3) */

/* What was drawn and is not yet given out; its front is. Each thread has its own. */
struct drawn {
	uint8_t bytes[DRAWN_BYTES];
	size_t left;
};
static _Thread_local struct drawn drawn;

static void draw(void)
{
	if (getentropy(drawn.bytes, DRAWN_BYTES) != 0) {
		abort(); /* nothing may be sealed or named without */
	}
	drawn.left = DRAWN_BYTES;
}

void random_bytes(void *out, size_t bytes)
{
	uint8_t *end = out;

	while (bytes > 0) {
		size_t some;

		if (drawn.left == 0) {
			draw();
		}
		some = bytes < drawn.left ? bytes : drawn.left;
		drawn.left -= some;
		memcpy(end, drawn.bytes + drawn.left, some);
		explicit_bzero(drawn.bytes + drawn.left, some); /* it may be a key: here is no copy of it */
		end += some;
		bytes -= some;
	}
}
