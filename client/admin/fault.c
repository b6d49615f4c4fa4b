/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/fault.h"

#include <stdarg.h>

#include "client/admin/cell.h"
#include "client/admin/field.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/core/client.h"
#include "client/core/json.h"

#define S(name, sentence, hint) {ERR_##name, sentence, hint},
const struct message_row message_rows[] = {
#include "client/admin/message.def"
};
#undef S
const size_t message_row_count = COUNT(message_rows);

static const struct message_row *message_row(enum err err)
{
	for (size_t i = 0; i < message_row_count; i++) {
		if (message_rows[i].err == err) {
			return &message_rows[i];
		}
	}
	unreachable();
}

const char *fault_sentence(enum err err)
{
	return _(message_row(err)->sentence);
}

void fault_fini(struct fault *fault)
{
	json_decref(fault->current);
	*fault = (struct fault){0};
}

enum err fault_set_plain(struct fault *fault, enum err err)
{
	fault_fini(fault);
	fault->err = err;
	(void)snprintf(fault->code, sizeof(fault->code), "%s", err_name(err));
	return err;
}

/* What a server sent, or names in it, may hold what a terminal must not see. */
static void keep_text(char *out, size_t max, struct str text)
{
	struct arena arena;
	struct str clean;

	arena_init(&arena, 16 * 1024);
	clean = cell_clean(&arena, str_of(text.ptr, size_min(text.len, 1024)), CELL_ONE_LINE);
	(void)snprintf(out, max, "%.*s", STR_ARG(clean));
	arena_fini(&arena);
}

enum err fault_set(struct fault *fault, enum err err, const char *format, ...)
{
	char detail[sizeof(fault->detail)]; /* the arguments may point into the old fault */
	va_list arguments;

	assert(err != ERR_OK);
	va_start(arguments, format);
	(void)vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	(void)fault_set_plain(fault, err);
	keep_text(fault->detail, sizeof(fault->detail), str_from_c(detail));
	return err;
}

enum err fault_hint(struct fault *fault, const char *format, ...)
{
	va_list arguments;

	assert(fault->err != ERR_OK);
	va_start(arguments, format);
	(void)vsnprintf(fault->hint, sizeof(fault->hint), format, arguments);
	va_end(arguments);
	return fault->err;
}

enum err fault_from_result(struct fault *fault, struct client_result *result)
{
	ProtobufCMessage *current = client_result_current(result);

	assert(result->err != ERR_OK);
	(void)fault_set_plain(fault, result->err);
	if (result->code.len > 0) {
		keep_text(fault->code, sizeof(fault->code), result->code);
	}
	keep_text(fault->field, sizeof(fault->field), result->field);
	keep_text(fault->allowed, sizeof(fault->allowed), result->allowed);
	fault->has_retry_after = result->has_retry_after;
	fault->retry_after_ms = result->retry_after_ms;
	fault->method = result->method;
	if (!uuid_is_nil(result->trace_id)) {
		uuid_format(result->trace_id, fault->trace);
	}
	fault->current = current == NULL ? NULL : message_to_json(current);
	if (result->err == ERR_REPLY_MALFORMED && strcmp(fault->code, err_name(result->err)) != 0) {
		(void)snprintf(fault->detail, sizeof(fault->detail), "%s", fault->code);
	}
	return fault->err;
}

/* Whether the refusal comes from field.def, whose rows can be said in the person's language. */
static bool is_by_rows(enum err err)
{
	return err == ERR_FIELD_MISSING || err == ERR_FIELD_LENGTH || err == ERR_FIELD_RANGE ||
	       err == ERR_FIELD_ENUM;
}

/* The server's words in the person's language, where allowed.def has them; else as they came. */
static void say_allowed(const struct fault *fault, char *out, size_t max)
{
	unsigned tries = 0;
	const char *format;

	(void)snprintf(out, max, "%s", fault->allowed[0] == '\0' ? "" : gettext(fault->allowed));
	if (fault->err == ERR_CODE_WRONG && sscanf(fault->allowed, "%3u tries left", &tries) == 1) {
		format = ngettext("%u try left", "%u tries left", tries);
		assert(format != NULL);
		(void)snprintf(out, max, format, tries);
	}
}

/* ": --text (1 to 8000 characters)" */
static void print_field(const struct fault *fault, const struct command_row *command, FILE *out)
{
	char option[128];
	char allowed[256];

	field_option(command, fault->field, option, sizeof(option));
	say_allowed(fault, allowed, sizeof(allowed));
	if (fault->method != NULL && is_by_rows(fault->err)) {
		(void)!field_allowed(fault->method, fault->field, allowed, sizeof(allowed));
	}
	fprintf(out, _(": %s"), option);
	if (allowed[0] != '\0') {
		fprintf(out, _(" (allowed: %s)"), allowed);
	}
}

/* "; it is now at version 3, booked" */
static void print_current(const json_t *current, FILE *out)
{
	const char *state = json_string_value(json_object_get(current, "state"));
	const json_t *version = json_object_get(current, "version");

	if (json_is_integer(version)) {
		fprintf(out, _("; now it is at version %lld"), (long long)json_integer_value(version));
	}
	if (state != NULL) {
		const char *words = label_of_name("Complaint.State", state);

		fprintf(out, _("; its state is: %s"), words);
	}
}

/* Rounded up: a second too early is refused again. */
static void print_wait(uint32_t wait_ms, FILE *out)
{
	unsigned wait_s = wait_ms / 1000 + (wait_ms % 1000 == 0 ? 0 : 1);

	const char *format =
		ngettext("; try again after %u second", "; try again after %u seconds", wait_s);

	assert(format != NULL); /* gcc 12 with UBSan suspects that it may be */
	fprintf(out, format, wait_s);
}

void fault_print(const struct fault *fault, const struct command_row *command, FILE *out)
{
	const char *hint = message_row(fault->err)->hint;

	fprintf(out, "guanjia: %s", fault_sentence(fault->err));
	if (fault->detail[0] != '\0') {
		fprintf(out, _(": %s"), fault->detail);
	}
	if (fault->field[0] != '\0') {
		print_field(fault, command, out);
	}
	if (fault->current != NULL) {
		print_current(fault->current, out);
	}
	if (fault->has_retry_after) {
		print_wait(fault->retry_after_ms, out);
	}
	fputc('\n', out);
	if (fault->hint[0] != '\0') {
		fprintf(out, "guanjia: %s\n", fault->hint);
	} else if (hint != NULL) {
		fprintf(out, "guanjia: %s\n", _(hint));
	}
	if (fault->trace[0] != '\0') {
		fprintf(out, _("guanjia: for questions about it: trace %s\n"), fault->trace);
	}
}

static void set_text(json_t *object, const char *name, const char *text)
{
	if (text[0] != '\0') {
		(void)json_object_set_new(object, name, json_string(text));
	}
}

void fault_print_json(const struct fault *fault, FILE *out)
{
	json_t *error = json_object();
	json_t *whole = json_object();

	set_text(error, "code", fault->code);
	set_text(error, "field", fault->field);
	set_text(error, "allowed", fault->allowed);
	if (fault->has_retry_after) {
		(void)json_object_set_new(
			error, "retry_after_ms", json_integer((json_int_t)fault->retry_after_ms));
	}
	set_text(error, "detail", fault->detail);
	if (fault->current != NULL) {
		(void)json_object_set(error, "current", fault->current);
	}
	set_text(error, "trace_id", fault->trace);
	(void)json_object_set_new(whole, "error", error);
	(void)json_dumpf(whole, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(whole);
}
