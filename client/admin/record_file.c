/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/record_file.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "client/admin/record_text.h"

#define LINE_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define PLACE_COUNT 3
#define FIELD_COUNT (PLACE_COUNT + (size_t)RECORD_COLUMN_COUNT)

static const char *const place_names[PLACE_COUNT] = {"era", "xid", "seq"};

static const char *name_of(size_t field)
{
	return field < PLACE_COUNT ? place_names[field] : record_rows[field - PLACE_COUNT].name;
}

/* Without its line feed; false at the end. */
static bool next_line(FILE *file, char **line, size_t *max, struct str *out)
{
	ssize_t len = getline(line, max, file);

	if (len < 0) {
		return false;
	}
	if (len > 0 && (*line)[len - 1] == '\n') {
		len--;
	}
	if (len > 0 && (*line)[len - 1] == '\r') {
		len--;
	}
	*out = str_of(*line, (size_t)len);
	return true;
}

/* --- seals --- */

int record_seals_open(struct record_seals *seals, const char *path)
{
	*seals = (struct record_seals){.file = fopen(path, "re")};
	arena_init(&seals->arena, LINE_BYTES_MAX);
	if (seals->file == NULL) {
		return errno;
	}
	record_seals_next(seals);
	return 0;
}

void record_seals_close(struct record_seals *seals)
{
	if (seals->file != NULL) {
		(void)fclose(seals->file);
		seals->file = NULL;
	}
	free(seals->line);
	seals->line = NULL;
	arena_fini(&seals->arena);
}

void record_seals_next(struct record_seals *seals)
{
	seals->has_seal = false;
	while (
		!seals->has_seal && next_line(seals->file, &seals->line, &seals->line_max, &seals->text)) {
		arena_fini(&seals->arena);
		seals->has_seal = record_seal_parse(seals->text, &seals->arena, &seals->seal);
	}
}

/* --- entries, out --- */

struct str record_heading(struct arena *arena)
{
	struct str out = {0};

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		out = arena_printf(arena, "%.*s%s%s", STR_ARG(out), i == 0 ? "" : ",", name_of(i));
	}
	return arena_printf(arena, "%.*s\n", STR_ARG(out));
}

static bool is_number(size_t field)
{
	return field < PLACE_COUNT || record_rows[field - PLACE_COUNT].type == RECORD_INT2 ||
	       record_rows[field - PLACE_COUNT].type == RECORD_INT4;
}

static struct str line_of(struct arena *arena, const struct str fields[FIELD_COUNT], bool is_csv)
{
	struct str parts[6 * FIELD_COUNT + 2];
	size_t count = 0;

	parts[count++] = is_csv ? STR("") : STR("{");
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *quote = is_csv || is_number(i) ? "" : "\"";

		if (!is_csv && fields[i].len == 0) {
			continue; /* a null is absent */
		}
		parts[count++] = i == 0 ? STR("") : STR(",");
		if (!is_csv) {
			parts[count++] = arena_printf(arena, "\"%s\":", name_of(i));
		}
		parts[count++] = str_from_c(quote);
		parts[count++] = fields[i];
		parts[count++] = str_from_c(quote);
	}
	parts[count++] = is_csv ? STR("\n") : STR("}\n");
	return arena_join(arena, parts, count);
}

struct str record_line(struct arena *arena, const struct record_place *place,
	const struct record_entry *entry, bool is_csv)
{
	struct str fields[FIELD_COUNT];

	fields[0] = arena_printf(arena, "%" PRId64, place->era);
	fields[1] = arena_printf(arena, "%" PRIu64, place->xid);
	fields[2] = arena_printf(arena, "%" PRId64, place->seq);
	for (size_t i = 0; i < RECORD_COLUMN_COUNT; i++) {
		struct span value = i < entry->count ? entry->values[i] : (struct span){NULL, 0};

		fields[PLACE_COUNT + i] = record_text(arena, record_rows[i].type, value);
	}
	return line_of(arena, fields, is_csv);
}

/* --- entries, in --- */

bool record_is_csv(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, ".csv") == 0;
}

int record_entries_open(struct record_entries *entries, const char *path)
{
	struct str heading;
	bool is_headed;

	*entries = (struct record_entries){.file = fopen(path, "re"), .is_csv = record_is_csv(path)};
	arena_init(&entries->arena, LINE_BYTES_MAX);
	if (entries->file == NULL) {
		return errno;
	}
	if (entries->is_csv) {
		is_headed = next_line(entries->file, &entries->line, &entries->line_max, &heading);
		entries->line_no = 1;
		entries->is_broken = !is_headed;
	}
	record_entries_next(entries);
	return 0;
}

void record_entries_close(struct record_entries *entries)
{
	if (entries->file != NULL) {
		(void)fclose(entries->file);
		entries->file = NULL;
	}
	free(entries->line);
	entries->line = NULL;
	arena_fini(&entries->arena);
}

static bool split_csv(struct str line, struct str fields[FIELD_COUNT])
{
	size_t count = 0;
	size_t from = 0;

	for (size_t i = 0; i <= line.len; i++) {
		if (i == line.len || line.ptr[i] == ',') {
			if (count == FIELD_COUNT) {
				return false;
			}
			fields[count++] = str_of(line.ptr + from, i - from);
			from = i + 1;
		}
	}
	return count == FIELD_COUNT;
}

/* Members that no column has would be something that is not sealed. */
static bool split_json(struct arena *arena, struct str line, struct str fields[FIELD_COUNT])
{
	json_t *json = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, NULL);
	size_t found_count = 0;

	for (size_t i = 0; json != NULL && i < FIELD_COUNT; i++) {
		const json_t *value = json_object_get(json, name_of(i));

		found_count += value == NULL ? 0 : 1;
		fields[i] = json_is_integer(value)
		                ? arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value))
		                : arena_str(arena, str_from_c(json_string_value(value)));
	}
	bool is_good = json != NULL && json_object_size(json) == found_count;

	json_decref(json);
	return is_good;
}

static bool parse_place(const struct str fields[PLACE_COUNT], struct record_place *out)
{
	char text[64];
	int used = 0;

	return snprintf(text, sizeof text, "%.*s %.*s %.*s", STR_ARG(fields[0]), STR_ARG(fields[1]),
			   STR_ARG(fields[2])) < (int)sizeof text &&
	       sscanf(text, "%" SCNd64 " %" SCNu64 " %" SCNd64 "%n", &out->era, &out->xid, &out->seq,
			   &used) == 3 &&
	       text[used] == '\0';
}

static bool parse_entry(struct record_entries *entries, struct str line)
{
	struct record_entry entry = {.form = RECORD_FORM, .count = RECORD_COLUMN_COUNT};
	struct str fields[FIELD_COUNT] = {0};
	bool is_split =
		entries->is_csv ? split_csv(line, fields) : split_json(&entries->arena, line, fields);

	if (!is_split || !parse_place(fields, &entries->place)) {
		return false;
	}
	for (size_t i = 0; i < RECORD_COLUMN_COUNT; i++) {
		if (!record_text_parse(
				&entries->arena, record_rows[i].type, fields[PLACE_COUNT + i], &entry.values[i])) {
			return false;
		}
	}
	entries->entry = record_encode(&entries->arena, &entry);
	return entries->entry.len > 0;
}

void record_entries_next(struct record_entries *entries)
{
	struct str line;

	arena_fini(&entries->arena);
	entries->has_entry = false;
	if (!next_line(entries->file, &entries->line, &entries->line_max, &line)) {
		return;
	}
	entries->line_no++;
	entries->has_entry = parse_entry(entries, line);
	entries->is_broken = !entries->has_entry;
}
