/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/timeline.h"

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/place.h"
#include "client/admin/table.h"

#define COLUMN_COUNT 4

const char *timeline_window(struct app *app, const Pb__TimeWindow *window)
{
	struct str text;

	if (window == NULL) {
		return "";
	}
	text = arena_printf(&app->arena, "%s \xE2\x80\x93 %s", app_show_time(app, window->from_us),
		app_show_time(app, window->to_us));
	return arena_c_string(&app->arena, text);
}

/* "王建国, team leader, 前台电脑"; who is no member of staff has neither role nor device. */
static struct str person(struct app *app, const Pb__ComplaintEvent *event)
{
	struct str text = codec_str(event->account_name);
	char number[16];

	if (text.len == 0 && event->has_actor) {
		text = str_from_c(label_of(&pb__complaint__actor__descriptor, (int)event->actor, number));
		text = arena_str(&app->arena, text);
	}
	if (event->has_role) {
		text = arena_printf(&app->arena, _("%.*s, %s"), STR_ARG(text),
			label_of(&pb__grant__role__descriptor, (int)event->role, number));
	}
	if (event->device_name != NULL) {
		text = arena_printf(&app->arena, _("%.*s, %s"), STR_ARG(text), event->device_name);
	}
	return text;
}

/* "label: text" in a row of its own, below the step it belongs to; nothing for an empty text. */
static void add_detail(struct app *app, struct table *table, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0') {
		return;
	}
	for (size_t i = 0; i < COLUMN_COUNT - 1; i++) {
		table_add_c(table, "");
	}
	table_add(table, arena_printf(&app->arena, _("  %s: %s"), label, text));
}

/* Who it belonged to after the step. */
static void add_owners(struct app *app, struct table *table, const Pb__ComplaintEvent *event)
{
	char id[UUID_TEXT_LEN + 1];

	add_detail(app, table, _("butler team"),
		place_team_name(app, codec_span(event->has_team_id, event->team_id), id));
	add_detail(app, table, _("crew"),
		place_crew_name(app, codec_span(event->has_crew_id, event->crew_id), id));
	if (event->worker_name != NULL || !event->has_worker_id || event->worker_id.len != UUID_BYTES) {
		add_detail(app, table, _("worker"), event->worker_name);
	} else {
		uuid_format(uuid_from_span(codec_span(true, event->worker_id)), id);
		add_detail(app, table, _("worker"), id);
	}
}

/* What the number stands for. */
static const char *score_label(const Pb__ComplaintEvent *event)
{
	if (event->step == PB__COMPLAINT__STEP__COLLECTIVE) {
		return _("households");
	}
	if (event->step == PB__COMPLAINT__STEP__REMIND) {
		return _("day");
	}
	return event->step == PB__COMPLAINT__STEP__CHASE ? _("times asked again") : _("score");
}

static void add_event(struct app *app, struct table *table, const Pb__ComplaintEvent *event)
{
	char step[16];
	char state[16];
	char number[16];

	table_add_c(table, app_show_time(app, event->at_us));
	table_add_c(table, label_of(&pb__complaint__step__descriptor, (int)event->step, step));
	table_add_c(table, label_of(&pb__complaint__state__descriptor, (int)event->to, state));
	table_add(table, person(app, event));
	add_owners(app, table, event);
	add_detail(app, table, _("visit booked"), timeline_window(app, event->window));
	if (event->has_reason) {
		add_detail(app, table, _("reason"),
			label_of(&pb__complaint__reason__descriptor, (int)event->reason, number));
	}
	add_detail(app, table, _("other complaint"), event->other_number);
	if (event->has_until_us) {
		add_detail(app, table, _("rests until"), app_show_time(app, event->until_us));
	}
	if (event->has_score) {
		(void)snprintf(number, sizeof(number), "%u", (unsigned)event->score);
		add_detail(app, table, score_label(event), number);
	}
	if (event->has_clock) {
		add_detail(app, table, label_of(&pb__clock__number__descriptor, (int)event->clock, state),
			arena_printf(&app->arena, "%u %%", (unsigned)event->percent).ptr);
	}
	add_detail(app, table, _("words"), event->words);
}

void timeline_print(struct app *app, Pb__ComplaintEvent *const *events, size_t count)
{
	static const struct table_column columns[COLUMN_COUNT] = {
		{N_("WHEN"), false},
		{N_("STEP"), false},
		{N_("STATE"), false},
		{N_("WHO AND WHAT"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		add_event(app, &table, events[i]);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}
