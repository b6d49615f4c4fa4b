/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/server/picture.h"

#include <stdlib.h>

#include <png.h>
#include <turbojpeg.h>

#define QUALITY 90
#define EXIF_MAX 256

static uint8_t *draw(uint32_t width, uint32_t height, uint32_t depth)
{
	uint8_t *out = malloc((size_t)width * height * depth);

	assert(out != NULL);
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			uint8_t *pixel = out + ((size_t)y * width + x) * depth;
			bool is_red = x < width / 2 && y < height / 2;

			memset(pixel, 0x20, depth);
			pixel[is_red ? 0 : depth - 1] = 0xE0;
		}
	}
	return out;
}

static void put_u16(uint8_t *out, size_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

/* A TIFF of two entries: how it was held; a copyright that is the secret. Returns its length. */
static size_t make_exif(uint8_t out[EXIF_MAX], int orientation)
{
	static const uint8_t start[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2};
	size_t secret_len = sizeof PICTURE_SECRET;
	size_t at = sizeof start;

	memcpy(out, start, sizeof start);
	memcpy(out + at, (const uint8_t[]){0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (uint8_t)orientation, 0, 0},
		12);
	memcpy(out + at + 12, (const uint8_t[]){0x82, 0x98, 0, 2, 0, 0, 0, 0, 0, 0, 0, 38}, 12);
	put_u32(out + at + 16, (uint32_t)secret_len);
	at += 24;
	memset(out + at, 0, 4);
	at += 4;
	assert(at == 38);
	memcpy(out + at, PICTURE_SECRET, secret_len);
	return at + secret_len;
}

/* Puts a segment or chunk into the bytes, which then are ours. */
static void insert(struct picture *picture, size_t at, struct span piece)
{
	uint8_t *out = malloc(picture->len + piece.len);

	assert(out != NULL && at <= picture->len);
	memcpy(out, picture->bytes, at);
	memcpy(out + at, piece.ptr, piece.len);
	memcpy(out + at + piece.len, picture->bytes + at, picture->len - at);
	free(picture->bytes);
	picture->bytes = out;
	picture->len += piece.len;
}

static void insert_app1(struct picture *picture, int orientation)
{
	uint8_t segment[EXIF_MAX + 16] = {0xFF, 0xE1, 0, 0, 'E', 'x', 'i', 'f', 0, 0};
	size_t len = make_exif(segment + 10, orientation);

	put_u16(segment + 2, len + 8);
	insert(picture, 2, span_of(segment, len + 10));
}

static void encode(struct picture *out, const uint8_t *pixels, uint32_t width, uint32_t height,
	bool is_gray, int flags)
{
	tjhandle handle = tjInitCompress();
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	int failed =
		tjCompress2(handle, pixels, (int)width, 0, (int)height, is_gray ? TJPF_GRAY : TJPF_RGB,
			&bytes, &len, is_gray ? TJSAMP_GRAY : TJSAMP_444, QUALITY, flags);

	assert(failed == 0);
	(void)tjDestroy(handle);
	*out = (struct picture){bytes, len};
}

void picture_jpeg(struct picture *out, uint32_t width, uint32_t height, int orientation)
{
	uint8_t *pixels = draw(width, height, 3);

	encode(out, pixels, width, height, false, 0);
	free(pixels);
	if (orientation != 0) {
		insert_app1(out, orientation);
	}
}

void picture_gray(struct picture *out, uint32_t width, uint32_t height, bool is_progressive)
{
	uint8_t *pixels = draw(width, height, 1);

	encode(out, pixels, width, height, true, is_progressive ? TJFLAG_PROGRESSIVE : 0);
	free(pixels);
}

static uint32_t crc_of(struct span bytes)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= bytes.ptr[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
		}
	}
	return crc ^ UINT32_MAX;
}

/* Behind IHDR, which is always as long. */
static void insert_chunk(struct picture *picture, const char *name, struct span body)
{
	uint8_t chunk[EXIF_MAX + 16];

	assert(body.len <= EXIF_MAX);
	put_u32(chunk, (uint32_t)body.len);
	memcpy(chunk + 4, name, 4);
	memcpy(chunk + 8, body.ptr, body.len);
	put_u32(chunk + 8 + body.len, crc_of(span_of(chunk + 4, body.len + 4)));
	insert(picture, 33, span_of(chunk, body.len + 12));
}

void picture_png(struct picture *out, uint32_t width, uint32_t height, int orientation)
{
	uint8_t *pixels = draw(width, height, 3);
	png_image png = {
		.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
	png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(png);
	uint8_t exif[EXIF_MAX];
	int done;

	*out = (struct picture){malloc(len), 0};
	assert(out->bytes != NULL);
	done = png_image_write_to_memory(&png, out->bytes, &len, 0, pixels, 0, NULL);
	assert(done != 0);
	out->len = len;
	free(pixels);
	insert_chunk(out, "tEXt", span_of("Comment\0" PICTURE_SECRET, 7 + sizeof PICTURE_SECRET));
	if (orientation != 0) {
		insert_chunk(out, "eXIf", span_of(exif, make_exif(exif, orientation)));
	}
}

void picture_fini(struct picture *picture)
{
	free(picture->bytes);
	*picture = (struct picture){0};
}

static uint8_t *decode_jpeg(struct span bytes, uint32_t *width, uint32_t *height)
{
	tjhandle handle = tjInitDecompress();
	int across = 0, down = 0, sampling = 0, colours = 0;
	uint8_t *pixels;
	int failed =
		tjDecompressHeader3(handle, bytes.ptr, bytes.len, &across, &down, &sampling, &colours);

	assert(failed == 0);
	pixels = malloc((size_t)across * (size_t)down * 3);
	failed = tjDecompress2(handle, bytes.ptr, bytes.len, pixels, across, 0, down, TJPF_RGB, 0);
	assert(failed == 0);
	(void)tjDestroy(handle);
	*width = (uint32_t)across;
	*height = (uint32_t)down;
	return pixels;
}

static uint8_t *decode_png(struct span bytes, uint32_t *width, uint32_t *height)
{
	png_image png = {.version = PNG_IMAGE_VERSION};
	int done = png_image_begin_read_from_memory(&png, bytes.ptr, bytes.len);
	uint8_t *pixels;

	assert(done != 0);
	png.format = PNG_FORMAT_RGB;
	pixels = malloc(PNG_IMAGE_SIZE(png));
	done = png_image_finish_read(&png, NULL, pixels, 0, NULL);
	assert(done != 0);
	*width = png.width;
	*height = png.height;
	return pixels;
}

int picture_red_corner(struct span bytes)
{
	uint32_t width = 0;
	uint32_t height = 0;
	uint8_t *pixels = bytes.ptr[0] == 0xFF ? decode_jpeg(bytes, &width, &height)
	                                       : decode_png(bytes, &width, &height);
	int found = -1;

	for (int corner = 0; corner < 4; corner++) {
		size_t x = corner % 2 == 0 ? width / 4 : width - 1 - width / 4;
		size_t y = corner / 2 == 0 ? height / 4 : height - 1 - height / 4;
		const uint8_t *pixel = pixels + (y * width + x) * 3;

		found = pixel[0] > 0x80 && pixel[2] < 0x80 ? corner : found;
	}
	free(pixels);
	return found;
}

bool picture_holds(struct span bytes, struct str text)
{
	return memmem(bytes.ptr, bytes.len, text.ptr, text.len) != NULL;
}
