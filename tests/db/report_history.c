/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/report_history.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "tests/db/town.h"
#include "tests/faults/dice.h"
#include "tests/server/pg.h"

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define STEPS_MAX 40
#define ID_MAX 64

#define LONG_AGO (TOWN_NOW - 900 * HISTORY_DAY)
#define HALF_WAY (TOWN_NOW - 60 * HISTORY_DAY)

const struct history_grant history_grants[] = {
	{3, ROLE_LEADER, 1, 0, LONG_AGO, INT64_MAX}, {4, ROLE_LEADER, 3, 0, LONG_AGO, INT64_MAX},
	{5, ROLE_OFFICER, 1, 0, LONG_AGO, INT64_MAX}, {6, ROLE_CLEANER, 1, 0, LONG_AGO, INT64_MAX},
	{7, ROLE_CREW_MEMBER, 0, 1, LONG_AGO, INT64_MAX},
	{8, ROLE_CUSTOMER_SERVICE, 0, 0, LONG_AGO, INT64_MAX},
	{9, ROLE_INSPECTOR, 0, 0, LONG_AGO, INT64_MAX}, {10, ROLE_MANAGER, 0, 0, LONG_AGO, INT64_MAX},
	{11, ROLE_DIRECTOR, 0, 0, LONG_AGO, INT64_MAX},
	/* At the desk now, of a team until half way; at the desk and of a crew; a leader of two teams. */
	{12, ROLE_CUSTOMER_SERVICE, 0, 0, LONG_AGO, INT64_MAX},
	{12, ROLE_CLEANER, 3, 0, LONG_AGO, HALF_WAY},
	{13, ROLE_CUSTOMER_SERVICE, 0, 0, LONG_AGO, INT64_MAX},
	{13, ROLE_CREW_MEMBER, 0, 1, LONG_AGO, INT64_MAX}, {14, ROLE_LEADER, 3, 0, LONG_AGO, INT64_MAX},
	{14, ROLE_LEADER, 4, 0, LONG_AGO, INT64_MAX},
	{1, ROLE_LEADER, 1, 0, LONG_AGO, INT64_MAX}, /* who asks */
};
const size_t history_grant_count = COUNT(history_grants);

/* --- drawing --- */

static const struct way {
	enum complaint_state from;
	enum complaint_step step;
	enum complaint_state to; /* BEFORE: where it was */
} ways[] = {
#define WAY(from, step, to) {COMPLAINT_##from, COMPLAINT_STEP_##step, COMPLAINT_##to},
#include "tests/db/report_way.def"
#undef WAY
};

/* Every hour counts. A visit is due in an hour, of requests at the appointment's end. */
static const struct promise promises[] = {
	{.calendar = CALENDAR_24X7,
		.clocks = {{TERM_MINUTES, 15}, {TERM_MINUTES, 30}, {TERM_MINUTES, 15}, {TERM_MINUTES, 60},
			{TERM_MINUTES, 1440}, {TERM_MINUTES, 2880}, {TERM_MINUTES, 1440}}},
	{.calendar = CALENDAR_24X7,
		.clocks = {{TERM_MINUTES, 15}, {TERM_MINUTES, 60}, {TERM_MINUTES, 60},
			{TERM_APPOINTMENT, 0}, {TERM_MINUTES, 1440}, {TERM_MINUTES, 4320},
			{TERM_MINUTES, 2880}}},
};
static const struct zone zone = {1, {{0, 8 * 3600}}};
static const struct calendar calendar = {&zone, 0, SERVICE_MINUTES_MAX, NULL, 0, UINT64_MAX};

static struct clock_rules rules_of(const struct history *history)
{
	return (struct clock_rules){&promises[history->kind == 3], &calendar};
}

static struct history_event *add(struct history *history, int64_t at_us)
{
	struct history_event *event = &history->events[history->count++];

	assert(history->count <= HISTORY_EVENTS_MAX);
	*event = (struct history_event){.at_us = at_us,
		.from = (int)history->record.state,
		.to = (int)history->record.state,
		.team = history->team,
		.crew = history->crew};
	return event;
}

static void fire(struct history *history, int64_t at_us)
{
	struct clock_rules rules = rules_of(history);
	struct clock_alarm alarms[CLOCK_COUNT];
	size_t count = clock_fire(&history->card, &rules, at_us, alarms);

	for (size_t i = 0; i < count; i++) {
		struct history_event *event = add(history, at_us);

		event->step = COMPLAINT_STEP_CLOCK;
		event->clock = (int)alarms[i].number;
		event->percent = clock_percents[alarms[i].threshold];
	}
}

static int64_t max_us(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What the job tells until then; at times it looks late, or not at all. */
static void look(struct history *history, struct dice *dice, int64_t until_us)
{
	struct clock_rules rules = rules_of(history);

	while (!dice_once_in(dice, 12)) {
		int64_t at_us = clock_next_us(&history->card, &rules);

		if (at_us > until_us) {
			return;
		}
		if (dice_once_in(dice, 4)) {
			at_us += (int64_t)dice_below(dice, 3) * HOUR;
		}
		/* Where it did not look before, it does so now. */
		at_us = max_us(at_us, history->events[history->count - 1].at_us);
		fire(history, at_us < until_us ? at_us : until_us);
	}
}

static int64_t pause_us(struct dice *dice)
{
	static const int64_t most[] = {0, 0, 2 * MINUTE, 5 * MINUTE, 5 * MINUTE, 10 * MINUTE,
		10 * MINUTE, 15 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 30 * HOUR, 100 * HOUR,
		20 * HISTORY_DAY};
	int64_t up_to = most[dice_below(dice, COUNT(most))];

	return up_to == 0 ? 0 : (int64_t)dice_below(dice, (uint64_t)up_to);
}

static uint32_t draw_team(struct dice *dice)
{
	static const uint32_t teams[] = {0, 1, 1, 3, 3, 4};

	return teams[dice_below(dice, COUNT(teams))];
}

/* Anybody; whoever follows up is mostly of the desk, or inspects. */
static uint32_t draw_grant(struct dice *dice, enum complaint_step step)
{
	static const uint32_t desk[] = {6, 7, 10, 12};

	if (step == COMPLAINT_STEP_FOLLOW_UP && !dice_once_in(dice, 3)) {
		return desk[dice_below(dice, COUNT(desk))];
	}
	return 1 + (uint32_t)dice_below(dice, history_grant_count);
}

static const struct way *draw_way(const struct history *history, struct dice *dice)
{
	const struct way *found[COUNT(ways)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(ways); i++) {
		if (ways[i].from == history->record.state) {
			found[count++] = &ways[i];
		}
	}
	return count == 0 ? NULL : found[dice_below(dice, count)];
}

static void draw_details(
	struct history *history, struct dice *dice, const struct way *way, struct history_event *event)
{
	switch ((int)way->step) {
	case COMPLAINT_STEP_PASS:
		history->team = draw_team(dice);
		return;
	case COMPLAINT_STEP_BOOK:
		history->record.window_to_us = event->at_us + HOUR + (int64_t)dice_below(dice, 40) * HOUR;
		return;
	case COMPLAINT_STEP_DISPATCH:
		history->crew = dice_once_in(dice, 3) ? 0 : 1;
		history->worker = dice_once_in(dice, 2) ? 0 : 6 + (uint32_t)dice_below(dice, 2);
		return;
	case COMPLAINT_STEP_RETURN:
		event->reason = 1 + (int)dice_below(dice, 3);
		return;
	case COMPLAINT_STEP_SUSPEND:
		event->reason = 11 + (int)dice_below(dice, 4);
		return;
	case COMPLAINT_STEP_CONFIRM:
		event->score = (int)dice_below(dice, 6); /* 0: no answer */
		return;
	case COMPLAINT_STEP_FOLLOW_UP:
		event->score = (way->to == COMPLAINT_REOPENED ? 1 : 3) + (int)dice_below(dice, 2);
		return;
	default:
		return;
	}
}

static void take(struct history *history, struct dice *dice, const struct way *way, int64_t at_us)
{
	struct clock_rules rules = rules_of(history);
	struct complaint_record *record = &history->record;
	enum complaint_state from = record->state;
	struct history_event *event = add(history, at_us);

	event->step = (int)way->step;
	event->grant = draw_grant(dice, way->step);
	event->account = history_grants[event->grant - 1].account;
	draw_details(history, dice, way, event);
	record->state = way->to == COMPLAINT_BEFORE ? record->state_before : way->to;
	record->state_before = way->to == COMPLAINT_SUSPENDED || way->to == COMPLAINT_MERGED ? from : 0;
	record->suspended_until_us =
		way->to == COMPLAINT_SUSPENDED ? at_us + HOUR + (int64_t)dice_below(dice, 90) * HOUR : 0;
	if (way->step == COMPLAINT_STEP_ACCEPT || way->step == COMPLAINT_STEP_PASS) {
		record->accepted_us = way->step == COMPLAINT_STEP_ACCEPT ? at_us : 0;
	}
	event->to = (int)record->state;
	event->team = history->team;
	event->crew = history->crew;
	clock_step(&history->card, &rules, way->step, from, record, at_us);
}

static void begin(struct history *history, struct dice *dice)
{
	static const int categories[] = {100, 101, 203, 203, 9900};
	struct clock_rules rules;
	struct history_event *event;

	history->kind = 1 + (int)dice_below(dice, 8);
	history->subkind = (int)dice_below(dice, 3);
	history->category = categories[dice_below(dice, COUNT(categories))];
	history->lead = dice_once_in(dice, 4) ? 1 + (int)dice_below(dice, 4) : 1;
	history->respondent = dice_once_in(dice, 15) ? 1 : 0;
	history->team = draw_team(dice);
	history->submitted_us =
		TOWN_NOW - (int64_t)dice_below(dice, (uint64_t)(130 * HISTORY_DAY)) - MINUTE;
	history->record.state = COMPLAINT_SUBMITTED;
	history->record.kind = history->kind;
	rules = rules_of(history);
	clock_begin(&history->card, &rules, history->submitted_us, 0, history->submitted_us);
	event = add(history, history->submitted_us);
	event->step = COMPLAINT_STEP_SUBMIT;
	event->from = 0;
	event->grant = 6;
	event->account = history_grants[event->grant - 1].account;
}

void history_draw(struct history *history, uint64_t seed, uint32_t n)
{
	const struct dice_stream stream = {seed, n, 0};
	struct dice dice = dice_of(&stream);
	int64_t at_us;

	*history = (struct history){.n = n};
	begin(history, &dice);
	at_us = history->submitted_us;
	for (int i = 0; i < STEPS_MAX && !dice_once_in(&dice, 40); i++) {
		const struct way *way = draw_way(history, &dice);

		at_us += pause_us(&dice);
		if (way == NULL || at_us > TOWN_NOW) {
			break;
		}
		look(history, &dice, at_us);
		take(history, &dice, way, at_us);
	}
	look(history, &dice, TOWN_NOW);
}

/* --- the database --- */

static const char *id(char out[ID_MAX], enum town_kind kind, uint32_t n)
{
	(void)snprintf(
		out, ID_MAX, "'%02x000000-0000-0000-0000-%012x'::uuid", (unsigned)kind, (unsigned)n);
	return out;
}

/* Null for 0 of what may be. */
static void put_id(FILE *sql, enum town_kind kind, uint32_t n)
{
	char text[ID_MAX];

	fprintf(sql, ", %s", n == 0 ? "NULL::uuid" : id(text, kind, n));
}

static void put_time(FILE *sql, int64_t us)
{
	if (us == 0) {
		fputs(", NULL::timestamptz", sql);
	} else if (us == INT64_MAX) {
		fputs(", 'infinity'::timestamptz", sql);
	} else {
		fprintf(sql, ", 'epoch'::timestamptz + %lld * interval '1 microsecond'", (long long)us);
	}
}

static void put_number(FILE *sql, int number)
{
	if (number == 0) {
		fputs(", NULL::smallint", sql);
	} else {
		fprintf(sql, ", %d::smallint", number);
	}
}

static void put_clocks(FILE *sql, const struct clock_card *card, int which)
{
	fputs(", (ARRAY[NULL::timestamptz", sql);
	for (int i = 0; i < CLOCK_COUNT; i++) {
		const struct clock *clock = &card->clocks[i];

		put_time(sql, which == 0 ? clock->from_us : which == 1 ? clock->due_us : clock->met_us);
	}
	fprintf(sql, "])[2:%d]", CLOCK_COUNT + 1);
}

static void put_complaint(FILE *sql, const struct history *history)
{
	const struct complaint_record *record = &history->record;
	char text[ID_MAX];

	fprintf(sql,
		"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, channel, urgency,"
		" body, changed_at, kind, lead, state, category, submitted_at, subkind, team_id, crew_id,"
		" worker_id, respondent_id, state_before, suspended_until, master_id, repeat_of, "
		"accepted_at)"
		" VALUES (%s",
		id(text, TOWN_COMMUNITY, 1));
	put_id(sql, TOWN_RECORD, history->n);
	fprintf(sql, ", '2026-01-01', %u, 1, 1, 1, '路灯不亮', now(), %d, %d, %d, %d",
		(unsigned)history->n, history->kind, history->lead, (int)record->state, history->category);
	put_time(sql, history->submitted_us);
	put_number(sql, history->subkind);
	put_id(sql, TOWN_TEAM, history->team);
	put_id(sql, TOWN_CREW, history->crew);
	put_id(sql, TOWN_ACCOUNT, history->worker);
	put_id(sql, TOWN_ACCOUNT, history->respondent);
	put_number(sql, (int)record->state_before);
	put_time(sql, record->suspended_until_us);
	put_id(sql, TOWN_RECORD, record->state == COMPLAINT_MERGED ? history->n : 0);
	put_id(sql, TOWN_RECORD, history_is_repeat(history) ? history->n : 0);
	put_time(sql, record->accepted_us);
	fputs(");", sql);
}

static void put_card(FILE *sql, const struct history *history)
{
	const struct clock_card *card = &history->card;
	char text[ID_MAX];

	fputs("INSERT INTO complaint_clock (community_id, complaint_id, set_no, row_no, fired, "
		  "provisional,"
		  " paused_us, from_at, due_at, met_at, paused_from, paused_to) VALUES (",
		sql);
	fprintf(sql, "%s", id(text, TOWN_COMMUNITY, 1));
	put_id(sql, TOWN_RECORD, history->n);
	fprintf(sql, ", 1, 1, 0, 0, %lld", (long long)card->paused_us);
	for (int which = 0; which < 3; which++) {
		put_clocks(sql, card, which);
	}
	put_time(sql, card->paused_from_us);
	put_time(sql, card->paused_to_us);
	fputs(");", sql);
}

static void put_event(FILE *sql, const struct history *history, const struct history_event *event)
{
	char text[ID_MAX];

	fputs(
		"INSERT INTO event (community_id, subject_id, topic, version, device_id, step, state_from,"
		" state_to, account_id, grant_id, at, reason, score, clock, percent, team_id, crew_id)"
		" VALUES (",
		sql);
	fprintf(sql, "%s", id(text, TOWN_COMMUNITY, 1));
	put_id(sql, TOWN_RECORD, history->n);
	fprintf(sql, ", 1, 1, %s, %d", id(text, TOWN_DEVICE, 1), event->step);
	put_number(sql, event->from);
	put_number(sql, event->to);
	fprintf(sql, ", %s", id(text, TOWN_ACCOUNT, event->account));
	fprintf(sql, ", %s", id(text, TOWN_RECORD, 100000 + event->grant));
	put_time(sql, event->at_us);
	put_number(sql, event->reason);
	put_number(sql, event->score);
	put_number(sql, event->clock);
	put_number(sql, event->percent);
	put_id(sql, TOWN_TEAM, event->team);
	put_id(sql, TOWN_CREW, event->crew);
	fputs(");", sql);
}

static void run_written(PGconn *super, FILE *sql, char **text)
{
	(void)fclose(sql);
	(void)pg_run(super, *text);
	free(*text);
}

void history_write(PGconn *super, const struct history *history)
{
	char *text = NULL;
	size_t len = 0;
	FILE *sql = open_memstream(&text, &len);

	assert(sql != NULL);
	put_complaint(sql, history);
	put_card(sql, history);
	for (size_t i = 0; i < history->count; i++) {
		put_event(sql, history, &history->events[i]);
	}
	run_written(super, sql, &text);
}

static void put_grant(FILE *sql, uint32_t number, const struct history_grant *grant)
{
	int scope = (int)role_row(grant->role)->scope;
	char text[ID_MAX];

	fputs("INSERT INTO access_grant (grant_id, account_id, role, scope, version, granted_by, "
		  "created_at,"
		  " community_id, team_id, crew_id, valid_from, valid_to) VALUES (",
		sql);
	fprintf(sql, "%s", id(text, TOWN_RECORD, 100000 + number));
	put_id(sql, TOWN_ACCOUNT, grant->account);
	fprintf(sql, ", %d, %d, 1, %s, now()", grant->role, scope, id(text, TOWN_ACCOUNT, 1));
	put_id(sql, TOWN_COMMUNITY, scope == SCOPE_COMMUNITY || scope == SCOPE_TEAM ? 1 : 0);
	put_id(sql, TOWN_TEAM, grant->team);
	put_id(sql, TOWN_CREW, grant->crew);
	put_time(sql, grant->from_us);
	put_time(sql, grant->to_us);
	fputs(");", sql);
}

void history_people(PGconn *super)
{
	char *text = NULL;
	size_t len = 0;
	FILE *sql = open_memstream(&text, &len);
	char team[ID_MAX], community[ID_MAX], account[ID_MAX];

	assert(sql != NULL);
	for (uint32_t n = 3; n <= 4; n++) {
		fprintf(sql, "INSERT INTO team VALUES (%s, %s, '小组%u', now()) ON CONFLICT DO NOTHING;",
			id(community, TOWN_COMMUNITY, 1), id(team, TOWN_TEAM, n), (unsigned)n);
	}
	for (uint32_t n = HISTORY_ACCOUNT_FIRST; n <= HISTORY_ACCOUNT_LAST; n++) {
		fprintf(sql,
			"INSERT INTO account VALUES (%s, 'person%u', '人%u', '-', 1, 1, now(), now())"
			" ON CONFLICT DO NOTHING;",
			id(account, TOWN_ACCOUNT, n), (unsigned)n, (unsigned)n);
	}
	for (size_t i = 0; i < history_grant_count; i++) {
		put_grant(sql, (uint32_t)i + 1, &history_grants[i]);
	}
	run_written(super, sql, &text);
}
