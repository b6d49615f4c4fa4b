/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images made anew: decoded to pixels, turned upright, encoded again. What else stood in the file, where and when it
 * was taken, by which camera, a smaller picture of what was cut off, is not carried over, nor is anything that was
 * hidden from the decoder. For threads: no state, memory of its own. Only what file_judge has let through may come.
 */
#pragma once

#include "common/span.h"
#include "server/domain/file.h"

/* A photograph of more pixels is kept smaller. */
#define IMAGE_KEPT_PIXELS_MAX 16000000
#define IMAGE_QUALITY 85

enum image_verdict {
	IMAGE_DONE,
	IMAGE_BROKEN, /* it cannot be decoded to its end */
	IMAGE_NO_MEMORY,
};

/* Encoded. Zeroed, or with bytes that image_fini gives back. */
struct image {
	uint8_t *bytes; /* owned */
	size_t len;
	uint32_t width;
	uint32_t height;
};

/* A JPEG or PNG; out is set only with IMAGE_DONE. */
enum image_verdict image_anew(struct span in, const struct file_look *look, struct image *out);
void image_fini(struct image *image);
