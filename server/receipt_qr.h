/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt's code as a QR code on paper.
 */
#pragma once

#include <cairo.h>

#include "common/span.h"

/*
 * Black modules of a QR code (ISO/IEC 18004, error correction M) of the code's characters as they are, with the quiet
 * zone of four modules, in a square of this side. Nothing where there is no memory for it: the code stands below it
 * in characters.
 */
void receipt_qr_draw(cairo_t *cairo, struct str code, double x, double y, double side);
