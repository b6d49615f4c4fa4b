/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/told.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "tests/server/scratch.h"

#define BREATH_MS 5 /* between two looks */
#define PATH_BYTES (LIVE_PATH_MAX + 64)

/* Nothing but the shell's own words: it is started for every message. */
static const char program[] = "#!/bin/sh\n"
							  "IFS= read -r message || [ -n \"$message\" ] || exit 65\n"
							  "to=${message#*'\"to\":\"'}\n"
							  "id=${message#*'\"id\":\"'}\n"
							  "cd \"${0%/*}\" || exit 66\n"
							  "printf '%s\\n' \"$message\" >>\"${to%%'\"'*}\" || exit 67\n"
							  "printf '%s\\n' \"${id%%'\"'*}\" >>ids\n";

void live_told_begin(struct live_told *told)
{
	char path[PATH_BYTES];
	int failed;

	scratch_dir(told->place);
	(void)snprintf(path, sizeof(path), "%s/tell", told->place);
	scratch_write(path, program);
	failed = chmod(path, 0700);
	assert(failed == 0);
	(void)snprintf(told->set, sizeof(told->set), "outgoing=%s/tell", told->place);
}

/* The last six digits that stand alone: words from people come before it. */
static bool find_code(const char *text, char out[TOLD_CODE_BYTES])
{
	bool found = false;
	size_t len;

	for (; *text != '\0'; text += len + (len == 0)) {
		len = strspn(text, "0123456789");
		if (len == TOLD_CODE_BYTES - 1) {
			memcpy(out, text, len);
			out[len] = '\0';
			found = true;
		}
	}
	return found;
}

/* False for a line that is of another kind, or not whole yet. */
static bool read_line(const char *line, const char *kind, char out[TOLD_CODE_BYTES])
{
	json_t *message = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const char *said = json_string_value(json_object_get(message, "kind"));
	const char *text = json_string_value(json_object_get(message, "text"));
	bool found = said != NULL && text != NULL && strcmp(said, kind) == 0 && find_code(text, out);

	json_decref(message);
	return found;
}

bool live_told_code(
	const struct live_told *told, const char *phone, const char *kind, char out[TOLD_CODE_BYTES])
{
	char path[PATH_BYTES];
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", told->place, phone);
	file = fopen(path, "re");
	if (file == NULL) {
		return false;
	}
	while (getline(&line, &size, file) > 0) {
		found = read_line(line, kind, out) || found;
	}
	free(line);
	(void)fclose(file);
	return found;
}

bool live_told_await_code(
	const struct live_told *told, const char *phone, const char *kind, char out[TOLD_CODE_BYTES])
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	while (!live_told_code(told, phone, kind, out)) {
		if (live_left_ms(until_us) == 0) {
			printf("# %s is not told %s\n", phone, kind);
			return false;
		}
		(void)poll(NULL, 0, BREATH_MS);
	}
	return true;
}

void live_told_ids(
	const struct live_told *told, void (*each)(void *context, const char *id), void *context)
{
	char path[PATH_BYTES];
	char line[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/ids", told->place);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		each(context, line);
	}
	if (file != NULL) {
		(void)fclose(file);
	}
}
