/* SPDX-License-Identifier: Apache-2.0 */
#include "server/image.h"

#include <stdlib.h>

#include "server/image_pixels.h"

struct pixels pixels_new(uint32_t width, uint32_t height, uint32_t depth)
{
	assert(width > 0 && height > 0 && depth >= 1 && depth <= 4);
	assert((uint64_t)width * height <= FILE_PIXELS_MAX);
	return (struct pixels){malloc((size_t)width * height * depth), width, height, depth};
}

void pixels_free(struct pixels *pixels)
{
	free(pixels->bytes);
	pixels->bytes = NULL;
}

/*
 * EXIF's eight ways to hold a camera are three yes or no: are rows and columns exchanged, is what was read then
 * counted from the right, from below. Source: CIPA DC-008, 4.6.4, Orientation.
 */
static bool is_swapped(int orientation)
{
	return orientation >= 5;
}

static bool is_from_right(int orientation)
{
	return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static bool is_from_below(int orientation)
{
	return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

bool pixels_turn(struct pixels *pixels, int orientation)
{
	bool swap = is_swapped(orientation);
	bool right = is_from_right(orientation);
	bool below = is_from_below(orientation);
	struct pixels out;

	assert(orientation >= 1 && orientation <= 8);
	if (orientation == 1) {
		return true;
	}
	out = pixels_new(swap ? pixels->height : pixels->width, swap ? pixels->width : pixels->height,
		pixels->depth);
	if (out.bytes == NULL) {
		return false;
	}
	for (uint32_t y = 0; y < out.height; y++) {
		uint8_t *to = out.bytes + (size_t)y * out.width * out.depth;

		for (uint32_t x = 0; x < out.width; x++) {
			uint32_t column = swap ? y : x;
			uint32_t row = swap ? x : y;

			column = right ? pixels->width - 1 - column : column;
			row = below ? pixels->height - 1 - row : row;
			memcpy(to + (size_t)x * out.depth,
				pixels->bytes + ((size_t)row * pixels->width + column) * out.depth, out.depth);
		}
	}
	pixels_free(pixels);
	*pixels = out;
	return true;
}

enum image_verdict image_anew(struct span in, const struct file_look *look, struct image *out)
{
	switch (look->type) {
	case FILE_TYPE_JPEG:
		return image_jpeg(in, look, out);
	case FILE_TYPE_PNG:
		return image_png(in, look, out);
	case FILE_TYPE_PDF:
	case FILE_TYPE_NONE:
		break;
	}
	return IMAGE_BROKEN;
}

void image_fini(struct image *image)
{
	free(image->bytes);
	*image = (struct image){0};
}
