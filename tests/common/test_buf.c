/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that bytes come out as they went in, however they are cut, that the maximum holds to the
 * byte, and that an empty queue holds no memory. A long run of random steps is held against a plain
 * array.
 */
#include "common/buf.h"

#include "tests/check.h"

static void check_content(const struct buf *buf, const char *expected)
{
	struct span readable = buf_readable(buf);

	CHECK_STR_EQ(str_of((const char *)readable.ptr, readable.len), expected);
}

static struct span text(const char *bytes)
{
	return span_from_str(str_from_c(bytes));
}

static void test_appends_come_out_in_order(void)
{
	struct buf buf;

	buf_init(&buf, 100);
	CHECK(buf_append(&buf, text("abc")));
	CHECK(buf_append(&buf, text("def")));
	check_content(&buf, "abcdef");
	buf_consume(&buf, 2);
	check_content(&buf, "cdef");
	CHECK(buf_append(&buf, text("g")));
	check_content(&buf, "cdefg");
	buf_fini(&buf);
}

static void test_maximum_holds_to_the_byte(void)
{
	static const uint8_t bytes[2000];

	for (size_t max_bytes = 1; max_bytes <= 1500; max_bytes += 37) {
		struct buf buf;

		buf_init(&buf, max_bytes);
		CHECK(!buf_append(&buf, span_of(bytes, max_bytes + 1)));
		CHECK_INT_EQ(buf_readable(&buf).len, 0);
		CHECK(buf_append(&buf, span_of(bytes, max_bytes)));
		CHECK(!buf_append(&buf, span_of(bytes, 1)));
		CHECK(buf_reserve(&buf, 1) == NULL);
		CHECK_INT_EQ(buf_readable(&buf).len, max_bytes);
		/* What is consumed is room again, also where the bytes have to move for it. */
		buf_consume(&buf, 1);
		CHECK(buf_append(&buf, span_of(bytes, 1)));
		CHECK(buf.capacity <= max_bytes);
		buf_fini(&buf);
	}
}

static void test_reserve_of_huge_sizes_is_refused(void)
{
	struct buf buf;

	buf_init(&buf, 100);
	CHECK(buf_append(&buf, text("a")));
	CHECK(buf_reserve(&buf, SIZE_MAX) == NULL);
	CHECK(buf_reserve(&buf, SIZE_MAX - 1) == NULL);
	CHECK(buf_reserve(&buf, 100) == NULL);
	CHECK(buf_reserve(&buf, 99) != NULL);
	check_content(&buf, "a");
	buf_fini(&buf);
}

static void test_reserve_of_nothing_is_no_refusal(void)
{
	struct buf buf;

	buf_init(&buf, 1);
	CHECK(buf_reserve(&buf, 0) != NULL);
	buf_commit(&buf, 0);
	CHECK(buf_append(&buf, text("a")));
	CHECK(buf_reserve(&buf, 0) != NULL);
	buf_fini(&buf);
}

static void test_commit_keeps_only_what_it_says(void)
{
	struct buf buf;
	uint8_t *room;

	buf_init(&buf, 100);
	room = buf_reserve(&buf, 10);
	CHECK(room != NULL);
	memcpy(room, "abcdefghij", 10);
	buf_commit(&buf, 3);
	check_content(&buf, "abc");
	buf_fini(&buf);
}

static void test_empty_queue_holds_no_memory(void)
{
	struct buf buf;

	buf_init(&buf, 100);
	CHECK(buf.bytes == NULL);
	CHECK(buf_append(&buf, text("abc")));
	CHECK(buf.bytes != NULL);
	buf_consume(&buf, 3);
	CHECK(buf.bytes == NULL);
	CHECK(buf_reserve(&buf, 50) != NULL);
	buf_commit(&buf, 0);
	CHECK(buf.bytes == NULL);
	CHECK(buf_append(&buf, span_of(NULL, 0)));
	CHECK(buf.bytes == NULL);
	CHECK_INT_EQ(buf.max_bytes, 100);
}

static void test_take_hands_the_content_over(void)
{
	struct buf buf;
	uint8_t *taken;
	size_t len = 77;

	buf_init(&buf, 100);
	taken = buf_take(&buf, &len);
	CHECK(taken == NULL);
	CHECK_INT_EQ(len, 0);
	CHECK(buf_append(&buf, text("abcdef")));
	buf_consume(&buf, 2);
	taken = buf_take(&buf, &len);
	CHECK_STR_EQ(str_of((const char *)taken, len), "cdef");
	free(taken);
	CHECK_INT_EQ(buf_readable(&buf).len, 0);
	CHECK(buf_append(&buf, text("g")));
	check_content(&buf, "g");
	buf_fini(&buf);
}

static void test_fini_takes_null_zeroed_and_twice(void)
{
	struct buf zeroed = {0};
	struct buf buf;

	buf_fini(NULL);
	buf_fini(&zeroed);
	CHECK_INT_EQ(buf_readable(&zeroed).len, 0);
	buf_init(&buf, 100);
	CHECK(buf_append(&buf, text("abc")));
	buf_fini(&buf);
	buf_fini(&buf);
	CHECK(buf.bytes == NULL);
}

/* The queue and an array that is never wrong go through the same steps. */
static void test_random_steps_match_an_array(void)
{
	enum { MAX = 3000, STEPS = 20000 };
	static uint8_t model[MAX];
	size_t model_len = 0;
	uint32_t random = 1;
	struct buf buf;

	buf_init(&buf, MAX);
	for (int step = 0; step < STEPS; step++) {
		uint8_t piece[400];
		size_t len;

		random = random * 1664525 + 1013904223;
		len = (random >> 8) % sizeof(piece);
		if ((random >> 24) % 2 == 0) {
			bool fits = len <= MAX - model_len;

			memset(piece, step, sizeof(piece));
			CHECK_INT_EQ(buf_append(&buf, span_of(piece, len)), fits);
			memcpy(model + model_len, piece, fits ? len : 0);
			model_len += fits ? len : 0;
		} else {
			len = size_min(len, model_len);
			buf_consume(&buf, len);
			model_len -= len;
			memmove(model, model + len, model_len);
		}
		CHECK(span_equal(buf_readable(&buf), span_of(model, model_len)));
	}
	buf_fini(&buf);
}

static const struct test tests[] = {
	{"appends_come_out_in_order", test_appends_come_out_in_order},
	{"maximum_holds_to_the_byte", test_maximum_holds_to_the_byte},
	{"reserve_of_huge_sizes_is_refused", test_reserve_of_huge_sizes_is_refused},
	{"reserve_of_nothing_is_no_refusal", test_reserve_of_nothing_is_no_refusal},
	{"commit_keeps_only_what_it_says", test_commit_keeps_only_what_it_says},
	{"empty_queue_holds_no_memory", test_empty_queue_holds_no_memory},
	{"take_hands_the_content_over", test_take_hands_the_content_over},
	{"fini_takes_null_zeroed_and_twice", test_fini_takes_null_zeroed_and_twice},
	{"random_steps_match_an_array", test_random_steps_match_an_array},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
