/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of files and of bytes: photographs are named by it, and a receipt's text is held to it.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define DIGEST_BYTES 32
#define DIGEST_TEXT_LEN (2 * DIGEST_BYTES)

/*
 * Of what a file holds, read piece by piece.
 *
 *   returns  an errno, 0 for success; ENODATA for an empty file
 */
int digest_file(const char *path, uint8_t out[DIGEST_BYTES]) must_check;

void digest_bytes(struct span bytes, uint8_t out[DIGEST_BYTES]);

/* 64 hexadecimal digits, in lower case. */
void digest_format(const uint8_t digest[DIGEST_BYTES], char out[DIGEST_TEXT_LEN + 1]);
