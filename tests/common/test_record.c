/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a record held against its seals is whole exactly where nothing was done to it: three seals of five
 * entries are made by hand, each kind of tampering is done to each entry and seal in turn, and what is found must
 * name that place. Then the bytes: entries and lines cut short and changed at each byte.
 */
#include "tests/check.h"

#include <openssl/evp.h>

#include "common/record_check.h"

#define SEALS 3
#define EACH 5
#define ENTRIES (SEALS * EACH)
#define ARENA_BYTES (8 * 1024 * 1024)

struct sheet {
	struct arena arena;
	uint8_t private_key[RECORD_KEY_BYTES];
	uint8_t public_key[RECORD_KEY_BYTES];
	struct record_keys keys;
	struct record_place places[ENTRIES + 1];
	struct span entries[ENTRIES + 1];
	bool words_changed[ENTRIES + 1];
	size_t count;
	struct record_seal seals[SEALS];
	size_t seal_count;
};

static struct span entry_of(struct arena *arena, int version)
{
	struct record_entry entry = {.form = RECORD_FORM, .count = record_form_columns(RECORD_FORM)};
	uint8_t *bytes = arena_alloc(arena, 128);

	put_u32(bytes + 32, (uint32_t)version);
	entry.values[RECORD_COLUMN_community_id] = span_of(bytes, 16);
	entry.values[RECORD_COLUMN_at] = span_of(bytes + 16, 8);
	entry.values[RECORD_COLUMN_version] = span_of(bytes + 32, 4);
	entry.values[RECORD_COLUMN_number] = span_from_str(STR("20261127-0001"));
	return record_encode(arena, &entry);
}

static void make_key(struct sheet *sheet, uint8_t first)
{
	EVP_PKEY *key;
	size_t len = RECORD_KEY_BYTES;

	memset(sheet->private_key, first, RECORD_KEY_BYTES);
	key =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, sheet->private_key, RECORD_KEY_BYTES);
	assert(EVP_PKEY_get_raw_public_key(key, sheet->public_key, &len) == 1);
	EVP_PKEY_free(key);
}

static void seal_stretch(struct sheet *sheet, size_t n)
{
	struct record_seal *seal = &sheet->seals[n];
	uint8_t *list = arena_alloc(&sheet->arena, EACH * RECORD_ITEM_BYTES);
	bool done;

	*seal = (struct record_seal){.number = (int64_t)n + 1,
		.form = RECORD_FORM,
		.era = 1,
		.count = EACH,
		.sealed_us = 1,
		.list = span_of(list, EACH * RECORD_ITEM_BYTES)};
	for (size_t i = 0; i < EACH; i++) {
		size_t k = n * EACH + i;
		struct record_item item = {.xid = sheet->places[k].xid, .seq = sheet->places[k].seq};

		sha256(sheet->entries[k], item.hash);
		record_item_put(&item, list + i * RECORD_ITEM_BYTES);
	}
	if (n > 0) {
		memcpy(seal->previous, sheet->seals[n - 1].hash, SHA256_BYTES);
	}
	done = record_seal_sign(seal, &sheet->arena, sheet->private_key, sheet->public_key);
	assert(done);
}

static void begin(struct sheet *sheet)
{
	*sheet = (struct sheet){.count = ENTRIES, .seal_count = SEALS};
	arena_init(&sheet->arena, ARENA_BYTES);
	make_key(sheet, 7);
	sheet->keys.count = 1;
	memcpy(sheet->keys.keys[0], sheet->public_key, RECORD_KEY_BYTES);
	for (size_t i = 0; i < ENTRIES; i++) {
		/* Two events a transaction; a number of the sequence may be behind its transaction's. */
		sheet->places[i] = (struct record_place){1, 100 + i / 2, (int64_t)(1000 + 2 * i)};
		sheet->entries[i] = entry_of(&sheet->arena, (int)i + 1);
	}
	for (size_t n = 0; n < SEALS; n++) {
		seal_stretch(sheet, n);
	}
}

static int compare_places(const void *a, const void *b)
{
	return record_place_compare(a, b);
}

/* As a database gives them: by place. */
static void sort(struct sheet *sheet)
{
	for (size_t i = 1; i < sheet->count; i++) {
		for (size_t k = i; k > 0 && compare_places(&sheet->places[k - 1], &sheet->places[k]) > 0;
			 k--) {
			struct record_place place = sheet->places[k];
			struct span entry = sheet->entries[k];

			sheet->places[k] = sheet->places[k - 1];
			sheet->entries[k] = sheet->entries[k - 1];
			sheet->places[k - 1] = place;
			sheet->entries[k - 1] = entry;
		}
	}
}

static void drop(struct sheet *sheet, size_t at)
{
	for (size_t i = at; i + 1 < sheet->count; i++) {
		sheet->places[i] = sheet->places[i + 1];
		sheet->entries[i] = sheet->entries[i + 1];
	}
	sheet->count--;
}

static struct record_finding verify(struct sheet *sheet, bool is_partial)
{
	struct record_check check;
	struct record_finding finding;
	size_t at = 0;
	bool is_good = record_check_init(&check, &sheet->keys, 1);

	assert(is_good);
	check.is_partial = is_partial;
	for (size_t n = 0; is_good && n < sheet->seal_count; n++) {
		struct record_place last = record_seal_last(&sheet->seals[n]);

		is_good = record_check_seal(&check, &sheet->seals[n]);
		for (; is_good && at < sheet->count && record_place_compare(&sheet->places[at], &last) <= 0;
			 at++) {
			is_good = record_check_entry(
				&check, &sheet->places[at], sheet->entries[at], sheet->words_changed[at]);
		}
		is_good = is_good && record_check_end(&check);
	}
	finding = check.finding;
	assert(is_good == (finding.fault == RECORD_WHOLE));
	record_check_fini(&check);
	return finding;
}

static void test_what_was_not_touched_is_whole(void)
{
	struct sheet sheet;

	begin(&sheet);
	CHECK_INT_EQ(verify(&sheet, false).fault, RECORD_WHOLE);
	arena_fini(&sheet.arena);
}

enum deed { CHANGE, REMOVE, INSERT, SWAP, MOVE, WORDS, DEEDS };

static void tamper(struct sheet *sheet, enum deed deed, size_t at)
{
	struct span entry;

	switch (deed) {
	case CHANGE:
		sheet->entries[at] = entry_of(&sheet->arena, 99);
		return;
	case REMOVE:
		drop(sheet, at);
		return;
	case INSERT:
		sheet->places[sheet->count] = sheet->places[at];
		sheet->places[sheet->count].seq--; /* before it */
		sheet->entries[sheet->count++] = entry_of(&sheet->arena, 99);
		sort(sheet);
		return;
	case SWAP:
		entry = sheet->entries[at];
		sheet->entries[at] = sheet->entries[at + 1];
		sheet->entries[at + 1] = entry;
		return;
	case MOVE:
		sheet->places[at].xid -= 1;
		sort(sheet);
		return;
	case WORDS:
		sheet->words_changed[at] = true;
		return;
	case DEEDS:
		break;
	}
	unreachable();
}

static void test_each_deed_is_found_at_each_place(void)
{
	static const enum record_fault faults[DEEDS] = {
		[CHANGE] = RECORD_ENTRY_CHANGED,
		[REMOVE] = RECORD_ENTRY_REMOVED,
		[INSERT] = RECORD_ENTRY_INSERTED,
		[SWAP] = RECORD_ENTRY_MOVED,
		[MOVE] = RECORD_ENTRY_MOVED,
		[WORDS] = RECORD_WORDS_CHANGED,
	};

	for (int deed = 0; deed < DEEDS; deed++) {
		for (size_t at = 0; at < ENTRIES; at++) {
			struct sheet sheet;
			struct record_finding finding;
			int64_t seq = (int64_t)(1000 + 2 * at) - (deed == INSERT ? 1 : 0);

			/* Neighbours of one seal; what left its stretch is missing there. */
			if ((deed == SWAP && at % EACH == EACH - 1) || (deed == MOVE && at % EACH == 0)) {
				continue;
			}
			begin(&sheet);
			tamper(&sheet, (enum deed)deed, at);
			finding = verify(&sheet, false);
			CHECK_INT_EQ(finding.fault, faults[deed]);
			CHECK_INT_EQ(finding.number, at / EACH + 1);
			CHECK_INT_EQ(finding.place.seq, seq);
			CHECK_INT_EQ(finding.other_seq, deed == SWAP ? seq + 2 : 0);
			arena_fini(&sheet.arena);
		}
	}
}

static void test_an_export_of_some_may_leave_out_but_not_change(void)
{
	struct sheet sheet;

	begin(&sheet);
	drop(&sheet, 3);
	drop(&sheet, 7);
	CHECK_INT_EQ(verify(&sheet, true).fault, RECORD_WHOLE);
	sheet.entries[5] = entry_of(&sheet.arena, 99);
	CHECK_INT_EQ(verify(&sheet, true).fault, RECORD_ENTRY_CHANGED);
	arena_fini(&sheet.arena);
}

/* A file may bring them in another order. */
static void test_entries_in_another_order_are_found(void)
{
	struct sheet sheet;
	struct record_place place;
	struct record_finding finding;

	begin(&sheet);
	place = sheet.places[2];
	sheet.places[2] = sheet.places[1];
	sheet.places[1] = place;
	finding = verify(&sheet, false);
	CHECK_INT_EQ(finding.fault, RECORD_ENTRY_MOVED);
	CHECK_INT_EQ(finding.place.seq, 1002);
	arena_fini(&sheet.arena);
}

static void test_seals_are_named(void)
{
	for (size_t n = 0; n < SEALS; n++) {
		struct sheet sheet;
		struct record_finding finding;

		/* Changed, and not signed anew. */
		begin(&sheet);
		sheet.seals[n].sealed_us++;
		finding = verify(&sheet, false);
		CHECK_INT_EQ(finding.fault, RECORD_SEAL_CHANGED);
		CHECK_INT_EQ(finding.number, n + 1);

		arena_fini(&sheet.arena);

		/* Hashed anew by somebody without the key, who keeps the signature. */
		begin(&sheet);
		sheet.entries[n * EACH] = entry_of(&sheet.arena, 99);
		memset(sheet.private_key, 9, RECORD_KEY_BYTES);
		for (size_t k = n; k < SEALS; k++) {
			seal_stretch(&sheet, k);
		}
		finding = verify(&sheet, false);
		CHECK_INT_EQ(finding.fault, RECORD_SEAL_FORGED);
		CHECK_INT_EQ(finding.number, n + 1);

		/* … or signed by a key of their own. */
		make_key(&sheet, 9);
		seal_stretch(&sheet, n);
		finding = verify(&sheet, false);
		CHECK_INT_EQ(finding.fault, RECORD_SEAL_STRANGE);
		CHECK_INT_EQ(finding.number, n + 1);
		arena_fini(&sheet.arena);
	}
}

static void test_seals_that_are_missing_or_do_not_follow_are_named(void)
{
	struct sheet sheet;
	struct record_finding finding;

	begin(&sheet);
	sheet.seals[1] = sheet.seals[2];
	sheet.seal_count = 2;
	finding = verify(&sheet, false);
	CHECK_INT_EQ(finding.fault, RECORD_SEAL_REMOVED);
	CHECK_INT_EQ(finding.number, 2);
	arena_fini(&sheet.arena);

	/* Signed by the key itself, but about another past. */
	begin(&sheet);
	sheet.entries[0] = entry_of(&sheet.arena, 99);
	seal_stretch(&sheet, 0);
	finding = verify(&sheet, false);
	CHECK_INT_EQ(finding.fault, RECORD_SEAL_UNCHAINED);
	CHECK_INT_EQ(finding.number, 2);
	arena_fini(&sheet.arena);
}

static void test_a_line_is_parsed_back_and_no_other(void)
{
	struct sheet sheet;
	struct record_seal out;
	struct str line;
	struct str again;
	char *text;

	begin(&sheet);
	line = record_seal_line(&sheet.seals[1], &sheet.arena);
	CHECK(line.len < RECORD_SEAL_LINE_MAX);
	CHECK(record_seal_parse(line, &sheet.arena, &out));
	again = record_seal_line(&out, &sheet.arena);
	CHECK_STR_EQ(arena_c_string(&sheet.arena, again), arena_c_string(&sheet.arena, line));
	text = arena_c_string(&sheet.arena, line);
	for (size_t i = 0; i < line.len; i++) {
		char was = text[i];
		struct arena arena;

		arena_init(&arena, ARENA_BYTES);
		CHECK(!record_seal_parse(str_of(text, i), &arena, &out));
		text[i] = was == 'A' ? 'B' : 'A';
		/* It is no line, or another seal: one that is not whole, or whose signature is another's. */
		CHECK(!record_seal_parse(str_of(text, line.len), &arena, &out) ||
			  !record_seal_is_whole(&out, &arena) ||
			  record_seal_signed(&out, &arena, &sheet.keys) != RECORD_SIGNED);
		text[i] = was;
		arena_fini(&arena);
	}
	arena_fini(&sheet.arena);
}

static void test_entries_cut_short_are_none(void)
{
	struct arena arena;
	struct record_entry out;
	struct span entry;

	arena_init(&arena, ARENA_BYTES);
	entry = entry_of(&arena, 1);
	CHECK(record_decode(entry, &out));
	CHECK_INT_EQ(out.count, record_form_columns(RECORD_FORM));
	CHECK_INT_EQ(record_number(RECORD_INT4, out.values[RECORD_COLUMN_version]), 1);
	for (size_t i = 0; i < entry.len; i++) {
		CHECK(!record_decode(span_first(entry, i), &out));
	}
	arena_fini(&arena);
}

/* What a later form adds was null when an older one was sealed, or it was changed since. */
static void test_a_later_column_must_have_been_null(void)
{
	struct arena arena;
	struct record_entry entry;
	struct record_entry now;
	struct span older;
	uint8_t wanted[SHA256_BYTES];
	uint8_t hash[SHA256_BYTES];

	arena_init(&arena, ARENA_BYTES);
	older = entry_of(&arena, 1);
	sha256(older, wanted);
	CHECK(record_decode(older, &entry));
	now = entry;
	now.form = RECORD_FORM + 1; /* of a server that is newer than we are */
	now.values[now.count++] = (struct span){NULL, 0};
	CHECK(record_hash(&arena, record_encode(&arena, &now), RECORD_FORM, hash));
	CHECK(memcmp(hash, wanted, SHA256_BYTES) == 0);
	now.values[now.count - 1] = span_of("x", 1);
	CHECK(!record_hash(&arena, record_encode(&arena, &now), RECORD_FORM, hash));
	/* Sealed in that newer form it is hashed as it came. */
	CHECK(record_hash(&arena, record_encode(&arena, &now), RECORD_FORM + 1, hash));
	arena_fini(&arena);
}

/* The bytes of the first form, written down once: whoever changes them breaks every seal there is. */
static void test_the_first_form_stays_as_it_is(void)
{
	static const char wanted[] = "604a0882755d440387a3aebc21fd8ec299ba923d9424a8fbfc9f70b2e06b344d";
	struct arena arena;
	uint8_t hash[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	arena_init(&arena, ARENA_BYTES);
	CHECK(record_hash(&arena, entry_of(&arena, 258), 1, hash));
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		(void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	}
	CHECK_STR_EQ(hex, wanted);
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"what_was_not_touched_is_whole", test_what_was_not_touched_is_whole},
	{"each_deed_is_found_at_each_place", test_each_deed_is_found_at_each_place},
	{"an_export_of_some_may_leave_out_but_not_change",
		test_an_export_of_some_may_leave_out_but_not_change},
	{"entries_in_another_order_are_found", test_entries_in_another_order_are_found},
	{"seals_are_named", test_seals_are_named},
	{"seals_that_are_missing_or_do_not_follow_are_named",
		test_seals_that_are_missing_or_do_not_follow_are_named},
	{"a_line_is_parsed_back_and_no_other", test_a_line_is_parsed_back_and_no_other},
	{"entries_cut_short_are_none", test_entries_cut_short_are_none},
	{"a_later_column_must_have_been_null", test_a_later_column_must_have_been_null},
	{"the_first_form_stays_as_it_is", test_the_first_form_stays_as_it_is},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
