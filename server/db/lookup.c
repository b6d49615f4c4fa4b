/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/lookup.h"

#include <netdb.h>
#include <stdlib.h>

static void take(struct lookup *lookup, const struct addrinfo *list)
{
	for (const struct addrinfo *one = list; one != NULL && lookup->count < LOOKUP_ADDRESSES_MAX;
		 one = one->ai_next) {
		/* In numbers: nobody is asked again. */
		if (getnameinfo(one->ai_addr, one->ai_addrlen, lookup->addresses[lookup->count],
				LOOKUP_ADDRESS_BYTES, NULL, 0, NI_NUMERICHOST) == 0) {
			lookup->count++;
		}
	}
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
	struct lookup *lookup = container_of(request, struct lookup, request);

	lookup->is_running = false;
	if (status == 0) {
		take(lookup, list);
	}
	uv_freeaddrinfo(list);
	if (lookup->mark == NULL) {
		free(lookup);
	} else {
		*lookup->mark = true;
	}
}

struct lookup *lookup_start(uv_loop_t *loop, const char *name, bool *mark)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct lookup *lookup = calloc(1, sizeof *lookup);

	assert(lookup != NULL);
	lookup->mark = mark;
	lookup->is_running = true;
	if (uv_getaddrinfo(loop, &lookup->request, on_addresses, name, NULL, &hints) != 0) {
		free(lookup);
		return NULL;
	}
	return lookup;
}

void lookup_drop(struct lookup *lookup)
{
	if (lookup == NULL) {
		return;
	}
	if (!lookup->is_running) {
		free(lookup);
		return;
	}
	lookup->mark = NULL;
	(void)uv_cancel((uv_req_t *)&lookup->request); /* where no thread has begun with it */
}
