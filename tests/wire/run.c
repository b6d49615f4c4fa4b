/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/wire/cursor.h"
#include "tests/wire/link.h"

#define ARENA_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define STATEMENT_BYTES_MAX ((size_t)256 * 1024)

static const struct verb {
	const char *name;
	bool (*step)(struct run *run, struct cursor *rest);
} verbs[] = {
#define V(name, usage) {#name, step_##name},
#include "tests/wire/verb.def"
#undef V
};

void run_init(struct run *run, struct world *world, const char *path)
{
	struct uuid device = uuid_v7(clock_now().utc_us);
	char text[UUID_TEXT_LEN + 1];

	memset(run, 0, sizeof(*run));
	run->world = world;
	run->path = path;
	arena_init(&run->arena, ARENA_BYTES_MAX);
	run->variables = json_object();
	run->kept = json_array();
	run->told = json_object();
	assert(run->variables != NULL);
	assert(run->kept != NULL);
	assert(run->told != NULL);
	uuid_format(device, text);
	run_set(run, "device", json_string(text));
	run_set(run, "run", json_string(world->run_name));
	run_set(run, "now_us", json_integer(clock_now().utc_us));
}

void run_fini(struct run *run)
{
	for (size_t i = 0; i < RUN_LINKS_MAX; i++) {
		link_free(run->links[i]);
	}
	json_decref(run->variables);
	json_decref(run->kept);
	json_decref(run->told);
	arena_fini(&run->arena);
}

bool run_fail(struct run *run, const char *format, ...)
{
	va_list values;

	if (run->failure[0] == '\0') {
		va_start(values, format);
		(void)vsnprintf(run->failure, sizeof(run->failure), format, values);
		va_end(values);
	}
	return false;
}

json_t *run_keep(struct run *run, json_t *json)
{
	int status = json_array_append_new(run->kept, json);

	assert(status == 0); /* fails for NULL as well */
	(void)status;
	return json;
}

const char *run_show(struct run *run, const json_t *json)
{
	char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
	const char *shown = arena_c_string(&run->arena, str_from_c(text));

	assert(shown != NULL);
	free(text);
	return shown;
}

void run_set(struct run *run, const char *name, json_t *value)
{
	int status = json_object_set_new(run->variables, name, value);

	assert(status == 0);
	(void)status;
}

const char *run_phone(struct run *run)
{
	const char *phone = arena_c_string(
		&run->arena, arena_printf(&run->arena, "+86138%08u", run->world->phone_count++));

	assert(phone != NULL);
	return phone;
}

struct link *run_link(struct run *run, const char *name)
{
	for (size_t i = 0; i < RUN_LINKS_MAX; i++) {
		if (run->links[i] != NULL && strcmp(run->links[i]->name, name) == 0) {
			return run->links[i];
		}
	}
	return NULL;
}

struct link *run_connect(struct run *run, const char *name, SSL_CTX *context)
{
	size_t i = 0;

	if (strlen(name) >= RUN_NAME_MAX) {
		(void)run_fail(run, "'%s' is too long for a name", name);
		return NULL;
	}
	/* A name that is used again names the new connection; the old one is dropped. */
	while (i < RUN_LINKS_MAX && run->links[i] != NULL && strcmp(run->links[i]->name, name) != 0) {
		i++;
	}
	if (i == RUN_LINKS_MAX) {
		(void)run_fail(run, "more than %d connections", RUN_LINKS_MAX);
		return NULL;
	}
	link_free(run->links[i]);
	run->links[i] = link_new(run, name, context);
	run->link = run->links[i];
	return run->link;
}

bool run_statement(struct run *run, const char *text)
{
	struct cursor cursor = cursor_of(run, text);
	const char *name = cursor_word(&cursor);

	if (name == NULL) {
		return false;
	}
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0) {
			return verbs[i].step(run, &cursor);
		}
	}
	return run_fail(run, "there is no verb '%s'", name);
}

/* ---- the file ------------------------------------------------------------------------------- */

/* A statement, and the line it begins in; the next one's beginning stays in `ahead`. */
struct reader {
	FILE *file;
	char *ahead; /* owned by getline */
	size_t ahead_size;
	bool has_ahead;
	unsigned line; /* of ahead */
};

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r\n");
	return *line == '\0' || *line == '#';
}

/* Into ahead: the next line that says something; false at the end. */
static bool look_ahead(struct reader *reader)
{
	reader->has_ahead = false;
	while (!reader->has_ahead && getline(&reader->ahead, &reader->ahead_size, reader->file) >= 0) {
		reader->line++;
		reader->has_ahead = !is_blank(reader->ahead);
	}
	return reader->has_ahead;
}

/* Appends the line to the statement; a line that begins with a blank goes on with the one before. */
static void read_statement(struct reader *reader, struct buf *out)
{
	do {
		bool fits = buf_append(out, span_from_str(str_from_c(reader->ahead)));

		assert(fits);
		(void)fits;
	} while (look_ahead(reader) && (reader->ahead[0] == ' ' || reader->ahead[0] == '\t'));
}

static bool run_next(struct run *run, struct reader *reader)
{
	struct buf statement;
	struct span bytes;
	char *text;

	run->line = reader->line;
	buf_init(&statement, STATEMENT_BYTES_MAX);
	read_statement(reader, &statement);
	bytes = buf_readable(&statement);
	text = arena_c_string(&run->arena, str_of((const char *)bytes.ptr, bytes.len));
	assert(text != NULL);
	buf_fini(&statement);
	return run_statement(run, text);
}

bool run_script(struct run *run)
{
	struct reader reader = {.file = fopen(run->path, "r")};
	bool passed = true;

	if (reader.file == NULL) {
		return run_fail(run, "%s", strerror(errno));
	}
	(void)look_ahead(&reader);
	while (passed && reader.has_ahead) {
		passed = run_next(run, &reader);
	}
	if (passed && run->answer.is_there && run->answer.is_failure && !run->answer.is_judged) {
		passed = run_fail(run, "the last answer was %s, and nothing expects it", run->answer.code);
	}
	free(reader.ahead);
	(void)fclose(reader.file);
	assert(passed == (run->failure[0] == '\0'));
	return passed;
}
