/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the windows that are proposed, first by cases that can be read, then against a model that is slow and
 * obvious: it draws the days as moments of one unit, marks who can be there in each, and walks over the
 * moments. Days, people and what they are busy with are drawn from a seed, ten thousand times.
 */
#include "server/domain/free_time.h"

#include "tests/check.h"

#define WINDOWS_MAX 12
#define SPANS_MAX 5
#define PEOPLE_MAX 3
#define MOMENTS 120 /* of a drawn calendar */
#define DRAWS 10000

#define SPANS(...) \
	(const struct free_span[]) \
	{ \
		__VA_ARGS__ \
	}

/* --- cases --- */

static const struct free_case {
	const char *what;
	int64_t not_before, length;
	struct free_span open[2];
	size_t open_count;
	struct free_person people[2];
	size_t person_count;
	size_t max;
	struct free_window expected[4]; /* up to the first of no length */
} cases[] = {
	{"a free day, one behind the other", 0, 20, {{0, 65}}, 1, {{0}}, 1, 4,
		{{{0, 20}, 0, 1}, {{20, 40}, 0, 1}, {{40, 60}, 0, 1}}},
	{"no more than are asked for", 0, 20, {{0, 65}}, 1, {{0}}, 1, 2,
		{{{0, 20}, 0, 1}, {{20, 40}, 0, 1}}},
	{"not before it may begin, on the grid", 11, 20, {{0, 65}}, 1, {{0}}, 1, 4,
		{{{20, 40}, 0, 1}, {{40, 60}, 0, 1}}},
	{"the grid begins with the day", 11, 20, {{3, 65}}, 1, {{0}}, 1, 1, {{{13, 33}, 0, 1}}},
	{"the whole day and not more", 0, 60, {{0, 59}, {100, 160}}, 2, {{0}}, 1, 4,
		{{{100, 160}, 0, 1}}},
	{"nobody", 0, 20, {{0, 65}}, 1, {{0}}, 0, 4, {{{0, 0}, 0, 0}}},
	{"around what is busy, which may touch", 0, 20, {{0, 90}}, 1, {{SPANS({20, 40}), 1}}, 1, 4,
		{{{0, 20}, 0, 1}, {{40, 60}, 0, 1}, {{60, 80}, 0, 1}}},
	{"busy spans that overlap, and one from before the day", 0, 20, {{0, 90}}, 1,
		{{SPANS({-50, 12}, {-10, 5}, {30, 35}), 3}}, 1, 4, {{{40, 60}, 0, 1}, {{60, 80}, 0, 1}}},
	{"whoever is free", 0, 20, {{0, 60}}, 1, {{SPANS({0, 15}), 1}, {SPANS({30, 60}), 1}}, 2, 4,
		{{{0, 20}, 1, 1}, {{20, 40}, 0, 1}, {{40, 60}, 0, 1}}},
	{"both are", 0, 20, {{0, 20}}, 1, {{0}, {0}}, 2, 4, {{{0, 20}, 0, 2}}},
	{"not a moment longer than the proof", 0, 20, {{0, 60}}, 1,
		{{.must_be_valid = true, .valid = SPANS({10, 39}), .valid_count = 1}}, 1, 4,
		{{{10, 30}, 0, 1}}},
	{"with no proof at all", 0, 20, {{0, 60}}, 1, {{.must_be_valid = true}}, 1, 4,
		{{{0, 0}, 0, 0}}},
	{"one proof ends where the next begins: neither holds", 0, 20, {{0, 40}}, 1,
		{{.must_be_valid = true, .valid = SPANS({0, 10}, {10, 30}), .valid_count = 2}}, 1, 4,
		{{{10, 30}, 0, 1}}},
};

static bool is_same(const struct free_window *a, const struct free_window *b)
{
	return a->span.from_us == b->span.from_us && a->span.to_us == b->span.to_us &&
	       a->person == b->person && a->free_count == b->free_count;
}

static void check_case(const struct free_case *one)
{
	const struct free_ask ask = {.open = one->open,
		.open_count = one->open_count,
		.people = one->people,
		.person_count = one->person_count,
		.not_before_us = one->not_before,
		.length_us = one->length,
		.grid_us = 10};
	struct free_window out[WINDOWS_MAX];
	size_t count = free_time_propose(&ask, out, one->max);
	size_t expected = 0;

	while (expected < COUNT(one->expected) && one->expected[expected].span.to_us != 0) {
		expected++;
	}
	CHECK_INT_EQ(count, expected);
	for (size_t i = 0; i < count && i < expected; i++) {
		CHECK(is_same(&out[i], &one->expected[i]));
	}
}

static void test_windows_are_where_somebody_is_free(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

/* --- the model --- */

static uint32_t state;

static int64_t draw(int64_t below)
{
	state = state * 1664525u + 1013904223u;
	return (int64_t)((state >> 8) % (uint32_t)below);
}

struct calendar {
	struct free_span open[SPANS_MAX];
	struct free_span busy[PEOPLE_MAX][SPANS_MAX];
	struct free_span valid[PEOPLE_MAX][SPANS_MAX];
	struct free_person people[PEOPLE_MAX];
	struct free_ask ask;
};

static void sort(struct free_span *spans, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t k = i; k > 0 && spans[k].from_us < spans[k - 1].from_us; k--) {
			struct free_span swapped = spans[k];

			spans[k] = spans[k - 1];
			spans[k - 1] = swapped;
		}
	}
}

static size_t draw_spans(struct free_span *out, int64_t length_below)
{
	size_t count = (size_t)draw(SPANS_MAX + 1);

	for (size_t i = 0; i < count; i++) {
		out[i].from_us = draw(MOMENTS);
		out[i].to_us = out[i].from_us + 1 + draw(length_below);
	}
	sort(out, count);
	return count;
}

static void draw_calendar(struct calendar *calendar)
{
	int64_t next = 0;
	size_t days = (size_t)draw(SPANS_MAX + 1);

	*calendar = (struct calendar){.ask = {.open = calendar->open, .people = calendar->people}};
	for (size_t i = 0; i < days; i++) {
		calendar->open[i].from_us = next + draw(10);
		calendar->open[i].to_us = calendar->open[i].from_us + 1 + draw(30);
		next = calendar->open[i].to_us;
	}
	calendar->ask.open_count = days;
	calendar->ask.person_count = (size_t)draw(PEOPLE_MAX + 1);
	for (size_t i = 0; i < calendar->ask.person_count; i++) {
		struct free_person *person = &calendar->people[i];

		person->busy = calendar->busy[i];
		person->busy_count = draw_spans(calendar->busy[i], 25);
		person->must_be_valid = draw(2) == 0;
		person->valid = calendar->valid[i];
		person->valid_count = person->must_be_valid ? draw_spans(calendar->valid[i], 90) : 0;
	}
	calendar->ask.not_before_us = draw(MOMENTS) - 20;
	calendar->ask.length_us = 1 + draw(12);
	calendar->ask.grid_us = 1 + draw(6);
}

static bool holds(const struct free_span *span, int64_t moment)
{
	return span->from_us <= moment && moment < span->to_us;
}

/* Moment by moment. */
static bool model_is_free(const struct free_person *person, int64_t from, int64_t length)
{
	bool is_valid = !person->must_be_valid;

	for (int64_t at = from; at < from + length; at++) {
		for (size_t i = 0; i < person->busy_count; i++) {
			if (holds(&person->busy[i], at)) {
				return false;
			}
		}
	}
	for (size_t i = 0; i < person->valid_count; i++) {
		bool all = true;

		for (int64_t at = from; at < from + length; at++) {
			all = all && holds(&person->valid[i], at);
		}
		is_valid = is_valid || all;
	}
	return is_valid;
}

/* Every moment in turn: may a window begin here? */
static size_t model_propose(const struct free_ask *ask, struct free_window *out, size_t max)
{
	int64_t free_from = ask->not_before_us;
	size_t count = 0;

	for (int64_t at = -MOMENTS; at < 3 * MOMENTS && count < max; at++) {
		struct free_window found = {.span = {at, at + ask->length_us}};

		for (size_t day = 0; day < ask->open_count; day++) {
			bool fits = ask->open[day].from_us <= at &&
			            at + ask->length_us <= ask->open[day].to_us &&
			            (at - ask->open[day].from_us) % ask->grid_us == 0 && at >= free_from;

			for (size_t i = ask->person_count; fits && i > 0; i--) {
				if (model_is_free(&ask->people[i - 1], at, ask->length_us)) {
					found.person = i - 1;
					found.free_count++;
				}
			}
		}
		if (found.free_count > 0) {
			out[count++] = found;
			free_from = found.span.to_us;
		}
	}
	return count;
}

static void test_the_model_says_the_same(void)
{
	size_t found = 0;

	for (uint32_t seed = 0; seed < DRAWS; seed++) {
		struct free_window out[WINDOWS_MAX], expected[WINDOWS_MAX];
		struct calendar calendar;
		size_t count, expected_count;

		state = seed;
		draw_calendar(&calendar);
		count = free_time_propose(&calendar.ask, out, WINDOWS_MAX);
		expected_count = model_propose(&calendar.ask, expected, WINDOWS_MAX);
		CHECK_INT_EQ(count, expected_count);
		for (size_t i = 0; i < count && i < expected_count; i++) {
			CHECK(is_same(&out[i], &expected[i]));
		}
		found += count;
		if (check_failed()) {
			printf("# seed %u\n", seed);
			return;
		}
	}
	CHECK(found > DRAWS); /* the drawn calendars have room */
}

static const struct test tests[] = {
	{"windows_are_where_somebody_is_free", test_windows_are_where_somebody_is_free},
	{"the_model_says_the_same", test_the_model_says_the_same},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
