/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The addresses of one host's name, asked for in a thread of the loop's pool: whoever answers for names
 * may take his time, and the loop has none. A look-up that nobody waits for any more frees itself when
 * it has ended.
 */
#pragma once

#include <netinet/in.h>
#include <uv.h>

#include "common/base.h"

#define LOOKUP_ADDRESSES_MAX 8
#define LOOKUP_ADDRESS_BYTES (INET6_ADDRSTRLEN + 20) /* with the name of an interface behind */

struct lookup {
	uv_getaddrinfo_t request;
	bool *mark; /* the owner's, set when it has ended; NULL: nobody waits any more */
	bool is_running;
	size_t count; /* once it has ended; 0: no such name, or nobody to ask */
	char addresses[LOOKUP_ADDRESSES_MAX][LOOKUP_ADDRESS_BYTES];
};

/* NULL where it cannot even be asked. The mark must stay where it is until lookup_drop. */
struct lookup *lookup_start(uv_loop_t *loop, const char *name, bool *mark);

/* Done with it, whether it has ended or not. NULL is fine. */
void lookup_drop(struct lookup *lookup);
