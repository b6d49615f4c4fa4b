/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/filter.h"

#include <string.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/place.h"
#include "client/admin/saved_filter.h"
#include "common/clock.h"

void filter_init(struct filter *filter)
{
	*filter = (struct filter){.request = PB__COMPLAINT_LIST__INIT};
	filter->request.states = filter->states;
	filter->request.kinds = filter->kinds;
	filter->request.team_ids = filter->team_ids;
}

/* The next part of "accepted,booked", in the app's arena; NULL at its end. */
static const char *part_next(struct app *app, const char **rest)
{
	size_t len = strcspn(*rest, ",");
	const char *part;

	if (**rest == '\0') {
		return NULL;
	}
	part = arena_c_string(&app->arena, str_of(*rest, len));
	*rest += len + ((*rest)[len] == ',' ? 1 : 0);
	return part;
}

/* A repeated enum of an option that may come several times, each perhaps with commas. */
struct many {
	enum option_id option;
	const ProtobufCEnumDescriptor *type;
	int max;
};

static enum err take_many(struct app *app, const struct many *many, int *out, size_t *out_count)
{
	const char *spelling = option_rows[many->option].spelling;
	const char *name = arena_c_string(&app->arena, arena_printf(&app->arena, "--%s", spelling));
	const char *text;
	enum err err = ERR_OK;

	for (size_t i = 0; (text = options_at(&app->options, many->option, i)) != NULL; i++) {
		const char *part;

		while (err == ERR_OK && (part = part_next(app, &text)) != NULL) {
			if (*out_count == (size_t)many->max) {
				return fault_set(&app->fault, ERR_USAGE, _("--%s is given too often"), spelling);
			}
			err = app_enum(app, name, many->type, part, &out[*out_count]);
			*out_count += 1;
		}
	}
	return err;
}

static enum err take_states(struct app *app, struct filter *filter)
{
	static const struct many many = {
		OPTION_STATE, &pb__complaint__state__descriptor, FILTER_STATES_MAX};
	int numbers[FILTER_STATES_MAX];
	enum err err = take_many(app, &many, numbers, &filter->request.n_states);

	for (size_t i = 0; err == ERR_OK && i < filter->request.n_states; i++) {
		filter->states[i] = (Pb__Complaint__State)numbers[i];
	}
	return err;
}

static enum err take_kinds(struct app *app, struct filter *filter)
{
	static const struct many many = {
		OPTION_KINDS, &pb__complaint__kind__descriptor, FILTER_KINDS_MAX};
	int numbers[FILTER_KINDS_MAX];
	enum err err = take_many(app, &many, numbers, &filter->request.n_kinds);

	for (size_t i = 0; err == ERR_OK && i < filter->request.n_kinds; i++) {
		filter->kinds[i] = (Pb__Complaint__Kind)numbers[i];
	}
	return err;
}

enum err filter_words(struct app *app, struct filter *filter)
{
	enum err err = take_states(app, filter);

	if (err == ERR_OK) {
		err = take_kinds(app, filter);
	}
	if (err == ERR_OK) {
		err = form_words(app, &filter->request.base);
	}
	if (err == ERR_OK && app_option(app, OPTION_OVERDUE) != NULL &&
		!filter->request.has_due_before_us) {
		filter->request.has_due_before_us = true;
		filter->request.due_before_us = clock_now().utc_us;
	}
	return err;
}

static enum err take_teams(struct app *app, struct filter *filter, const struct uuid *community_id)
{
	const char *text = app_option(app, OPTION_TEAMS);
	const char *part;
	enum err err = ERR_OK;

	while (err == ERR_OK && text != NULL && (part = part_next(app, &text)) != NULL) {
		size_t i = filter->request.n_team_ids;
		struct uuid unused;

		if (i == FILTER_TEAMS_MAX) {
			return fault_set(&app->fault, ERR_USAGE, _("--%s is given too often"), "teams");
		}
		err = place_team(app, community_id, part, &filter->teams[i], &unused);
		filter->team_ids[i] = codec_bytes(span_of(filter->teams[i].bytes, UUID_BYTES));
		filter->request.n_team_ids++;
	}
	return err;
}

enum err filter_names(struct app *app, struct filter *filter)
{
	struct place_community community;
	enum err err = place_community(app, &community);

	if (err != ERR_OK) {
		return err;
	}
	form_set_id(app, &filter->request.base, "community_id", community.id);
	err = form_names(app, &filter->request.base, &community.id);
	if (err == ERR_OK) {
		err = take_teams(app, filter, &community.id);
	}
	return err == ERR_OK ? saved_filter_apply(app, &community.id, &filter->request) : err;
}

enum err filter_build(struct app *app, Pb__ComplaintList **out)
{
	struct filter *filter = arena_new(&app->arena, struct filter);
	enum err err;

	assert(filter != NULL);
	filter_init(filter);
	err = filter_words(app, filter);
	if (err == ERR_OK) {
		err = filter_names(app, filter);
	}
	*out = &filter->request;
	return err;
}
