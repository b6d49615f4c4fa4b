/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/free_time.h"

static bool is_valid(const struct free_person *person, struct free_span span)
{
	for (size_t i = 0; i < person->valid_count; i++) {
		if (person->valid[i].from_us <= span.from_us && span.to_us <= person->valid[i].to_us) {
			return true;
		}
	}
	return !person->must_be_valid;
}

bool free_time_is_free(const struct free_person *person, struct free_span span)
{
	/* By their beginnings: what begins behind the span's end cannot meet it, nor can what follows. */
	for (size_t i = 0; i < person->busy_count && person->busy[i].from_us < span.to_us; i++) {
		if (span.from_us < person->busy[i].to_us) {
			return false;
		}
	}
	return is_valid(person, span);
}

/* Who is free; false where nobody is. */
static bool find_people(const struct free_ask *ask, struct free_span span, struct free_window *out)
{
	size_t first = 0;
	size_t count = 0;

	for (size_t i = 0; i < ask->person_count; i++) {
		if (free_time_is_free(&ask->people[i], span)) {
			first = count == 0 ? i : first;
			count++;
		}
	}
	if (count > 0) {
		*out = (struct free_window){.span = span, .person = first, .free_count = count};
	}
	return count > 0;
}

/* The first start on the opening's grid that is not before `us`. */
static int64_t on_grid(int64_t opening_us, int64_t us, int64_t grid_us)
{
	int64_t late_us = us - opening_us;

	return late_us <= 0 ? opening_us : opening_us + (late_us + grid_us - 1) / grid_us * grid_us;
}

size_t free_time_propose(const struct free_ask *ask, struct free_window *out, size_t max)
{
	int64_t next_us = ask->not_before_us;
	size_t count = 0;

	assert(ask->length_us > 0 && ask->grid_us > 0);
	for (size_t i = 0; i < ask->open_count && count < max; i++) {
		const struct free_span *open = &ask->open[i];
		int64_t start_us = on_grid(open->from_us, next_us, ask->grid_us);

		while (count < max && start_us <= open->to_us - ask->length_us) {
			struct free_span span = {start_us, start_us + ask->length_us};

			if (find_people(ask, span, &out[count])) {
				next_us = out[count++].span.to_us;
				start_us = on_grid(open->from_us, next_us, ask->grid_us);
			} else {
				start_us += ask->grid_us;
			}
		}
	}
	return count;
}
