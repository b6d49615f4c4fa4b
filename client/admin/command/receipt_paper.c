/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts as PDF: for the owner by the receipt's code, for staff by the complaint.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/codec.h"
#include "receipt.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/file.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/target.h"

/* Into the file that the command names, or to standard output for "-". */
static enum err write_pdf(struct app *app, struct span pdf)
{
	const char *path = app->options.arguments[1];
	int failed = 0;

	if (pdf.len == 0) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	if (strcmp(path, "-") == 0) {
		failed = fwrite(pdf.ptr, 1, pdf.len, stdout) == pdf.len ? 0 : errno;
	} else {
		failed = file_replace(path, str_of((const char *)pdf.ptr, pdf.len));
	}
	return failed == 0 ? ERR_OK
	                   : fault_set(&app->fault, ERR_OUTPUT, "%s: %s", path, strerror(failed));
}

enum err command_receipt_pdf(struct app *app)
{
	ProtobufCMessage *request = form_new(app, &pb__receipt_pdf__descriptor);
	const Pb__ReceiptPdfReply *reply;
	struct client_result *result;
	enum err err;

	form_set_text(request, "code", app->options.arguments[0]);
	err = app_guest(app);
	if (err == ERR_OK) {
		err = form_words(app, request);
	}
	if (err == ERR_OK) {
		err = link_open(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_receipt_pdf, request);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	err = write_pdf(app, codec_span(reply->has_pdf, reply->pdf));
	client_result_free(result);
	return err;
}

/* The last of the complaint's that was issued, of the kind that is asked for; NULL: none. */
static const Pb__Receipt *choose(const Pb__ReceiptListReply *list, const Pb__Receipt *wanted)
{
	const Pb__Receipt *last = NULL;

	for (size_t i = 0; i < list->n_receipts; i++) {
		const Pb__Receipt *one = list->receipts[i];

		if ((!wanted->has_kind || one->kind == wanted->kind) &&
			(last == NULL || one->issued_us >= last->issued_us)) {
			last = one;
		}
	}
	return last;
}

static enum err find_receipt(
	struct app *app, const struct target *target, const Pb__Receipt *wanted, struct uuid *out)
{
	ProtobufCMessage *request = form_new(app, &pb__receipt_list__descriptor);
	const Pb__Receipt *receipt;
	struct client_result *result;

	form_set_id(app, request, "community_id", target->community_id);
	form_set_id(app, request, "complaint_id", target->complaint_id);
	result = link_call(app, METHOD_receipt_list, request);
	if (result == NULL) {
		return app->fault.err;
	}
	receipt = choose((const void *)result->message, wanted);
	*out = receipt == NULL
	           ? uuid_nil
	           : uuid_from_span(codec_span(receipt->has_receipt_id, receipt->receipt_id));
	client_result_free(result);
	return receipt != NULL
	           ? ERR_OK
	           : fault_set(&app->fault, ERR_NOT_FOUND, _("the complaint has no such receipt"));
}

static enum err print_receipt(
	struct app *app, ProtobufCMessage *request, const struct target *target, struct uuid receipt_id)
{
	const Pb__ReceiptPrintReply *reply;
	struct client_result *result;
	enum err err;

	form_set_id(app, request, "community_id", target->community_id);
	form_set_id(app, request, "complaint_id", target->complaint_id);
	form_set_id(app, request, "receipt_id", receipt_id);
	result = link_call(app, METHOD_receipt_print, request);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	err = write_pdf(app, codec_span(reply->has_pdf, reply->pdf));
	client_result_free(result);
	return err;
}

enum err command_receipt_print(struct app *app)
{
	ProtobufCMessage *request = form_new(app, &pb__receipt_print__descriptor);
	ProtobufCMessage *wanted = form_new(app, &pb__receipt__descriptor);
	struct uuid receipt_id;
	struct target target;
	enum err err = form_words(app, request); /* the paper */

	if (err == ERR_OK) {
		err = form_words(app, wanted); /* the kind */
	}
	if (err == ERR_OK) {
		err = target_find(app, app->options.arguments[0], &target);
	}
	if (err == ERR_OK) {
		err = find_receipt(app, &target, (const Pb__Receipt *)wanted, &receipt_id);
	}
	return err == ERR_OK ? print_receipt(app, request, &target, receipt_id) : err;
}
