/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture as rows of pixels without gaps, and what turns it upright. For image*.c.
 */
#pragma once

#include "server/image.h"

struct pixels {
	uint8_t *bytes; /* owned; NULL: there is no memory for it */
	uint32_t width;
	uint32_t height;
	uint32_t depth; /* bytes of a pixel, 1–4 */
};

/* Of this size, not set to anything. */
struct pixels pixels_new(uint32_t width, uint32_t height, uint32_t depth);
void pixels_free(struct pixels *pixels);

/*
 * As it was meant to be seen: by EXIF's orientation, 1–8. Pixels that need no turning stay as they are.
 *
 *   returns  false  no memory for it
 */
bool pixels_turn(struct pixels *pixels, int orientation) must_check;

/* image_jpeg.c, image_png.c */
enum image_verdict image_jpeg(struct span in, const struct file_look *look, struct image *out);
enum image_verdict image_png(struct span in, const struct file_look *look, struct image *out);
