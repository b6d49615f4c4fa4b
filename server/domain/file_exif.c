/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/file_exif.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define ENTRY_BYTES 12
#define ENTRIES_MAX 512

struct tiff {
	struct span bytes;
	bool is_little; /* "II": the least byte first */
};

/* 0 where it does not lie inside. */
static uint32_t number_at(const struct tiff *tiff, size_t at, size_t bytes)
{
	uint32_t value = 0;

	if (at > tiff->bytes.len || bytes > tiff->bytes.len - at) {
		return 0;
	}
	for (size_t i = 0; i < bytes; i++) {
		size_t from = tiff->is_little ? at + bytes - 1 - i : at + i;

		value = value << 8 | tiff->bytes.ptr[from];
	}
	return value;
}

int file_exif_orientation(struct span bytes)
{
	struct tiff tiff = {.bytes = bytes};
	uint32_t directory;
	uint32_t count;

	if (bytes.len < 8 || (bytes.ptr[0] != 'I' && bytes.ptr[0] != 'M')) {
		return 1;
	}
	tiff.is_little = bytes.ptr[0] == 'I';
	directory = number_at(&tiff, 4, 4);
	count = number_at(&tiff, directory, 2);
	for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
		size_t at = (size_t)directory + 2 + (size_t)i * ENTRY_BYTES;
		uint32_t value = number_at(&tiff, at + 8, 2);

		if (number_at(&tiff, at, 2) == TAG_ORIENTATION &&
			number_at(&tiff, at + 2, 2) == TYPE_SHORT) {
			return value >= 1 && value <= 8 ? (int)value : 1;
		}
	}
	return 1;
}
