/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said about a failure: the sentence of its code, the option that was refused, what may stand
 * there; and the same for programs. Printed to memory and compared.
 */
#include "client/admin/fault.h"

#include <locale.h>
#include <stdlib.h>

#include "client/admin/command.h"
#include "client/admin/field.h"
#include "client/core/client.h"
#include "tests/check.h"

struct option_case {
	enum command command;
	const char *path;
	const char *expected;
};

static const struct option_case option_cases[] = {
	{COMMAND_complaint_submit, "text", "--text"},
	{COMMAND_complaint_submit, "community_id", "--community"},
	{COMMAND_complaint_submit, "submitted_us", "submitted_us"},
	{COMMAND_complaint_book, "window.from_us", "--from"},
	{COMMAND_complaint_book, "window.to_us", "--to"},
	{COMMAND_complaint_book, "window", "--from, --to"},
	{COMMAND_complaint_dispatch, "window", "window"},
	{COMMAND_complaint_list, "states[2]", "--state"},
	{COMMAND_account_add, "password", "--password-file"},
	{COMMAND_account_password, "own_password", "--own-password-file"},
	{COMMAND_community_add, "time_zone", "--zone"},
	{COMMAND_grant_add, "role", "role"},
	{COMMAND_complaint_submit, "place_id", "--place"},
	{COMMAND_complaint_submit, "contact_phone", "--contact-phone"},
	{COMMAND_complaint_arrive, "has_entry_consent", "--entry-consent"},
	{COMMAND_complaint_dispatch, "worker_id", "--worker"},
	{COMMAND_complaint_done, "materials[2].price_fen", "--material"},
	{COMMAND_complaint_done, "photos[0]", "--photo"},
	{COMMAND_complaint_suspend, "reason", "--reason"},
	{COMMAND_complaint_suspend, "until_us", "--until"},
	{COMMAND_complaint_sign, "one_time_code", "--code"},
	{COMMAND_complaint_merge, "master_id", "master_id"},
	{COMMAND_receipt_confirm, "one_time_code", "--one-time-code"},
};

static void test_fields_become_options(void)
{
	for (size_t i = 0; i < COUNT(option_cases); i++) {
		char option[128];

		field_option(
			&command_rows[option_cases[i].command], option_cases[i].path, option, sizeof(option));
		CHECK_STR_EQ(option, option_cases[i].expected);
	}
}

struct allowed_case {
	enum method method;
	const char *path;
	const char *expected; /* NULL: nothing is known */
};

static const struct allowed_case allowed_cases[] = {
	{METHOD_complaint_submit, "text", "1 to 8000 characters"},
	{METHOD_complaint_submit, "kind",
		"complaint, repair, request, enquiry, suggestion, compliment, violation, dispute"},
	{METHOD_complaint_confirm, "rating", "1 to 5"},
	{METHOD_complaint_list, "states", "at most 32"},
	{METHOD_complaint_book, "window.from_us", NULL},
	{METHOD_complaint_book, "window.never", NULL},
	{METHOD_complaint_submit, "nothing", NULL},
	{METHOD_complaint_submit, "", NULL},
	{METHOD_complaint_submit, "text.text.text", NULL},
};

static void test_rows_say_what_is_allowed(void)
{
	for (size_t i = 0; i < COUNT(allowed_cases); i++) {
		const struct allowed_case *row = &allowed_cases[i];
		char allowed[256] = "";
		bool is_known =
			field_allowed(&method_rows[row->method], row->path, allowed, sizeof(allowed));

		CHECK_INT_EQ(is_known, row->expected != NULL);
		CHECK_STR_EQ(allowed, row->expected == NULL ? "" : row->expected);
	}
}

/* Both ways to say it; the caller's to free. */
static char *printed(const struct fault *fault, const struct command_row *command, bool is_json)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (is_json) {
		fault_print_json(fault, out);
	} else {
		fault_print(fault, command, out);
	}
	(void)fclose(out);
	return text;
}

static void test_a_refused_field_is_named(void)
{
	struct fault fault = {0};
	char *text;

	(void)fault_set_plain(&fault, ERR_FIELD_LENGTH);
	fault.method = &method_rows[METHOD_complaint_done];
	(void)snprintf(fault.field, sizeof(fault.field), "result");
	(void)snprintf(fault.allowed, sizeof(fault.allowed), "1..4000 characters");
	text = printed(&fault, &command_rows[COMMAND_complaint_done], false);
	CHECK_STR_EQ(
		text, "guanjia: too short or too long: --result (allowed: 1 to 4000 characters)\n");
	free(text);
	text = printed(&fault, NULL, true);
	CHECK_STR_EQ(text, "{\"error\":{\"code\":\"FIELD_LENGTH\",\"field\":\"result\","
					   "\"allowed\":\"1..4000 characters\"}}\n");
	free(text);
	fault_fini(&fault);
}

static void test_what_the_log_has_about_it_can_be_quoted(void)
{
	struct client_ask ask = {.method = &method_rows[METHOD_server_status],
		.trace_id =
			span_of("\x01\x98\x00\x00\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x07", 16)};
	struct client_result *result = client_refusal(&ask, ERR_INTERNAL);
	struct fault fault = {0};
	char *text;

	CHECK_INT_EQ(fault_from_result(&fault, result), ERR_INTERNAL);
	client_result_free(result);
	text = printed(&fault, NULL, false);
	CHECK(strstr(text,
			  "\nguanjia: for questions about it: trace 01980000-0000-7000-8000-000000000007\n") !=
		  NULL);
	free(text);
	text = printed(&fault, NULL, true);
	CHECK_STR_EQ(text, "{\"error\":{\"code\":\"INTERNAL\","
					   "\"trace_id\":\"01980000-0000-7000-8000-000000000007\"}}\n");
	free(text);
	fault_fini(&fault);
}

static void test_hints_and_waits_are_said(void)
{
	struct fault fault = {0};
	char *text;

	(void)fault_set_plain(&fault, ERR_LOGIN_DELAYED);
	fault.has_retry_after = true;
	fault.retry_after_ms = 1500;
	text = printed(&fault, NULL, false);
	CHECK_STR_EQ(text, "guanjia: too many tries in a short time; try again after 2 seconds\n");
	free(text);
	text = printed(&fault, NULL, true);
	CHECK_STR_EQ(text, "{\"error\":{\"code\":\"LOGIN_DELAYED\",\"retry_after_ms\":1500}}\n");
	free(text);
	(void)fault_set(&fault, ERR_CONFIG, "there is no profile '%s'", "x");
	CHECK_INT_EQ(fault_hint(&fault, "make one"), ERR_CONFIG);
	text = printed(&fault, NULL, false);
	CHECK_STR_EQ(text, "guanjia: a setting or the profile is wrong: there is no profile 'x'\n"
					   "guanjia: make one\n");
	free(text);
	fault_fini(&fault);
}

static const char *const allowed_rows[] = {
#define N_(text) text
#define A(text) text,
#include "client/admin/allowed.def"
#undef A
#undef N_
};

static void test_every_need_has_words(void)
{
	static const char *const needs[] = {
#define NEED(name, err, field, allowed) allowed,
#include "server/domain/complaint.def"
#undef NEED
	};

	for (size_t i = 0; i < COUNT(needs); i++) {
		size_t row = 0;

		while (row < COUNT(allowed_rows) && strcmp(allowed_rows[row], needs[i]) != 0) {
			row++;
		}
		CHECK(row < COUNT(allowed_rows));
	}
}

static void test_tries_that_are_left_are_counted(void)
{
	struct fault fault = {0};
	char *text;

	(void)fault_set_plain(&fault, ERR_CODE_WRONG);
	(void)snprintf(fault.field, sizeof(fault.field), "one_time_code");
	(void)snprintf(fault.allowed, sizeof(fault.allowed), "1 tries left");
	text = printed(&fault, &command_rows[COMMAND_receipt_confirm], false);
	CHECK_STR_EQ(
		text, "guanjia: this is not the one-time code: --one-time-code (allowed: 1 try left)\n");
	free(text);
	fault_fini(&fault);
}

static void test_the_present_record_is_shown(void)
{
	struct fault fault = {0};
	char *text;

	(void)fault_set_plain(&fault, ERR_CONFLICT);
	fault.current = json_pack("{s:i, s:s}", "version", 4, "state", "ON_SITE");
	text = printed(&fault, NULL, false);
	CHECK_STR_EQ(text, "guanjia: somebody else changed it first; now it is at version 4; "
					   "its state is: on site\n"
					   "guanjia: look at it again, then decide anew\n");
	free(text);
	fault_fini(&fault);
	fault_fini(&fault);
}

static const struct test tests[] = {
	{"fields_become_options", test_fields_become_options},
	{"rows_say_what_is_allowed", test_rows_say_what_is_allowed},
	{"a_refused_field_is_named", test_a_refused_field_is_named},
	{"what_the_log_has_about_it_can_be_quoted", test_what_the_log_has_about_it_can_be_quoted},
	{"hints_and_waits_are_said", test_hints_and_waits_are_said},
	{"every_need_has_words", test_every_need_has_words},
	{"tries_that_are_left_are_counted", test_tries_that_are_left_are_counted},
	{"the_present_record_is_shown", test_the_present_record_is_shown},
};

int main(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	(void)unsetenv("LANGUAGE");
	return check_main(tests, COUNT(tests));
}
