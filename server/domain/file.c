/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/file.h"

#include "server/domain/file_exif.h"

#define IS(type) (1u << FILE_TYPE_##type)

static const struct file_purpose_row purposes[] = {
#define PURPOSE(number, name, types, bytes, across, down, first, last) \
	{FILE_##name, types, bytes, across, down, first, last},
#include "server/domain/file.def"
#undef PURPOSE
};

static const struct file_fault_row faults[] = {
#define FAULT(number, name, field, allowed) [number] = {#name, field, allowed},
#include "server/domain/file.def"
#undef FAULT
};

static const char *const media[] = {
#define TYPE(number, name, text) [number] = text,
#include "server/domain/file.def"
#undef TYPE
};

const struct file_purpose_row *file_purpose_row(int purpose)
{
	for (size_t i = 0; i < COUNT(purposes); i++) {
		if (purposes[i].purpose == (enum file_purpose)purpose) {
			return &purposes[i];
		}
	}
	return NULL;
}

const struct file_fault_row *file_fault_row(int fault)
{
	return fault > 0 && (size_t)fault < COUNT(faults) ? &faults[fault] : NULL;
}

const char *file_media(enum file_type type)
{
	return (size_t)type < COUNT(media) ? media[type] : NULL;
}

static bool begins_with(struct span bytes, struct span start)
{
	return bytes.len >= start.len && span_equal(span_first(bytes, start.len), start);
}

static uint32_t get_u16(const uint8_t *in)
{
	return (uint32_t)in[0] << 8 | in[1];
}

/* --- JPEG: ITU-T T.81, annex B --- */

enum { MARKER_SOS = 0xDA, MARKER_APP1 = 0xE1, MARKER_TEM = 0x01 };

static bool is_frame_header(int marker)
{
	/* SOF0–SOF15; among them stand DHT, JPG and DAC. */
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool is_progressive(int marker)
{
	return marker == 0xC2 || marker == 0xC6 || marker == 0xCA || marker == 0xCE;
}

/* A marker without a length: of its own, or between the intervals of a scan. */
static bool stands_alone(int marker)
{
	return marker == MARKER_TEM || (marker >= 0xD0 && marker <= 0xD8);
}

static void take_segment(struct file_look *look, int marker, struct span body)
{
	static const uint8_t exif[] = {'E', 'x', 'i', 'f', 0, 0};

	if (is_frame_header(marker) && body.len >= 5 && look->width == 0) {
		look->height = get_u16(body.ptr + 1);
		look->width = get_u16(body.ptr + 3);
		look->is_whole = is_progressive(marker);
	} else if (marker == MARKER_APP1 && begins_with(body, span_of(exif, sizeof exif))) {
		look->orientation = file_exif_orientation(span_after(body, sizeof exif));
	}
}

/* Up to the first scan: each turn takes at least two bytes. */
static void look_at_jpeg(struct span bytes, struct file_look *look)
{
	size_t at = 2;

	while (at + 4 <= bytes.len && bytes.ptr[at] == 0xFF) {
		int marker = bytes.ptr[at + 1];
		size_t len;

		if (marker == 0xFF) { /* a fill byte */
			at++;
			continue;
		}
		if (stands_alone(marker)) {
			at += 2;
			continue;
		}
		len = get_u16(bytes.ptr + at + 2);
		if (marker == MARKER_SOS || len < 2 || len > bytes.len - at - 2) {
			return;
		}
		take_segment(look, marker, span_of(bytes.ptr + at + 4, len - 2));
		at += 2 + len;
	}
}

/* --- PNG: ISO/IEC 15948, 5.3 --- */

/* Up to the pictures' data: each turn takes at least twelve bytes. */
static void look_at_png(struct span bytes, struct file_look *look)
{
	size_t at = 8;

	look->is_whole = true;
	while (bytes.len - at >= 12) {
		uint32_t len = get_u32(bytes.ptr + at);
		struct span name = span_of(bytes.ptr + at + 4, 4);
		struct span body;

		if (len > bytes.len - at - 12 || span_equal(name, span_of("IDAT", 4))) {
			return;
		}
		body = span_of(bytes.ptr + at + 8, len);
		if (span_equal(name, span_of("IHDR", 4)) && len >= 8 && look->width == 0) {
			look->width = get_u32(body.ptr);
			look->height = get_u32(body.ptr + 4);
		} else if (span_equal(name, span_of("eXIf", 4))) {
			look->orientation = file_exif_orientation(body);
		}
		at += 12 + (size_t)len;
	}
}

struct file_look file_look_at(struct span bytes)
{
	static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF};
	static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
	static const uint8_t pdf[] = {'%', 'P', 'D', 'F', '-'};
	struct file_look look = {.type = FILE_TYPE_NONE, .orientation = 1};

	if (begins_with(bytes, span_of(jpeg, sizeof jpeg))) {
		look.type = FILE_TYPE_JPEG;
		look_at_jpeg(bytes, &look);
	} else if (begins_with(bytes, span_of(png, sizeof png))) {
		look.type = FILE_TYPE_PNG;
		look_at_png(bytes, &look);
	} else if (begins_with(bytes, span_of(pdf, sizeof pdf))) {
		look.type = FILE_TYPE_PDF;
	}
	assert(look.orientation >= 1 && look.orientation <= 8);
	return look;
}

static bool is_too_many_pixels(const struct file_look *look)
{
	uint64_t pixels = (uint64_t)look->width * look->height;

	return pixels > (look->is_whole ? FILE_PIXELS_WHOLE_MAX : FILE_PIXELS_MAX);
}

enum file_fault file_judge(const struct file_purpose_row *purpose, const struct file_look *look)
{
	bool is_signature = purpose->purpose == FILE_SIGNATURE;

	if (look->type == FILE_TYPE_NONE) {
		return is_signature ? FILE_FAULT_SIGNATURE : FILE_FAULT_TYPE;
	}
	if ((purpose->types >> look->type & 1) == 0) {
		return is_signature ? FILE_FAULT_SIGNATURE : FILE_FAULT_PURPOSE;
	}
	if (look->type == FILE_TYPE_PDF) {
		return FILE_FAULT_NONE;
	}
	if (look->width == 0 || look->height == 0) {
		return FILE_FAULT_BROKEN;
	}
	if (look->width > purpose->width_max || look->height > purpose->height_max) {
		return is_signature ? FILE_FAULT_SIGNATURE : FILE_FAULT_PIXELS;
	}
	return is_too_many_pixels(look) ? FILE_FAULT_PIXELS : FILE_FAULT_NONE;
}

uint32_t file_chunk_len(uint32_t total_bytes, uint32_t offset)
{
	if (offset >= total_bytes || offset % FILE_CHUNK_BYTES != 0) {
		return 0;
	}
	return total_bytes - offset < FILE_CHUNK_BYTES ? total_bytes - offset : FILE_CHUNK_BYTES;
}
