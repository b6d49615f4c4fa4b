/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a file is taken for by its bytes alone: magic numbers, sizes and how a camera was held, out of headers
 * that are good, cut short at every byte, or hostile; and which of them may be sent for which purpose.
 */
#include "server/domain/file.h"
#include "server/domain/file_exif.h"
#include "tests/check.h"

#define BYTES(...) span_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* An APP0, an APP1 with EXIF that says 6, a frame of 640 by 480, a scan. */
static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 'J', 'F', 0xFF, 0xE1, 0, 34, 'E', 'x',
	'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0,
	0, 0, 0xFF, 0xFF, 0xC0, 0, 11, 8, 0x01, 0xE0, 0x02, 0x80, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2,
	0x12};

/* IHDR of 300 by 200, an eXIf that says 8 in little endian, an IDAT. */
static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H',
	'D', 'R', 0, 0, 1, 0x2C, 0, 0, 0, 200, 8, 2, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 26, 'e', 'X', 'I',
	'f', 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2,
	3, 4, 0, 0, 0, 0, 'I', 'D', 'A', 'T', 1, 2, 3, 4};

static void test_headers_say_type_size_and_turn(void)
{
	struct file_look look = file_look_at(span_of(jpeg, sizeof jpeg));

	CHECK_INT_EQ(look.type, FILE_TYPE_JPEG);
	CHECK_INT_EQ(look.width, 640);
	CHECK_INT_EQ(look.height, 480);
	CHECK_INT_EQ(look.orientation, 6);
	CHECK(!look.is_whole);
	look = file_look_at(span_of(png, sizeof png));
	CHECK_INT_EQ(look.type, FILE_TYPE_PNG);
	CHECK_INT_EQ(look.width, 300);
	CHECK_INT_EQ(look.height, 200);
	CHECK_INT_EQ(look.orientation, 8);
	CHECK(look.is_whole);
	look = file_look_at(span_of("%PDF-1.7\n", 9));
	CHECK_INT_EQ(look.type, FILE_TYPE_PDF);
	CHECK_INT_EQ(look.width, 0);
}

/* What is not there is not read, and what was not read is not made up. */
static void test_headers_may_end_anywhere(void)
{
	for (size_t len = 0; len <= sizeof jpeg; len++) {
		struct file_look look = file_look_at(span_of(jpeg, len));

		CHECK_INT_EQ(look.type, len < 3 ? FILE_TYPE_NONE : FILE_TYPE_JPEG);
		CHECK_INT_EQ(look.width, len < 58 ? 0 : 640);
		CHECK_INT_EQ(look.orientation, len < 44 ? 1 : 6);
	}
	for (size_t len = 0; len <= sizeof png; len++) {
		struct file_look look = file_look_at(span_of(png, len));

		CHECK_INT_EQ(look.type, len < 8 ? FILE_TYPE_NONE : FILE_TYPE_PNG);
		CHECK_INT_EQ(look.height, len < 33 ? 0 : 200);
		CHECK_INT_EQ(look.orientation, len < 71 ? 1 : 8);
	}
}

static void test_what_is_nothing_of_ours(void)
{
	static const char *const texts[] = {"", "GIF89a", "RIFF....WEBPVP8 ", "<svg xmlns=''/>",
		"PK\3\4", "\177ELF", "<?php", " %PDF-1.7", "BM", "II*\0", "....ftypheic"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		CHECK_INT_EQ(file_look_at(span_from_str(str_from_c(texts[i]))).type, FILE_TYPE_NONE);
	}
	CHECK_INT_EQ(file_look_at(BYTES(0xFF, 0xD8)).type, FILE_TYPE_NONE);
	CHECK_INT_EQ(file_look_at(BYTES(0xFF, 0xD8, 0xFE)).type, FILE_TYPE_NONE);
}

static const struct exif_case {
	const char *what;
	struct span tiff;
	int expected;
} exif_cases[] = {
	{"nothing", {NULL, 0}, 1},
	{"big endian",
		{(const uint8_t *)"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0", 22}, 3},
	{"little endian",
		{(const uint8_t *)"II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x05\0\0\0", 22}, 5},
	{"0 is none", {(const uint8_t *)"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0", 22},
		1},
	{"9 is none",
		{(const uint8_t *)"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0", 22}, 1},
	{"a long is none",
		{(const uint8_t *)"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\x03\0\0", 22}, 1},
	{"a directory far outside",
		{(const uint8_t *)"MM\0\x2A\xFF\xFF\xFF\xFF\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0", 22},
		1},
	{"65535 entries that are not there", {(const uint8_t *)"MM\0\x2A\0\0\0\x08\xFF\xFF", 10}, 1},
};

static void test_exif_says_how_a_camera_was_held(void)
{
	for (size_t i = 0; i < COUNT(exif_cases); i++) {
		CHECK_INT_EQ(file_exif_orientation(exif_cases[i].tiff), exif_cases[i].expected);
		if (check_failed()) {
			printf("# %s\n", exif_cases[i].what);
			return;
		}
	}
}

#define ANY(kind) \
	{ \
		FILE_TYPE_##kind, 640, 480, 1, false \
	}

static const struct judge_case {
	enum file_purpose purpose;
	struct file_look look;
	enum file_fault expected;
} judge_cases[] = {
	{FILE_BEFORE, ANY(JPEG), FILE_FAULT_NONE},
	{FILE_BEFORE, ANY(PNG), FILE_FAULT_NONE},
	{FILE_BEFORE, ANY(PDF), FILE_FAULT_PURPOSE},
	{FILE_BEFORE, ANY(NONE), FILE_FAULT_TYPE},
	{FILE_AFTER, ANY(JPEG), FILE_FAULT_NONE},
	{FILE_AFTER, ANY(PDF), FILE_FAULT_PURPOSE},
	{FILE_DOCUMENT, ANY(PDF), FILE_FAULT_NONE},
	{FILE_DOCUMENT, ANY(JPEG), FILE_FAULT_NONE},
	{FILE_DOCUMENT, ANY(NONE), FILE_FAULT_TYPE},
	{FILE_SIGNATURE, ANY(JPEG), FILE_FAULT_SIGNATURE},
	{FILE_SIGNATURE, ANY(NONE), FILE_FAULT_SIGNATURE},
	{FILE_SIGNATURE, {FILE_TYPE_PNG, 1024, 512, 1, true}, FILE_FAULT_NONE},
	{FILE_SIGNATURE, {FILE_TYPE_PNG, 1025, 512, 1, true}, FILE_FAULT_SIGNATURE},
	{FILE_SIGNATURE, {FILE_TYPE_PNG, 1024, 513, 1, true}, FILE_FAULT_SIGNATURE},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 0, 480, 1, false}, FILE_FAULT_BROKEN},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 640, 0, 1, false}, FILE_FAULT_BROKEN},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 8000, 5000, 1, false}, FILE_FAULT_NONE},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 8000, 5001, 1, false}, FILE_FAULT_PIXELS},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 65535, 65535, 1, false}, FILE_FAULT_PIXELS},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 4000, 4000, 1, true}, FILE_FAULT_NONE},
	{FILE_BEFORE, {FILE_TYPE_JPEG, 4000, 4001, 1, true}, FILE_FAULT_PIXELS},
	{FILE_BEFORE, {FILE_TYPE_PNG, 65536, 1, 1, true}, FILE_FAULT_PIXELS},
	{FILE_BEFORE, {FILE_TYPE_PNG, UINT32_MAX, UINT32_MAX, 1, true}, FILE_FAULT_PIXELS},
};

static void test_what_may_be_sent_for_what(void)
{
	for (size_t i = 0; i < COUNT(judge_cases); i++) {
		const struct judge_case *one = &judge_cases[i];

		CHECK_INT_EQ(file_judge(file_purpose_row((int)one->purpose), &one->look), one->expected);
		if (check_failed()) {
			printf("# case %zu\n", i);
			return;
		}
	}
}

static void test_rows_are_whole(void)
{
	CHECK(file_purpose_row(0) == NULL);
	CHECK(file_purpose_row(5) == NULL);
	CHECK(file_fault_row(FILE_FAULT_NONE) == NULL);
	CHECK(file_fault_row(-1) == NULL);
	CHECK(file_fault_row(7) == NULL);
	CHECK(file_media(FILE_TYPE_NONE) == NULL);
	CHECK_STR_EQ(file_media(FILE_TYPE_PDF), "application/pdf");
	for (int purpose = 1; purpose <= 4; purpose++) {
		const struct file_purpose_row *row = file_purpose_row(purpose);

		CHECK(row != NULL && row->bytes_max <= FILE_BYTES_MAX);
		/* Nine places of all together, and signatures' own behind them. */
		CHECK_INT_EQ(row->slot_first, purpose == FILE_SIGNATURE ? FILES_MAX + 1 : 1);
		CHECK_INT_EQ(row->slot_last, purpose == FILE_SIGNATURE ? FILES_MAX + 3 : FILES_MAX);
	}
	for (int fault = 1; fault <= 6; fault++) {
		CHECK(file_fault_row(fault) != NULL && file_fault_row(fault)->allowed[0] != '\0');
	}
}

static void test_chunks_are_whole_but_the_last(void)
{
	static const struct {
		uint32_t total, offset, expected;
	} rows[] = {
		{1, 0, 1},
		{1, 1, 0},
		{FILE_CHUNK_BYTES, 0, FILE_CHUNK_BYTES},
		{FILE_CHUNK_BYTES, FILE_CHUNK_BYTES, 0},
		{FILE_CHUNK_BYTES + 1, FILE_CHUNK_BYTES, 1},
		{FILE_BYTES_MAX, FILE_BYTES_MAX - FILE_CHUNK_BYTES, FILE_CHUNK_BYTES},
		{FILE_BYTES_MAX, 1, 0},
		{FILE_BYTES_MAX, FILE_CHUNK_BYTES - 1, 0},
		{FILE_BYTES_MAX, UINT32_MAX, 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(file_chunk_len(rows[i].total, rows[i].offset), rows[i].expected);
	}
}

static const struct test tests[] = {
	{"headers_say_type_size_and_turn", test_headers_say_type_size_and_turn},
	{"headers_may_end_anywhere", test_headers_may_end_anywhere},
	{"what_is_nothing_of_ours", test_what_is_nothing_of_ours},
	{"exif_says_how_a_camera_was_held", test_exif_says_how_a_camera_was_held},
	{"what_may_be_sent_for_what", test_what_may_be_sent_for_what},
	{"rows_are_whole", test_rows_are_whole},
	{"chunks_are_whole_but_the_last", test_chunks_are_whole_but_the_last},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
