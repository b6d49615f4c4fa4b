/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/clock_cards.h"

#include <string.h>

/* Of clock_events, before the card's. */
enum {
	EVENT_XID,
	EVENT_SEQ,
	EVENT_COMMUNITY,
	EVENT_COMPLAINT,
	EVENT_AT,
	EVENT_STEP,
	EVENT_FROM,
	EVENT_TO,
	EVENT_WINDOW_TO,
	EVENT_UNTIL,
	EVENT_KIND,
	EVENT_SUBKIND,
	EVENT_CHANNEL,
	EVENT_SUBMITTED,
	EVENT_DEADLINE,
	EVENT_CARD
};
/* Of clock_due and clock_running. */
enum { CARD_COMMUNITY, CARD_COMPLAINT, CARD_DEADLINE, CARD_CARD };
/* CARD_COLUMNS, from where they begin. */
enum {
	OF_SET,
	OF_ROW,
	OF_FROM,
	OF_DUE,
	OF_MET,
	OF_FIRED,
	OF_PROVISIONAL,
	OF_PAUSED_FROM,
	OF_PAUSED_TO,
	OF_PAUSED,
	OF_NEXT /* of clock_running alone */
};

enum { CHANNEL_IMPORT = 5 }; /* Complaint.Channel: history has no clocks */

struct clock_cards *clock_cards_new(struct arena *arena, const struct almanac *almanac,
	const struct clock_turn *turn, size_t cards_max)
{
	struct clock_cards *cards = arena_new(arena, struct clock_cards);

	if (cards == NULL) {
		return NULL;
	}
	*cards = (struct clock_cards){.almanac = almanac,
		.turn = *turn,
		.held_max = cards_max,
		.held = arena_alloc(arena, cards_max * sizeof *cards->held),
		.alarms = arena_alloc(arena, cards_max * CLOCK_COUNT * sizeof *cards->alarms)};
	return arena->failed ? NULL : cards;
}

static struct clock_held *find(
	struct clock_cards *cards, struct uuid community_id, struct uuid complaint_id)
{
	for (size_t i = 0; i < cards->held_count; i++) {
		if (uuid_equal(cards->held[i].complaint_id, complaint_id) &&
			uuid_equal(cards->held[i].community_id, community_id)) {
			return &cards->held[i];
		}
	}
	return NULL;
}

/* NULL, and is_behind, where the almanac does not know of the community or the promise. */
static struct clock_held *hold(struct clock_cards *cards, struct uuid community_id,
	struct uuid complaint_id, const struct promise *promise)
{
	const struct calendar *calendar = almanac_calendar(cards->almanac, community_id);
	struct clock_held *held;

	if (calendar == NULL || promise == NULL) {
		cards->is_behind = true;
		return NULL;
	}
	assert(cards->held_count < cards->held_max);
	held = &cards->held[cards->held_count++];
	*held = (struct clock_held){
		.community_id = community_id, .complaint_id = complaint_id, .rules = {promise, calendar}};
	return held;
}

static void read_clocks(
	const struct query *query, size_t row, int from_column, struct clock_card *card)
{
	int64_t from_us[CLOCK_COUNT] = {0}, due_us[CLOCK_COUNT] = {0}, met_us[CLOCK_COUNT] = {0};

	(void)row_times(query, row, from_column + OF_FROM, from_us, CLOCK_COUNT);
	(void)row_times(query, row, from_column + OF_DUE, due_us, CLOCK_COUNT);
	(void)row_times(query, row, from_column + OF_MET, met_us, CLOCK_COUNT);
	for (size_t i = 0; i < CLOCK_COUNT; i++) {
		card->clocks[i] = (struct clock){from_us[i], due_us[i], met_us[i]};
	}
}

/* A card of a row; NULL where the almanac lacks what it is reckoned by. */
static struct clock_held *read_card(struct clock_cards *cards, const struct query *query,
	size_t row, int community_column, int deadline_column, int from_column)
{
	const struct promise *promise = almanac_promise(cards->almanac,
		row_int4(query, row, from_column + OF_SET), row_int4(query, row, from_column + OF_ROW));
	struct clock_held *held = hold(cards, row_uuid(query, row, community_column),
		row_uuid(query, row, community_column + 1), promise);

	if (held == NULL) {
		return NULL;
	}
	held->card =
		(struct clock_card){.fired = (uint32_t)row_int8(query, row, from_column + OF_FIRED),
			.provisional = (uint32_t)row_int8(query, row, from_column + OF_PROVISIONAL),
			.deadline_us = row_time(query, row, deadline_column),
			.paused_from_us = row_time(query, row, from_column + OF_PAUSED_FROM),
			.paused_to_us = row_time(query, row, from_column + OF_PAUSED_TO),
			.paused_us = row_int8(query, row, from_column + OF_PAUSED)};
	read_clocks(query, row, from_column, &held->card);
	return held;
}

/* A complaint that was just submitted; NULL where nothing is promised for it. */
static void begin(struct clock_cards *cards, const struct query *events, size_t row)
{
	struct uuid community_id = row_uuid(events, row, EVENT_COMMUNITY);
	const struct calendar *calendar = almanac_calendar(cards->almanac, community_id);
	int64_t submitted_us = row_time(events, row, EVENT_SUBMITTED);
	const struct promise *promise;
	struct clock_held *held;

	if (calendar == NULL) {
		cards->is_behind = true;
		return;
	}
	promise = almanac_match(cards->almanac, zone_day(calendar->zone, submitted_us),
		row_int2(events, row, EVENT_KIND), row_int2(events, row, EVENT_SUBKIND),
		row_int2(events, row, EVENT_CHANNEL));
	if (promise == NULL) {
		return;
	}
	held = hold(cards, community_id, row_uuid(events, row, EVENT_COMPLAINT), promise);
	if (held != NULL) {
		clock_begin(&held->card, &held->rules, submitted_us, row_time(events, row, EVENT_DEADLINE),
			row_time(events, row, EVENT_AT));
	}
}

/* As the event left it: what came behind it, perhaps, is another event. */
static void take_step(struct clock_held *held, const struct query *events, size_t row)
{
	struct complaint_record after = {.kind = row_int2(events, row, EVENT_KIND),
		.state = (enum complaint_state)row_int2(events, row, EVENT_TO),
		.window_to_us = row_time(events, row, EVENT_WINDOW_TO),
		.suspended_until_us = row_time(events, row, EVENT_UNTIL)};

	clock_step(&held->card, &held->rules, (enum complaint_step)row_int2(events, row, EVENT_STEP),
		(enum complaint_state)row_int2(events, row, EVENT_FROM), &after,
		row_time(events, row, EVENT_AT));
}

static void follow_one(struct clock_cards *cards, const struct query *events, size_t row)
{
	struct clock_held *held;

	if (row_is_null(events, row, EVENT_KIND) ||
		row_int2(events, row, EVENT_CHANNEL) == CHANNEL_IMPORT) {
		return; /* of no complaint, or of one that has no clocks */
	}
	held =
		find(cards, row_uuid(events, row, EVENT_COMMUNITY), row_uuid(events, row, EVENT_COMPLAINT));
	if (held == NULL && !row_is_null(events, row, EVENT_CARD)) {
		held = read_card(cards, events, row, EVENT_COMMUNITY, EVENT_DEADLINE, EVENT_CARD);
	}
	if (held != NULL) {
		take_step(held, events, row);
	} else if (row_is_null(events, row, EVENT_FROM)) {
		begin(cards, events, row);
	}
}

void clock_cards_follow(struct clock_cards *cards, const struct query *events)
{
	size_t count = query_rows(events);

	for (size_t i = 0; i < count; i++) {
		follow_one(cards, events, i);
	}
	if (count > 0) {
		cards->turn.xid = row_xid(events, count - 1, EVENT_XID);
		cards->turn.seq = row_int8(events, count - 1, EVENT_SEQ);
	}
}

static struct clock_held *look_up(struct clock_cards *cards, const struct query *query, size_t row)
{
	struct clock_held *held =
		find(cards, row_uuid(query, row, CARD_COMMUNITY), row_uuid(query, row, CARD_COMPLAINT));

	return held != NULL ? held
	                    : read_card(cards, query, row, CARD_COMMUNITY, CARD_DEADLINE, CARD_CARD);
}

void clock_cards_look_up(struct clock_cards *cards, const struct query *due)
{
	for (size_t i = 0; i < query_rows(due); i++) {
		(void)look_up(cards, due, i);
	}
}

static int64_t value_next(const struct clock_held *held, size_t clock)
{
	int64_t next_us = clock_next_us(&held->card, &held->rules);

	(void)clock;
	return next_us == INT64_MAX ? 0 : next_us;
}

/* Also where the due times stay: 200 % may lie behind a day that has changed. */
static void reckon_one(struct clock_cards *cards, const struct query *running, size_t row)
{
	int64_t next_us = row_time(running, row, CARD_CARD + OF_NEXT);
	size_t count = cards->held_count;
	struct clock_held *held = look_up(cards, running, row);
	bool has_moved;

	if (held == NULL) {
		return;
	}
	has_moved = clock_reckon(&held->card, &held->rules) || value_next(held, 0) != next_us;
	if (!has_moved && cards->held_count > count) {
		cards->held_count = count; /* it was read for this alone */
	}
}

void clock_cards_reckon(struct clock_cards *cards, const struct query *running)
{
	for (size_t i = 0; i < query_rows(running); i++) {
		reckon_one(cards, running, i);
	}
}

void clock_cards_fire(struct clock_cards *cards, int64_t now_us)
{
	for (size_t i = 0; i < cards->held_count; i++) {
		struct clock_held *held = &cards->held[i];
		struct clock_alarm alarms[CLOCK_COUNT];
		size_t count = clock_fire(&held->card, &held->rules, now_us, alarms);

		for (size_t k = 0; k < count; k++) {
			cards->alarms[cards->alarm_count++] = (struct clock_alarmed){i, alarms[k]};
		}
	}
}

/* One column of all cards, or of all their clocks. */
typedef int64_t card_value(const struct clock_held *held, size_t clock);

static int64_t value_set(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->rules.promise->set_no;
}

static int64_t value_row(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->rules.promise->row_no;
}

static int64_t value_from(const struct clock_held *held, size_t clock)
{
	return held->card.clocks[clock].from_us;
}

static int64_t value_due(const struct clock_held *held, size_t clock)
{
	return held->card.clocks[clock].due_us;
}

static int64_t value_met(const struct clock_held *held, size_t clock)
{
	return held->card.clocks[clock].met_us;
}

static int64_t value_fired(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->card.fired;
}

static int64_t value_provisional(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->card.provisional;
}

static int64_t value_paused_from(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->card.paused_from_us;
}

static int64_t value_paused_to(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->card.paused_to_us;
}

static int64_t value_paused(const struct clock_held *held, size_t clock)
{
	(void)clock;
	return held->card.paused_us;
}

/* Which running clock is due first; 0: none that ever will be. */
static enum clock_number running(const struct clock_held *held, int64_t *out_us)
{
	enum clock_number first = 0;

	*out_us = INT64_MAX;
	for (int number = 1; number <= CLOCK_COUNT; number++) {
		int64_t due_us = clock_threshold_us(
			&held->card, &held->rules, (enum clock_number)number, THRESHOLD_ESCALATE_OFFICER);

		if (due_us < *out_us) {
			*out_us = due_us;
			first = (enum clock_number)number;
		}
	}
	return first;
}

static int64_t value_running_due(const struct clock_held *held, size_t clock)
{
	int64_t due_us;

	(void)clock;
	return running(held, &due_us) == 0 ? 0 : due_us;
}

static int64_t *column(
	const struct clock_cards *cards, struct query *query, size_t wide, card_value *value)
{
	int64_t *values = arena_alloc(query->arena, (cards->held_count * wide + 1) * sizeof *values);

	for (size_t i = 0; values != NULL && i < cards->held_count * wide; i++) {
		values[i] = value(&cards->held[i / wide], i % wide);
	}
	return values;
}

static void add_times(
	const struct clock_cards *cards, struct query *query, size_t wide, card_value *value)
{
	int64_t *values = column(cards, query, wide, value);

	query_times(query, values, values == NULL ? 0 : cards->held_count * wide);
}

static void add_numbers(const struct clock_cards *cards, struct query *query, card_value *value)
{
	int64_t *values = column(cards, query, 1, value);

	query_int8s(query, values, values == NULL ? 0 : cards->held_count);
}

/* $6 $7 and $20 */
static void add_ids(const struct clock_cards *cards, struct query *query)
{
	struct uuid *ids = arena_alloc(query->arena, (cards->held_count + 1) * sizeof *ids);

	for (size_t i = 0; ids != NULL && i < cards->held_count; i++) {
		ids[i] = cards->held[i].community_id;
	}
	query_uuids(query, ids, ids == NULL ? 0 : cards->held_count);
	for (size_t i = 0; ids != NULL && i < cards->held_count; i++) {
		ids[i] = cards->held[i].complaint_id;
	}
	query_uuids(query, ids, ids == NULL ? 0 : cards->held_count);
}

static void add_running(const struct clock_cards *cards, struct query *query)
{
	int *numbers = arena_alloc(query->arena, (cards->held_count + 1) * sizeof *numbers);
	int64_t due_us;

	for (size_t i = 0; numbers != NULL && i < cards->held_count; i++) {
		numbers[i] = (int)running(&cards->held[i], &due_us);
	}
	query_int2s(query, numbers, numbers == NULL ? 0 : cards->held_count);
}

/* $21–$24 */
static void add_alarms(const struct clock_cards *cards, struct query *query)
{
	size_t count = cards->alarm_count;
	struct uuid *communities = arena_alloc(query->arena, (count + 1) * sizeof *communities);
	struct uuid *complaints = arena_alloc(query->arena, (count + 1) * sizeof *complaints);
	int *clocks = arena_alloc(query->arena, (count + 1) * sizeof *clocks);
	int *percents = arena_alloc(query->arena, (count + 1) * sizeof *percents);

	count = query->arena->failed ? 0 : count;
	for (size_t i = 0; i < count; i++) {
		const struct clock_alarmed *alarmed = &cards->alarms[i];

		communities[i] = cards->held[alarmed->held].community_id;
		complaints[i] = cards->held[alarmed->held].complaint_id;
		clocks[i] = (int)alarmed->alarm.number;
		percents[i] = clock_percents[alarmed->alarm.threshold];
	}
	query_uuids(query, communities, count);
	query_uuids(query, complaints, count);
	query_int2s(query, clocks, count);
	query_int2s(query, percents, count);
}

void clock_cards_write(
	const struct clock_cards *cards, struct query *query, int64_t turn, int64_t now_us)
{
	query_time(query, now_us);
	query_int8(query, turn);
	query_int8(query, cards->turn.era);
	query_xid(query, cards->turn.xid);
	query_int8(query, cards->turn.seq);
	add_ids(cards, query);
	add_numbers(cards, query, value_set);
	add_numbers(cards, query, value_row);
	add_times(cards, query, CLOCK_COUNT, value_from);
	add_times(cards, query, CLOCK_COUNT, value_due);
	add_times(cards, query, CLOCK_COUNT, value_met);
	add_numbers(cards, query, value_fired);
	add_numbers(cards, query, value_provisional);
	add_times(cards, query, 1, value_paused_from);
	add_times(cards, query, 1, value_paused_to);
	add_numbers(cards, query, value_paused);
	add_times(cards, query, 1, value_next);
	add_times(cards, query, 1, value_running_due);
	add_running(cards, query);
	add_alarms(cards, query);
	query_int8(query, cards->turn.reckoned);
}
