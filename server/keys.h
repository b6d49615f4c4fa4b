/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's root secret, and the keys for each purpose that are derived from it. It is in
 * DIR/keys/server.key, or a file that was given, and in the memory of this process; never in the database, a log, an argument or
 * the environment.
 */
#pragma once

#include "common/err.h"

#define KEYS_ROOT_BYTES 32
#define KEYS_DERIVED_BYTES 32

struct keys {
	uint8_t root[KEYS_ROOT_BYTES]; /* zero until opened */
};

/* What went wrong, for the person at the keyboard. */
struct keys_fault {
	char text[512];
};

/* Reads DIR/keys/server.key, made with 0400 at first start. ERR_CONFIG where it cannot be trusted. */
enum err keys_open(struct keys *keys, const char *dir, struct keys_fault *out_fault);

/*
 * Reads the file that the setting server_key names; it is never made. It may be ours, or root's and opened to
 * us: that is how systemd hands out credentials. ERR_CONFIG where it cannot be trusted or is not there.
 */
enum err keys_open_given(struct keys *keys, const char *path, struct keys_fault *out_fault);

/* Wipes it. */
void keys_close(struct keys *keys);

/*
 * The key for one purpose, by HKDF-SHA256 (RFC 5869) over the root: the same for ever, and telling
 * nothing about the root or about another purpose's key. Wipe it when it is no longer needed.
 *
 *   purpose   "cursor"; part of the key, so it never changes once used
 */
void keys_derive(const struct keys *keys, const char *purpose, uint8_t out[KEYS_DERIVED_BYTES]);
