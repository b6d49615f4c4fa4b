/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what becomes of an image that was sent: nothing of what a camera wrote beside the picture is left, the picture
 * stands upright, however the camera was held; what is cut, too large, or not what its header says is refused, before
 * memory is taken for it; and the whole check says so by its faults.
 */
#include "server/image.h"

#include <stdlib.h>

#include "common/sha256.h"
#include "server/file_check.h"
#include "tests/check.h"
#include "tests/server/picture.h"

static struct span bytes_of(const struct picture *picture)
{
	return span_of(picture->bytes, picture->len);
}

static enum image_verdict anew(const struct picture *picture, struct image *out)
{
	struct file_look look = file_look_at(bytes_of(picture));

	return image_anew(bytes_of(picture), &look, out);
}

/* The place where it was taken, and everything else of the EXIF, is gone afterwards; it was there before. */
static void test_what_a_camera_writes_is_gone(void)
{
	for (int is_png = 0; is_png < 2; is_png++) {
		struct picture picture;
		struct image image = {0};
		struct span out;

		if (is_png) {
			picture_png(&picture, 64, 48, 1);
		} else {
			picture_jpeg(&picture, 64, 48, 1);
		}
		CHECK(picture_holds(bytes_of(&picture), STR(PICTURE_SECRET)));
		CHECK(picture_holds(bytes_of(&picture), is_png ? STR("eXIf") : STR("Exif")));
		CHECK_INT_EQ(anew(&picture, &image), IMAGE_DONE);
		out = span_of(image.bytes, image.len);
		CHECK(!picture_holds(out, STR(PICTURE_SECRET)));
		CHECK(!picture_holds(out, STR("GPS")));
		CHECK(!picture_holds(out, STR("Exif")) && !picture_holds(out, STR("eXIf")));
		CHECK(!picture_holds(out, STR("tEXt")));
		CHECK_INT_EQ(file_look_at(out).type, is_png ? FILE_TYPE_PNG : FILE_TYPE_JPEG);
		CHECK_INT_EQ(image.width, 64);
		CHECK_INT_EQ(picture_red_corner(out), 0);
		image_fini(&image);
		picture_fini(&picture);
	}
}

/* Where the upper left of what the sensor saw belongs. */
static void test_pictures_stand_upright(void)
{
	static const int corners[] = {-1, 0, 1, 3, 2, 0, 1, 3, 2};

	for (int orientation = 1; orientation <= 8; orientation++) {
		for (int is_png = 0; is_png < 2; is_png++) {
			bool is_turned = orientation >= 5;
			struct picture picture;
			struct image image = {0};

			if (is_png) {
				picture_png(&picture, 64, 32, orientation);
			} else {
				picture_jpeg(&picture, 64, 32, orientation);
			}
			CHECK_INT_EQ(anew(&picture, &image), IMAGE_DONE);
			CHECK_INT_EQ(image.width, is_turned ? 32 : 64);
			CHECK_INT_EQ(image.height, is_turned ? 64 : 32);
			CHECK_INT_EQ(picture_red_corner(span_of(image.bytes, image.len)), corners[orientation]);
			CHECK_INT_EQ(file_look_at(span_of(image.bytes, image.len)).orientation, 1);
			if (check_failed()) {
				printf("# orientation %d\n", orientation);
			}
			image_fini(&image);
			picture_fini(&picture);
		}
	}
}

/* Cut at every byte: never a picture, and never harm. */
static void check_cuts(const struct picture *whole)
{
	for (size_t len = 0; len + 12 < whole->len && !check_failed(); len++) {
		/* A copy of its own: reading behind it is seen. */
		struct picture cut = {malloc(len + 1), len};
		struct image image = {0};

		memcpy(cut.bytes, whole->bytes, len);
		CHECK_INT_EQ(anew(&cut, &image), IMAGE_BROKEN);
		CHECK(image.bytes == NULL);
		image_fini(&image);
		picture_fini(&cut);
	}
}

static void test_a_part_of_an_image_is_none(void)
{
	struct picture picture;

	picture_jpeg(&picture, 48, 32, 6);
	check_cuts(&picture);
	picture_fini(&picture);
	picture_png(&picture, 48, 32, 6);
	check_cuts(&picture);
	picture_fini(&picture);
}

/* Each byte wrong once: a picture or none, but nothing else. */
static void test_a_wrong_byte_does_no_harm(void)
{
	size_t broken_count = 0;

	for (int is_png = 0; is_png < 2; is_png++) {
		struct picture picture;

		if (is_png) {
			picture_png(&picture, 24, 16, 3);
		} else {
			picture_jpeg(&picture, 24, 16, 3);
		}
		for (size_t i = 0; i < picture.len; i++) {
			struct file_look look;
			struct image image = {0};

			picture.bytes[i] ^= 0xFF;
			look = file_look_at(bytes_of(&picture));
			if (file_judge(file_purpose_row(FILE_BEFORE), &look) == FILE_FAULT_NONE) {
				broken_count += image_anew(bytes_of(&picture), &look, &image) == IMAGE_BROKEN;
			}
			image_fini(&image);
			picture.bytes[i] ^= 0xFF;
		}
		picture_fini(&picture);
	}
	CHECK(broken_count > 20);
}

/* Above what is kept whole it becomes smaller, by whole steps of the decoder. */
static void test_a_large_photograph_is_kept_smaller(void)
{
	struct picture picture;
	struct image image = {0};

	picture_gray(&picture, 6000, 4000, false);
	CHECK_INT_EQ(anew(&picture, &image), IMAGE_DONE);
	CHECK(image.width < 6000 && (uint64_t)image.width * image.height <= IMAGE_KEPT_PIXELS_MAX);
	CHECK(image.width >= 4500); /* six eighths */
	CHECK_INT_EQ((image.width * 4 + 3) / 6, image.height);
	image_fini(&image);
	picture_fini(&picture);
}

/* --- the whole check --- */

static struct file_check_state state_for(enum file_purpose purpose, struct span bytes)
{
	struct file_check_state state = {
		.purpose = file_purpose_row((int)purpose), .sent_bytes = (uint32_t)bytes.len};

	sha256(bytes, state.sent_hash);
	return state;
}

static enum file_fault fault_of(enum file_purpose purpose, struct span bytes)
{
	struct file_check_state state = state_for(purpose, bytes);
	struct image image = {0};
	enum err err = file_check_look(bytes, &state, &image);

	assert(err == ERR_OK);
	image_fini(&image);
	return state.fault;
}

/* A header that says so much, and a picture of a few pixels behind it: found before anything is decoded. */
static void test_bombs_are_found_by_their_headers(void)
{
	struct picture picture;
	struct file_look look;

	picture_gray(&picture, 16, 16, false);
	for (size_t i = 0; i + 8 < picture.len; i++) {
		if (picture.bytes[i] == 0xFF && picture.bytes[i + 1] == 0xC0) {
			memset(picture.bytes + i + 5, 0xFF, 4); /* 65535 by 65535 */
		}
	}
	look = file_look_at(bytes_of(&picture));
	CHECK_INT_EQ(look.width, 65535);
	CHECK_INT_EQ(fault_of(FILE_BEFORE, bytes_of(&picture)), FILE_FAULT_PIXELS);
	picture_fini(&picture);

	picture_png(&picture, 16, 16, 0);
	put_u32(picture.bytes + 16, 30000);
	put_u32(picture.bytes + 20, 30000);
	CHECK_INT_EQ(fault_of(FILE_BEFORE, bytes_of(&picture)), FILE_FAULT_PIXELS);
	put_u32(
		picture.bytes + 16, 4000); /* may be; but the rest does not fit, nor does the checksum */
	put_u32(picture.bytes + 20, 4000);
	CHECK_INT_EQ(fault_of(FILE_BEFORE, bytes_of(&picture)), FILE_FAULT_BROKEN);
	picture_fini(&picture);
}

/* A part that says that it is longer than the file: nothing is made room for. */
static void test_parts_lie_within_the_file(void)
{
	struct picture picture;
	struct image image = {0};

	picture_png(&picture, 16, 16, 1);
	for (size_t i = 8; i + 12 < picture.len; i += 12 + get_u32(picture.bytes + i)) {
		if (memcmp(picture.bytes + i + 4, "eXIf", 4) == 0) {
			put_u32(picture.bytes + i, 0x6DD42000);
			break;
		}
	}
	CHECK_INT_EQ(anew(&picture, &image), IMAGE_BROKEN);
	image_fini(&image);
	picture_fini(&picture);
}

static void test_progressive_ones_may_have_fewer_pixels(void)
{
	struct picture picture;

	picture_gray(&picture, 4001, 4000, true);
	CHECK(file_look_at(bytes_of(&picture)).is_whole);
	CHECK_INT_EQ(fault_of(FILE_BEFORE, bytes_of(&picture)), FILE_FAULT_PIXELS);
	picture_fini(&picture);
	picture_gray(&picture, 400, 300, true);
	CHECK_INT_EQ(fault_of(FILE_BEFORE, bytes_of(&picture)), FILE_FAULT_NONE);
	picture_fini(&picture);
}

static void test_faults_say_what_is_wrong(void)
{
	static const char pdf[] = "%PDF-1.7\n%%EOF\n";
	struct file_check_state state;
	struct image image = {0};
	struct picture picture;

	CHECK_INT_EQ(fault_of(FILE_DOCUMENT, span_of(pdf, sizeof pdf)), FILE_FAULT_NONE);
	CHECK_INT_EQ(fault_of(FILE_AFTER, span_of(pdf, sizeof pdf)), FILE_FAULT_PURPOSE);
	CHECK_INT_EQ(fault_of(FILE_DOCUMENT, span_of("<script>", 8)), FILE_FAULT_TYPE);
	state = state_for(FILE_DOCUMENT, span_of(pdf, sizeof pdf));
	state.sent_hash[31] ^= 1;
	CHECK_INT_EQ(file_check_look(span_of(pdf, sizeof pdf), &state, &image), ERR_OK);
	CHECK_INT_EQ(state.fault, FILE_FAULT_HASH);
	CHECK(image.bytes == NULL);

	picture_png(&picture, 1024, 512, 0);
	CHECK_INT_EQ(fault_of(FILE_SIGNATURE, bytes_of(&picture)), FILE_FAULT_NONE);
	picture_fini(&picture);
	picture_png(&picture, 1024, 512, 6); /* turned it is too high */
	CHECK_INT_EQ(fault_of(FILE_SIGNATURE, bytes_of(&picture)), FILE_FAULT_SIGNATURE);
	picture_fini(&picture);
	picture_jpeg(&picture, 100, 50, 0);
	CHECK_INT_EQ(fault_of(FILE_SIGNATURE, bytes_of(&picture)), FILE_FAULT_SIGNATURE);
	picture_fini(&picture);
}

/* What is kept is what was made: its size and hash, not those that were sent. */
static void test_a_good_one_says_what_is_kept(void)
{
	struct picture picture;
	struct file_check_state state;
	struct image image = {0};
	uint8_t hash[SHA256_BYTES];

	picture_jpeg(&picture, 64, 32, 6);
	state = state_for(FILE_AFTER, bytes_of(&picture));
	CHECK_INT_EQ(file_check_look(bytes_of(&picture), &state, &image), ERR_OK);
	CHECK_INT_EQ(state.fault, FILE_FAULT_NONE);
	CHECK_INT_EQ(state.type, FILE_TYPE_JPEG);
	CHECK_INT_EQ(state.width, 32);
	CHECK_INT_EQ(state.height, 64);
	CHECK_INT_EQ(state.kept_bytes, image.len);
	sha256(span_of(image.bytes, image.len), hash);
	CHECK(memcmp(hash, state.kept_hash, sizeof hash) == 0);
	CHECK(memcmp(hash, state.sent_hash, sizeof hash) != 0);
	image_fini(&image);
	picture_fini(&picture);
}

static const struct test tests[] = {
	{"what_a_camera_writes_is_gone", test_what_a_camera_writes_is_gone},
	{"pictures_stand_upright", test_pictures_stand_upright},
	{"a_part_of_an_image_is_none", test_a_part_of_an_image_is_none},
	{"a_wrong_byte_does_no_harm", test_a_wrong_byte_does_no_harm},
	{"a_large_photograph_is_kept_smaller", test_a_large_photograph_is_kept_smaller},
	{"bombs_are_found_by_their_headers", test_bombs_are_found_by_their_headers},
	{"parts_lie_within_the_file", test_parts_lie_within_the_file},
	{"progressive_ones_may_have_fewer_pixels", test_progressive_ones_may_have_fewer_pixels},
	{"faults_say_what_is_wrong", test_faults_say_what_is_wrong},
	{"a_good_one_says_what_is_kept", test_a_good_one_says_what_is_kept},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
