/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/recent.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/admin/fault.h"
#include "client/admin/home.h"

#define ENDING "recent"
#define LINE_BYTES ((size_t)2 * (UUID_TEXT_LEN + 1))

void recent_add(struct recent *recent, const struct recent_row *row)
{
	size_t place = 0;

	while (
		place < recent->count && !uuid_equal(recent->rows[place].complaint_id, row->complaint_id)) {
		place++;
	}
	if (place == recent->count && recent->count < RECENT_MAX) {
		recent->count++;
	}
	place = size_min(place, RECENT_MAX - 1);
	memmove(&recent->rows[1], &recent->rows[0], place * sizeof(recent->rows[0]));
	recent->rows[0] = *row;
	assert(recent->count >= 1 && recent->count <= RECENT_MAX);
}

struct str recent_format(const struct recent *recent, struct arena *arena)
{
	char *out = arena_alloc(arena, recent->count * LINE_BYTES + 1);
	size_t len = 0;

	for (size_t i = 0; out != NULL && i < recent->count; i++) {
		char community[UUID_TEXT_LEN + 1];
		char complaint[UUID_TEXT_LEN + 1];

		uuid_format(recent->rows[i].community_id, community);
		uuid_format(recent->rows[i].complaint_id, complaint);
		len += (size_t)snprintf(out + len, LINE_BYTES + 1, "%s %s\n", community, complaint);
	}
	return str_of(out, len);
}

static bool parse_line(struct str line, struct recent_row *out)
{
	return line.len == LINE_BYTES - 1 && line.ptr[UUID_TEXT_LEN] == ' ' &&
	       uuid_parse(str_of(line.ptr, UUID_TEXT_LEN), &out->community_id) &&
	       uuid_parse(str_of(line.ptr + UUID_TEXT_LEN + 1, UUID_TEXT_LEN), &out->complaint_id);
}

void recent_parse(struct recent *recent, struct str text)
{
	recent->count = 0;
	while (text.len > 0 && recent->count < RECENT_MAX) {
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
		size_t used = size_min(len + 1, text.len);

		if (parse_line(str_of(text.ptr, len), &recent->rows[recent->count])) {
			recent->count++;
		}
		text = str_of(text.ptr + used, text.len - used);
	}
}

/* Whether the text is this row's id, or the beginning of it, in either case. */
static bool is_match(const struct recent_row *row, const char *text)
{
	char id[UUID_TEXT_LEN + 1];
	size_t len = strlen(text);

	if (len < RECENT_PREFIX_MIN || len > UUID_TEXT_LEN) {
		return false;
	}
	uuid_format(row->complaint_id, id);
	for (size_t i = 0; i < len; i++) {
		if (tolower((unsigned char)text[i]) != id[i]) {
			return false;
		}
	}
	return true;
}

enum recent_verdict recent_find(const struct recent *recent, const char *text,
	const struct uuid *community_id, const struct recent_row **out)
{
	const struct recent_row *found = NULL;

	for (size_t i = 0; i < recent->count; i++) {
		const struct recent_row *row = &recent->rows[i];

		if (community_id != NULL && !uuid_equal(row->community_id, *community_id)) {
			continue;
		}
		if (!is_match(row, text)) {
			continue;
		}
		if (found != NULL) {
			return RECENT_MANY;
		}
		found = row;
	}
	if (found == NULL) {
		return RECENT_NONE;
	}
	*out = found;
	return RECENT_FOUND;
}

struct recent *recent_load(const char *profile_name)
{
	struct recent *recent = calloc(1, sizeof(*recent));
	struct fault fault = {0};
	struct arena arena;
	struct str text;

	if (recent == NULL) {
		abort();
	}
	arena_init(&arena, 2 * HOME_FILE_BYTES_MAX);
	if (home_read(profile_name, ENDING, &arena, &text, &fault) == ERR_OK) {
		recent_parse(recent, text);
	}
	fault_fini(&fault);
	arena_fini(&arena);
	return recent;
}

void recent_save(const char *profile_name, const struct recent *recent)
{
	struct fault fault = {0};
	struct arena arena;
	struct str text;

	arena_init(&arena, 2 * HOME_FILE_BYTES_MAX);
	text = recent_format(recent, &arena);
	if (!arena.failed) {
		(void)!home_replace(profile_name, ENDING, text, &fault);
	}
	fault_fini(&fault);
	arena_fini(&arena);
}
