/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: for staff every one of a complaint; for the owner, who has no account, whatever the code of
 * one allows.
 */
#include <stdio.h>

#include "proto/codec.h"
#include "receipt.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/digest.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/secret.h"
#include "client/admin/target.h"

static void print_digest(const char *label, ProtobufCBinaryData digest)
{
	char text[DIGEST_TEXT_LEN + 1];

	if (digest.len == DIGEST_BYTES) {
		digest_format(digest.data, text);
		print_pair_c(label, text);
	}
}

/* "by code, 2026-11-24 11:40", and why where somebody refused. */
static void print_signature(struct app *app, const Pb__Receipt *receipt)
{
	char number[16];

	if (!receipt->has_sign_method) {
		if (receipt->kind == PB__RECEIPT__KIND__SERVICE) {
			print_pair_c(_("signature"), _("not signed yet"));
		}
		return;
	}
	print_pair_c(_("signature"),
		label_of(&pb__receipt__sign_method__descriptor, (int)receipt->sign_method, number));
	if (receipt->has_signed_us) {
		print_pair_c(_("signed at"), app_show_time(app, receipt->signed_us));
	}
	print_pair_c(_("reason"), receipt->sign_reason);
	if (receipt->has_sign_hash) {
		print_digest(_("signature's SHA-256"), receipt->sign_hash);
	}
}

/* Shows it whole, then says whether its hash is that of its body: people rely on that. */
static enum err print_receipt(struct app *app, const Pb__Receipt *receipt)
{
	struct str text = codec_str(receipt->text);
	uint8_t digest[DIGEST_BYTES];
	char number[16];

	print_pair_c(
		_("receipt"), label_of(&pb__receipt__kind__descriptor, (int)receipt->kind, number));
	print_pair_c(_("code"), receipt->code);
	print_pair_c(_("issued at"), app_show_time(app, receipt->issued_us));
	print_signature(app, receipt);
	for (size_t i = 0; i < receipt->n_photos; i++) {
		print_digest(_("photograph"), receipt->photos[i]);
	}
	if (receipt->has_body_hash) {
		print_digest(_("SHA-256"), receipt->body_hash);
	}
	while (text.len > 0 && text.ptr[text.len - 1] == '\n') {
		text.len--;
	}
	print_pair(_("text"), text);
	digest_bytes(codec_span(receipt->has_body, receipt->body), digest);
	if (receipt->has_body && !span_equal(span_of(digest, DIGEST_BYTES),
								 codec_span(receipt->has_body_hash, receipt->body_hash))) {
		return fault_set(&app->fault, ERR_REPLY_MALFORMED,
			_("the SHA-256 of receipt '%s' is not that of its content"),
			receipt->code == NULL ? "?" : receipt->code);
	}
	return ERR_OK;
}

static enum err print_list(struct app *app, struct client_result *result)
{
	const Pb__ReceiptListReply *reply = (const void *)result->message;
	enum err err = ERR_OK;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	for (size_t i = 0; err == ERR_OK && i < reply->n_receipts; i++) {
		if (i > 0) {
			putchar('\n');
		}
		err = print_receipt(app, reply->receipts[i]);
	}
	return err;
}

enum err command_receipt_list(struct app *app)
{
	ProtobufCMessage *request = form_new(app, &pb__receipt_list__descriptor);
	struct client_result *result;
	struct target target;
	enum err err = target_find(app, app->options.arguments[0], &target);

	if (err != ERR_OK) {
		return err;
	}
	form_set_id(app, request, "community_id", target.community_id);
	form_set_id(app, request, "complaint_id", target.complaint_id);
	result = link_call(app, METHOD_receipt_list, request);
	if (result == NULL) {
		return app->fault.err;
	}
	err = print_list(app, result);
	client_result_free(result);
	return err;
}

/* "confirm, reopen": what a one-time code can be asked for. */
static void print_purposes(struct app *app, const Pb__ReceiptGetReply *reply)
{
	struct str text = STR("");

	for (size_t i = 0; i < reply->n_purposes; i++) {
		char number[16];

		text = arena_printf(&app->arena, "%.*s%s%s", STR_ARG(text), i == 0 ? "" : ", ",
			label_of(&pb__receipt__purpose__descriptor, (int)reply->purposes[i], number));
	}
	print_pair(_("possible now"), text);
}

static enum err print_shown(struct app *app, struct client_result *result)
{
	const Pb__ReceiptGetReply *reply = (const void *)result->message;
	char number[16];

	if (app->is_json) {
		return print_message(app, result->message);
	}
	if (reply->receipt == NULL) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	print_pair_c(_("number"), reply->number);
	print_pair_c(
		_("state"), label_of(&pb__complaint__state__descriptor, (int)reply->state, number));
	print_purposes(app, reply);
	return print_receipt(app, reply->receipt);
}

/* The request of an owner's command, with the receipt's code; connects, as nobody. */
static enum err owner_begin(struct app *app, ProtobufCMessage **out)
{
	*out = form_new(app, method_rows[app->command->method].request);
	form_set_text(*out, "code", app->options.arguments[0]);
	return app_guest(app);
}

enum err command_receipt_get(struct app *app)
{
	ProtobufCMessage *request;
	struct client_result *result;
	enum err err = owner_begin(app, &request);

	if (err == ERR_OK) {
		err = link_open(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_receipt_get, request);
	if (result == NULL) {
		return app->fault.err;
	}
	err = print_shown(app, result);
	client_result_free(result);
	return err;
}

enum err command_receipt_code(struct app *app)
{
	ProtobufCMessage *request;
	struct client_result *result;
	enum err err = owner_begin(app, &request);

	if (err == ERR_OK) {
		err = form_words(app, request);
	}
	if (err == ERR_OK) {
		err = link_open(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_receipt_code, request);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_note(app, _("the one-time code was sent; it is good until %s"),
			app_show_time(app, form_time(result->message, "expires_us")));
	}
	client_result_free(result);
	return err;
}

/* What the owner decides, with the one-time code; note: what was done. */
static enum err owner_decide(struct app *app, const char *note)
{
	struct secret secret = {0};
	ProtobufCMessage *request;
	enum err err = owner_begin(app, &request);

	if (app_option(app, OPTION_ONE_TIME_CODE) != NULL &&
		app_option(app, OPTION_ONE_TIME_CODE_FILE) != NULL) {
		return fault_set(
			&app->fault, ERR_USAGE, _("only one of --one-time-code and --one-time-code-file"));
	}
	if (err == ERR_OK) {
		err = form_words(app, request);
	}
	if (err == ERR_OK && app_option(app, OPTION_ONE_TIME_CODE) == NULL) {
		err = secret_read(
			&secret, app_option(app, OPTION_ONE_TIME_CODE_FILE), _("One-time code: "), &app->fault);
		form_set_text(request, "one_time_code", secret.text);
	}
	if (err == ERR_OK) {
		err = link_open(app);
	}
	if (err == ERR_OK) {
		err = print_call(app, app->command->method, request, note);
	}
	secret_wipe(&secret);
	return err;
}

enum err command_receipt_confirm(struct app *app)
{
	return owner_decide(app, _("confirmed; thank you"));
}

enum err command_receipt_refuse(struct app *app)
{
	return owner_decide(app, _("the butler team was told that the work is not as it should be"));
}

enum err command_receipt_withdraw(struct app *app)
{
	return owner_decide(app, _("the complaint was withdrawn"));
}

enum err command_receipt_reopen(struct app *app)
{
	return owner_decide(app, _("the complaint is open again"));
}

/* Nothing is decided: the receipt's code is enough. */
enum err command_receipt_chase(struct app *app)
{
	ProtobufCMessage *request;
	enum err err = owner_begin(app, &request);

	if (err == ERR_OK) {
		err = form_words(app, request);
	}
	if (err == ERR_OK) {
		err = link_open(app);
	}
	return err == ERR_OK ? print_call(app, METHOD_receipt_chase, request,
							   _("the butler team was told that you ask again"))
	                     : err;
}
