/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/dice.h"

/* splitmix64: neighbouring numbers become unrelated ones. */
static uint64_t mix(uint64_t number)
{
	number += UINT64_C(0x9E3779B97F4A7C15);
	number = (number ^ number >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	number = (number ^ number >> 27) * UINT64_C(0x94D049BB133111EB);
	return number ^ number >> 31;
}

struct dice dice_of(const struct dice_stream *stream)
{
	uint64_t state = mix(mix(mix(stream->seed) + stream->owner) + stream->ordinal);

	return (struct dice){state == 0 ? 1 : state};
}

/* xorshift64* */
uint64_t dice_below(struct dice *dice, uint64_t below)
{
	uint64_t *state = &dice->state;

	assert(below > 0);
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * UINT64_C(2685821657736338717) >> 11) % below;
}

bool dice_once_in(struct dice *dice, uint64_t times)
{
	return dice_below(dice, times) == 0;
}
