/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/filter/filter_check.h"

#include "filter.pb-c.h"
#include "server/method/message.h"

/* A new one has a name, an old one keeps its own: no two of a person ever change to one name at once. */
static enum err check_name(struct request *r, const Pb__FilterSave *in)
{
	if (!in->has_filter_id && in->name == NULL) {
		return request_refuse(r, ERR_FIELD_MISSING, "name", "what a new filter is called");
	}
	if (in->has_filter_id && in->name != NULL) {
		return request_refuse(r, ERR_FIELD_INVALID, "name", "with a new filter only");
	}
	if (in->has_filter_id && !in->has_version) {
		return request_refuse(r, ERR_FIELD_MISSING, "version", "with filter_id");
	}
	return ERR_OK;
}

enum err filter_check(struct request *r)
{
	const Pb__FilterSave *in = (const Pb__FilterSave *)r->message;
	struct saving *saving = arena_new(&r->arena, struct saving);
	enum err err = check_name(r, in);

	r->community_id = message_id(true, in->community_id);
	if (saving == NULL) {
		return ERR_BUSY;
	}
	if (err != ERR_OK) {
		return err;
	}
	saving->is_new = !in->has_filter_id;
	saving->filter_id = in->has_filter_id ? message_id(true, in->filter_id) : r->key;
	saving->share = in->has_share ? (int)in->share : PB__FILTER__SHARE__OWN;
	saving->team_id = message_id(in->has_team_id, in->team_id);
	if ((saving->share == PB__FILTER__SHARE__TEAM) != in->has_team_id) {
		return request_refuse(r, ERR_FIELD_INVALID, "team_id", "with share TEAM, and only there");
	}
	r->state = saving;
	saving->inside.list = in->list;
	return list_inside_keep(r, &saving->inside, &saving->list);
}
