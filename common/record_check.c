/* SPDX-License-Identifier: Apache-2.0 */
#include "common/record_check.h"

#include <stdlib.h>

#define STRETCH_BYTES_MAX ((size_t)16 * 1024 * 1024)

static const char *const fault_names[RECORD_FAULT_COUNT] = {
	[RECORD_WHOLE] = "WHOLE",
	[RECORD_SEAL_REMOVED] = "SEAL_REMOVED",
	[RECORD_SEAL_CHANGED] = "SEAL_CHANGED",
	[RECORD_SEAL_FORGED] = "SEAL_FORGED",
	[RECORD_SEAL_STRANGE] = "SEAL_STRANGE",
	[RECORD_SEAL_UNCHAINED] = "SEAL_UNCHAINED",
	[RECORD_CUT_OFF] = "CUT_OFF",
	[RECORD_ENTRY_REMOVED] = "ENTRY_REMOVED",
	[RECORD_ENTRY_INSERTED] = "ENTRY_INSERTED",
	[RECORD_ENTRY_CHANGED] = "ENTRY_CHANGED",
	[RECORD_ENTRY_MOVED] = "ENTRY_MOVED",
	[RECORD_WORDS_CHANGED] = "WORDS_CHANGED",
};

const char *record_fault_name(enum record_fault fault)
{
	assert(fault < RECORD_FAULT_COUNT);
	return fault_names[fault];
}

bool record_check_init(
	struct record_check *check, const struct record_keys *keys, int64_t first_number)
{
	assert(first_number >= 1);
	*check = (struct record_check){.keys = keys, .number = first_number - 1};
	arena_init(&check->arena, STRETCH_BYTES_MAX);
	check->present = calloc(RECORD_PRESENT_MAX, sizeof *check->present);
	return check->present != NULL;
}

void record_check_fini(struct record_check *check)
{
	if (check != NULL) {
		arena_fini(&check->arena);
		free(check->present);
		check->present = NULL;
	}
}

bool record_check_found(struct record_check *check, const struct record_finding *finding)
{
	assert(finding->fault != RECORD_WHOLE);
	if (check->finding.fault == RECORD_WHOLE) {
		check->finding = *finding;
	}
	return false;
}

static bool found_seal(struct record_check *check, enum record_fault fault, int64_t number)
{
	struct record_finding finding = {fault, number, {0}, 0};

	if (number == check->seal.number) {
		finding.place = record_seal_first(&check->seal);
	}
	return record_check_found(check, &finding);
}

/* The first of an export has nobody before it here. */
static bool has_predecessor(const struct record_check *check)
{
	static const uint8_t none[SHA256_BYTES];

	return check->number == 0 || memcmp(check->hash, none, SHA256_BYTES) != 0;
}

static bool look_at_seal(struct record_check *check)
{
	const struct record_seal *seal = &check->seal;

	if (seal->number != check->number + 1) {
		return found_seal(check, RECORD_SEAL_REMOVED, check->number + 1);
	}
	if (!record_seal_is_whole(seal, &check->arena)) {
		return found_seal(check, RECORD_SEAL_CHANGED, seal->number);
	}
	if (has_predecessor(check) && memcmp(seal->previous, check->hash, SHA256_BYTES) != 0) {
		return found_seal(check, RECORD_SEAL_UNCHAINED, seal->number);
	}
	switch (record_seal_signed(seal, &check->arena, check->keys)) {
	case RECORD_SIGNED:
		return true;
	case RECORD_KEY_UNKNOWN:
		return found_seal(check, RECORD_SEAL_STRANGE, seal->number);
	case RECORD_NOT_SIGNED:
		return found_seal(check, RECORD_SEAL_FORGED, seal->number);
	}
	unreachable();
}

bool record_check_seal(struct record_check *check, const struct record_seal *seal)
{
	arena_fini(&check->arena);
	check->seal = *seal;
	check->seal.list = arena_span(&check->arena, seal->list);
	check->present_count = 0;
	return check->finding.fault == RECORD_WHOLE && look_at_seal(check);
}

bool record_check_entry(struct record_check *check, const struct record_place *place,
	struct span entry, bool are_words_changed)
{
	struct record_present *present;

	if (check->present_count == RECORD_PRESENT_MAX) {
		return true; /* the first that is too many is among those */
	}
	present = &check->present[check->present_count++];
	*present = (struct record_present){.place = *place, .are_words_changed = are_words_changed};
	if (!record_hash(&check->arena, entry, check->seal.form, present->hash)) {
		memset(present->hash, 0, SHA256_BYTES); /* no list has that hash */
	}
	return true;
}

void record_check_tail(struct record_check *check)
{
	check->tail_count++;
}

/* --- the list against what there is --- */

static struct record_place item_place(const struct record_check *check, size_t i)
{
	struct record_item item = record_seal_item(&check->seal, i);

	return (struct record_place){check->seal.era, item.xid, item.seq};
}

static bool found_entry(struct record_check *check, enum record_fault fault,
	const struct record_place *place, int64_t other_seq)
{
	struct record_finding finding = {fault, check->seal.number, *place, other_seq};

	return record_check_found(check, &finding);
}

/* Bounded by the list and RECORD_PRESENT_MAX, and done once: for the first fault. */
static bool is_present(const struct record_check *check, int64_t seq)
{
	for (size_t i = 0; i < check->present_count; i++) {
		if (check->present[i].place.seq == seq) {
			return true;
		}
	}
	return false;
}

static bool is_listed(const struct record_check *check, int64_t seq)
{
	for (size_t i = 0; i < check->seal.count; i++) {
		if (record_seal_item(&check->seal, i).seq == seq) {
			return true;
		}
	}
	return false;
}

/* Another entry of the list with this content: 0 where there is none. */
static int64_t seq_of_content(const struct record_check *check, const uint8_t hash[SHA256_BYTES])
{
	for (size_t i = 0; i < check->seal.count; i++) {
		struct record_item item = record_seal_item(&check->seal, i);

		if (memcmp(item.hash, hash, SHA256_BYTES) == 0) {
			return item.seq;
		}
	}
	return 0;
}

static bool found_missing(struct record_check *check, size_t i)
{
	struct record_place place = item_place(check, i);

	return found_entry(
		check, is_present(check, place.seq) ? RECORD_ENTRY_MOVED : RECORD_ENTRY_REMOVED, &place, 0);
}

static bool found_extra(struct record_check *check, const struct record_present *present)
{
	return found_entry(check,
		is_listed(check, present->place.seq) ? RECORD_ENTRY_MOVED : RECORD_ENTRY_INSERTED,
		&present->place, 0);
}

static bool look_at_pair(struct record_check *check, size_t i, const struct record_present *present)
{
	struct record_item item = record_seal_item(&check->seal, i);
	int64_t other;

	if (memcmp(item.hash, present->hash, SHA256_BYTES) != 0) {
		other = seq_of_content(check, present->hash);
		return found_entry(
			check, other == 0 ? RECORD_ENTRY_CHANGED : RECORD_ENTRY_MOVED, &present->place, other);
	}
	return !present->are_words_changed ||
	       found_entry(check, RECORD_WORDS_CHANGED, &present->place, 0);
}

/* Each must stand behind the one before it: a database gives them so, a file may not. */
static bool look_at_order(struct record_check *check)
{
	for (size_t i = 1; i < check->present_count; i++) {
		if (record_place_compare(&check->present[i - 1].place, &check->present[i].place) >= 0) {
			return found_entry(check, RECORD_ENTRY_MOVED, &check->present[i].place, 0);
		}
	}
	return true;
}

bool record_check_end(struct record_check *check)
{
	size_t i = 0;
	size_t k = 0;

	if (!look_at_order(check)) {
		return false;
	}
	while (i < check->seal.count || k < check->present_count) {
		struct record_place wanted = {0};
		int order = k == check->present_count ? -1 : 1;

		if (i < check->seal.count && k < check->present_count) {
			wanted = item_place(check, i);
			order = record_place_compare(&wanted, &check->present[k].place);
		}
		if (order < 0 && !check->is_partial) {
			return found_missing(check, i);
		}
		if (order > 0) {
			return found_extra(check, &check->present[k]);
		}
		if (order == 0 && !look_at_pair(check, i, &check->present[k])) {
			return false;
		}
		i++;
		k += order == 0 ? 1 : 0;
	}
	check->entry_count += check->present_count;
	check->number = check->seal.number;
	memcpy(check->hash, check->seal.hash, SHA256_BYTES);
	return true;
}
