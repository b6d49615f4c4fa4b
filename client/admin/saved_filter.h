/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saved filters by their names: one's own first, then those that others share. What is typed beside --filter counts in
 * the place of what the filter says there.
 */
#pragma once

#include "filter.pb-c.h"

#include "common/err.h"
#include "common/uuid.h"

struct app;
struct client_result;

/* All that the person sees of a community; the caller's. NULL where it failed. */
struct client_result *saved_filter_list(struct app *app, const struct uuid *community_id) must_check;

/* One of a reply, by its name or id; NULL, with the reason in app->fault, where there is none, or several. */
const Pb__Filter *saved_filter_find(struct app *app, const Pb__FilterListReply *reply, const char *text);

/* Does nothing without --filter. Else *list becomes the filter's, with what it had in the place of the same; connects. */
enum err saved_filter_apply(
	struct app *app, const struct uuid *community_id, Pb__ComplaintList *list) must_check;
