/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint similar.
 */
#include "complaint.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/similar.h"

#define LIMIT_MAX 20 /* as many as complaint.similar gives */

static enum err take_limit(struct app *app, Pb__ComplaintSimilar *request)
{
	const char *limit = app_option(app, OPTION_LIMIT);

	if (limit == NULL) {
		return ERR_OK;
	}
	request->has_limit = true;
	return app_number(app, "--limit", limit, 1, LIMIT_MAX, &request->limit);
}

static enum err show(struct app *app, const struct client_result *result)
{
	const Pb__ComplaintSimilarReply *reply = (const void *)result->message;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	if (reply->n_similar == 0) {
		print_note(app, _("nothing like it is open, or ended lately"));
		return ERR_OK;
	}
	similar_print(app, reply, stdout);
	return ERR_OK;
}

enum err command_complaint_similar(struct app *app)
{
	Pb__ComplaintSimilar *request = (void *)form_new(app, &pb__complaint_similar__descriptor);
	struct place_community community;
	struct client_result *result;
	enum err err = form_words(app, &request->base);

	if (err == ERR_OK) {
		err = take_limit(app, request);
	}
	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK) {
		form_set_id(app, &request->base, "community_id", community.id);
		err = form_names(app, &request->base, &community.id);
	}
	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_complaint_similar, &request->base);
	if (result == NULL) {
		return app->fault.err;
	}
	err = show(app, result);
	client_result_free(result);
	return err;
}
