/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/place_import.h"

#include <stdlib.h>

/* A text and where it stands; sorted by text, then place. */
struct entry {
	struct str text;
	size_t at;
};

struct index {
	struct entry *entries;
	size_t count;
};

struct check {
	const struct place_import_row *rows;
	const struct place_import_facts *facts;
	struct index codes; /* of the rows */
	struct index known;
	struct index teams;
	size_t spare_count; /* problems that were not their row's first */
	struct place_import out;
};

static int compare_text(struct str a, struct str b)
{
	size_t len = size_min(a.len, b.len);
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;
	int order = compare_text(left->text, right->text);

	return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

static struct index index_new(struct arena *arena, size_t count)
{
	return (struct index){arena_alloc(arena, size_max(count, 1) * sizeof(struct entry)), count};
}

static void index_sort(struct index *index)
{
	qsort(index->entries, index->count, sizeof(struct entry), compare);
}

/* Where the text stands first; NOWHERE where it does not. */
static size_t index_find(const struct index *index, struct str text)
{
	size_t low = 0;
	size_t high = index->count;

	while (low < high) { /* halves every turn */
		size_t middle = low + (high - low) / 2;

		if (compare_text(index->entries[middle].text, text) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < index->count && str_equal(index->entries[low].text, text) ? index->entries[low].at
	                                                                       : PLACE_IMPORT_NOWHERE;
}

static void report(
	struct check *check, size_t row, enum place_import_field field, struct place_fault fault)
{
	struct place_import *out = &check->out;
	bool is_first = out->problem_count == 0 || out->problems[out->problem_count - 1].row != row;

	if (fault.err == ERR_OK || (!is_first && check->spare_count == PLACE_IMPORT_SPARE)) {
		return;
	}
	if (is_first) {
		out->bad_count++;
	} else {
		check->spare_count++;
	}
	out->problems[out->problem_count] =
		(struct place_import_problem){row, field, fault.err, fault.allowed};
	out->problem_count++;
}

static struct place_fault kind_fault(int kind)
{
	if (place_is_kind(kind)) {
		return (struct place_fault){ERR_OK, ""};
	}
	return (struct place_fault){
		kind == 0 ? ERR_FIELD_MISSING : ERR_FIELD_ENUM, "BUILDING, ENTRANCE, DWELLING, GARDEN, …"};
}

static struct place_fault code_fault(const struct check *check, size_t row)
{
	struct str code = check->rows[row].code;
	struct place_fault fault = place_code_fault(code);

	if (fault.err != ERR_OK) {
		return fault;
	}
	if (index_find(&check->codes, code) != row) {
		return (struct place_fault){ERR_NAME_TAKEN, "a code that no row before it has"};
	}
	if (index_find(&check->known, code) != PLACE_IMPORT_NOWHERE) {
		return (struct place_fault){ERR_NAME_TAKEN, "a code that no place has"};
	}
	return (struct place_fault){ERR_OK, ""};
}

/* Of a row whose own kind is known. A parent whose kind is not can be no reason. */
static struct place_fault parent_fault(const struct check *check, size_t row)
{
	const struct place_import_row *one = &check->rows[row];
	const struct place_import_link *link = &check->out.links[row];
	int parent_kind = 0;

	if (one->parent_code.len > 0) {
		if (link->parent_row != PLACE_IMPORT_NOWHERE) {
			parent_kind = check->rows[link->parent_row].kind;
		} else if (link->parent_known != PLACE_IMPORT_NOWHERE) {
			parent_kind = check->facts->known[link->parent_known].kind;
		} else {
			return (struct place_fault){ERR_NOT_FOUND, "the code of a row or of a place"};
		}
		if (!place_is_kind(parent_kind)) {
			return (struct place_fault){ERR_OK, ""};
		}
	}
	return place_parent_fault((enum place_kind)one->kind, parent_kind);
}

static struct place_fault team_fault(const struct check *check, size_t row)
{
	const struct place_import_row *one = &check->rows[row];

	if (one->team_name.len == 0) {
		return (struct place_fault){ERR_OK, ""};
	}
	if (place_is_kind(one->kind) && !place_is_in_patches((enum place_kind)one->kind)) {
		return (struct place_fault){
			ERR_FIELD_INVALID, "none: a team has entrances and common places"};
	}
	if (check->out.links[row].team == PLACE_IMPORT_NOWHERE) {
		return (struct place_fault){ERR_NOT_FOUND, "a team of the community"};
	}
	return (struct place_fault){ERR_OK, ""};
}

/* A place that there is wins over a row of the same code: the row is bad by itself. */
static struct place_import_link link_of(const struct check *check, size_t row)
{
	const struct place_import_row *one = &check->rows[row];
	struct place_import_link link = {
		PLACE_IMPORT_NOWHERE, PLACE_IMPORT_NOWHERE, PLACE_IMPORT_NOWHERE};

	if (one->parent_code.len > 0) {
		link.parent_known = index_find(&check->known, one->parent_code);
		if (link.parent_known == PLACE_IMPORT_NOWHERE) {
			link.parent_row = index_find(&check->codes, one->parent_code);
		}
	}
	if (one->team_name.len > 0) {
		link.team = index_find(&check->teams, one->team_name);
	}
	return link;
}

static void check_row(struct check *check, size_t row)
{
	const struct place_import_row *one = &check->rows[row];

	check->out.links[row] = link_of(check, row);
	report(check, row, PLACE_IMPORT_KIND, kind_fault(one->kind));
	report(check, row, PLACE_IMPORT_CODE, code_fault(check, row));
	report(check, row, PLACE_IMPORT_NAME, place_name_fault(one->name));
	if (place_is_kind(one->kind)) {
		report(check, row, PLACE_IMPORT_PARENT, parent_fault(check, row));
	}
	report(check, row, PLACE_IMPORT_TEAM, team_fault(check, row));
}

static void make_indexes(struct check *check, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check->codes.entries[i] = (struct entry){check->rows[i].code, i};
	}
	for (size_t i = 0; i < check->facts->known_count; i++) {
		check->known.entries[i] = (struct entry){check->facts->known[i].code, i};
	}
	for (size_t i = 0; i < check->facts->team_count; i++) {
		check->teams.entries[i] = (struct entry){check->facts->teams[i], i};
	}
	index_sort(&check->codes);
	index_sort(&check->known);
	index_sort(&check->teams);
}

struct place_import place_import_check(const struct place_import_row *rows, size_t count,
	const struct place_import_facts *facts, struct arena *arena)
{
	struct check check = {.rows = rows, .facts = facts};

	assert(count <= PLACE_IMPORT_ROWS_MAX);
	check.codes = index_new(arena, count);
	check.known = index_new(arena, facts->known_count);
	check.teams = index_new(arena, facts->team_count);
	check.out.links = arena_alloc(arena, size_max(count, 1) * sizeof *check.out.links);
	check.out.problems =
		arena_alloc(arena, (count + PLACE_IMPORT_SPARE) * sizeof *check.out.problems);
	if (arena->failed) {
		return (struct place_import){0};
	}
	make_indexes(&check, count);
	for (size_t i = 0; i < count; i++) {
		check_row(&check, i);
	}
	return check.out;
}
