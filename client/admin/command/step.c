/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of a complaint: accept, book, dispatch, arrive, done, verify, confirm. Their requests
 * begin alike, with the complaint and the version that the step is for.
 */
#include <stdio.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/target.h"

/* What a step is for: found once, borrowed by its request. */
struct step {
	struct target target;
	uint32_t version;
	ProtobufCBinaryData community_id;
	ProtobufCBinaryData complaint_id;
};

/* The complaint of the first argument, and its version; connects. */
static enum err step_begin(struct app *app, struct step *step)
{
	enum err err = target_find(app, app->options.arguments[0], &step->target);

	if (err == ERR_OK) {
		err = target_version(app, &step->target, &step->version);
	}
	step->community_id = codec_bytes(span_of(step->target.community_id.bytes, UUID_BYTES));
	step->complaint_id = codec_bytes(span_of(step->target.complaint_id.bytes, UUID_BYTES));
	return err;
}

/* The same three fields, whatever the request's type; the types are protoc's, so a macro it is. */
#define STEP_FILL(request, step) \
	((request).has_community_id = true, (request).community_id = (step).community_id, \
		(request).has_complaint_id = true, (request).complaint_id = (step).complaint_id, \
		(request).has_version = true, (request).version = (step).version)

static enum err step_ask(
	struct app *app, const struct step *step, enum method method, const ProtobufCMessage *request)
{
	struct str note = arena_printf(&app->arena, _("%s: done"), step->target.name);

	return print_call(app, method, request, arena_c_string(&app->arena, note));
}

enum err command_complaint_accept(struct app *app)
{
	Pb__ComplaintAccept request = PB__COMPLAINT_ACCEPT__INIT;
	struct step step = {0};
	enum err err = step_begin(app, &step);

	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	return step_ask(app, &step, METHOD_complaint_accept, &request.base);
}

enum err command_complaint_book(struct app *app)
{
	Pb__ComplaintBook request = PB__COMPLAINT_BOOK__INIT;
	Pb__TimeWindow window = PB__TIME_WINDOW__INIT;
	struct step step = {0};
	enum err err = app_profile(app);

	if (err == ERR_OK) {
		err = app_time(app, OPTION_FROM, &window.from_us);
	}
	if (err == ERR_OK) {
		err = app_time(app, OPTION_TO, &window.to_us);
	}
	if (err == ERR_OK) {
		err = step_begin(app, &step);
	}
	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	window.has_from_us = true;
	window.has_to_us = true;
	request.window = &window;
	return step_ask(app, &step, METHOD_complaint_book, &request.base);
}

enum err command_complaint_dispatch(struct app *app)
{
	Pb__ComplaintDispatch request = PB__COMPLAINT_DISPATCH__INIT;
	struct uuid crew;
	struct step step = {0};
	enum err err = place_crew(app, app_option(app, OPTION_CREW), &crew);

	if (err == ERR_OK) {
		err = step_begin(app, &step);
	}
	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	request.has_crew_id = true;
	request.crew_id = codec_bytes(span_of(crew.bytes, UUID_BYTES));
	return step_ask(app, &step, METHOD_complaint_dispatch, &request.base);
}

enum err command_complaint_arrive(struct app *app)
{
	Pb__ComplaintArrive request = PB__COMPLAINT_ARRIVE__INIT;
	struct step step = {0};
	enum err err = step_begin(app, &step);

	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	return step_ask(app, &step, METHOD_complaint_arrive, &request.base);
}

enum err command_complaint_done(struct app *app)
{
	Pb__ComplaintDone request = PB__COMPLAINT_DONE__INIT;
	const char *words = NULL;
	struct step step = {0};
	enum err err = app_text(app, OPTION_RESULT, &words);

	if (err == ERR_OK) {
		err = step_begin(app, &step);
	}
	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	request.result = (char *)words;
	return step_ask(app, &step, METHOD_complaint_done, &request.base);
}

enum err command_complaint_verify(struct app *app)
{
	Pb__ComplaintVerify request = PB__COMPLAINT_VERIFY__INIT;
	struct step step = {0};
	enum err err = step_begin(app, &step);

	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	return step_ask(app, &step, METHOD_complaint_verify, &request.base);
}

enum err command_complaint_confirm(struct app *app)
{
	Pb__ComplaintConfirm request = PB__COMPLAINT_CONFIRM__INIT;
	const char *rating = app_option(app, OPTION_RATING);
	struct step step = {0};
	enum err err = ERR_OK;

	if (rating != NULL) {
		err = app_number(app, "--rating", rating, 1, 5, &request.rating);
	}
	if (err == ERR_OK) {
		err = step_begin(app, &step);
	}
	if (err != ERR_OK) {
		return err;
	}
	STEP_FILL(request, step);
	request.has_rating = rating != NULL;
	return step_ask(app, &step, METHOD_complaint_confirm, &request.base);
}
