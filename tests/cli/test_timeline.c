/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timeline, printed and compared whole, in both languages: who took a step, in which role, on which
 * device, and below it everything that it brought; nothing is cut and nothing of one step stands at
 * another. People are invented.
 */
#include "client/admin/timeline.h"

#include <stdlib.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/language.h"
#include "tests/check.h"

#define TEN_O_CLOCK INT64_C(1795485600000000) /* 2026-11-24 10:00 in Shanghai */
#define HOUR_US INT64_C(3600000000)

static struct app app;

static Pb__ComplaintEvent event_of(Pb__Complaint__Step step, Pb__Complaint__State to)
{
	Pb__ComplaintEvent event = PB__COMPLAINT_EVENT__INIT;

	event.has_at_us = true;
	event.at_us = TEN_O_CLOCK;
	event.has_step = true;
	event.step = step;
	event.has_to = true;
	event.to = to;
	return event;
}

/* By a person of staff. */
static void sign(Pb__ComplaintEvent *event, const char *name, Pb__Grant__Role role)
{
	event->account_name = (char *)name;
	event->device_name = (char *)"前台电脑";
	event->has_role = true;
	event->role = role;
	event->has_actor = true;
	event->actor = PB__COMPLAINT__ACTOR__STAFF;
}

/* What timeline_print says; the caller's to free. */
static char *printed(Pb__ComplaintEvent *const *events, size_t count)
{
	FILE *saved = stdout;
	char *text = NULL;
	size_t len = 0;

	stdout = open_memstream(&text, &len);
	timeline_print(&app, events, count);
	(void)fclose(stdout);
	stdout = saved;
	return text;
}

static void test_a_step_says_who_and_what(void)
{
	Pb__ComplaintEvent book = event_of(PB__COMPLAINT__STEP__BOOK, PB__COMPLAINT__STATE__SCHEDULED);
	Pb__ComplaintEvent pause =
		event_of(PB__COMPLAINT__STEP__SUSPEND, PB__COMPLAINT__STATE__SUSPENDED);
	Pb__TimeWindow window = PB__TIME_WINDOW__INIT;
	Pb__ComplaintEvent *events[] = {&book, &pause};
	char *text;

	sign(&book, "王建国", PB__GRANT__ROLE__LEADER);
	window.has_from_us = window.has_to_us = true;
	window.from_us = TEN_O_CLOCK;
	window.to_us = TEN_O_CLOCK + 2 * HOUR_US;
	book.window = &window;
	book.worker_name = (char *)"陈师傅";
	sign(&pause, "王建国", PB__GRANT__ROLE__LEADER);
	pause.has_reason = true;
	pause.reason = PB__COMPLAINT__REASON__WAITING_PARTS;
	pause.has_until_us = true;
	pause.until_us = TEN_O_CLOCK + HOUR_US;
	pause.words = (char *)"等皮带\n到货";
	text = printed(events, COUNT(events));
	CHECK_STR_EQ(text, "WHEN              STEP     STATE      WHO AND WHAT\n"
					   "2026-11-24 10:00  book     booked     王建国, team leader, 前台电脑\n"
					   "                                        worker: 陈师傅\n"
					   "                                        visit booked: "
					   "2026-11-24 10:00 \xE2\x80\x93 2026-11-24 12:00\n"
					   "2026-11-24 10:00  suspend  suspended  王建国, team leader, 前台电脑\n"
					   "                                        reason: waiting for parts\n"
					   "                                        rests until: 2026-11-24 11:00\n"
					   "                                        words: 等皮带 到货\n");
	free(text);
}

static void test_owners_and_the_system_are_named(void)
{
	Pb__ComplaintEvent confirm =
		event_of(PB__COMPLAINT__STEP__CONFIRM, PB__COMPLAINT__STATE__CLOSED);
	Pb__ComplaintEvent archive =
		event_of(PB__COMPLAINT__STEP__ARCHIVE, PB__COMPLAINT__STATE__ARCHIVED);
	Pb__ComplaintEvent *events[] = {&confirm, &archive};
	uint8_t worker[UUID_BYTES] = {0x01, 0x92};
	char *text;

	confirm.has_actor = archive.has_actor = true;
	confirm.actor = PB__COMPLAINT__ACTOR__OWNER_BY_CODE;
	confirm.has_score = true;
	confirm.score = 5;
	archive.actor = PB__COMPLAINT__ACTOR__SYSTEM;
	archive.has_worker_id = true; /* of somebody whose name is not for this person */
	archive.worker_id = codec_bytes(span_of(worker, UUID_BYTES));
	text = printed(events, COUNT(events));
	CHECK_STR_EQ(text, "WHEN              STEP     STATE     WHO AND WHAT\n"
					   "2026-11-24 10:00  confirm  closed    owner, by code\n"
					   "                                       score: 5\n"
					   "2026-11-24 10:00  archive  archived  the system\n"
					   "                                       worker: "
					   "01920000-0000-0000-0000-000000000000\n");
	free(text);
}

static void test_it_is_read_in_chinese(void)
{
	Pb__ComplaintEvent done = event_of(PB__COMPLAINT__STEP__RETURN, PB__COMPLAINT__STATE__ACCEPTED);
	Pb__ComplaintEvent *events[] = {&done};
	char *text;

	sign(&done, "陈师傅", PB__GRANT__ROLE__CREW_MEMBER);
	done.has_reason = true;
	done.reason = PB__COMPLAINT__REASON__NO_ENTRY;
	language_init("zh_CN");
	text = printed(events, COUNT(events));
	language_init("en");
	CHECK_STR_EQ(text, "时间              步骤  状态    经办与内容\n"
					   "2026-11-24 10:00  退回  已受理  陈师傅，班组成员，前台电脑\n"
					   "                                  原因：无法入户\n");
	free(text);
}

static const struct test tests[] = {
	{"a_step_says_who_and_what", test_a_step_says_who_and_what},
	{"owners_and_the_system_are_named", test_owners_and_the_system_are_named},
	{"it_is_read_in_chinese", test_it_is_read_in_chinese},
};

int main(void)
{
	int code;

	language_init("en");
	app_init(&app);
	app.has_profile = true;
	(void)snprintf(app.profile.zone, sizeof(app.profile.zone), "Asia/Shanghai");
	code = check_main(tests, COUNT(tests));
	app_fini(&app);
	return code;
}
