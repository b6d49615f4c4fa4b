/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call: any method by reflection. The request and its answer are JSON by client/core/json.h.
 */
#include <stdio.h>

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/file.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/core/json.h"

#define INPUT_BYTES_MAX (4 * 1024 * 1024)

/* The JSON that was typed, or standard input for "-"; nothing stands for the empty request. */
static enum err take_json(struct app *app, struct str *out)
{
	const char *typed = app->options.argument_count < 2 ? "{}" : app->options.arguments[1];
	int error;

	*out = str_from_c(typed);
	if (strcmp(typed, "-") != 0) {
		return ERR_OK;
	}
	error = file_read("-", INPUT_BYTES_MAX, &app->arena, out);
	return error == 0 ? ERR_OK : fault_set(&app->fault, ERR_INPUT, "JSON: %s", strerror(error));
}

enum err command_call(struct app *app)
{
	const struct method_row *method = method_find(str_from_c(app->options.arguments[0]));
	struct json_fault json_fault = {0};
	struct client_result *result;
	ProtobufCMessage *request;
	struct str json;
	enum err err;

	if (method == NULL) {
		return fault_set(&app->fault, ERR_METHOD_UNKNOWN, "'%s'", app->options.arguments[0]);
	}
	err = take_json(app, &json);
	if (err != ERR_OK) {
		return err;
	}
	request = message_from_json_text(method->request, json, &app->arena, &json_fault);
	if (request == NULL) {
		return fault_set(&app->fault, ERR_USAGE, "JSON%s: %s", json_fault.path, json_fault.text);
	}
	err = strcmp(method->right, "ANYONE") == 0 ? link_open(app) : link_resume(app);
	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, (enum method)(method - method_rows), request);
	if (result == NULL) {
		return app->fault.err;
	}
	if (result->is_repeat) {
		print_note(app, _("this had been done before; nothing was done twice"));
	}
	err = print_message(app, result->message);
	client_result_free(result);
	return err;
}
