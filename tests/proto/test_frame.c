/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a frame is found exactly when all of it is there, that its length is judged before
 * its body arrives, and that nothing past the given bytes is read. How: tables of headers around
 * every limit, and a stream of frames fed byte by byte. Each input is copied to a block of its own
 * size, so that the address sanitizer sees one byte too far.
 */
#include "proto/frame.h"
#include "tests/check.h"

#define BODY_MAX 1000

static enum frame_verdict decode_copy(struct span in, size_t body_max, size_t *out_want)
{
	uint8_t *copy = malloc(in.len > 0 ? in.len : 1);
	struct span body = {NULL, 0};
	enum frame_verdict verdict;

	assert(copy != NULL);
	if (in.len > 0) {
		memcpy(copy, in.ptr, in.len);
	}
	verdict = frame_decode(span_of(copy, in.len), body_max, &body, out_want);
	assert(verdict != FRAME_READY || body.ptr == copy + FRAME_HEADER_BYTES);
	assert(verdict == FRAME_READY || body.ptr == NULL);
	free(copy);
	return verdict;
}

static void test_decode_judges_the_length_first(void)
{
	static const struct {
		uint8_t header[FRAME_HEADER_BYTES];
		size_t body_max;
		enum frame_verdict verdict;
		size_t want; /* 0: untouched */
	} cases[] = {
		{{0, 0, 0, 0}, BODY_MAX, FRAME_BAD, 0},
		{{0, 0, 0, 1}, BODY_MAX, FRAME_SHORT, 5},
		{{0, 0, 0x03, 0xE8}, BODY_MAX, FRAME_SHORT, 1004},
		{{0, 0, 0x03, 0xE9}, BODY_MAX, FRAME_BAD, 0},
		{{0, 0, 0x40, 0}, FRAME_BODY_BYTES_GUEST, FRAME_SHORT, 16388},
		{{0, 0, 0x40, 1}, FRAME_BODY_BYTES_GUEST, FRAME_BAD, 0},
		{{0, 0x10, 0, 0}, FRAME_BODY_BYTES_MAX, FRAME_SHORT, 1048580},
		{{0, 0x10, 0, 1}, FRAME_BODY_BYTES_MAX, FRAME_BAD, 0},
		{{0x80, 0, 0, 0}, FRAME_BODY_BYTES_MAX, FRAME_BAD, 0},
		{{0xFF, 0xFF, 0xFF, 0xFF}, FRAME_BODY_BYTES_MAX, FRAME_BAD, 0},
		{{0, 0, 0, 1}, 1, FRAME_SHORT, 5},
		{{0, 0, 0, 2}, 1, FRAME_BAD, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t want = 0;
		enum frame_verdict verdict =
			decode_copy(span_of(cases[i].header, FRAME_HEADER_BYTES), cases[i].body_max, &want);

		CHECK_INT_EQ(verdict, cases[i].verdict);
		CHECK_INT_EQ(want, cases[i].want);
	}
}

static void test_decode_wants_more_until_the_frame_is_whole(void)
{
	static const uint8_t frame[] = {0, 0, 0, 3, 'a', 'b', 'c', 0, 0};

	for (size_t len = 0; len <= sizeof(frame); len++) {
		size_t want = 0;
		enum frame_verdict verdict = decode_copy(span_of(frame, len), BODY_MAX, &want);

		CHECK_INT_EQ(verdict, len < 7 ? FRAME_SHORT : FRAME_READY);
		CHECK_INT_EQ(want, len < 4 ? 4 : 7);
	}
}

static void test_decode_goes_through_a_stream(void)
{
	static const uint8_t stream[] = {0, 0, 0, 1, 'x', 0, 0, 0, 2, 'y', 'z', 0, 0, 0, 0};
	struct span rest = span_of(stream, sizeof(stream));
	struct span body = {NULL, 0};
	size_t want = 0;

	CHECK_INT_EQ(frame_decode(rest, BODY_MAX, &body, &want), FRAME_READY);
	CHECK_STR_EQ(str_of((const char *)body.ptr, body.len), "x");
	rest = span_after(rest, want);
	CHECK_INT_EQ(frame_decode(rest, BODY_MAX, &body, &want), FRAME_READY);
	CHECK_STR_EQ(str_of((const char *)body.ptr, body.len), "yz");
	rest = span_after(rest, want);
	CHECK_INT_EQ(frame_decode(rest, BODY_MAX, &body, &want), FRAME_BAD);
	CHECK_INT_EQ(want, 6);
}

static void test_header_and_decode_agree(void)
{
	static const size_t lengths[] = {1, 2, 255, 256, 65535, 65536, FRAME_BODY_BYTES_MAX};

	for (size_t i = 0; i < COUNT(lengths); i++) {
		uint8_t header[FRAME_HEADER_BYTES];
		size_t want = 0;

		frame_header(header, lengths[i]);
		CHECK_INT_EQ(
			decode_copy(span_of(header, sizeof(header)), FRAME_BODY_BYTES_MAX, &want), FRAME_SHORT);
		CHECK_INT_EQ(want, FRAME_HEADER_BYTES + lengths[i]);
	}
}

static const struct test tests[] = {
	{"decode_judges_the_length_first", test_decode_judges_the_length_first},
	{"decode_wants_more_until_the_frame_is_whole", test_decode_wants_more_until_the_frame_is_whole},
	{"decode_goes_through_a_stream", test_decode_goes_through_a_stream},
	{"header_and_decode_agree", test_header_and_decode_agree},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
