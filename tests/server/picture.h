/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures to send: of any size, with one corner unlike the other three, and with what cameras write beside them. What
 * they hold in secret is a text that can be looked for afterwards.
 */
#pragma once

#include "common/span.h"

/* What stands in the EXIF, among it the place where it was taken. */
#define PICTURE_SECRET "GPS 43.8256N 87.6168E"

struct picture {
	uint8_t *bytes; /* owned */
	size_t len;
};

/* A JPEG whose upper left quarter is red and whose rest is blue, with EXIF of this orientation (0: without EXIF). */
void picture_jpeg(struct picture *out, uint32_t width, uint32_t height, int orientation);
/* The same without colour, which is quicker; progressive where asked for. */
void picture_gray(struct picture *out, uint32_t width, uint32_t height, bool is_progressive);
/* A PNG of the same, with a tEXt of the secret, and an eXIf where the orientation is not 0. */
void picture_png(struct picture *out, uint32_t width, uint32_t height, int orientation);
void picture_fini(struct picture *picture);

/* Which quarter of a picture is red: 0 upper left, 1 upper right, 2 lower left, 3 lower right; -1 none. */
int picture_red_corner(struct span bytes);
bool picture_holds(struct span bytes, struct str text);
