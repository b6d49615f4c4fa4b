/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs about requests, what is expected of their answers, and variables. */
#include "common/clock.h"
#include "tests/wire/call.h"
#include "tests/wire/match.h"

bool step_call(struct run *run, struct cursor *rest)
{
	struct call call;

	return call_read(run, rest, &call) && call_send(run, &call) && call_await(run, run->last_id);
}

bool step_send(struct run *run, struct cursor *rest)
{
	struct call call;

	return call_read(run, rest, &call) && call_send(run, &call);
}

/* An id behind the verb, a number or a variable; the last request's where there is none. */
static bool read_id(struct run *run, struct cursor *rest, uint64_t *out)
{
	json_t *json;

	*out = run->last_id;
	if (run->link == NULL) {
		return run_fail(run, "no connection yet");
	}
	if (!cursor_is_at_end(rest)) {
		json = cursor_json(rest);
		if (!json_is_integer(json)) {
			return run_fail(run, "want the id of a request");
		}
		*out = (uint64_t)json_integer_value(json);
	}
	return cursor_end(rest);
}

bool step_await(struct run *run, struct cursor *rest)
{
	uint64_t id;

	return read_id(run, rest, &id) && call_await(run, id);
}

bool step_cancel(struct run *run, struct cursor *rest)
{
	Pb__Cancel cancel = PB__CANCEL__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (!read_id(run, rest, &cancel.id)) {
		return false;
	}
	cancel.has_id = true;
	envelope.kind_case = PB__ENVELOPE__KIND_CANCEL;
	envelope.cancel = &cancel;
	link_send_envelope(run, run->link, &envelope);
	return true;
}

/* ---- what is expected ----------------------------------------------------------------------- */

/* The rest of the statement is a pattern for the answer, or nothing. */
static bool expect(struct run *run, struct cursor *rest)
{
	char why[MATCH_WHY_MAX];
	json_t *pattern;

	run->answer.is_judged = true;
	if (cursor_is_at_end(rest)) {
		return true;
	}
	pattern = cursor_json(rest);
	if (pattern == NULL || !cursor_end(rest)) {
		return false;
	}
	if (!match(pattern, run->answer.json, why)) {
		return run_fail(
			run, "the answer differs:%s\n  it is %s", why, run_show(run, run->answer.json));
	}
	return true;
}

bool step_ok(struct run *run, struct cursor *rest)
{
	const struct answer *answer = &run->answer;
	bool is_again = cursor_take(rest, "again");

	if (!answer->is_there) {
		return run_fail(run, "nothing was asked yet");
	}
	if (answer->is_failure) {
		return run_fail(run, "the answer is %s", run_show(run, answer->json));
	}
	if (answer->is_repeat != is_again) {
		return run_fail(run, "the answer %s", is_again ? "is a first one" : "is a repeat");
	}
	return expect(run, rest);
}

bool step_fail(struct run *run, struct cursor *rest)
{
	const char *code = cursor_word(rest);

	if (code == NULL) {
		return false;
	}
	if (!run->answer.is_there) {
		return run_fail(run, "nothing was asked yet");
	}
	if (!run->answer.is_failure || strcmp(run->answer.code, code) != 0) {
		return run_fail(
			run, "the answer is %s %s", run->answer.code, run_show(run, run->answer.json));
	}
	return expect(run, rest);
}

/* ---- variables ------------------------------------------------------------------------------ */

/* "NAME =". */
static const char *read_target(struct run *run, struct cursor *rest)
{
	const char *name = cursor_word(rest);

	if (name != NULL && !cursor_symbol(rest, '=')) {
		(void)run_fail(run, "want NAME = …");
		return NULL;
	}
	return name;
}

bool step_save(struct run *run, struct cursor *rest)
{
	const char *name = read_target(run, rest);
	const char *path = name == NULL ? NULL : cursor_path(rest);
	json_t *value;

	if (path == NULL || !cursor_end(rest)) {
		return false;
	}
	value = run->answer.is_there ? match_path(run->answer.json, path) : NULL;
	if (value == NULL) {
		return run_fail(run, "the answer has no %s: %s", path,
			run->answer.is_there ? run_show(run, run->answer.json) : "there is none");
	}
	run_set(run, name, json_incref(value));
	return true;
}

/* The text so many times. */
static json_t *repeat(struct run *run, const json_t *text, int64_t count)
{
	size_t len = json_string_length(text);
	char *whole;

	if (!json_is_string(text) || count < 1 || count > 1000000) {
		(void)run_fail(run, "* wants a number, or a text and a number from 1 to 1000000");
		return NULL;
	}
	whole = arena_alloc(&run->arena, len * (size_t)count + 1);
	assert(whole != NULL);
	for (size_t i = 0; i < (size_t)count; i++) {
		memcpy(whole + i * len, json_string_value(text), len);
	}
	return json_stringn(whole, len * (size_t)count);
}

/* A new reference; NULL after run_fail. */
static json_t *calculate(struct run *run, struct cursor *rest, json_t *value)
{
	char symbol = *rest->at;
	int64_t number;

	if (cursor_is_at_end(rest)) {
		return json_incref(value);
	}
	rest->at++;
	*rest = cursor_of(run, rest->at);
	if (!cursor_number(rest, &number) || !cursor_end(rest)) {
		return NULL;
	}
	if (symbol == '*' && json_is_integer(value)) {
		return json_integer(json_integer_value(value) * number);
	}
	if (symbol == '*') {
		return repeat(run, value, number);
	}
	if ((symbol != '+' && symbol != '-') || !json_is_integer(value)) {
		(void)run_fail(run, "want +, - or * with numbers, or * with a text");
		return NULL;
	}
	return json_integer(json_integer_value(value) + (symbol == '+' ? number : -number));
}

static json_t *new_uuid(void)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(uuid_v7(clock_now().utc_us), text);
	return json_string(text);
}

bool step_let(struct run *run, struct cursor *rest)
{
	const char *name = read_target(run, rest);
	json_t *value;

	if (name == NULL) {
		return false;
	}
	if (cursor_take(rest, "uuid")) {
		value = run_keep(run, new_uuid());
	} else if (cursor_take(rest, "phone")) {
		value = run_keep(run, json_string(run_phone(run)));
	} else {
		value = cursor_json(rest);
	}
	value = value == NULL ? NULL : calculate(run, rest, value);
	if (value == NULL) {
		return false;
	}
	run_set(run, name, value);
	return true;
}
