/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the camera was held: the one tag of EXIF that is needed, before all of it is dropped. Source: CIPA DC-008,
 * 4.6; TIFF 6.0, section 2.
 */
#pragma once

#include "common/span.h"

/* Of a TIFF structure, as APP1 of a JPEG and eXIf of a PNG hold it: 1–8; 1 where nothing good is said. */
int file_exif_orientation(struct span tiff);
