/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>

#define PIECE_BYTES ((size_t)64 * 1024)

/* Adds everything there is to read; returns an errno, 0 for success. */
static int add_all(EVP_MD_CTX *context, int fd)
{
	uint8_t *piece = malloc(PIECE_BYTES);
	size_t total = 0;
	ssize_t count;

	if (piece == NULL) {
		abort();
	}
	while ((count = read(fd, piece, PIECE_BYTES)) > 0) {
		if (EVP_DigestUpdate(context, piece, (size_t)count) != 1) {
			abort();
		}
		total += (size_t)count;
	}
	free(piece);
	if (count < 0) {
		return errno;
	}
	return total == 0 ? ENODATA : 0;
}

int digest_file(const char *path, uint8_t out[DIGEST_BYTES])
{
	EVP_MD_CTX *context;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0) {
		return errno;
	}
	context = EVP_MD_CTX_new();
	/* Fails only without memory. */
	if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
		abort();
	}
	error = add_all(context, fd);
	if (error == 0 && EVP_DigestFinal_ex(context, out, NULL) != 1) {
		abort();
	}
	EVP_MD_CTX_free(context);
	(void)close(fd);
	return error;
}

void digest_bytes(struct span bytes, uint8_t out[DIGEST_BYTES])
{
	if (EVP_Digest(bytes.ptr, bytes.len, out, NULL, EVP_sha256(), NULL) != 1) {
		abort();
	}
}

void digest_format(const uint8_t digest[DIGEST_BYTES], char out[DIGEST_TEXT_LEN + 1])
{
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
	}
}
