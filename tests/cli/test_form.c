/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests filled from options: every option that a step takes goes into a field of its request, exactly
 * as it was typed or as the number it names; what is none is refused under the option's own name. No
 * server is asked: names are left to the tests that have one.
 */
#include "client/admin/form.h"

#include "complaint.pb-c.h"
#include "export.pb-c.h"
#include "receipt.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/language.h"
#include "tests/check.h"

/* What a command's own file sees to; nothing of the request is filled from it by a row. */
static bool is_by_hand(enum option_id option)
{
	static const enum option_id options[] = {OPTION_COMMUNITY, OPTION_VERSION, OPTION_KEY,
		OPTION_MATERIAL, OPTION_PHOTO, OPTION_NOBODY, OPTION_ONE_TIME_CODE_FILE, OPTION_STATE,
		OPTION_LIMIT, OPTION_ALL, OPTION_SERVER, OPTION_CA, OPTION_SOURCE, OPTION_ENCODING,
		OPTION_DRY_RUN, OPTION_SKIP_BAD, OPTION_SIMILAR, OPTION_OVERDUE, OPTION_REPEAT_OF,
		OPTION_RECEIPT_KIND, OPTION_TEAMS, OPTION_KINDS, OPTION_BY_CLOCK, OPTION_AFTER,
		OPTION_BEFORE, OPTION_AT, OPTION_FILTER, OPTION_COLUMNS, OPTION_CSV, OPTION_XLSX,
		OPTION_RESUME, OPTION_OWN_PASSWORD_FILE};

	for (size_t i = 0; i < COUNT(options); i++) {
		if (options[i] == option) {
			return true;
		}
	}
	return false;
}

/* The field of the request, or of the message inside it that an appointment or a filter is. */
static bool has_field(const ProtobufCMessageDescriptor *type, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(type, name) != NULL ||
	       (type == &pb__complaint_book__descriptor &&
			   has_field(&pb__time_window__descriptor, name)) ||
	       ((type == &pb__complaint_count__descriptor || type == &pb__export_begin__descriptor) &&
			   has_field(&pb__complaint_list__descriptor, name));
}

static size_t rows_for(const struct command_row *command, enum option_id option)
{
	size_t count = 0;

	for (size_t i = 0; i < form_row_count; i++) {
		if (form_rows[i].option == option &&
			has_field(method_rows[command->method].request, form_rows[i].field)) {
			count++;
		}
	}
	return count;
}

static void test_every_option_of_a_step_has_its_field(void)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command_row *command = &command_rows[i];
		bool is_complaint = strncmp(command->words, "complaint ", 10) == 0;

		if ((!is_complaint && strncmp(command->words, "receipt ", 8) != 0) ||
			command->method == METHOD_none) { /* a bulk is of several */
			continue;
		}
		for (int option = 0; option < OPTION_COUNT; option++) {
			struct option_set own = option_set_join(command_must(command), command_may(command));
			bool is_taken = option_set_has(own, (enum option_id)option);

			if (is_taken && !is_by_hand((enum option_id)option)) {
				if (rows_for(command, (enum option_id)option) != 1) {
					printf("# %s --%s\n", command->words, option_rows[option].spelling);
				}
				CHECK_INT_EQ(rows_for(command, (enum option_id)option), 1);
			}
		}
	}
}

/* An app that was told these options, in the zone of Shanghai. */
static void begin(struct app *app, enum command command)
{
	app_init(app);
	app->command = &command_rows[command];
	app->has_profile = true;
	(void)snprintf(app->profile.zone, sizeof(app->profile.zone), "Asia/Shanghai");
}

static void test_values_become_fields(void)
{
	static struct app app;
	Pb__ComplaintSubmit *submit;
	Pb__ComplaintSuspend *suspend;
	Pb__ComplaintFollowUp *follow_up;

	begin(&app, COMMAND_complaint_submit);
	app.options.values[OPTION_KIND] = "repair";
	app.options.values[OPTION_CATEGORY] = "elevator-fault";
	app.options.values[OPTION_TITLE] = "-";
	app.options.values[OPTION_REPORTER] = "PROTECTED";
	submit = (void *)form_new(&app, &pb__complaint_submit__descriptor);
	CHECK_INT_EQ(form_words(&app, &submit->base), ERR_OK);
	CHECK(submit->has_kind && submit->kind == PB__COMPLAINT__KIND__REPAIR);
	CHECK(submit->has_category);
	CHECK_INT_EQ(submit->category, 101);
	CHECK_STR_EQ(submit->title, "-"); /* only texts come from standard input */
	CHECK(submit->has_reporter && submit->reporter == PB__COMPLAINT__REPORTER__PROTECTED);
	CHECK(!submit->has_urgency && submit->text == NULL);
	app_fini(&app);

	begin(&app, COMMAND_complaint_suspend);
	app.options.values[OPTION_PAUSE_REASON] = "waiting-parts";
	app.options.values[OPTION_UNTIL] = "2026-11-24 10:00";
	suspend = (void *)form_new(&app, &pb__complaint_suspend__descriptor);
	CHECK_INT_EQ(form_words(&app, &suspend->base), ERR_OK);
	CHECK(suspend->has_reason && suspend->reason == PB__COMPLAINT__REASON__WAITING_PARTS);
	CHECK(suspend->has_until_us);
	CHECK_INT_EQ(suspend->until_us, INT64_C(1795485600000000));
	app_fini(&app);

	begin(&app, COMMAND_complaint_follow_up);
	app.options.values[OPTION_SCORE] = "2";
	app.options.values[OPTION_WORDS] = "还是漏水";
	follow_up = (void *)form_new(&app, &pb__complaint_follow_up__descriptor);
	CHECK_INT_EQ(form_words(&app, &follow_up->base), ERR_OK);
	CHECK(follow_up->has_score);
	CHECK_INT_EQ(follow_up->score, 2);
	CHECK_STR_EQ(follow_up->words, "还是漏水");
	app_fini(&app);
}

struct refused_case {
	enum command command;
	enum option_id option;
	const char *text;
	const char *detail; /* a piece of the fault's */
};

static const struct refused_case refused_cases[] = {
	{COMMAND_complaint_submit, OPTION_KIND, "lost", "--kind: 'lost'"},
	{COMMAND_complaint_submit, OPTION_CATEGORY, "elevators", "--category: 'elevators'"},
	{COMMAND_complaint_submit, OPTION_CATEGORY, "105", "--category: '105'"},
	{COMMAND_complaint_suspend, OPTION_UNTIL, "soon", "--until: 'soon'"},
	{COMMAND_complaint_return, OPTION_RETURN_REASON, "tired", "--reason: 'tired'"},
	{COMMAND_complaint_confirm, OPTION_RATING, "6", "--rating: '6'"},
	{COMMAND_complaint_confirm, OPTION_RATING, "0", "--rating: '0'"},
	{COMMAND_receipt_code, OPTION_PURPOSE, "fun", "--purpose: 'fun'"},
};

static void test_what_is_no_value_is_refused(void)
{
	for (size_t i = 0; i < COUNT(refused_cases); i++) {
		const struct refused_case *row = &refused_cases[i];
		static struct app app;
		ProtobufCMessage *message;

		begin(&app, row->command);
		app.options.values[row->option] = row->text;
		message = form_new(&app, method_rows[app.command->method].request);
		CHECK_INT_EQ(form_words(&app, message), ERR_USAGE);
		CHECK(strstr(app.fault.detail, row->detail) != NULL);
		app_fini(&app);
	}
}

static void test_replies_are_read_by_name(void)
{
	Pb__ComplaintDoneReply reply = PB__COMPLAINT_DONE_REPLY__INIT;
	Pb__ComplaintAcceptReply plain = PB__COMPLAINT_ACCEPT_REPLY__INIT;
	Pb__ReceiptCodeReply sent = PB__RECEIPT_CODE_REPLY__INIT;

	CHECK(form_text(&reply.base, "receipt_code") == NULL);
	CHECK(!form_flag(&reply.base, "is_code_sent"));
	reply.receipt_code = (char *)"1-ABCD";
	reply.is_code_sent = true; /* not marked as set */
	CHECK_STR_EQ(form_text(&reply.base, "receipt_code"), "1-ABCD");
	CHECK(!form_flag(&reply.base, "is_code_sent"));
	reply.has_is_code_sent = true;
	CHECK(form_flag(&reply.base, "is_code_sent"));
	CHECK(form_text(&plain.base, "receipt_code") == NULL);
	CHECK_INT_EQ(form_time(&plain.base, "version"), 0); /* there, but no time */
	sent.has_expires_us = true;
	sent.expires_us = 77;
	CHECK_INT_EQ(form_time(&sent.base, "expires_us"), 77);
}

static void test_categories_have_names(void)
{
	char number[16];
	char list[512];
	uint32_t category = 0;

	CHECK(category_parse(STR("Elevator: fault"), &category));
	CHECK_INT_EQ(category, 101);
	CHECK(category_parse(STR("电梯困人"), &category));
	CHECK_INT_EQ(category, 102);
	CHECK(category_parse(STR("200"), &category));
	CHECK_INT_EQ(category, 200);
	CHECK(!category_parse(STR(""), &category));
	CHECK(!category_parse(STR("elevator-"), &category));
	CHECK_STR_EQ(category_label(9, number), "9");
	language_init("zh_CN");
	CHECK_STR_EQ(category_label(101, number), "电梯故障");
	language_init("en");
	CHECK_STR_EQ(category_label(101, number), "Elevator: fault");
	category_list(list, sizeof(list));
	CHECK(strncmp(list, "elevator, water, ", 17) == 0);
	CHECK(strstr(list, "staff-conduct, ") != NULL && strstr(list, "elevator-fault") == NULL);
	category_list(list, 12);
	CHECK_STR_EQ(list, "elevator");
}

static const struct test tests[] = {
	{"every_option_of_a_step_has_its_field", test_every_option_of_a_step_has_its_field},
	{"values_become_fields", test_values_become_fields},
	{"what_is_no_value_is_refused", test_what_is_no_value_is_refused},
	{"replies_are_read_by_name", test_replies_are_read_by_name},
	{"categories_have_names", test_categories_have_names},
};

int main(void)
{
	language_init("en");
	return check_main(tests, COUNT(tests));
}
