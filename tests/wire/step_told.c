/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs about what a peer is not told by the server itself: words to owners, and that time passes. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/wire/cursor.h"
#include "tests/wire/database.h"
#include "tests/wire/match.h"

#define LOOK_AGAIN_MS 5
#define CODE_LEN 6

static const char *text_of(const json_t *message, const char *member)
{
	const char *text = json_string_value(json_object_get(message, member));

	return text == NULL ? "" : text;
}

/* Of this kind, and not taken yet. A line that is not whole yet is none. */
static json_t *read_message(const struct run *run, const char *line, const char *kind)
{
	json_t *message = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	if (strcmp(text_of(message, "kind"), kind) == 0 &&
		json_object_get(run->told, text_of(message, "id")) == NULL) {
		return message;
	}
	json_decref(message);
	return NULL;
}

/* The first such message of the file; a new reference; NULL where there is none (yet). */
static json_t *find_message(const struct run *run, const char *path, const char *kind)
{
	FILE *file = fopen(path, "re");
	json_t *message = NULL;
	char *line = NULL;
	size_t size = 0;

	while (file != NULL && message == NULL && getline(&line, &size, file) > 0) {
		message = read_message(run, line, kind);
	}
	free(line);
	if (file != NULL) {
		(void)fclose(file);
	}
	return message;
}

/* The program that leaves the messages is not ours to hear from: its file is looked at again and again. */
static json_t *await_message(struct run *run, const char *path, const char *kind)
{
	int64_t until_us = clock_now().mono_us + (int64_t)RUN_WAIT_MS * US_PER_MS;
	json_t *message = find_message(run, path, kind);

	while (message == NULL && clock_now().mono_us < until_us) {
		(void)poll(NULL, 0, LOOK_AGAIN_MS);
		message = find_message(run, path, kind);
	}
	return message;
}

/* The last six digits that stand alone: words from people come before it. NULL where there are none. */
static const char *find_code(const char *text)
{
	const char *found = NULL;
	size_t len;

	for (; *text != '\0'; text += len + (len == 0)) {
		len = strspn(text, "0123456789");
		found = len == CODE_LEN ? text : found;
	}
	return found;
}

static void set_variables(struct run *run, const json_t *message)
{
	const char *text = text_of(message, "text");
	const char *code = find_code(text);

	run_set(run, "told", json_string(text));
	(void)json_object_del(run->variables, "one_time_code");
	if (code != NULL) {
		run_set(run, "one_time_code", json_stringn(code, CODE_LEN));
	}
}

bool step_told(struct run *run, struct cursor *rest)
{
	const char *kind = cursor_word(rest);
	const char *phone = json_string_value(json_object_get(run->variables, "phone"));
	char why[MATCH_WHY_MAX];
	char path[4096];
	json_t *message;
	json_t *pattern = NULL;

	if (kind == NULL || phone == NULL || run->world->told_path == NULL) {
		return run_fail(run, "want KIND, $phone, and a runner that was given --told");
	}
	if (!cursor_is_at_end(rest)) {
		pattern = cursor_json(rest);
		if (pattern == NULL || !cursor_end(rest)) {
			return false;
		}
	}
	(void)snprintf(path, sizeof(path), "%s/%s", run->world->told_path, phone);
	message = await_message(run, path, kind);
	if (message == NULL) {
		return run_fail(run, "%s is not told %s", phone, kind);
	}
	(void)run_keep(run, message);
	(void)json_object_set_new(run->told, text_of(message, "id"), json_true());
	set_variables(run, message);
	return pattern == NULL || match(pattern, message, why) ||
	       run_fail(run, "the message differs:%s\n  it is %s", why, run_show(run, message));
}

/* A proposed set's day comes nearer, and goes by. */
static bool pass_set(struct run *run, int64_t seconds)
{
	const json_t *set = json_object_get(run->variables, "set");
	char sql[256];

	(void)snprintf(sql, sizeof sql,
		"UPDATE promise_set SET valid_from = (valid_from - make_interval(secs => %lld))::date"
		" WHERE set_no = %lld AND state = 1",
		(long long)seconds, (long long)json_integer_value(set));
	return database_run(run, sql);
}

bool step_passes(struct run *run, struct cursor *rest)
{
	const char *complaint = json_string_value(json_object_get(run->variables, "complaint"));
	char sql[1024];
	int64_t seconds;

	if (!cursor_number(rest, &seconds) || !cursor_end(rest)) {
		return false;
	}
	if (complaint == NULL && json_object_get(run->variables, "set") != NULL) {
		return pass_set(run, seconds);
	}
	if (complaint == NULL) {
		return run_fail(run, "for no $complaint and no $set");
	}
	(void)snprintf(sql, sizeof(sql),
		"UPDATE complaint SET pending_at = pending_at - i, ended_at = ended_at - i,"
		" suspended_until = suspended_until - i, chased_at = chased_at - i,"
		/* After a week all reminders are through; before it none comes in between, whatever the hour is here. */
		" remind_at = CASE WHEN pending_at - i > now() - interval '7 days'"
		" THEN greatest(remind_at - i, now() + interval '1 hour') END FROM make_interval(secs => "
		"%lld) i"
		" WHERE complaint_id = '%s';"
		"UPDATE one_time_code SET made_at = made_at - i, expires_at = expires_at - i"
		" FROM make_interval(secs => %lld) i WHERE complaint_id = '%s'",
		(long long)seconds, complaint, (long long)seconds, complaint);
	return database_run(run, sql);
}
