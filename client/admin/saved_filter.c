/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/saved_filter.h"

#include <string.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"

struct client_result *saved_filter_list(struct app *app, const struct uuid *community_id)
{
	Pb__FilterList request = PB__FILTER_LIST__INIT;

	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community_id->bytes, UUID_BYTES));
	return link_call(app, METHOD_filter_list, &request.base);
}

static bool is_called(const Pb__Filter *filter, const char *text)
{
	struct uuid id;

	if (uuid_parse(str_from_c(text), &id)) {
		return span_equal(
			codec_span(filter->has_filter_id, filter->filter_id), span_of(id.bytes, UUID_BYTES));
	}
	return filter->name != NULL && strcmp(filter->name, text) == 0;
}

const Pb__Filter *saved_filter_find(struct app *app, const Pb__FilterListReply *reply, const char *text)
{
	const Pb__Filter *found = NULL;
	bool is_one = true;

	for (size_t i = 0; i < reply->n_filters; i++) {
		if (is_called(reply->filters[i], text)) {
			is_one = found == NULL;
			found = reply->filters[i];
			if (found->has_is_own && found->is_own) {
				return found;
			}
		}
	}
	if (found == NULL) {
		(void)fault_set(&app->fault, ERR_NOT_FOUND, _("no saved filter is called '%s'"), text);
		return NULL;
	}
	if (!is_one) {
		(void)fault_set(&app->fault, ERR_USAGE,
			_("several people share a filter called '%s': give its id"), text);
		return NULL;
	}
	return found;
}

/* Of these a list may have one: what was typed takes the place of any. */
static bool has_search(const Pb__ComplaintList *list)
{
	return list->text != NULL || list->phone != NULL || list->number != NULL ||
	       list->has_due_before_us;
}

/*
 * What stands later in the bytes counts, as protobuf has it; of states, kinds and teams, which would add up, only
 * those that were typed.
 */
static bool put_over(struct app *app, const Pb__ComplaintList *saved, Pb__ComplaintList *list)
{
	Pb__ComplaintList below = *saved;
	struct span first;
	struct span second;
	Pb__ComplaintList *both;
	uint8_t *bytes;

	below.n_states = list->n_states > 0 ? 0 : below.n_states;
	below.n_kinds = list->n_kinds > 0 ? 0 : below.n_kinds;
	below.n_team_ids = list->n_team_ids > 0 ? 0 : below.n_team_ids;
	if (has_search(list)) {
		below.text = below.phone = below.number = NULL;
		below.has_due_before_us = false;
	}
	first = codec_encode(&below.base, &app->arena);
	second = codec_encode(&list->base, &app->arena);
	bytes = arena_alloc(&app->arena, first.len + second.len + 1);
	if (bytes == NULL) {
		return false;
	}
	memcpy(bytes, first.ptr, first.len);
	memcpy(bytes + first.len, second.ptr, second.len);
	both = (void *)codec_unpack(
		&pb__complaint_list__descriptor, span_of(bytes, first.len + second.len), &app->arena);
	if (both == NULL) {
		return false;
	}
	*list = *both;
	return true;
}

enum err saved_filter_apply(struct app *app, const struct uuid *community_id, Pb__ComplaintList *list)
{
	const char *name = app_option(app, OPTION_FILTER);
	struct client_result *result;
	const Pb__Filter *filter;
	enum err err = ERR_OK;

	if (name == NULL) {
		return ERR_OK;
	}
	result = saved_filter_list(app, community_id);
	if (result == NULL) {
		return app->fault.err;
	}
	filter = saved_filter_find(app, (const void *)result->message, name);
	if (filter == NULL) {
		err = app->fault.err;
	} else if (filter->list == NULL) {
		err = fault_set(&app->fault, ERR_FIELD_INVALID,
			_("the filter '%s' was made by other rules: save it anew"), name);
	} else if (!put_over(app, filter->list, list)) {
		err = fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	client_result_free(result);
	return err;
}
