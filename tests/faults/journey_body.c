/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/journey_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/json.h"
#include "common/clock.h"

#define MORE_BYTES 512
#define TEXT_BYTES 1024
#define METHOD_BYTES 32
#define MINUTE_US (INT64_C(60) * US_PER_S)
#define PAUSE_US (INT64_C(6) * 24 * 60 * MINUTE_US) /* of seven that whoever leads has in all */
#define PHOTO "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="

struct words {
	char text[MORE_BYTES];
};

/* "complaint.send_back" */
static const struct method_row *method_of(enum complaint_step step)
{
	char name[METHOD_BYTES];
	const struct method_row *method;

	(void)snprintf(name, sizeof(name), "complaint.%s", complaint_step_name((int)step));
	for (char *at = name; *at != '\0'; at++) {
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	}
	method = method_find(str_from_c(name));
	assert(method != NULL);
	return method;
}

/* From JSON: thirty messages in one way. */
static void encode(struct journey *journey, const char *text)
{
	struct json_fault fault;
	struct arena arena;
	ProtobufCMessage *message;

	arena_init(&arena, 64 * 1024);
	message = message_from_json_text(journey->method->request, str_from_c(text), &arena, &fault);
	if (message == NULL) {
		printf("# %s%s in %s\n", fault.path, fault.text, text);
		abort();
	}
	journey->body_bytes = protobuf_c_message_get_packed_size(message);
	assert(journey->body_bytes <= sizeof(journey->body));
	(void)protobuf_c_message_pack(message, journey->body);
	arena_fini(&arena);
}

static void encode_step(struct journey *journey, const struct words *more)
{
	char community[UUID_TEXT_LEN + 1];
	char complaint[UUID_TEXT_LEN + 1];
	char text[TEXT_BYTES];

	uuid_format(journey->slot->cast->sites[0].community_id, community);
	uuid_format(journey->record->complaint_id, complaint);
	(void)snprintf(text, sizeof(text),
		"{\"community_id\": \"%s\", \"complaint_id\": \"%s\", \"version\": %u%s}", community,
		complaint, journey->record->step_count, more->text);
	encode(journey, text);
}

static void encode_submit(struct journey *journey)
{
	const struct live_site *site = &journey->slot->cast->sites[journey->team];
	bool has_phone = dice_once_in(&journey->dice, 3);
	char community[UUID_TEXT_LEN + 1];
	char place[UUID_TEXT_LEN + 1];
	char contact[64] = "";
	char text[TEXT_BYTES];

	if (has_phone) {
		(void)snprintf(journey->record->phone, LEDGER_PHONE_BYTES, "+86139%02u%06u",
			(unsigned)journey->slot->number % 100, (unsigned)journey->record->ordinal % 1000000);
		(void)snprintf(
			contact, sizeof(contact), ", \"contact_phone\": \"%s\"", journey->record->phone);
	}
	uuid_format(site->community_id, community);
	uuid_format(site->place_id, place);
	(void)snprintf(text, sizeof(text),
		"{\"community_id\": \"%s\", \"place_id\": \"%s\", \"kind\": \"%s\", \"channel\": \"PHONE\","
		" \"urgency\": \"%s\", \"title\": \"门禁坏了\", \"text\": \"门禁刷卡没有反应。\"%s}",
		community, place, dice_once_in(&journey->dice, 2) ? "REPAIR" : "COMPLAINT",
		journey->is_urgent ? "URGENT" : "NORMAL", contact);
	encode(journey, text);
}

/* ---- what a step says besides --------------------------------------------------------------- */

static void say_book(struct journey *journey, struct words *more)
{
	int64_t from_us = journey->slot->next_window_us;
	char crew[UUID_TEXT_LEN + 1];
	char worker[UUID_TEXT_LEN + 1];

	journey->slot->next_window_us += MINUTE_US;
	journey->worker = cast_first(CAST_WORKER) + dice_below(&journey->dice, cast_count(CAST_WORKER));
	uuid_format(journey->slot->cast->sites[0].crew_id, crew);
	uuid_format(journey->slot->cast->people[journey->worker].account.account_id, worker);
	(void)snprintf(more->text, MORE_BYTES,
		", \"crew_id\": \"%s\", \"worker_id\": \"%s\","
		" \"window\": {\"from_us\": %lld, \"to_us\": %lld}",
		crew, worker, (long long)from_us, (long long)(from_us + MINUTE_US));
}

/* Those booked; an urgent one that was not is anybody's of the crew. */
static void say_dispatch(struct journey *journey, struct words *more)
{
	char crew[UUID_TEXT_LEN + 1];

	uuid_format(journey->slot->cast->sites[0].crew_id, crew);
	if (!journey->is_booked) {
		(void)snprintf(more->text, MORE_BYTES, ", \"crew_id\": \"%s\"", crew);
	}
}

/* Somebody else of the crew, at the same time. */
static void say_reassign(struct journey *journey, struct words *more)
{
	size_t first = cast_first(CAST_WORKER);
	size_t count = cast_count(CAST_WORKER);
	char worker[UUID_TEXT_LEN + 1];

	journey->worker =
		first + (journey->worker - first + 1 + dice_below(&journey->dice, count - 1)) % count;
	uuid_format(journey->slot->cast->people[journey->worker].account.account_id, worker);
	(void)snprintf(
		more->text, MORE_BYTES, ", \"worker_id\": \"%s\", \"reason\": \"临时有事\"", worker);
}

/* The team is the new one from now on: nobody asks anything else before this is acknowledged. */
static void say_pass(struct journey *journey, struct words *more)
{
	char team[UUID_TEXT_LEN + 1];

	journey->team = (journey->team + 1 + dice_below(&journey->dice, CAST_TEAMS - 1)) % CAST_TEAMS;
	uuid_format(journey->slot->cast->sites[journey->team].team_id, team);
	(void)snprintf(more->text, MORE_BYTES, ", \"team_id\": \"%s\", \"reason\": \"那边的门\"", team);
}

static void say_merge(const struct journey *journey, struct words *more)
{
	char master[UUID_TEXT_LEN + 1];

	uuid_format(journey->slot->master_id, master);
	(void)snprintf(
		more->text, MORE_BYTES, ", \"master_id\": \"%s\", \"master_version\": 1", master);
}

/* By the code where one was sent, if that comes in time; both draws are made in any case. */
static void say_sign(struct journey *journey, struct words *more)
{
	bool by_code = dice_once_in(&journey->dice, 2);
	bool is_refused = dice_once_in(&journey->dice, 2);

	journey->wants_code = by_code && journey->has_code;
	(void)snprintf(more->text, MORE_BYTES, "%s",
		is_refused ? ", \"sign_method\": 3, \"reason\": \"不愿签字\"" : ", \"sign_method\": 4");
}

static void say_suspend(struct words *more)
{
	(void)snprintf(more->text, MORE_BYTES,
		", \"reason\": \"WAITING_PARTS\", \"until_us\": %lld, \"words\": \"等配件\"",
		(long long)(clock_now().utc_us + PAUSE_US));
}

static const char *constant_words(enum complaint_step step)
{
	static const struct {
		enum complaint_step step;
		const char *words;
	} rows[] = {
		{COMPLAINT_STEP_DONE, ", \"result\": \"换了读卡器\", \"photos\": [\"" PHOTO "\"]"},
		{COMPLAINT_STEP_CONFIRM, ", \"rating\": 5"},
		{COMPLAINT_STEP_CLASSIFY, ", \"category\": 1001"},
		{COMPLAINT_STEP_REJECT, ", \"reason\": \"广告\""},
		{COMPLAINT_STEP_ADVISE, ", \"advice\": \"请向供电公司报修\""},
		{COMPLAINT_STEP_OVERRULE, ", \"reason\": \"仍归我们\""},
		{COMPLAINT_STEP_ANSWER, ", \"answer\": \"已经答复\""},
		{COMPLAINT_STEP_RETURN, ", \"reason\": \"NEEDS_PARTS\", \"words\": \"缺配件\""},
		{COMPLAINT_STEP_SEND_BACK, ", \"reason\": \"还没修好\""},
		{COMPLAINT_STEP_REFUSE, ", \"reason\": \"还是不行\""},
		{COMPLAINT_STEP_REOPEN, ", \"reason\": \"又坏了\""},
		{COMPLAINT_STEP_FOLLOW_UP, ", \"score\": 4"},
		{COMPLAINT_STEP_WITHDRAW, ", \"reason\": \"自己修好了\""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].step == step) {
			return rows[i].words;
		}
	}
	return "";
}

void journey_body_draw(struct journey *journey)
{
	struct words more = {""};

	journey->method = method_of(journey->step);
	journey->wants_code = false;
	if (journey->step == COMPLAINT_STEP_SUBMIT) {
		encode_submit(journey);
		return;
	}
	(void)snprintf(more.text, MORE_BYTES, "%s", constant_words(journey->step));
	if (journey->step == COMPLAINT_STEP_BOOK) {
		say_book(journey, &more);
	} else if (journey->step == COMPLAINT_STEP_DISPATCH) {
		say_dispatch(journey, &more);
	} else if (journey->step == COMPLAINT_STEP_REASSIGN) {
		say_reassign(journey, &more);
	} else if (journey->step == COMPLAINT_STEP_PASS) {
		say_pass(journey, &more);
	} else if (journey->step == COMPLAINT_STEP_MERGE) {
		say_merge(journey, &more);
	} else if (journey->step == COMPLAINT_STEP_SIGN) {
		say_sign(journey, &more);
	} else if (journey->step == COMPLAINT_STEP_SUSPEND) {
		say_suspend(&more);
	}
	encode_step(journey, &more);
}

void journey_sign_by(struct journey *journey, const char *one_time_code)
{
	struct words more;

	assert(journey->step == COMPLAINT_STEP_SIGN && journey->attempt_count == 0);
	(void)snprintf(
		more.text, MORE_BYTES, ", \"sign_method\": 1, \"one_time_code\": \"%s\"", one_time_code);
	encode_step(journey, &more);
}
