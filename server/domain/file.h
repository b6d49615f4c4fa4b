/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is, by its bytes alone, and whether it may be what it was sent for: pure. The names and types that
 * clients say are never looked at. Nothing is decoded here: headers are walked, each step bounded by the bytes.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define FILE_BYTES_MAX (20 * 1024 * 1024)
#define FILE_SIGNATURE_BYTES (64 * 1024)
#define FILE_CHUNK_BYTES (256 * 1024)
#define FILES_MAX 9 /* a complaint's, signatures aside */
#define FILE_LOOSE_HOURS 24
/* A decoder needs memory for what a header says, whatever stands behind it. */
#define FILE_PIXELS_MAX 40000000
#define FILE_PIXELS_WHOLE_MAX 16000000 /* of those that are decoded as a whole, not line by line */

enum file_purpose {
#define PURPOSE(number, name, types, bytes, across, down, first, last) FILE_##name = (number),
#include "server/domain/file.def"
#undef PURPOSE
};

enum file_type {
	FILE_TYPE_NONE,
#define TYPE(number, name, media) FILE_TYPE_##name = (number),
#include "server/domain/file.def"
#undef TYPE
};

enum file_fault {
	FILE_FAULT_NONE,
#define FAULT(number, name, field, allowed) FILE_FAULT_##name = (number),
#include "server/domain/file.def"
#undef FAULT
};

enum file_state { FILE_RECEIVING = 1, FILE_READY = 2, FILE_REFUSED = 3 };

struct file_purpose_row {
	enum file_purpose purpose;
	unsigned types; /* bits of enum file_type */
	uint32_t bytes_max;
	uint32_t width_max;
	uint32_t height_max;
	int slot_first; /* places that it may have */
	int slot_last;
};

struct file_fault_row {
	const char *name;
	const char *field;
	const char *allowed;
};

/* What the first bytes and the headers say. */
struct file_look {
	enum file_type type;
	uint32_t width; /* 0: none, or no header says */
	uint32_t height;
	int orientation; /* 1–8 as in EXIF, how the camera was held; 1 where nothing says */
	bool is_whole;   /* it has to be decoded as a whole: a progressive JPEG, a PNG */
};

/* NULL where there is no such purpose or fault. */
const struct file_purpose_row *file_purpose_row(int purpose);
const struct file_fault_row *file_fault_row(int fault);

/* "image/jpeg"; NULL for no type. */
const char *file_media(enum file_type type);

/* Any bytes. */
struct file_look file_look_at(struct span bytes);

/* May this be kept for the purpose? Of what decoding shows it says nothing yet. */
enum file_fault file_judge(const struct file_purpose_row *purpose, const struct file_look *look);

/* The chunk at this offset of so many bytes must have so many; 0: no chunk begins there. */
uint32_t file_chunk_len(uint32_t total_bytes, uint32_t offset);
