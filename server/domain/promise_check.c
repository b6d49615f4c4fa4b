/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/promise_check.h"

/* Numbers of the protocol; tests/domain/test_numbers.c compares. */
enum { KIND_COUNT = 8, SUBKIND_COUNT = 6, CHANNEL_COUNT = 6, URGENCY_COUNT = 3 };
enum { KIND_REPAIR = 2 };
enum { CHANNEL_IMPORT = 5, CHANNEL_AUTHORITY = 6 };

static const char *const columns[CLOCK_COUNT] = {
#define CLOCK(number, name, column, is_elapsed, from, until) [(number)-1] = column,
#include "server/domain/clock.def"
#undef CLOCK
};

struct check {
	const struct promise *rows;
	size_t count;
	struct promise_problem *out;
	size_t problem_count;
};

const char *clock_column(int number)
{
	assert(number >= 1 && number <= CLOCK_COUNT);
	return columns[number - 1];
}

static void report(
	struct check *check, size_t row, const char *field, enum err err, const char *allowed)
{
	assert(check->problem_count < PROMISE_PROBLEMS_MAX);
	check->out[check->problem_count++] = (struct promise_problem){row, field, err, allowed};
}

static void check_number(struct check *check, size_t row, const char *field, int number, int last)
{
	if (number < 0 || number > last) {
		report(check, row, field, ERR_FIELD_ENUM, "one of its values");
	}
}

/* What is imported has no clocks: a row for it would promise what nobody keeps. */
static void check_conditions(struct check *check, size_t row)
{
	const struct promise *one = &check->rows[row];

	check_number(check, row, "kind", one->kind, KIND_COUNT);
	check_number(check, row, "subkind", one->subkind, SUBKIND_COUNT);
	check_number(check, row, "channel", one->channel, CHANNEL_COUNT);
	if (one->channel == CHANNEL_IMPORT) {
		report(check, row, "channel", ERR_FIELD_INVALID, "not IMPORT, which has no clocks");
	}
	if (one->urgency == 0) {
		report(check, row, "urgency", ERR_FIELD_MISSING, "NORMAL, HIGH, URGENT");
	} else {
		check_number(check, row, "urgency", one->urgency, URGENCY_COUNT);
	}
	if (one->calendar == 0) {
		report(
			check, row, "calendar", ERR_FIELD_MISSING, "every hour, service hours, working days");
	} else if (calendar_kind_name((int)one->calendar) == NULL) {
		report(check, row, "calendar", ERR_FIELD_ENUM, "every hour, service hours, working days");
	}
}

/* Only what a visit ends has an appointment's end, only what an authority passes on has a deadline. */
static void check_clock(struct check *check, size_t row, int number)
{
	const struct promise *one = &check->rows[row];
	const struct promise_clock *clock = &one->clocks[number - 1];
	int64_t least = clock->term == TERM_DEADLINE ? 0 : 1;

	if (clock->term == TERM_APPOINTMENT && number != CLOCK_ARRIVE && number != CLOCK_RESOLVE) {
		report(check, row, columns[number - 1], ERR_FIELD_INVALID,
			"minutes: an appointment ends arrival and resolving only");
		return;
	}
	if (clock->term == TERM_DEADLINE &&
		(number != CLOCK_RESOLVE || one->channel != CHANNEL_AUTHORITY)) {
		report(check, row, columns[number - 1], ERR_FIELD_INVALID,
			"minutes: a deadline ends resolving only, and is an authority's");
		return;
	}
	if ((clock->term == TERM_MINUTES || clock->term == TERM_DEADLINE) &&
		(clock->minutes < least || clock->minutes > PROMISE_MINUTES_MAX)) {
		report(check, row, columns[number - 1], ERR_FIELD_RANGE, "1..129600 minutes");
	}
}

static void check_duplicate(struct check *check, size_t row)
{
	const struct promise *one = &check->rows[row];

	for (size_t i = 0; i < row; i++) {
		const struct promise *other = &check->rows[i];

		if (other->kind == one->kind && other->subkind == one->subkind &&
			other->channel == one->channel) {
			report(check, row, "kind", ERR_NAME_TAKEN,
				"kind, subkind and channel that no row before it has");
			return;
		}
	}
}

/* A repair always says what it is of: where nobody does, its place does. */
static bool can_come(int kind, int subkind, int channel)
{
	return channel != CHANNEL_IMPORT && (kind != KIND_REPAIR || subkind != 0);
}

static bool is_covered(const struct check *check, int kind)
{
	for (int subkind = 0; subkind <= SUBKIND_COUNT; subkind++) {
		for (int channel = 1; channel <= CHANNEL_COUNT; channel++) {
			if (can_come(kind, subkind, channel) &&
				promise_match(check->rows, check->count, kind, subkind, channel) == NULL) {
				return false;
			}
		}
	}
	return true;
}

static void check_cover(struct check *check)
{
	static const char *const allowed[KIND_COUNT] = {
		"a row for every COMPLAINT",
		"a row for every REPAIR",
		"a row for every REQUEST",
		"a row for every ENQUIRY",
		"a row for every SUGGESTION",
		"a row for every COMPLIMENT",
		"a row for every VIOLATION",
		"a row for every DISPUTE",
	};

	for (int kind = 1; kind <= KIND_COUNT; kind++) {
		if (!is_covered(check, kind)) {
			report(check, PROMISE_OF_ALL, "kind", ERR_FIELD_MISSING, allowed[kind - 1]);
		}
	}
}

size_t promise_check(const struct promise *rows, size_t count, struct promise_problem *out)
{
	struct check check = {rows, count, out, 0};

	assert(count <= PROMISE_ROWS_MAX);
	for (size_t i = 0; i < count; i++) {
		check_conditions(&check, i);
		check_duplicate(&check, i);
		for (int number = 1; number <= CLOCK_COUNT; number++) {
			check_clock(&check, i, number);
		}
	}
	check_cover(&check);
	return check.problem_count;
}
