/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/report_model.h"

#include <string.h>

#include "common/day.h"

#define ZONE_US (INT64_C(8) * 3600 * 1000000)
#define NEVER INT64_MAX
#define NOT_FOUND SIZE_MAX

/* One thing that counts, or does not. */
struct unit {
	enum kpi kpi;
	int64_t at_us;
	uint32_t team;
	uint32_t account, grant; /* 0: nobody's */
	bool is_hit;
};

/* What a unit is added to. */
struct counting {
	struct model *model;
	const struct model_ask *ask;
	const struct history *history;
};

static int month_at(int64_t at_us)
{
	return (int)(day_number((int32_t)((at_us + ZONE_US) / HISTORY_DAY)) / 100);
}

static bool is_in_period(const struct model_ask *ask, int64_t at_us)
{
	return at_us != NEVER && at_us > 0 && month_at(at_us) >= ask->month_from &&
	       month_at(at_us) <= ask->month_to;
}

/* --- events --- */

static bool is_alarm(const struct history_event *event, enum clock_number clock)
{
	return event->step == COMPLAINT_STEP_CLOCK && event->clock == (int)clock &&
	       event->percent >= 100;
}

static bool is_close(const struct history_event *event)
{
	return event->to == COMPLAINT_CLOSED && event->from < COMPLAINT_CLOSED &&
	       event->step != COMPLAINT_STEP_SUBMIT;
}

static bool is_reopening(const struct history_event *event)
{
	return event->to == COMPLAINT_REOPENED && event->from != COMPLAINT_REOPENED;
}

static bool is_put_off(const struct history_event *event)
{
	return (event->step == COMPLAINT_STEP_RETURN && event->reason == 1) ||
	       (event->step == COMPLAINT_STEP_SUSPEND && event->reason == 11);
}

static size_t first_alarm(const struct history *history, enum clock_number clock)
{
	for (size_t i = 0; i < history->count; i++) {
		if (is_alarm(&history->events[i], clock)) {
			return i;
		}
	}
	return NOT_FOUND;
}

static int64_t at_of(const struct history *history, size_t i)
{
	return i == NOT_FOUND ? NEVER : history->events[i].at_us;
}

static int64_t put_off_us(const struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		if (is_put_off(&history->events[i])) {
			return history->events[i].at_us;
		}
	}
	return NEVER;
}

/* The last of these steps before the event `before`. */
static size_t last_step(const struct history *history, size_t before, int step, int or_step)
{
	for (size_t i = before; i > 0; i--) {
		if (history->events[i - 1].step == step || history->events[i - 1].step == or_step) {
			return i - 1;
		}
	}
	return NOT_FOUND;
}

static size_t next_reopening(const struct history *history, size_t close)
{
	for (size_t i = close + 1; i < history->count; i++) {
		if (is_reopening(&history->events[i])) {
			return i;
		}
	}
	return NOT_FOUND;
}

/* --- where a unit is counted --- */

static bool is_among(const uint32_t teams[MODEL_TEAMS_MAX], uint32_t team)
{
	for (size_t i = 0; team != 0 && i < MODEL_TEAMS_MAX; i++) {
		if (teams[i] == team) {
			return true;
		}
	}
	return false;
}

static bool is_counted(const struct counting *counting, const struct unit *unit)
{
	const struct model_ask *ask = counting->ask;
	const struct history *history = counting->history;
	bool reaches = ask->is_whole || (ask->is_managed && history->lead <= 3) ||
	               (is_among(ask->officer_teams, unit->team) && history->lead <= 2) ||
	               (is_among(ask->teams, unit->team) && history->lead <= 1);

	return reaches && (history->respondent == 0 || history->respondent != ask->asker) &&
	       (ask->team == 0 || ask->team == unit->team) &&
	       (ask->kind == 0 || ask->kind == history->kind) &&
	       (ask->category_from == 0 ||
			   (ask->category_from <= history->category && history->category <= ask->category_to));
}

static bool may_see(const struct model_ask *ask, const struct unit *unit)
{
	role_set role;

	if (unit->account != 0 && unit->account == ask->asker) {
		return true;
	}
	if (unit->account == 0 || unit->grant == 0) {
		return false;
	}
	role = ROLE_BIT(history_grants[unit->grant - 1].role);
	return (ask->is_director && (kpi_sees(ROLE_DIRECTOR) & role) != 0) ||
	       (ask->is_managed && (kpi_sees(ROLE_MANAGER) & role) != 0) ||
	       (is_among(ask->officer_teams, unit->team) && (kpi_sees(ROLE_OFFICER) & role) != 0) ||
	       (is_among(ask->teams, unit->team) && (kpi_sees(ROLE_LEADER) & role) != 0);
}

bool model_is_personal(const struct model_ask *ask)
{
	return ask->by_person || ask->account != 0;
}

static struct model_cell *cell_of(struct model *model, const struct model_key *key)
{
	for (size_t i = 0; i < model->count; i++) {
		if (memcmp(&model->cells[i].key, key, sizeof *key) == 0) {
			return &model->cells[i];
		}
	}
	assert(model->count < MODEL_CELLS_MAX);
	model->cells[model->count].key = *key;
	return &model->cells[model->count++];
}

static void count(const struct counting *counting, struct unit unit)
{
	const struct model_ask *ask = counting->ask;
	const struct history *history = counting->history;
	bool is_personal = model_is_personal(ask);
	struct model_key key = {.kpi = (int)unit.kpi};
	struct model_cell *cell;

	if (!is_in_period(ask, unit.at_us) || !is_counted(counting, &unit)) {
		return;
	}
	key.team = is_personal || ask->by_team ? unit.team : 0;
	key.account = is_personal && may_see(ask, &unit) ? unit.account : 0;
	key.category = ask->by_category ? history->category : 0;
	key.kind = ask->by_kind ? history->kind : 0;
	key.subkind = ask->by_kind ? history->subkind : 0;
	key.month = ask->by_month ? month_at(unit.at_us) : 0;
	cell = cell_of(counting->model, &key);
	cell->count.total++;
	cell->count.hits += unit.is_hit;
}

/* Whose it is by an event; the team where there is none. */
static struct unit unit_by(
	const struct history *history, enum kpi kpi, int64_t at_us, size_t event, uint32_t team)
{
	struct unit unit = {.kpi = kpi, .at_us = at_us, .team = team};

	if (event != NOT_FOUND) {
		unit.account = history->events[event].account;
		unit.grant = history->events[event].grant;
	}
	return unit;
}

/* --- figures of clocks --- */

static void count_acceptance(const struct counting *counting)
{
	const struct history *history = counting->history;
	const struct clock *clock = &history->card.clocks[CLOCK_ACCEPT - 1];
	size_t who = last_step(history, history->count, COMPLAINT_STEP_ACCEPT, 0);
	struct unit unit;

	if (clock->from_us == 0 && first_alarm(history, CLOCK_ACCEPT) == NOT_FOUND) {
		return; /* it ended before anybody had to accept it */
	}
	if (clock->from_us != 0 && clock->met_us == 0 && clock->due_us >= counting->ask->now_us) {
		return; /* there is time yet */
	}
	who = clock->met_us != 0 ? who : NOT_FOUND;
	unit = unit_by(history, KPI_ACCEPTANCE, history->submitted_us, who, history->team);
	if (who != NOT_FOUND && history->events[who].team != 0) {
		unit.team = history->events[who].team;
	}
	unit.is_hit = clock->met_us != 0 && clock->met_us <= clock->due_us;
	count(counting, unit);
}

static void count_missed_visit(const struct counting *counting)
{
	const struct history *history = counting->history;
	size_t missed = first_alarm(history, CLOCK_ARRIVE);

	if (missed != NOT_FOUND && put_off_us(history) >= at_of(history, missed)) {
		count(counting, (struct unit){.kpi = KPI_ARRIVAL,
							.at_us = at_of(history, missed),
							.team = history->events[missed].team});
	}
}

static void count_arrival(const struct counting *counting)
{
	const struct history *history = counting->history;
	const struct clock *clock = &history->card.clocks[CLOCK_ARRIVE - 1];
	bool in_time = clock->met_us != 0 && clock->met_us <= clock->due_us;
	int64_t missed_us = at_of(history, first_alarm(history, CLOCK_ARRIVE));
	int64_t late_us = in_time || missed_us < clock->due_us ? missed_us : clock->due_us;
	size_t who = last_step(history, history->count, COMPLAINT_STEP_ARRIVE, 0);
	struct unit unit;

	if (clock->from_us == 0) {
		count_missed_visit(counting);
		return;
	}
	if ((clock->met_us == 0 && clock->due_us >= counting->ask->now_us) ||
		put_off_us(history) < late_us) {
		return;
	}
	who = clock->met_us != 0 ? who : NOT_FOUND;
	unit = unit_by(history, KPI_ARRIVAL, clock->due_us, who, history->team);
	if (who == NOT_FOUND) {
		unit.account = history->worker;
	} else if (history->events[who].team != 0) {
		unit.team = history->events[who].team;
	}
	unit.is_hit = in_time && missed_us == NEVER;
	count(counting, unit);
}

static int64_t last_alarm_us(const struct history *history, enum clock_number clock)
{
	int64_t at_us = 0;

	for (size_t i = 0; i < history->count; i++) {
		if (is_alarm(&history->events[i], clock) && history->events[i].at_us > at_us) {
			at_us = history->events[i].at_us;
		}
	}
	return at_us;
}

/* The clock as it runs or ran last. */
static void count_solution(const struct counting *counting)
{
	const struct history *history = counting->history;
	const struct clock *clock = &history->card.clocks[CLOCK_RESOLVE - 1];
	int64_t due_us = clock_due_us(&history->card, CLOCK_RESOLVE);
	bool is_closed =
		history->record.state == COMPLAINT_CLOSED || history->record.state == COMPLAINT_ARCHIVED;
	struct unit unit = unit_by(history, KPI_CLOSING, due_us,
		last_step(history, history->count, COMPLAINT_STEP_ACCEPT, 0), history->team);

	if (clock->from_us == 0 || (!is_closed && due_us >= counting->ask->now_us)) {
		return;
	}
	unit.is_hit = is_closed && clock->met_us != 0 && clock->met_us <= due_us &&
	              last_alarm_us(history, CLOCK_RESOLVE) < clock->from_us;
	count(counting, unit);
}

/* What ran out before the last run, or was never solved; and closes that did not last. */
static void count_not_closed(const struct counting *counting)
{
	const struct history *history = counting->history;
	const struct clock *clock = &history->card.clocks[CLOCK_RESOLVE - 1];
	size_t missed = first_alarm(history, CLOCK_RESOLVE);

	if (missed != NOT_FOUND && (clock->from_us == 0 || at_of(history, missed) < clock->from_us)) {
		count(counting, unit_by(history, KPI_CLOSING, at_of(history, missed),
							last_step(history, missed, COMPLAINT_STEP_ACCEPT, 0),
							history->events[missed].team));
	}
	for (size_t i = 0; i < history->count; i++) {
		size_t again = is_close(&history->events[i]) ? next_reopening(history, i) : NOT_FOUND;

		if (again != NOT_FOUND && at_of(history, again) - at_of(history, i) <= 15 * HISTORY_DAY &&
			at_of(history, missed) >= at_of(history, i)) {
			count(counting,
				unit_by(history, KPI_CLOSING, at_of(history, i),
					last_step(history, i, COMPLAINT_STEP_ACCEPT, 0), history->events[i].team));
		}
	}
}

/* --- figures of closes --- */

static bool is_of_team(
	const struct history *history, const struct history_event *close, uint32_t account)
{
	for (size_t i = 0; i < history_grant_count; i++) {
		const struct history_grant *grant = &history_grants[i];
		bool is_theirs = (grant->team != 0 && grant->team == close->team) ||
		                 (grant->crew != 0 && grant->crew == close->crew);

		if (grant->account == account && is_theirs && grant->from_us <= close->at_us &&
			history->submitted_us < grant->to_us) {
			return true;
		}
	}
	return false;
}

/* The last follow-up of this close that counts as one. */
static size_t follow_up_of(const struct history *history, size_t close)
{
	size_t again = next_reopening(history, close);
	size_t until = again == NOT_FOUND ? history->count : again + 1;
	size_t found = last_step(history, until, COMPLAINT_STEP_FOLLOW_UP, 0);
	int role;

	if (found == NOT_FOUND || found <= close) {
		return NOT_FOUND;
	}
	role = history_grants[history->events[found].grant - 1].role;
	if ((role != ROLE_CUSTOMER_SERVICE && role != ROLE_INSPECTOR) ||
		is_of_team(history, &history->events[close], history->events[found].account)) {
		return NOT_FOUND;
	}
	return found;
}

static bool was_ever_reopened(const struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		if (is_reopening(&history->events[i])) {
			return true;
		}
	}
	return false;
}

static bool was_closed_before(const struct history *history, size_t close)
{
	for (size_t i = 0; i < close; i++) {
		if (is_close(&history->events[i])) {
			return true;
		}
	}
	return false;
}

static void count_close(const struct counting *counting, size_t close)
{
	const struct history *history = counting->history;
	const struct history_event *event = &history->events[close];
	size_t worker = last_step(history, close, COMPLAINT_STEP_DONE, COMPLAINT_STEP_ANSWER);
	size_t follow_up = follow_up_of(history, close);
	int answer = follow_up == NOT_FOUND ? event->score : history->events[follow_up].score;
	struct unit unit = unit_by(history, KPI_FIRST_FIX, event->at_us, worker, event->team);

	if (!was_closed_before(history, close)) {
		unit.is_hit = !was_ever_reopened(history);
		count(counting, unit);
	}
	unit.is_hit = follow_up != NOT_FOUND;
	unit.kpi = KPI_FOLLOW_UP_COMPLAINTS;
	if (history->kind == 1 || history->kind == 7 || history->kind == 8) {
		count(counting, unit);
	}
	unit.kpi = KPI_FOLLOW_UP_REPAIRS;
	if (history->kind == 2 || history->kind == 3) {
		count(counting, unit);
	}
	unit.kpi = KPI_SATISFACTION;
	unit.is_hit = answer >= 4;
	if (event->step != COMPLAINT_STEP_DECIDE && answer != 0) {
		count(counting, unit);
	}
}

static bool was_out_of_scope(const struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		if (history->events[i].to == COMPLAINT_CLOSED_OUT_OF_SCOPE) {
			return true;
		}
	}
	return false;
}

/* Of what was somebody's to deal with, and is nobody's mistake or second thought. */
static void count_repeat(const struct counting *counting)
{
	const struct history *history = counting->history;
	size_t who = last_step(history, history->count, COMPLAINT_STEP_ACCEPT, 0);
	struct unit unit = unit_by(history, KPI_REPEATS, history->submitted_us, who, history->team);
	int state = (int)history->record.state;
	bool is_question = history->kind >= 4 && history->kind <= 6;

	if (history->record.accepted_us == 0 || is_question || state == COMPLAINT_WITHDRAWN ||
		state == COMPLAINT_REJECTED_INVALID || state == COMPLAINT_CLOSED_OUT_OF_SCOPE ||
		(state == COMPLAINT_ARCHIVED && was_out_of_scope(history))) {
		return;
	}
	if (who != NOT_FOUND && history->events[who].team != 0) {
		unit.team = history->events[who].team;
	}
	unit.is_hit = history_is_repeat(history);
	count(counting, unit);
}

void model_add(struct model *model, const struct model_ask *ask, const struct history *history)
{
	const struct counting counting = {model, ask, history};

	if (history->record.state == COMPLAINT_MERGED) {
		return;
	}
	count_acceptance(&counting);
	count_arrival(&counting);
	count_solution(&counting);
	count_not_closed(&counting);
	count_repeat(&counting);
	for (size_t i = 0; i < history->count; i++) {
		if (is_close(&history->events[i])) {
			count_close(&counting, i);
		}
	}
}

static bool is_beside(const struct model_key *a, const struct model_key *b)
{
	struct model_key of_team = *a;

	of_team.account = b->account;
	return memcmp(&of_team, b, sizeof of_team) == 0;
}

void model_finish(struct model *model, const struct model_ask *ask)
{
	size_t kept = 0;

	for (size_t i = 0; i < model->count; i++) {
		for (size_t k = 0; k < model->count; k++) {
			if (is_beside(&model->cells[i].key, &model->cells[k].key)) {
				model->cells[i].team_count.hits += model->cells[k].count.hits;
				model->cells[i].team_count.total += model->cells[k].count.total;
			}
		}
	}
	for (size_t i = 0; i < model->count; i++) {
		if (ask->account == 0 || model->cells[i].key.account == ask->account) {
			model->cells[kept++] = model->cells[i];
		}
	}
	model->count = kept;
}

const struct model_cell *model_find(const struct model *model, const struct model_key *key)
{
	for (size_t i = 0; i < model->count; i++) {
		if (memcmp(&model->cells[i].key, key, sizeof *key) == 0) {
			return &model->cells[i];
		}
	}
	return NULL;
}
