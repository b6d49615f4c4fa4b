/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of a complaint. Their requests begin alike, with the complaint and the version that the
 * step is for; the rest is filled from options by the rows of form.def. So most steps are a line here.
 */
#include <errno.h>
#include <stdio.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "receipt.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/digest.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/material.h"
#include "client/admin/print.h"
#include "client/admin/secret.h"
#include "client/admin/target.h"

static ProtobufCMessage *step_new(struct app *app)
{
	assert(app->command->method != METHOD_none);
	return form_new(app, method_rows[app->command->method].request);
}

/*
 * Where it stands now, "20261124-0001: dispatched, version 5". Asked once and without patience: the step
 * itself is done, and who passed it on may not see it any more.
 */
static void note_state(struct app *app, const struct target *target)
{
	Pb__ComplaintGet request = PB__COMPLAINT_GET__INIT;
	struct client_ask ask = {
		.method = &method_rows[METHOD_complaint_get], .request = &request.base};
	const Pb__Complaint *now = NULL;
	struct client_result *result = NULL;
	char state[16];

	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(target->community_id.bytes, UUID_BYTES));
	request.has_complaint_id = true;
	request.complaint_id = codec_bytes(span_of(target->complaint_id.bytes, UUID_BYTES));
	if (link_is_alive(app)) {
		result = client_loop_call(&app->loop, &ask);
	}
	if (result != NULL && result->err == ERR_OK) {
		now = ((const Pb__ComplaintGetReply *)(const void *)result->message)->complaint;
	}
	if (now == NULL) {
		print_note(app, _("%s: done"), target->name);
	} else {
		print_note(app, _("%s: %s, version %u"), now->number == NULL ? target->name : now->number,
			label_of(&pb__complaint__state__descriptor, (int)now->state, state),
			(unsigned)now->version);
	}
	client_result_free(result);
}

/* What the reply adds. A receipt's code goes to standard output, as a new complaint's number does. */
static void say_reply(
	struct app *app, const struct target *target, const struct client_result *result)
{
	const ProtobufCMessage *reply = result->message;
	const char *code = form_text(reply, "receipt_code");
	const char *number = form_text(reply, "number");
	int64_t expires_us = form_time(reply, "expires_us");

	if (result->is_repeat) {
		print_note(app, _("this had been done before; nothing was done twice"));
	}
	note_state(app, target);
	if (number != NULL) {
		print_note(app, _("the part is a complaint of its own:"));
		puts(number);
		(void)fflush(stdout);
	}
	if (code != NULL) {
		print_note(app, _("the receipt's code, for the owner:"));
		puts(code);
		(void)fflush(stdout); /* in its place between the notes */
	}
	if (form_flag(reply, "is_code_sent")) {
		print_note(app, _("a one-time code for the signature is on its way to the owner"));
	}
	if (expires_us != 0) {
		print_note(app, _("the one-time code was sent; it is good until %s"),
			app_show_time(app, expires_us));
	}
}

/* Everything from the complaint's name on; what the step has of its own is in the request already. */
static enum err step_send(struct app *app, const struct target *target, ProtobufCMessage *request)
{
	struct client_result *result = link_call(app, app->command->method, request);
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		say_reply(app, target, result);
	}
	client_result_free(result);
	return err;
}

/* The complaint, its version and the names; connects. */
static enum err step_target(struct app *app, struct target *target, ProtobufCMessage *request)
{
	uint32_t version = 0;
	enum err err = target_find(app, app->options.arguments[0], target);

	if (err == ERR_OK) {
		err = target_version(app, target, &version);
	}
	if (err == ERR_OK) {
		form_set_id(app, request, "community_id", target->community_id);
		form_set_id(app, request, "complaint_id", target->complaint_id);
		form_set_number(request, "version", version);
		err = form_names(app, request, &target->community_id);
	}
	return err;
}

/* A whole step; what can be wrong by itself is found before anybody is asked. */
static enum err step_take(struct app *app, ProtobufCMessage *request)
{
	struct target target = {0};
	enum err err = form_words(app, request);

	if (err == ERR_OK) {
		err = step_target(app, &target, request);
	}
	return err == ERR_OK ? step_send(app, &target, request) : err;
}

/* Steps that need nothing but their rows. */
#define STEP(verb) \
	enum err command_complaint_##verb(struct app *app) \
	{ \
		return step_take(app, step_new(app)); \
	}
STEP(accept)
STEP(pass)
STEP(reject)
STEP(advise)
STEP(report_up)
STEP(agree)
STEP(overrule)
STEP(answer)
STEP(send)
STEP(dispatch)
STEP(reassign)
STEP(classify)
STEP(arrive)
STEP(return )
STEP(code)
STEP(send_back)
STEP(verify)
STEP(confirm)
STEP(refuse)
STEP(decide)
STEP(reopen)
STEP(follow_up)
STEP(suspend)
STEP(resume)
STEP(unmerge)
STEP(withdraw)
STEP(split)
STEP(chase)
#undef STEP

enum err command_complaint_book(struct app *app)
{
	Pb__ComplaintBook *request = (void *)step_new(app);
	enum err err;

	request->window = (void *)form_new(app, &pb__time_window__descriptor);
	err = form_words(app, &request->window->base);
	return err == ERR_OK ? step_take(app, &request->base) : err;
}

static enum err refuse_material(struct app *app, enum material_verdict verdict, const char *text)
{
	switch (verdict) {
	case MATERIAL_OK:
		return ERR_OK;
	case MATERIAL_PARTS:
		return fault_set(&app->fault, ERR_USAGE,
			_("--material: '%s' is neither NAME:QUANTITY:UNIT:PRICE, like belt:1.5:m:12.50, nor "
			  "CODE:QUANTITY of the price list"),
			text);
	case MATERIAL_QUANTITY:
		return fault_set(&app->fault, ERR_USAGE,
			_("--material: the quantity of '%s' is no number above 0 with up to three decimals"),
			text);
	case MATERIAL_PRICE:
		return fault_set(&app->fault, ERR_USAGE,
			_("--material: the price of '%s' is no number of yuan with up to two decimals"), text);
	}
	unreachable();
}

static enum err take_materials(struct app *app, Pb__ComplaintDone *request)
{
	enum err err = ERR_OK;
	const char *text;

	request->materials = arena_alloc(&app->arena, OPTION_MANY_MAX * sizeof(*request->materials));
	while (err == ERR_OK &&
		   (text = options_at(&app->options, OPTION_MATERIAL, request->n_materials)) != NULL) {
		Pb__Material *material = (void *)form_new(app, &pb__material__descriptor);

		request->materials[request->n_materials] = material;
		request->n_materials++;
		err = refuse_material(app, material_parse(str_from_c(text), &app->arena, material), text);
	}
	return err;
}

static enum err take_photos(struct app *app, Pb__ComplaintDone *request)
{
	const char *path;

	request->photos = arena_alloc(&app->arena, OPTION_MANY_MAX * sizeof(*request->photos));
	while ((path = options_at(&app->options, OPTION_PHOTO, request->n_photos)) != NULL) {
		uint8_t *digest = arena_alloc(&app->arena, DIGEST_BYTES);
		int error = digest_file(path, digest);

		if (error == ENODATA) {
			return fault_set(&app->fault, ERR_INPUT, _("--photo: %s is empty"), path);
		}
		if (error != 0) {
			return fault_set(&app->fault, ERR_INPUT, "--photo: %s: %s", path, strerror(error));
		}
		request->photos[request->n_photos] = codec_bytes(span_of(digest, DIGEST_BYTES));
		request->n_photos++;
	}
	return ERR_OK;
}

enum err command_complaint_done(struct app *app)
{
	Pb__ComplaintDone *request = (void *)step_new(app);
	enum err err = take_materials(app, request);

	if (err == ERR_OK) {
		err = take_photos(app, request);
	}
	return err == ERR_OK ? step_take(app, &request->base) : err;
}

/* How the receipt is signed: by at most one of the options, and by a code where none is given. */
static enum err sign_method(struct app *app, Pb__Receipt__SignMethod *out)
{
	bool is_refused = app_option(app, OPTION_REFUSED) != NULL;
	bool is_nobody = app_option(app, OPTION_NOBODY) != NULL;
	bool is_code = app_option(app, OPTION_CODE) != NULL;
	bool is_file = app_option(app, OPTION_ONE_TIME_CODE_FILE) != NULL;
	bool is_hand = app_option(app, OPTION_SIGNATURE) != NULL;

	if (is_refused + is_nobody + is_code + is_file + is_hand > 1) {
		return fault_set(&app->fault, ERR_USAGE,
			_("only one of --code, --one-time-code-file, --signature, --refused and --nobody"));
	}
	*out = is_refused  ? PB__RECEIPT__SIGN_METHOD__REFUSED
	       : is_nobody ? PB__RECEIPT__SIGN_METHOD__NOBODY
	       : is_hand   ? PB__RECEIPT__SIGN_METHOD__HAND
	                   : PB__RECEIPT__SIGN_METHOD__CODE;
	return ERR_OK;
}

enum err command_complaint_sign(struct app *app)
{
	Pb__ComplaintSign *request = (void *)step_new(app);
	struct secret secret = {0};
	Pb__Receipt__SignMethod method = PB__RECEIPT__SIGN_METHOD__CODE;
	enum err err = sign_method(app, &method);

	if (err != ERR_OK) {
		return err;
	}
	request->has_sign_method = true;
	request->sign_method = (uint32_t)method;
	if (method == PB__RECEIPT__SIGN_METHOD__CODE && app_option(app, OPTION_CODE) == NULL) {
		err = secret_read(
			&secret, app_option(app, OPTION_ONE_TIME_CODE_FILE), _("One-time code: "), &app->fault);
		request->one_time_code = secret.text;
	}
	err = err == ERR_OK ? step_take(app, &request->base) : err;
	secret_wipe(&secret);
	return err;
}

/* Another one may be named by its number, too. */
enum err command_complaint_repeat(struct app *app)
{
	Pb__ComplaintRepeat *request = (void *)step_new(app);
	const char *original = app_option(app, OPTION_REPEAT_OF);
	struct target target = {0};
	struct target other = {0};
	enum err err = form_words(app, &request->base);

	if (err == ERR_OK) {
		err = step_target(app, &target, &request->base);
	}
	if (err == ERR_OK && original != NULL) {
		err = target_find(app, original, &other);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (original != NULL) {
		form_set_id(app, &request->base, "repeat_of_id", other.complaint_id);
	}
	return step_send(app, &target, &request->base);
}

/* The master's version goes with the request too: both change together. */
enum err command_complaint_merge(struct app *app)
{
	Pb__ComplaintMerge *request = (void *)step_new(app);
	struct target target = {0};
	struct target master = {0};
	enum err err = form_words(app, &request->base);

	if (err == ERR_OK) {
		err = step_target(app, &target, &request->base);
	}
	if (err == ERR_OK) {
		err = target_find(app, app->options.arguments[1], &master);
	}
	if (err == ERR_OK && !request->has_master_version) {
		err = target_ask(app, &master);
		form_set_number(&request->base, "master_version", master.version);
	}
	if (err != ERR_OK) {
		return err;
	}
	form_set_id(app, &request->base, "master_id", master.complaint_id);
	return step_send(app, &target, &request->base);
}
