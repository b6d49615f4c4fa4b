/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions call each other as deep as the pattern is nested, which the script's author decides.
 */
#include "tests/wire/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANY "?"
#define REST "..."

struct place {
	char path[160];
	size_t len;
	char *why; /* MATCH_WHY_MAX bytes */
};

static bool match_at(struct place *place, const json_t *pattern, const json_t *value);

static bool differ(struct place *place, const char *want, const json_t *pattern, const json_t *got)
{
	char *wanted = pattern == NULL ? NULL : json_dumps(pattern, JSON_ENCODE_ANY | JSON_COMPACT);
	char *found = got == NULL ? NULL : json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);

	(void)snprintf(place->why, MATCH_WHY_MAX, "%s want %s%.150s, got %.200s", place->path, want,
		wanted == NULL ? "" : wanted, found == NULL ? "nothing" : found);
	free(wanted);
	free(found);
	return false;
}

static size_t go_down(struct place *place, const char *member, size_t index)
{
	size_t before = place->len;
	size_t room = sizeof(place->path) - before;
	char *end = place->path + before;
	int added =
		member != NULL ? snprintf(end, room, ".%s", member) : snprintf(end, room, "[%zu]", index);

	assert(added > 0);
	place->len += (size_t)added < room ? (size_t)added : room - 1;
	return before;
}

static void go_up(struct place *place, size_t before)
{
	place->len = before;
	place->path[before] = '\0';
}

static bool match_object(struct place *place, const json_t *pattern, const json_t *value)
{
	const char *name;
	json_t *wanted;

	if (!json_is_object(value)) {
		return differ(place, "an object: ", pattern, value);
	}
	json_object_foreach((json_t *)(uintptr_t)pattern, name, wanted)
	{
		const json_t *got = json_object_get(value, name);
		size_t before = go_down(place, name, 0);

		if (json_is_null(wanted)) {
			if (got != NULL) {
				return differ(place, "it absent", NULL, got);
			}
		} else if (!match_at(place, wanted, got)) {
			return false;
		}
		go_up(place, before);
	}
	return true;
}

static bool is_text(const json_t *json, const char *text)
{
	return json_is_string(json) && strcmp(json_string_value(json), text) == 0;
}

static bool match_element(
	struct place *place, const json_t *pattern, const json_t *array, size_t index)
{
	size_t before = go_down(place, NULL, index);
	bool matches = match_at(place, pattern, json_array_get(array, index));

	if (matches) {
		go_up(place, before);
	} else {
		place->len = before; /* the path stays in `why` */
		place->path[before] = '\0';
	}
	return matches;
}

/* As a shell matches *: what follows the last "..." is tried at every later element. */
static bool match_array(struct place *place, const json_t *pattern, const json_t *value)
{
	size_t pattern_count = json_array_size(pattern);
	size_t count = json_array_size(value);
	size_t after_rest = SIZE_MAX; /* index in the pattern behind the last "..." */
	size_t tried = 0;             /* element at which that was begun */
	size_t p = 0;
	size_t i = 0;

	if (!json_is_array(value)) {
		/* an empty repeated field is absent */
		return (value == NULL && pattern_count == 0) || differ(place, "an array: ", pattern, value);
	}
	while (i < count) {
		if (p < pattern_count && is_text(json_array_get(pattern, p), REST)) {
			after_rest = ++p;
			tried = i;
		} else if (p < pattern_count &&
				   match_element(place, json_array_get(pattern, p), value, i)) {
			p++;
			i++;
		} else if (after_rest != SIZE_MAX) {
			p = after_rest;
			i = ++tried;
		} else {
			return p < pattern_count ? false : differ(place, "no more elements", NULL, value);
		}
	}
	while (p < pattern_count && is_text(json_array_get(pattern, p), REST)) {
		p++;
	}
	return p == pattern_count || differ(place, "also ", json_array_get(pattern, p), value);
}

static bool match_at(struct place *place, const json_t *pattern, const json_t *value)
{
	if (is_text(pattern, ANY)) {
		return value != NULL || differ(place, "anything", NULL, NULL);
	}
	if (json_is_object(pattern)) {
		return match_object(place, pattern, value);
	}
	if (json_is_array(pattern)) {
		return match_array(place, pattern, value);
	}
	return (value != NULL && json_equal(pattern, value)) || differ(place, "", pattern, value);
}

bool match(const json_t *pattern, const json_t *value, char out_why[MATCH_WHY_MAX])
{
	struct place place = {.why = out_why};

	return match_at(&place, pattern, value);
}

json_t *match_path(json_t *value, const char *path)
{
	/* Ends: every turn goes on behind a name or an index. */
	while (value != NULL && *path != '\0' && strcmp(path, ".") != 0) {
		size_t len;
		char name[64];

		if (*path == '[') {
			char *end;
			unsigned long index = strtoul(path + 1, &end, 10);

			value = *end == ']' ? json_array_get(value, index) : NULL;
			path = *end == ']' ? end + 1 : end;
			continue;
		}
		path += *path == '.';
		len = strcspn(path, ".[");
		if (len == 0 || len >= sizeof(name)) {
			return NULL;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		value = json_object_get(value, name);
		path += len;
	}
	return value;
}
