/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the arena's budget to the byte, that failure sticks, and that pieces are zeroed, aligned
 * and apart from each other. Under ASan also that the byte behind a piece is out of bounds.
 */
#include "common/arena.h"

#include "tests/check.h"

#if WITH_ASAN
#include <sanitizer/asan_interface.h>
#endif

#define BUDGET ((size_t)1024 * 1024)

static bool all_bytes_are(const uint8_t *bytes, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != value) {
			return false;
		}
	}
	return true;
}

/* Sizes that end inside of a chunk, fill one, and need one of their own. */
static const size_t sizes[] = {1, 15, 16, 17, 4000, 4064, 4096, 5000, 70000, 100000, 3, 8192};

static void test_pieces_are_zeroed_aligned_and_apart(void)
{
	uint8_t *pieces[COUNT(sizes)];
	struct arena arena;

	arena_init(&arena, BUDGET);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		pieces[i] = arena_alloc(&arena, sizes[i]);
		CHECK(pieces[i] != NULL);
		CHECK_INT_EQ((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		CHECK(all_bytes_are(pieces[i], sizes[i], 0));
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < COUNT(sizes); i++) {
		CHECK(all_bytes_are(pieces[i], sizes[i], (uint8_t)(i + 1)));
	}
	CHECK(!arena.failed);
	arena_fini(&arena);
}

static void test_many_small_pieces_stay_apart(void)
{
	enum { PIECES = 10000 };
	static uint32_t *pieces[PIECES];
	struct arena arena;

	arena_init(&arena, BUDGET);
	for (uint32_t i = 0; i < PIECES; i++) {
		pieces[i] = arena_new(&arena, uint32_t);
		CHECK(pieces[i] != NULL);
		*pieces[i] = i;
	}
	for (uint32_t i = 0; i < PIECES; i++) {
		CHECK_INT_EQ(*pieces[i], i);
	}
	arena_fini(&arena);
}

/* With a byte of budget less than a piece needs, there is no piece. */
static void test_budget_ends_at_its_byte(void)
{
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t rounded = (sizes[i] + 15) / 16 * 16;
		struct arena arena;

		arena_init(&arena, rounded);
		CHECK(arena_alloc(&arena, sizes[i]) != NULL);
		CHECK_INT_EQ(arena.used_bytes, rounded);
		CHECK(arena_alloc(&arena, 1) == NULL);
		arena_fini(&arena);

		arena_init(&arena, rounded - 1);
		CHECK(arena_alloc(&arena, sizes[i]) == NULL);
		CHECK_INT_EQ(arena.used_bytes, 0);
		CHECK(arena.failed);
		arena_fini(&arena);
	}
}

static void test_failure_sticks_until_fini(void)
{
	struct arena arena;

	arena_init(&arena, 64);
	CHECK(arena_alloc(&arena, 65) == NULL);
	CHECK(arena_alloc(&arena, 1) == NULL);
	CHECK(arena_span(&arena, span_of("ab", 2)).ptr == NULL);
	CHECK_INT_EQ(arena_str(&arena, STR("ab")).len, 0);
	CHECK(arena_c_string(&arena, STR("ab")) == NULL);
	CHECK_INT_EQ(arena_printf(&arena, "%d", 7).len, 0);
	CHECK(arena.failed);

	arena_fini(&arena);
	CHECK(!arena.failed);
	CHECK_INT_EQ(arena.max_bytes, 64);
	CHECK(arena_alloc(&arena, 64) != NULL);
	arena_fini(&arena);
}

static void test_huge_sizes_do_not_wrap_around(void)
{
	static const size_t huge[] = {
		SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX / 2};

	for (size_t i = 0; i < COUNT(huge); i++) {
		struct arena arena;

		arena_init(&arena, BUDGET);
		CHECK(arena_alloc(&arena, huge[i]) == NULL);
		CHECK(arena.failed);
		arena_fini(&arena);
		CHECK(arena_c_string(&arena, str_of("a", huge[i])) == NULL);
		CHECK(arena.failed);
		arena_fini(&arena);
	}
}

static void test_zero_bytes_are_a_piece(void)
{
	struct arena arena;

	arena_init(&arena, 32);
	CHECK(arena_alloc(&arena, 0) != NULL);
	CHECK(arena_alloc(&arena, 0) != NULL);
	CHECK(arena_alloc(&arena, 0) == NULL); /* so that asking forever ends too */
	arena_fini(&arena);
}

static void test_copies_outlive_their_source(void)
{
	char source[] = "ab\0cd";
	struct arena arena;
	struct span span;
	struct str text;
	char *c_string;

	arena_init(&arena, BUDGET);
	span = arena_span(&arena, span_of(source, 5));
	text = arena_str(&arena, str_of(source, 5));
	c_string = arena_c_string(&arena, str_of(source, 2));
	memset(source, 'x', sizeof(source));
	CHECK(span_equal(span, span_of("ab\0cd", 5)));
	CHECK_STR_EQ(text, str_of("ab\0cd", 5));
	CHECK_STR_EQ(c_string, "ab");
	arena_fini(&arena);
}

static void test_empty_stays_empty(void)
{
	struct arena arena;

	arena_init(&arena, BUDGET);
	CHECK_INT_EQ(arena_span(&arena, span_of(NULL, 0)).len, 0);
	CHECK_INT_EQ(arena_str(&arena, str_from_c(NULL)).len, 0);
	CHECK_STR_EQ(arena_c_string(&arena, str_from_c(NULL)), "");
	CHECK_STR_EQ(arena_printf(&arena, "%s", ""), "");
	CHECK(!arena.failed);
	arena_fini(&arena);
}

static void test_printf_formats_any_length(void)
{
	static const int widths[] = {1, 15, 16, 17, 5000};
	struct arena arena;

	arena_init(&arena, BUDGET);
	CHECK_STR_EQ(arena_printf(&arena, "id=%d name=%s", 7, "seven"), "id=7 name=seven");
	for (size_t i = 0; i < COUNT(widths); i++) {
		struct str text = arena_printf(&arena, "%*d", widths[i], 7);

		CHECK_INT_EQ(text.len, widths[i]);
		CHECK_INT_EQ(text.ptr[text.len - 1], '7');
	}
	arena_fini(&arena);
}

static void test_fini_takes_null_zeroed_and_twice(void)
{
	struct arena zeroed = {0};
	struct arena arena;

	arena_fini(NULL);
	arena_fini(&zeroed);
	arena_init(&arena, BUDGET);
	CHECK(arena_alloc(&arena, 100) != NULL);
	arena_fini(&arena);
	arena_fini(&arena);
	CHECK_INT_EQ(arena.used_bytes, 0);
	CHECK(arena.chunks == NULL);
}

#if WITH_ASAN
static void test_byte_behind_a_piece_is_poisoned(void)
{
	struct arena arena;

	arena_init(&arena, BUDGET);
	for (size_t len = 1; len < 40; len++) {
		uint8_t *piece = arena_alloc(&arena, len);

		CHECK(piece != NULL);
		CHECK(!__asan_address_is_poisoned(piece + len - 1));
		CHECK(__asan_address_is_poisoned(piece + len));
	}
	arena_fini(&arena);
}
#endif

static const struct test tests[] = {
	{"pieces_are_zeroed_aligned_and_apart", test_pieces_are_zeroed_aligned_and_apart},
	{"many_small_pieces_stay_apart", test_many_small_pieces_stay_apart},
	{"budget_ends_at_its_byte", test_budget_ends_at_its_byte},
	{"failure_sticks_until_fini", test_failure_sticks_until_fini},
	{"huge_sizes_do_not_wrap_around", test_huge_sizes_do_not_wrap_around},
	{"zero_bytes_are_a_piece", test_zero_bytes_are_a_piece},
	{"copies_outlive_their_source", test_copies_outlive_their_source},
	{"empty_stays_empty", test_empty_stays_empty},
	{"printf_formats_any_length", test_printf_formats_any_length},
	{"fini_takes_null_zeroed_and_twice", test_fini_takes_null_zeroed_and_twice},
#if WITH_ASAN
	{"byte_behind_a_piece_is_poisoned", test_byte_behind_a_piece_is_poisoned},
#endif
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
