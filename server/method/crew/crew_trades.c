/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/crew/crew_trades.h"

#include <stdlib.h>

#define TRADES_MAX 32 /* field.def */

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void crew_add_trades(struct query *query, const Pb__Crew__Trade *trades, size_t count)
{
	int sorted[TRADES_MAX];
	size_t kept = 0;

	assert(count <= TRADES_MAX);
	for (size_t i = 0; i < count; i++) {
		sorted[i] = (int)trades[i];
	}
	qsort(sorted, count, sizeof sorted[0], compare);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || sorted[i] != sorted[i - 1]) {
			sorted[kept++] = sorted[i];
		}
	}
	query_int2s(query, sorted, kept);
}
