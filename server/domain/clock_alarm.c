/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/clock.h"

static_assert(CLOCK_COUNT * THRESHOLD_COUNT <= 32, "what has fired is 32 bits");

uint32_t clock_fired_bit(enum clock_number number, enum clock_threshold threshold)
{
	return UINT32_C(1) << ((number - 1) * THRESHOLD_COUNT + threshold);
}

int64_t clock_next_us(const struct clock_card *card, const struct clock_rules *rules)
{
	int64_t next_us = INT64_MAX;

	for (int number = 1; number <= CLOCK_COUNT; number++) {
		for (int threshold = 0; threshold < THRESHOLD_COUNT; threshold++) {
			int64_t at_us;

			if ((card->fired & clock_fired_bit((enum clock_number)number,
								   (enum clock_threshold)threshold)) != 0) {
				continue;
			}
			at_us = clock_threshold_us(
				card, rules, (enum clock_number)number, (enum clock_threshold)threshold);
			next_us = at_us < next_us ? at_us : next_us;
		}
	}
	return next_us;
}

static bool fire_one(struct clock_card *card, const struct clock_rules *rules,
	enum clock_number number, int64_t now_us, struct clock_alarm *out)
{
	bool is_fired = false;

	for (int i = 0; i < THRESHOLD_COUNT; i++) {
		enum clock_threshold threshold = (enum clock_threshold)i;
		uint32_t bit = clock_fired_bit(number, threshold);

		if ((card->fired & bit) == 0 &&
			clock_threshold_us(card, rules, number, threshold) <= now_us) {
			card->fired |= bit;
			*out = (struct clock_alarm){number, threshold};
			is_fired = true;
		}
	}
	return is_fired;
}

size_t clock_fire(struct clock_card *card, const struct clock_rules *rules, int64_t now_us,
	struct clock_alarm out[CLOCK_COUNT])
{
	size_t count = 0;

	for (int number = 1; number <= CLOCK_COUNT; number++) {
		count += fire_one(card, rules, (enum clock_number)number, now_us, &out[count]);
	}
	return count;
}
