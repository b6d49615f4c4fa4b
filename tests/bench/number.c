/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/number.h"

#define DIGITS 32
#define GROUP_NUMBERS 1000 /* numbers of one group's accounts */

struct uuid number_uuid(unsigned kind, uint64_t number)
{
	struct uuid out = uuid_nil;

	assert(kind < 16);
	assert(number >= NUMBER_FIRST);
	out.bytes[0] = (uint8_t)(kind << 4);
	for (int digit = DIGITS - 1; number > 0; digit--) {
		unsigned value = (unsigned)(number % 10);

		out.bytes[digit / 2] |= (uint8_t)(digit % 2 == 0 ? value << 4 : value);
		number /= 10;
	}
	return out;
}

struct uuid number_person(unsigned group, unsigned person)
{
	assert(person < group);
	return number_uuid(NUMBER_ACCOUNT, NUMBER_FIRST + (uint64_t)group * GROUP_NUMBERS + person);
}
