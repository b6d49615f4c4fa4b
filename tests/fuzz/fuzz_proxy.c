/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a proxy says first. What must hold: cut anywhere, a header that is read waits for its
 * rest; what was read is used up to its own length and no further, and says who or that it is nobody's.
 */
#include <string.h>

#include "server/net/proxy_header.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header header;
	struct proxy_header again;
	size_t used = 0;
	size_t used_again = 0;

	if (proxy_decode(span_of(data, size), &header, &used) != PROXY_READY) {
		return 0;
	}
	must(used >= 16 && used <= size && used <= PROXY_HEADER_BYTES_MAX);
	must(header.is_own == (header.source.ss_family == 0));
	must(header.source.ss_family == header.target.ss_family);
	for (size_t len = 0; len < used; len++) {
		must(proxy_decode(span_of(data, len), &again, &used_again) == PROXY_SHORT);
	}
	must(proxy_decode(span_of(data, used), &again, &used_again) == PROXY_READY);
	must(used_again == used && memcmp(&again, &header, sizeof(header)) == 0);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	(void)seed;
	return LLVMFuzzerMutate(data, size, size_max);
}
