/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <png.h>

#include "server/image_pixels.h"

#define PNG_SIGNATURE_BYTES 8
#define PNG_PART_BYTES 12 /* length, type, checksum */

/* Eight bits a channel: gray, colour, or colour with transparency. */
static png_uint_32 format_of(png_uint_32 found)
{
	if ((found & PNG_FORMAT_FLAG_ALPHA) != 0) {
		return PNG_FORMAT_RGBA;
	}
	return (found & PNG_FORMAT_FLAG_COLOR) != 0 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
}

/*
 * Whether each part lies within the bytes, up to the first that does not have to. libpng makes room for some parts by
 * the length that they say, before it looks whether there is as much: 1.8 GB for a file of 232 bytes.
 */
static bool are_parts_within(struct span in)
{
	size_t at = PNG_SIGNATURE_BYTES;

	while (at + PNG_PART_BYTES <= in.len) {
		size_t len = get_u32(in.ptr + at);

		if (len > in.len - at - PNG_PART_BYTES) {
			return false;
		}
		at += PNG_PART_BYTES + len;
	}
	return true;
}

static enum image_verdict decode(
	struct span in, const struct file_look *look, struct pixels *out, png_uint_32 *out_format)
{
	png_image png = {.version = PNG_IMAGE_VERSION};

	if (!are_parts_within(in)) {
		return IMAGE_BROKEN;
	}
	if (png_image_begin_read_from_memory(&png, in.ptr, in.len) == 0) {
		return IMAGE_BROKEN;
	}
	if (png.width != look->width || png.height != look->height) {
		png_image_free(&png);
		return IMAGE_BROKEN;
	}
	png.format = *out_format = format_of(png.format);
	*out = pixels_new(png.width, png.height, (uint32_t)PNG_IMAGE_PIXEL_SIZE(png.format));
	if (out->bytes == NULL) {
		png_image_free(&png);
		return IMAGE_NO_MEMORY;
	}
	/* Frees what it holds, however it ends. */
	return png_image_finish_read(&png, NULL, out->bytes, 0, NULL) == 0 ? IMAGE_BROKEN : IMAGE_DONE;
}

static enum image_verdict encode(const struct pixels *pixels, png_uint_32 format, struct image *out)
{
	png_image png = {.version = PNG_IMAGE_VERSION,
		.width = pixels->width,
		.height = pixels->height,
		.format = format};
	png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(png);
	uint8_t *bytes = malloc(len);
	uint8_t *fit;

	if (bytes == NULL) {
		return IMAGE_NO_MEMORY;
	}
	if (png_image_write_to_memory(&png, bytes, &len, 0, pixels->bytes, 0, NULL) == 0) {
		free(bytes);
		return IMAGE_NO_MEMORY; /* nothing else can be wrong with pixels of ours */
	}
	fit = realloc(bytes, len);
	*out = (struct image){fit == NULL ? bytes : fit, len, pixels->width, pixels->height};
	return IMAGE_DONE;
}

enum image_verdict image_png(struct span in, const struct file_look *look, struct image *out)
{
	struct pixels pixels = {0};
	png_uint_32 format = 0;
	enum image_verdict verdict = decode(in, look, &pixels, &format);

	if (verdict == IMAGE_DONE && !pixels_turn(&pixels, look->orientation)) {
		verdict = IMAGE_NO_MEMORY;
	}
	if (verdict == IMAGE_DONE) {
		verdict = encode(&pixels, format, out);
	}
	pixels_free(&pixels);
	return verdict;
}
