/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/grant.h"

#include "proto/codec.h"

#include "client/admin/account.h"
#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/place.h"
#include "client/admin/table.h"

/* "碧水花园 · 一号楼小组" */
static struct str where(struct app *app, const Pb__Grant *grant)
{
	struct arena *arena = &app->arena;
	char id[UUID_TEXT_LEN + 1];
	char team_id[UUID_TEXT_LEN + 1];
	const char *name;

	if (grant->has_crew_id) {
		name = place_crew_name(app, codec_span(true, grant->crew_id), id);
		return arena_str(arena, str_from_c(name));
	}
	if (!grant->has_community_id) {
		return str_from_c(_("everywhere"));
	}
	name = place_community_name(app, codec_span(true, grant->community_id), id);
	if (!grant->has_team_id) {
		return arena_str(arena, str_from_c(name));
	}
	return arena_printf(arena, "%s \xC2\xB7 %s", name,
		place_team_name(app, codec_span(true, grant->team_id), team_id));
}

static void add_id(struct table *table, struct span id)
{
	char text[UUID_TEXT_LEN + 1] = "";

	if (id.len == UUID_BYTES) {
		uuid_format(uuid_from_span(id), text);
	}
	table_add_c(table, text);
}

void grant_print(
	struct app *app, Pb__Grant *const *grants, size_t count, const Pb__AccountListReply *accounts)
{
	static const struct table_column columns[] = {
		{N_("LOGIN"), false},
		{N_("ROLE"), false},
		{N_("WHERE"), true},
		{N_("FROM"), false},
		{N_("UNTIL"), false},
		{N_("GRANT"), false},
	};
	size_t first = accounts == NULL ? 1 : 0;
	struct table table;

	table_init(&table, columns + first, COUNT(columns) - first);
	for (size_t i = 0; i < count; i++) {
		const Pb__Grant *grant = grants[i];
		char number[16];

		if (accounts != NULL) {
			table_add_c(&table, account_login(app, accounts, codec_span(true, grant->account_id)));
		}
		table_add_c(&table, label_of(&pb__grant__role__descriptor, (int)grant->role, number));
		table_add(&table, where(app, grant));
		table_add_c(&table, grant->has_from_us ? app_show_time(app, grant->from_us) : "");
		table_add_c(&table, grant->has_to_us ? app_show_time(app, grant->to_us) : "");
		add_id(&table, codec_span(grant->has_grant_id, grant->grant_id));
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}
