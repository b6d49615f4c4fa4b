/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file that was sent. What must hold:
 *
 *   - what the headers say is what the bytes say, read once or twice
 *   - what may be sent is an image that is made anew, or broken; nothing is asked for beyond its pixels
 *   - what was made anew is of the same type, upright, has no EXIF, may be sent itself, and is not broken
 *
 * Of images only those are decoded that have few pixels: a slow input teaches nothing.
 */
#include <string.h>

#include "server/image.h"
#include "tests/fuzz/fuzz.h"

#define PIXELS_MAX 65536

static void check_made(const struct file_look *before, const struct image *image)
{
	struct span out = span_of(image->bytes, image->len);
	struct file_look look = file_look_at(out);
	struct image again = {0};

	must(look.type == before->type && look.orientation == 1);
	must(look.width == image->width && look.height == image->height);
	must(memmem(out.ptr, out.len, "Exif", 4) == NULL || look.type == FILE_TYPE_PNG);
	must(file_judge(file_purpose_row(FILE_BEFORE), &look) == FILE_FAULT_NONE);
	must(image_anew(out, &look, &again) == IMAGE_DONE);
	must(again.width == image->width && again.height == image->height);
	image_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of(data, size);
	struct file_look look = file_look_at(bytes);
	struct image image = {0};

	must(look.orientation >= 1 && look.orientation <= 8);
	must(look.type != FILE_TYPE_PDF || look.width == 0);
	for (int purpose = FILE_BEFORE; purpose <= FILE_DOCUMENT; purpose++) {
		enum file_fault fault = file_judge(file_purpose_row(purpose), &look);

		must(fault == FILE_FAULT_NONE || file_fault_row((int)fault) != NULL);
		must(look.type != FILE_TYPE_NONE || fault != FILE_FAULT_NONE);
	}
	if (look.type == FILE_TYPE_PDF ||
		file_judge(file_purpose_row(FILE_BEFORE), &look) != FILE_FAULT_NONE ||
		(uint64_t)look.width * look.height > PIXELS_MAX) {
		return 0;
	}
	if (image_anew(bytes, &look, &image) == IMAGE_DONE) {
		check_made(&look, &image);
	}
	image_fini(&image);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	(void)seed;
	return LLVMFuzzerMutate(data, size, size_max);
}
